package login_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/tests/harness"
)

// withCookies sends a request with these cookies and no others.
func withCookies(t *testing.T, s *harness.Server, path string, cookies ...string) page {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.Base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", strings.Join(cookies, "; "))
	v := visit(t, s)
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return v.send(req)
}

// A session that an attacker has put into the browser becomes nobody's: the login has a token of
// its own, and the old one opens nothing.
func TestSessionsCannotBeFixed(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		attacker := visit(t, s)
		attacker.post("/ui/sites/new", url.Values{"name": {"X"}, "address": {"a"}}) // keeps the form
		fixed := attacker.session()
		if fixed == "" {
			t.Fatal("the attacker has no session to give away")
		}
		victim := visit(t, s)
		base, err := url.Parse(s.Base)
		if err != nil {
			t.Fatal(err)
		}
		victim.client.Jar.SetCookies(base, []*http.Cookie{{Name: "eosc-perf-session", Value: fixed, Path: "/"}})
		victim.logIn("alice", "/ui/sessions").wants(t, http.StatusOK, "this browser")
		if victim.session() == fixed {
			t.Error("the login has the token of the attacker")
		}
		attacker.get("/ui/sessions").wants(t, http.StatusUnauthorized)
		withCookies(t, s, "/ui/sessions", "eosc-perf-session=guessed-by-me").wants(t, http.StatusUnauthorized)
	})
}

// Behind TLS the cookie has the prefix __Host-, which sibling hosts cannot set: what they can set
// is not looked at.
func TestCookiesOfSiblingHostsAreIgnored(t *testing.T) {
	database := harness.Postgres(t)
	first, _ := twoServers(t, database)
	v := visit(t, first)
	v.logIn("alice", "/ui/")
	secure := harness.Start(t, database.With(harness.Settings{
		"SECRET_KEY": key, "OIDC_CLIENT_ID": "perf", "OIDC_ISSUER": first.Issuer(), "TRUSTED_OP_LIST": first.Issuer(),
		"PUBLIC_URL": "https://perf.example.org",
	}))
	token := v.session()
	withCookies(t, secure, "/ui/sessions", "eosc-perf-session="+token).wants(t, http.StatusUnauthorized)
	withCookies(t, secure, "/ui/sessions", "__Secure-eosc-perf-session="+token).wants(t, http.StatusUnauthorized)
	withCookies(t, secure, "/ui/sessions", "eosc-perf-session=tossed", "__Host-eosc-perf-session="+token).
		wants(t, http.StatusOK, "Alice Uploader")
}

// Where the prefix does not keep sibling hosts from setting the cookie, a second one opens nothing:
// neither the visitor's session nor the one that somebody has put beside it, in whichever order.
func TestTwoCookiesOfOneNameOpenNoSession(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t))
	v, attacker := visit(t, s), visit(t, s)
	v.logIn("alice", "/ui/")
	attacker.logIn("bob", "/ui/")
	own, tossed := "eosc-perf-session="+v.session(), "eosc-perf-session="+attacker.session()
	for _, cookies := range [][]string{{own, tossed}, {tossed, own}, {own, "eosc-perf-session=x"}} {
		p := withCookies(t, s, "/ui/sessions", cookies...)
		p.wants(t, http.StatusUnauthorized)
		if got := p.Header.Get("Set-Cookie"); got != "" {
			t.Errorf("%d cookies are answered with %q, which removes one of them", len(cookies), got)
		}
		withCookies(t, s, "/ui/sites", cookies...).wants(t, http.StatusOK, "cookies of two sessions")
	}
	withCookies(t, s, "/ui/sessions", own, own).wants(t, http.StatusOK, "Alice Uploader")
	v.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
}

// callback begins a login, and returns the provider's answer that the browser has not followed.
func (v *visitor) callback(account string) string {
	v.t.Helper()
	v.client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.URL.Path == "/ui/login/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	answer := v.pick(v.get("/ui/login?return_to=/ui/"), account).Header.Get("Location")
	if !strings.Contains(answer, "/ui/login/callback?") {
		v.t.Fatalf("the provider leads to %q", answer)
	}
	return answer
}

// copied is another browser with the cookies of this one.
func (v *visitor) copied(s *harness.Server) *visitor {
	v.t.Helper()
	base, err := url.Parse(s.Base)
	if err != nil {
		v.t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, at := range []string{"/", "/ui/login/callback"} {
		base.Path = at
		jar.SetCookies(base, v.client.Jar.Cookies(base))
	}
	return &visitor{t: v.t, client: &http.Client{Jar: jar, CheckRedirect: v.client.CheckRedirect}, base: v.base}
}

// The answer to a login is good once, even for a browser that has kept the cookie of the login;
// and only together with the cookie, so that nobody logs another person in.
func TestAnswersOfProvidersAreGoodOnce(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t))
	v := visit(t, s)
	answer := v.callback("alice")
	replaying := v.copied(s)
	visit(t, s).get(answer).wants(t, http.StatusBadRequest, "did not begin the login") // a login of the attacker in another browser
	v.get(answer).wants(t, http.StatusOK, "Alice Uploader")
	replaying.get(answer).wants(t, http.StatusForbidden, "does not accept the login")
	v.get(answer).wants(t, http.StatusBadRequest)
	if replaying.session() != "" {
		t.Error("the code is good twice")
	}
	// A code of another login does not fit the verifier of this one.
	w, x := visit(t, s), visit(t, s)
	mine, theirs := w.callback("bob"), x.callback("alice")
	of := func(address, name string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return url.QueryEscape(u.Query().Get(name))
	}
	w.get("/ui/login/callback?state="+of(mine, "state")+"&code="+of(theirs, "code")).wants(t, http.StatusForbidden)
	if w.session() != "" {
		t.Error("a code of another login is accepted")
	}
}

