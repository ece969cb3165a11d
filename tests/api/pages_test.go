package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// validTag is an entity tag (RFC 9110, section 8.8.3).
var validTag = regexp.MustCompile(`^(W/)?"[^"]*"$`)

// TestPagesAreProtected: scripts of their own only, in no frame, and with entity tags that
// are some.
func TestPagesAreProtected(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	for _, path := range []string{
		"/", "/swagger-ui/page.js", "/swagger-ui/page.css", "/swagger-ui/swagger-ui-bundle.js", "/swagger-ui/swagger-ui.css",
		"/swagger-ui/favicon-32x32.png", "/docs/", "/docs/style.css",
	} {
		a := s.Get(path).Want(t, http.StatusOK)
		policy, tag := a.Header.Get("Content-Security-Policy"), a.Header.Get("ETag")
		if !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe-inline") {
			t.Errorf("%s has the policy %q", path, policy)
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" || !validTag.MatchString(tag) {
			t.Errorf("%s has the options %q and the entity tag %q", path, a.Header.Get("X-Content-Type-Options"), tag)
		}
		for _, known := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			again := s.Do(harness.Call{Method: http.MethodGet, Path: path, Header: http.Header{"If-None-Match": {known}}})
			if again.Status != http.StatusNotModified || again.Header.Get("ETag") != tag {
				t.Errorf("%s with %s is %d of %s, want 304 of %s", path, known, again.Status, again.Header.Get("ETag"), tag)
			}
		}
		packed := http.Header{"Accept-Encoding": {"gzip"}} // as Go asks for content
		head := s.Do(harness.Call{Method: http.MethodHead, Path: path, Header: packed})
		if head.Status != http.StatusOK || head.Header.Get("ETag") != tag {
			t.Errorf("the head of %s is %d of %s, want 200 of %s", path, head.Status, head.Header.Get("ETag"), tag)
		}
		unpacked := http.Header{"Accept-Encoding": {"gzip;q=0"}}
		plain := s.Do(harness.Call{Method: http.MethodGet, Path: path, Header: unpacked}).Want(t, http.StatusOK)
		if plain.Header.Get("Content-Encoding") != "" || plain.Body != a.Body {
			t.Errorf("%s without gzip has %v and another content", path, plain.Header)
		}
	}
}
