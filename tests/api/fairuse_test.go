package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// forwardedFor is the header of a proxy for a client at the address.
func forwardedFor(address string) http.Header { return http.Header{"X-Forwarded-For": {address}} }

// A client that asks too often is told so, and when to come again. Others are served: other
// addresses, and people behind the same address.
func TestClientsThatAskTooOftenWait(t *testing.T) {
	settings := harness.Databases["sqlite"](t).With(harness.Settings{
		"RATE_READS": "3/1h", "RATE_HEAVY_READS": "1/1h", "TRUSTED_PROXIES": "127.0.0.1",
	})
	s := harness.Start(t, settings)
	s.Register("alice")
	read := func(address string) harness.Answer {
		return s.Do(harness.Call{Method: "GET", Path: "/sites", Header: forwardedFor(address)})
	}
	for left := 2; left >= 0; left-- {
		answer := read("192.0.2.1").Want(t, 200)
		if got := answer.Header.Get("RateLimit"); !strings.HasPrefix(got, fmt.Sprintf(`"reads";r=%d;t=`, left)) {
			t.Errorf("RateLimit is %q, want that %d are left", got, left)
		}
		if got := answer.Header.Get("RateLimit-Policy"); got != `"reads";q=3;w=3600` {
			t.Errorf("RateLimit-Policy is %q", got)
		}
	}
	refused := read("192.0.2.1").Want(t, 429)
	if wait := refused.Header.Get("Retry-After"); wait != "1200" && wait != "1199" {
		t.Errorf("Retry-After is %s, want 1200: a third of an hour", wait)
	}
	if text := refused.Text("errors", "error"); !strings.Contains(text, "3 are allowed in 1h") {
		t.Errorf("the error is %q", text)
	}
	read("192.0.2.2").Want(t, 200)
	for range 3 {
		read("2001:db8::1").Want(t, 200)
	}
	read("2001:db8::ffff").Want(t, 429) // the same network
	read("2001:db8:0:1::1").Want(t, 200)
	s.Do(harness.Call{Method: "GET", Path: "/users/self", As: "alice", Header: forwardedFor("192.0.2.1")}).Want(t, 200)
	heavy := func() harness.Answer {
		return s.Do(harness.Call{Method: "GET", Path: "/results:export", Header: forwardedFor("192.0.2.3")})
	}
	heavy().Want(t, 200)
	heavy().Want(t, 429)
}

// What is no operation and no page is counted, too: the start, the document, what is not there, and
// methods that a path does not have. Health checks, preflights, scripts and styles are free.
func TestWhatIsNoOperationIsCounted(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t).With(harness.Settings{
		"RATE_READS": "1/1h", "RATE_WRITES": "1/1h", "TRUSTED_PROXIES": "127.0.0.1", "START_PAGE": "api",
	}))
	for i, c := range []struct {
		method, path string
		status       int
		free         bool
	}{
		{"GET", "/", 200, false},
		{"HEAD", "/", 200, false},
		{"GET", "/api-spec.json", 200, false},
		{"GET", "/swagger-ui/login?issuer=x", 404, false},
		{"GET", "/swagger-ui/callback.html", 200, false},
		{"GET", "/none", 404, false},
		{"GET", "/sites/none", 404, false},
		{"POST", "/none", 404, false},
		{"DELETE", "/sites", 405, false},
		{"TRACE", "/sites", 405, false},
		{"OPTIONS", "/sites", 204, true},
		{"GET", "/healthz", 200, true},
		{"GET", "/readyz", 200, true},
		{"GET", "/swagger-ui/page.js", 200, true},
		{"GET", "/swagger-ui/swagger-ui.css", 200, true},
	} {
		call := harness.Call{Method: c.method, Path: c.path, Header: forwardedFor(fmt.Sprintf("192.0.2.%d", i+1))}
		first := s.Do(call).Want(t, c.status)
		if c.free {
			s.Do(call).Want(t, c.status)
			continue
		}
		second := s.Do(call).Want(t, 429)
		if !strings.Contains(first.Header.Get("RateLimit"), ";r=0;") || second.Header.Get("Retry-After") == "" {
			t.Errorf("%s %s: RateLimit %q, then Retry-After %q", c.method, c.path, first.Header.Get("RateLimit"), second.Header.Get("Retry-After"))
		}
	}
}

