package login_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// from is the visitor behind the address, by the word of a trusted proxy. Redirects stay.
func (v *visitor) from(address string) *visitor {
	v.client.Transport = forwarded{address}
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return v
}

type forwarded struct{ address string }

func (f forwarded) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", f.address)
	return http.DefaultTransport.RoundTrip(r)
}

func limited(t *testing.T, settings harness.Settings) *harness.Server {
	t.Helper()
	return harness.Start(t, harness.Databases["sqlite"](t).With(harness.Settings{"TRUSTED_PROXIES": "127.0.0.1"}).With(settings))
}

// left is how many requests of the class are left, by the header RateLimit.
func (p page) left(class string) string {
	for part := range strings.SplitSeq(p.Header.Get("RateLimit"), ", ") {
		if rest, ok := strings.CutPrefix(part, fmt.Sprintf("%q;r=", class)); ok {
			left, _, _ := strings.Cut(rest, ";")
			return left
		}
	}
	return "none"
}

// isLimited fails the test unless the page says 429, and when to come again.
func (p page) isLimited(t *testing.T, texts ...string) {
	t.Helper()
	p.wants(t, http.StatusTooManyRequests, texts...)
	if p.Header.Get("Retry-After") == "" || p.Header.Get("RateLimit-Policy") == "" {
		t.Errorf("%s: the headers of a refusal are %v", p.URL, p.Header)
	}
}

func TestPagesPassTheRateLimits(t *testing.T) {
	s := limited(t, harness.Settings{"RATE_READS": "3/24h", "RATE_HEAVY_READS": "1/24h", "RATE_WRITES": "1/24h"})
	t.Run("reads", func(t *testing.T) {
		v := visit(t, s).from("192.0.2.1")
		for _, left := range []string{"2", "1", "0"} {
			if p := v.get("/ui/sites").wants(t, http.StatusOK); p.left("reads") != left {
				t.Errorf("RateLimit is %q, want that %s are left", p.Header.Get("RateLimit"), left)
			}
		}
		for _, path := range []string{"/ui/sites", "/ui/", "/ui/none", "/ui/login", "/ui/sessions", "/ui/api", "/docs/", "/docs/none.html"} {
			p := v.get(path)
			p.isLimited(t, "<html", "Too many requests", "3 are allowed in 24h")
			if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
				t.Errorf("%s answers %s", path, p.Header.Get("Content-Type"))
			}
			for _, sheet := range sheetOf.FindAllStringSubmatch(p.Text, -1) {
				address, err := p.URL.Parse(sheet[1])
				if err != nil {
					t.Fatal(err)
				}
				v.get(address.String()).wants(t, http.StatusOK) // the page looks as others do
			}
		}
		visit(t, s).from("192.0.2.2").get("/ui/sites").wants(t, http.StatusOK)
	})
	t.Run("heavy reads", func(t *testing.T) {
		v := visit(t, s).from("192.0.2.3")
		if p := v.get("/ui/compare"); p.left("heavy-reads") != "0" || p.left("reads") != "2" {
			t.Errorf("RateLimit is %q", p.Header.Get("RateLimit"))
		}
		v.get("/ui/results.csv").isLimited(t, `"code":429`, "heavy-reads") // a program asks for a file
	})
	t.Run("writes", func(t *testing.T) {
		v := visit(t, s).from("192.0.2.4")
		v.post("/ui/upload", nil)
		v.post("/ui/upload", nil).isLimited(t, "writes")
		v.post("/ui/logout", nil).isLimited(t, "writes")
		v.get("/ui/login/callback?state=x&code=y").isLimited(t, "writes")
		v.post("/ui/upload", nil, "Origin", "https://evil.example").isLimited(t, "writes")
	})
}

var sheetOf = regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)"`)

