package ui_test

import (
	"net/http"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// Pages, files, the login, assets and the documentation say which methods they have.
func TestPagesNameTheirMethods(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	const reading, both = "GET, HEAD, OPTIONS", "GET, HEAD, POST, OPTIONS"
	for path, allow := range map[string]string{
		"/ui": reading, "/ui/": reading, "/ui/compare": reading, "/ui/compare.csv": reading, "/ui/upload": both, "/ui/api": reading,
		"/ui/login": reading, "/ui/logout": both, "/ui/register": both, "/ui/sessions": both,
		"/docs/": reading, "/docs/style.css": reading, "/": reading,
	} {
		for _, method := range []string{"PUT", "DELETE", "PATCH", "BREW", "OPTIONS"} {
			want := http.StatusMethodNotAllowed
			if method == http.MethodOptions {
				want = http.StatusNoContent
			}
			answer := s.Do(harness.Call{Method: method, Path: path}).Want(t, want)
			if got := answer.Header.Get("Allow"); got != allow {
				t.Errorf("%s %s: Allow is %q, want %q", method, path, got, allow)
			}
		}
		read, head := s.Get(path), s.Do(harness.Call{Method: http.MethodHead, Path: path})
		if head.Status != read.Status || head.Body != "" {
			t.Errorf("HEAD %s: %d with %q, but GET: %d", path, head.Status, head.Body, read.Status)
		}
	}
}