// The defaults leave an honest client alone: the old front end sends 17 requests a second
// while somebody types.
func TestHonestClientsMeetNoLimit(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t).With(harness.Settings{
		"RATE_READS": "6000/1m", "RATE_WRITES": "12000/1m", "RATE_HEAVY_READS": "600/1m",
	}))
	for range 17 * 20 {
		s.Get("/sites:search?terms=a").Want(t, 200)
	}
}

func TestRefusedLoginsAreLimited(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t).With(harness.Settings{"RATE_REFUSED_LOGINS": "2/1h"}))
	bad := func() harness.Answer {
		return s.Do(harness.Call{Method: "GET", Path: "/users/self", Header: http.Header{"Authorization": {"Bearer bad"}}})
	}
	s.Register("alice")
	bad().Want(t, 401)
	bad().Want(t, 401)
	if headers := bad().Want(t, 429).Header; headers.Get("RateLimit-Policy") != `"refused-logins";q=2;w=3600` {
		t.Errorf("the headers of a refusal are %v", headers)
	}
	s.Get("/sites").Want(t, 200)
	// Good tokens of the same address pass, whether they were seen before or not.
	s.Do(harness.Call{Method: "GET", Path: "/users/self", As: "alice"}).Want(t, 200)
	s.Register("bob")
	bad().Want(t, 429)
}

// The trail tells who did what, also what was refused, and is for administrators.
func TestAdministratorsReadTheAuditTrail(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("audit")
		s.Post("alice", g.UploadPath(""), `{"score":1}`).Want(t, 201)
		s.Do(harness.Call{Method: "PUT", Path: "/sites/" + g.Site, As: "admin", Body: `{"name":"audited","address":"b"}`}).Want(t, 204)
		s.Do(harness.Call{Method: "GET", Path: "/audit", As: "alice"}).Want(t, 403)
		s.Get("/audit").Want(t, 401)
		list := func(query string) []map[string]any {
			return s.Do(harness.Call{Method: "GET", Path: "/audit?" + query, As: "admin"}).Want(t, 200).Items(t)
		}
		changed := list("action=UpdateSite&resource_id=" + g.Site)
		if len(changed) != 1 {
			t.Fatalf("the change of the site: %v", changed)
		}
		actor, _ := changed[0]["actor"].(map[string]any)
		if actor["sub"] != "admin" || changed[0]["request_id"] == nil ||
			!strings.Contains(fmt.Sprint(changed[0]["changes"]), "audited") {
			t.Errorf("the change of the site: %v", changed[0])
		}
		if uploads := list("action=CreateResult&per_page=1"); len(uploads) != 1 || uploads[0]["resource_type"] != "result" {
			t.Errorf("the upload: %v", uploads)
		}
		refused := list("action=ListAuditEvents")
		if len(refused) != 1 || !strings.HasPrefix(fmt.Sprint(refused[0]["reason"]), "refused: ") {
			t.Errorf("the refused request: %v", refused)
		}
		all := list("per_page=100&sort_by=%2Bid")
		fields := []string{"id", "time", "actor", "action", "resource_type", "resource_id", "request_id", "reason", "changes", "hash"}
		for i, event := range all {
			for name := range event {
				if !slices.Contains(fields, name) {
					t.Errorf("event %d has the field %s: %v", i+1, name, event)
				}
			}
			if event["id"] != fmt.Sprint(i+1) && fmt.Sprint(event["id"]) != fmt.Sprint(i+1) {
				t.Errorf("event %d has the id %v", i+1, event["id"])
			}
		}
		if later := list("since=2999-01-01T00:00:00Z"); len(later) != 0 {
			t.Errorf("events of the future: %v", later)
		}
	})
}
