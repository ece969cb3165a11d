package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

func TestPeopleLogInAndOut(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		v := visit(t, s)
		v.get("/ui/").wants(t, http.StatusOK, "Log in")
		v.logIn("alice", "/ui/?since=2020-01-01").wants(t, http.StatusOK, "Alice Uploader").isAt(t, "/ui/?since=2020-01-01")
		token := v.session()
		if len(token) < 40 {
			t.Fatalf("the cookie is %q", token)
		}
		v.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
		v.get("/ui/login?return_to=/ui/sessions").isAt(t, "/ui/sessions")

		// The API ignores cookies.
		v.get("/users/self").wants(t, http.StatusUnauthorized)

		// The row has neither the token nor what the provider gave.
		stored := query(t, s, "SELECT token_hash || ' ' || data || ' ' || tokens FROM browser_session")
		if len(stored) != 1 || strings.Contains(stored[0], token) || strings.Contains(stored[0], "alice") ||
			strings.Contains(stored[0], "eyJhbGciOi") {
			t.Errorf("the database has %q", stored)
		}

		thief := visit(t, s)
		thief.client.Jar = v.client.Jar
		v.get("/ui/logout").wants(t, http.StatusOK, "Alice Uploader")
		v.post("/ui/logout", nil).wants(t, http.StatusOK, "logged out", "/dev/oidc/end_session?")
		if v.session() != "" {
			t.Error("the browser still has the cookie")
		}
		v.get("/ui/").wants(t, http.StatusOK, "Log in")
		v.get("/ui/sessions").wants(t, http.StatusUnauthorized)
		req, err := http.NewRequest(http.MethodGet, s.Base+"/ui/sessions", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Cookie", "eosc-perf-session="+token)
		visit(t, s).send(req).wants(t, http.StatusUnauthorized, "session has ended")
	})
}

func TestNewcomersRegisterInOneClick(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		v := visit(t, s)
		p := v.logIn("newcomer", "/ui/sessions").wants(t, http.StatusOK, "newcomer@example.org", "/dev/oidc", "Not now")
		if p.URL.Path != "/ui/register" {
			t.Errorf("led to %s", p.URL)
		}
		before := v.session()
		v.post("/ui/register", url.Values{"return_to": {"/ui/sessions"}}).wants(t, http.StatusOK, "this browser").isAt(t, "/ui/sessions")
		if v.session() == before {
			t.Error("the token is the same after a change of rights")
		}
		v.get("/ui/register").wants(t, http.StatusOK, "You are registered")
		v.post("/ui/register", url.Values{"return_to": {"/ui/"}}).wants(t, http.StatusOK).isAt(t, "/ui/")
	})
}

func TestOtherSitesCannotUseASession(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t))
	v := visit(t, s)
	v.logIn("alice", "/ui/")
	for name, headers := range map[string][]string{
		"Sec-Fetch-Site":   {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		"same site":        {"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"},
		"Origin":           {"Origin", "https://evil.example"},
		"a hidden origin":  {"Origin", "null"},
		"another scheme":   {"Origin", "https" + strings.TrimPrefix(s.Base, "http") + "1"},
		"a name that fits": {"Origin", s.Base + ".evil.example"},
	} {
		for _, path := range []string{"/ui/logout", "/ui/register", "/ui/sessions", "/ui/upload", "/ui/anything"} {
			if p := v.post(path, nil, headers...); p.Status != http.StatusForbidden {
				t.Errorf("%s, %s: status %d, want 403", name, path, p.Status)
			}
		}
	}
	v.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
}

func TestLoginsAreFinishedByTheBrowserThatBeganThem(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t))
	v, other := visit(t, s), visit(t, s)
	v.client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.URL.Path == "/ui/login/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	answer := v.pick(v.get("/ui/login?return_to=/ui/"), "alice").Header.Get("Location")
	if !strings.Contains(answer, "/ui/login/callback?") {
		t.Fatalf("the provider leads to %q", answer)
	}
	other.get(answer).wants(t, http.StatusBadRequest, "did not begin the login")
	changed := strings.Replace(answer, "state=", "state=X", 1)
	v.get(changed).wants(t, http.StatusBadRequest, "did not begin the login")
	v.get(answer+"&iss=https%3A%2F%2Fevil.example").wants(t, http.StatusForbidden, "does not accept the login")
	v.get(answer).wants(t, http.StatusBadRequest) // the login was given up by the answer before
	if v.session() != "" || other.session() != "" {
		t.Error("somebody is logged in")
	}
	for name, query := range map[string]string{"nothing": "", "an empty state": "?state=&code=x", "no code": "?state=x"} {
		if p := v.get("/ui/login/callback" + query); p.Status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, p.Status)
		}
	}
	twice := v.callback("alice")
	v.get(twice+"&code=x").wants(t, http.StatusBadRequest, "did not begin the login")
	v.get("/ui/login?return_to=//evil.example").wants(t, http.StatusBadRequest)
}

func TestServersWithoutAClientSaySo(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t).With(harness.Settings{
		"APP_ENV": "production", "SECRET_KEY": "0123456789abcdef", "ADMIN_ENTITLEMENTS": "admins", "DB_DRIVER": "sqlite", "IMAGE_CHECK": "off",
	}))
	v := visit(t, s)
	v.get("/ui/login").wants(t, http.StatusNotFound, "has no login")
	v.get("/ui/").wants(t, http.StatusOK)
}