// What strangers write into addresses and headers is neither markup nor a header of the answer.
func TestNothingOfAStrangerIsMarkupOrAHeader(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t))
	v := visit(t, s)
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	begin := func() string {
		at, err := url.Parse(v.get("/ui/login").Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		return url.QueryEscape(at.Query().Get("state"))
	}
	evils := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "x\r\nSet-Cookie: evil=1", "x\nX-Evil: 1", "x\u2028X-Evil: 1", "{{.}}",
		"javascript:alert(1)", "\x00", "%0d%0aX-Evil:%201", "\u202eevil",
	}
	for _, evil := range evils {
		q := url.QueryEscape(evil)
		for _, path := range []string{
			"/ui/login?return_to=" + q, "/ui/login?provider=" + q, "/ui/login?return_to=/ui/&provider=" + q + "&end_others=" + q,
			"/ui/login/callback?state=" + q + "&code=" + q, "/ui/login/callback?error=" + q + "&error_description=" + q + "&state=" + begin(),
			"/ui/login/callback?code=" + q + "&state=" + begin(), "/ui/login/callback?iss=" + q + "&code=x&state=" + begin(),
			"/ui/register?return_to=" + q, "/ui/logout?state=" + q, "/ui/sessions?session=" + q, "/ui/" + url.PathEscape(evil),
			"/docs/" + url.PathEscape(evil),
		} {
			p := v.get(path)
			checkHarmless(t, p, evil)
		}
		for _, path := range []string{"/ui/register", "/ui/sessions", "/ui/logout"} {
			checkHarmless(t, v.post(path, url.Values{"return_to": {evil}, "session": {evil}}), evil)
		}
	}
}

func checkHarmless(t *testing.T, p page, evil string) {
	t.Helper()
	if p.Status >= http.StatusInternalServerError {
		t.Errorf("%s: status %d", p.URL, p.Status)
	}
	if strings.ContainsAny(evil, "<\"") && strings.Contains(p.Text, evil) {
		t.Errorf("%s has %q in its text", p.URL, evil)
	}
	if p.Header.Get("X-Evil") != "" || strings.Contains(fmt.Sprint(p.Header["Set-Cookie"]), "evil=1") {
		t.Errorf("%s has the headers %v", p.URL, p.Header)
	}
	if to := p.Header.Get("Location"); to != "" && !strings.HasPrefix(to, "/ui/") && !strings.Contains(to, "/dev/oidc/") {
		t.Errorf("%s leads to %q", p.URL, to)
	}
}

// A header of cookies without end is refused, or nobody is logged in by it.
func TestLargeAndManyCookiesHarmNobody(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t))
	many := make([]string, 10_000)
	for i := range many {
		many[i] = fmt.Sprintf("c%d=1", i)
	}
	sessions := make([]string, 300)
	for i := range sessions {
		sessions[i] = fmt.Sprintf("eosc-perf-session=%043d", i)
	}
	for name, cookies := range map[string][]string{
		"64 KB":       {"eosc-perf-session=" + strings.Repeat("a", 64<<10)},
		"16 KB":       {"eosc-perf-session=" + strings.Repeat("a", 16<<10)},
		"10,000":      many,
		"300 of ours": sessions,
		"of logins":   {"eosc-perf-login-ABCDEFGH=1." + strings.Repeat("A", 8<<10), "eosc-perf-login-=x", "eosc-perf-login-\xff=x"},
		"odd names":   {"eosc-perf-session", "=", ";;;", "eosc-perf-session=\"", "eosc-perf-session=a b"},
	} {
		began := time.Now()
		p := withCookies(t, s, "/ui/sessions", cookies...)
		if p.Status != http.StatusUnauthorized && p.Status != http.StatusRequestHeaderFieldsTooLarge && p.Status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, p.Status)
		}
		t.Logf("%s: %d in %v", name, p.Status, time.Since(began))
	}
	visit(t, s).get("/ui/").wants(t, http.StatusOK)
}

// Whoever is removed while logged in is a stranger from the next request on, also in a form that
// was open; and whoever is blocked may write nothing more.
func TestPeopleWhoAreRemovedOrBlockedMeanwhile(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		as := registered(s)
		s.Register("alice")
		s.Register("bob")
		v, w := visit(t, s), visit(t, s)
		v.logIn("alice", "/ui/sites/new").wants(t, http.StatusOK)
		w.logIn("bob", "/ui/sites/new").wants(t, http.StatusOK)
		s.Do(harness.Call{Method: "POST", Path: "/users:remove?sub=alice", As: as}).Want(t, http.StatusNoContent)
		if p := v.post("/ui/sites/new", url.Values{"name": {"By alice"}, "address": {"a"}}); !strings.Contains(p.Text, "<title>Log in") {
			t.Errorf("the form is answered %s", p.Text)
		}
		v.get("/ui/sessions").wants(t, http.StatusUnauthorized)
		block(t, s, "bob")
		w.post("/ui/sites/new", url.Values{"name": {"By bob"}, "address": {"a"}}).
			wants(t, http.StatusForbidden, "<title>Not sent", "You may not send this")
		w.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
		if names := query(t, s, "SELECT name FROM site WHERE name LIKE 'By %'"); len(names) > 0 {
			t.Errorf("stored were %q", names)
		}
	})
}
