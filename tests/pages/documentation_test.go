package pages_test

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// With and without the prefix, as reads of the API are.
func TestDocumentationIsServedByTheServer(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"BACKEND_ROUTE": "/api/v1"}))
	for _, prefix := range []string{"", "/api/v1"} {
		for path, part := range map[string]string{
			"/docs/": "<h1", "/docs/how-to/upgrade.html": "<h1 id=\"upgrade\"", "/docs/style.css": "body", "/docs/explanation/overview.svg": "<svg",
		} {
			a := s.Get(prefix+path).Want(t, 200)
			if !strings.Contains(a.Body, part) {
				t.Errorf("%s has no %s:\n%s", prefix+path, part, a.Body)
			}
			if a.Header.Get("ETag") == "" || a.Header.Get("Cache-Control") != "no-cache" {
				t.Errorf("%s: %v", prefix+path, a.Header)
			}
		}
		if to := s.Get(prefix+"/docs").Want(t, 301).Header.Get("Location"); to != "/api/v1/docs/" {
			t.Errorf("%s/docs leads to %q", prefix, to)
		}
		s.Get(prefix+"/docs/none.html").Want(t, 404)
		s.Post("", prefix+"/docs/", "{}").Want(t, 405)
	}
}

// The documentation leads to the API page, and the API page to the documentation.
func TestDocumentationAndAPIPageLeadToEachOther(t *testing.T) {
	for _, start := range []string{"api", "ui"} {
		s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"START_PAGE": start, "BACKEND_ROUTE": "/api/v1"}))
		for _, page := range []string{"/docs/", "/docs/how-to/upgrade.html"} {
			a := s.Get("/api/v1"+page).Want(t, 200)
			_, link, _ := strings.Cut(a.Body, `href="`+strings.Repeat("../", strings.Count(page, "/")-2))
			if !strings.Contains(link, `../ui/api"`) {
				t.Errorf("START_PAGE=%s: %s does not lead to the API page:\n%s", start, page, a.Body)
			}
		}
		if a := s.Get("/api/v1/ui/api").Want(t, 200); !strings.Contains(a.Body, `href="/api/v1/docs/"`) {
			t.Errorf("START_PAGE=%s: the API page does not lead to the documentation:\n%s", start, a.Body)
		}
		if a := s.Get("/api/v1/docs/search.html?q=upgrade").Want(t, 200); !strings.Contains(a.Body, `href="how-to/upgrade.html"`) {
			t.Errorf("the search does not find the page:\n%s", a.Body)
		}
	}
}