// A person is one client, by session and by token, whatever the address.
func TestPeopleHaveRatesOfTheirOwn(t *testing.T) {
	s := limited(t, harness.Settings{"RATE_READS": "40/24h"})
	v := visit(t, s)
	s.Register("alice")
	v.logIn("alice", "/ui/")
	v.from("192.0.2.1")
	before := v.get("/ui/sessions").wants(t, http.StatusOK).left("reads")
	stranger := visit(t, s).from("192.0.2.1")
	for stranger.get("/ui/sites").Status == http.StatusOK {
		continue
	}
	after := v.get("/ui/sessions").wants(t, http.StatusOK, "this browser").left("reads")
	token := s.Do(harness.Call{Method: "GET", Path: "/users/self", As: "alice"}).Want(t, http.StatusOK).Header.Get("RateLimit")
	var counts [3]int
	_, err := fmt.Sscanf(before+" "+after+" "+strings.TrimPrefix(token, `"reads";r=`), "%d %d %d", &counts[0], &counts[1], &counts[2])
	if err != nil || counts[1] != counts[0]-1 || counts[2] != counts[0]-2 {
		t.Errorf("left are %q, then %q, then %s: the person is not one client (%v)", before, after, token, err)
	}
}

// A person who reads fast, a page and its figures each second for five minutes, meets no limit
// of production.
func TestFastReadersMeetNoLimit(t *testing.T) {
	s := limited(t, harness.Settings{"RATE_READS": "6000/1m", "RATE_HEAVY_READS": "600/1m", "RATE_WRITES": "12000/1m"})
	v := visit(t, s).from("192.0.2.1")
	for range 60 {
		for _, path := range []string{"/ui/sites", "/ui/compare", "/ui/results"} {
			if p := v.get(path); p.Status == http.StatusTooManyRequests {
				t.Fatalf("%s: %d", path, p.Status)
			}
		}
	}
}

func TestRegistrationsInABrowserAreLimited(t *testing.T) {
	s := limited(t, harness.Settings{"RATE_REGISTRATIONS": "1/1h"})
	v := visit(t, s)
	v.logIn("newcomer", "/ui/")
	v.post("/ui/register", url.Values{"return_to": {"/ui/sites"}}).wants(t, http.StatusOK).isAt(t, "/ui/sites")
	v.post("/ui/register", url.Values{"return_to": {"/ui/sites"}}).isLimited(t, "registrations")
}

// Logins that are refused count against the address, and are in the audit trail of the minute,
// as tokens are.
func TestRefusedLoginsInABrowserAreCounted(t *testing.T) {
	for name, database := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			settings := database(t).With(harness.Settings{"TRUSTED_PROXIES": "127.0.0.1", "RATE_REFUSED_LOGINS": "3/1h"})
			s := harness.Start(t, settings)
			v := visit(t, s).from("192.0.2.1")
			begun := v.get("/ui/login").Header.Get("Location")
			at, err := url.Parse(begun)
			if err != nil {
				t.Fatal(err)
			}
			denied := "/ui/login/callback?error=access_denied&state=" + url.QueryEscape(at.Query().Get("state"))
			v.get("/ui/login/callback?state=x&code=y").wants(t, http.StatusBadRequest)
			v.get(denied).wants(t, http.StatusForbidden, "did not log you in")
			guess := func(address string) page {
				req, err := http.NewRequest(http.MethodGet, s.Base+"/ui/", nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Cookie", "eosc-perf-session="+strings.Repeat("a", 43))
				return visit(t, s).from(address).send(req)
			}
			guess("192.0.2.1").wants(t, http.StatusOK, "session has ended")
			guess("192.0.2.1").isLimited(t, "refused-logins")
			v.get("/ui/login/callback?state=x&code=y").isLimited(t, "refused-logins")
			v.get("/ui/").wants(t, http.StatusOK) // without a cookie
			guess("192.0.2.2").wants(t, http.StatusOK)
			if err := s.Stop(); err != nil { // the last minute is noted at the end
				t.Fatal(err)
			}
			again := harness.Start(t, settings)
			events := again.Do(harness.Call{Method: "GET", Path: "/audit?action=RefusedLogin", As: registered(again)}).
				Want(t, http.StatusOK).Items(t)
			counts, from := map[string]string{}, addresses(t, again)
			for _, event := range events {
				counts[from[fmt.Sprint(event["id"])]] = fmt.Sprint(event["changes"])
			}
			if len(counts) != 2 || !strings.Contains(counts["192.0.2.1"], "3") || !strings.Contains(counts["192.0.2.2"], "1") {
				t.Errorf("the trail counts %v", counts)
			}
		})
	}
}

