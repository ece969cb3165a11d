package ui_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// What the API answers for one thing leads to its page, and the page leads back.
func TestPagesAndTheAPILeadToEachOther(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f, ids := measured(t, s, "both", `{"score":1}`)
	for _, path := range []string{"/results/" + ids[0], "/benchmarks/" + f.Benchmark, "/sites/" + f.Site, "/flavors/" + f.Flavor} {
		if link := s.Get(path).Want(t, http.StatusOK).Header.Get("Link"); link != `</ui`+path+`>; rel="alternate"; type="text/html"` {
			t.Errorf("%s has the link %q", path, link)
		}
		page := s.Get("/ui"+path).Want(t, http.StatusOK)
		want := `<../..` + path + `>; rel="alternate"; type="application/json"`
		head := `<link rel="alternate" type="application/json" href="../..` + path + `" title="JSON">`
		if got := page.Header.Get("Link"); got != want || !strings.Contains(page.Body, head) {
			t.Errorf("/ui%s has the link %q, want %q, also in its head", path, got, want)
		}
	}
}
