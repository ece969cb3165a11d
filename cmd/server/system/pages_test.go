package system

import (
	"log/slog"
	"testing"

	"github.com/eosc-perf/backend/config"
)

func TestPagesAreKnownWhileTheServerStarts(t *testing.T) {
	s := &System{cfg: &config.Config{}, log: slog.New(slog.DiscardHandler)}
	page, err := s.startingPages()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		"/": true, "/ui": true, "/ui/": true, "/ui/results/x": true, "/docs": true, "/docs/how-to/ask.html": true,
		"/sites": false, "/uix": false, "/readyz": false, "/openapi.json": false, "": false,
	} {
		if got := page(path) != nil; got != want {
			t.Errorf("%q is a page: %t, want %t", path, got, want)
		}
	}
}