// Anybody can begin a login and invent its code: the provider is asked about some, whatever the address.
func TestInventedCodesAreLimited(t *testing.T) {
	s := limited(t, nil)
	for i := range 200 {
		v := visit(t, s).from(fmt.Sprintf("192.0.2.%d", i))
		at, err := url.Parse(v.get("/ui/login").Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		p := v.get("/ui/login/callback?code=invented&state=" + url.QueryEscape(at.Query().Get("state")))
		if p.Status != http.StatusTooManyRequests {
			continue
		}
		p.wants(t, http.StatusTooManyRequests, "<title>Too many requests", "Too many people log in at the moment")
		if i < 100 || p.Header.Get("Retry-After") == "" {
			t.Errorf("code %d is answered with the headers %v and the page\n%s", i, p.Header, p.Text)
		}
		visit(t, s).from("192.0.2.201").get("/ui/login").wants(t, http.StatusSeeOther)
		return
	}
	t.Error("200 invented codes were shown to the provider")
}

// registered is the administrator of development, registered.
func registered(s *harness.Server) string {
	s.Register("admin")
	return "admin"
}

// addresses are those of all entries of the audit trail, by their numbers.
func addresses(t *testing.T, s *harness.Server) map[string]string {
	t.Helper()
	rows, err := harness.OpenSQL(t, s.Settings).QueryContext(t.Context(), "SELECT seq, coalesce(address, '') FROM audit_entry")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	found := map[string]string{}
	for rows.Next() {
		var seq, address string
		if err := rows.Scan(&seq, &address); err != nil {
			t.Fatal(err)
		}
		found[seq] = address
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// Each login and logout, and administration that a page refuses, is in the audit trail with the
// address and the request.
func TestPagesAreInTheAuditTrail(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		as := registered(s)
		s.Register("alice")
		v := visit(t, s)
		v.logIn("alice", "/ui/")
		other := visit(t, s)
		other.logIn("alice", "/ui/")
		for _, path := range []string{"/ui/admin", "/ui/admin/audit", "/ui/review", "/ui/admin/settings"} {
			v.get(path).wants(t, http.StatusForbidden)
		}
		v.post("/ui/admin/outbox", url.Values{"mail": {"all"}}).wants(t, http.StatusForbidden)
		v.post("/ui/admin/users", url.Values{"sub": {"admin"}}).wants(t, http.StatusForbidden)
		v.post("/ui/sessions", url.Values{"session": {"others"}}).wants(t, http.StatusOK)
		v.post("/ui/logout", nil).wants(t, http.StatusOK)
		for action, want := range map[string]int{
			"BeginSession": 2, "EndOwnSessions": 1, "EndSession": 1, "ListUsers": 1, "ListSubmits": 1, "RetryMails": 1, "RemoveUsers": 1,
		} {
			events := s.Do(harness.Call{Method: "GET", Path: "/audit?action=" + action, As: as}).Want(t, http.StatusOK).Items(t)
			if len(events) != want {
				t.Errorf("%s: %d entries, want %d", action, len(events), want)
			}
			from := addresses(t, s)
			for _, event := range events {
				actor, _ := event["actor"].(map[string]any)
				if actor["sub"] != "alice" || from[fmt.Sprint(event["id"])] != "127.0.0.1" || event["request_id"] == nil {
					t.Errorf("%s: %v", action, event)
				}
			}
		}
	})
}

// A logout and the administrator's retry of mails name the administrator, not the operator.
func TestWhatAdministratorsDoInABrowserNamesThem(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t).With(harness.Settings{
		"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": "1", "MAIL_FROM": "perf@example.org",
	}))
	as := registered(s)
	v := visit(t, s)
	v.logIn("admin", "/ui/")
	v.post("/ui/admin/outbox", url.Values{"mail": {"all"}}).wants(t, http.StatusOK)
	events := s.Do(harness.Call{Method: "GET", Path: "/audit?action=RetryMails", As: as}).Want(t, http.StatusOK).Items(t)
	if len(events) != 1 {
		t.Fatalf("%d entries, want 1", len(events))
	}
	from := addresses(t, s)[fmt.Sprint(events[0]["id"])]
	if actor, _ := events[0]["actor"].(map[string]any); actor["sub"] != "admin" || from != "127.0.0.1" {
		t.Errorf("the retry: %v", events[0])
	}
}
