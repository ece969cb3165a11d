package login_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// inline matches what a policy without unsafe-inline does not let a page do.
var inline = regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>[^<]|<[^>]+\sstyle=|<[^>]+\son[a-z]+=|href="javascript:`)

// styles matches styles inside of a page.
var styles = regexp.MustCompile(`(?i)<style`)

func TestEveryAnswerHasTheHeadersThatProtectBrowsers(t *testing.T) {
	for name, prefix := range map[string]string{"no prefix": "", "behind a prefix": "/api/v1"} {
		t.Run(name, func(t *testing.T) {
			s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"BACKEND_ROUTE": prefix + "/"}))
			v := visit(t, s)
			for _, path := range []string{
				"/", "/swagger-ui/page.js", "/swagger-ui/page.css", "/swagger-ui/swagger-ui-bundle.js", "/swagger-ui/callback.html",
				"/swagger-ui/callback.js", "/swagger-ui/login", "/api-spec.json", "/docs/", "/docs/how-to/operate.html", "/docs/none.html", "/docs",
				"/ui", "/ui/", "/ui/api", "/ui/compare", "/ui/results", "/ui/benchmarks", "/ui/sites", "/ui/upload", "/ui/my", "/ui/review",
				"/ui/admin", "/ui/login?return_to=//evil", "/ui/login/callback", "/ui/logout", "/ui/register", "/ui/sessions", "/ui/none",
				"/results", "/results:export", "/users/self", "/none", "/healthz", "/readyz", "/dev/oidc/login", "/dev/oidc/device",
			} {
				checkHeaders(t, v.get(prefix+path), "")
			}
			v.logIn("admin", "/ui/")
			for _, path := range []string{"/ui/", "/ui/my", "/ui/upload", "/ui/review", "/ui/admin", "/ui/sessions", "/ui/logout", "/ui/register"} {
				checkHeaders(t, v.get(prefix+path), "")
			}
		})
	}
}

// No browser stores pages about a person, of administrators, and of the login, whose links have
// secrets. Other pages of somebody who has logged in are for this browser alone.
func TestBrowsersStoreNoPageAboutAPerson(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	v := visit(t, s)
	v.logIn("admin", "/ui/")
	for path, want := range map[string]string{
		"/ui/my": "no-store", "/ui/review": "no-store", "/ui/admin": "no-store", "/ui/admin/audit": "no-store", "/ui/admin/users": "no-store",
		"/ui/sessions": "no-store", "/ui/register": "no-store", "/ui/logout": "no-store", "/ui/login?return_to=//evil": "no-store",
		"/ui/login/callback": "no-store", "/ui/": "private, no-cache", "/ui/sites": "private, no-cache", "/ui/results.csv": "private, no-cache",
	} {
		p := v.get(path)
		if got := p.Header.Get("Cache-Control"); got != want || !strings.Contains(strings.Join(p.Header["Vary"], ","), "Cookie") {
			t.Errorf("%s: Cache-Control %q, want %q; Vary %q", path, got, want, p.Header["Vary"])
		}
	}
	for range 2 { // with the link to the provider's logout, then without a session
		if got := v.post("/ui/logout", nil).wants(t, http.StatusOK, "logged out").Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("after the logout: Cache-Control %q", got)
		}
	}
	if got := v.get("/ui/sites").Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("for strangers: Cache-Control %q", got)
	}
}

func checkHeaders(t *testing.T, p page, hsts string) {
	t.Helper()
	policy := p.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("%s: the policy %q lacks %s", p.URL, policy, part)
		}
	}
	for _, unsafe := range []string{"unsafe-inline", "unsafe-eval", "unsafe-hashes", "*", "http:", "https:;"} {
		if strings.Contains(policy, unsafe) && !strings.Contains(policy, "http://127.0.0.1") {
			t.Errorf("%s: the policy %q has %s", p.URL, policy, unsafe)
		}
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"X-Frame-Options": "DENY", "Strict-Transport-Security": hsts,
	} {
		if got := p.Header.Get(name); got != want {
			t.Errorf("%s: %s is %q, want %q", p.URL, name, got, want)
		}
	}
	if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		return
	}
	if found := inline.FindString(p.Text); found != "" {
		t.Errorf("%s has %q inline", p.URL, found)
	}
	if styles.MatchString(p.Text) && !strings.Contains(policy, "style-src 'sha256-") {
		t.Errorf("%s has inline styles", p.URL)
	}
}

func TestAnswersBehindTLSDemandTLS(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"PUBLIC_URL": "https://perf.example.org"}))
	v := visit(t, s)
	for _, path := range []string{"/", "/ui/", "/docs/", "/results", "/none"} {
		checkHeaders(t, v.get(path), "max-age=31536000")
	}
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	form := url.Values{"name": {"X"}, "address": {"a"}} // it is kept in a session
	for name, cookie := range map[string]string{
		"__Host-eosc-perf-login-":   v.get("/ui/login").Header.Get("Set-Cookie"),
		"__Host-eosc-perf-session=": v.post("/ui/sites/new", form, "Origin", "https://perf.example.org").Header.Get("Set-Cookie"),
	} {
		for _, part := range []string{name, "Path=/;", "Secure", "HttpOnly", "SameSite=Lax"} {
			if !strings.Contains(cookie, part) {
				t.Errorf("the cookie %q lacks %s", cookie, part)
			}
		}
		if strings.Contains(cookie, "Domain=") {
			t.Errorf("the cookie %q goes to other hosts", cookie)
		}
	}
}
