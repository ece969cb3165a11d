package api_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// provider is an OpenID provider of the test's own, with opaque tokens.
type provider struct {
	url string

	mutex sync.Mutex
	// people is the JSON of userinfo by access token.
	people map[string]string
	asked  int
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{people: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"issuer":%q,"userinfo_endpoint":%q,"jwks_uri":%q}`, p.url, p.url+"/userinfo", p.url+"/keys")
	})
	mux.HandleFunc("/userinfo", func(w http.ResponseWriter, r *http.Request) {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.asked++
		info, ok := p.people[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
		if !ok {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(info))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// knows makes the provider answer for the token from now on.
func (p *provider) knows(token, info string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.people[token] = info
}

func (p *provider) requests() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.asked
}

// onEachDatabaseWith runs a test against a server that trusts a provider of the test's.
func onEachDatabaseWith(t *testing.T, test func(t *testing.T, s *harness.Server, p *provider)) {
	t.Helper()
	for name, settings := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			test(t, harness.Start(t, settings(t).With(harness.Settings{"TRUSTED_OP_LIST": p.url})), p)
		})
	}
}

// TestMadeUpTokensDoNotReachTheProvider: 120 of them a second did.
func TestMadeUpTokensDoNotReachTheProvider(t *testing.T) {
	onEachDatabaseWith(t, func(t *testing.T, s *harness.Server, p *provider) {
		p.knows("good", `{"sub":"ann","email":"ann@example.org","email_verified":true}`)
		s.Do(harness.Call{Method: http.MethodPost, Path: "/users:register", As: "raw:Bearer good"}).Want(t, 201)
		limited := 0
		for range 200 {
			a := s.Do(harness.Call{Method: http.MethodGet, Path: "/users/self", As: "raw:Bearer " + rand.Text()})
			switch a.Status {
			case http.StatusUnauthorized:
			case http.StatusTooManyRequests:
				limited++
				if wait, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || wait < 1 {
					t.Fatalf("429 with Retry-After %q", a.Header.Get("Retry-After"))
				}
			default:
				t.Fatalf("a made-up token is answered with %s", a)
			}
		}
		if limited < 100 || p.requests() > 100 {
			t.Errorf("of 200 made-up tokens %d were limited, and the provider got %d requests", limited, p.requests())
		}
		// Those who are known pass.
		s.Do(harness.Call{Method: http.MethodGet, Path: "/users/self", As: "raw:Bearer good"}).Want(t, 200)
		s.Do(harness.Call{Method: http.MethodGet, Path: "/users/self", As: "alice"}).Want(t, 200)
	})
}

// TestStoredAddressIsTheProvidersOfNow: not the one of an earlier answer.
func TestStoredAddressIsTheProvidersOfNow(t *testing.T) {
	onEachDatabaseWith(t, func(t *testing.T, s *harness.Server, p *provider) {
		info := func(email string) string {
			return fmt.Sprintf(`{"sub":"ann","email":%q,"email_verified":true}`, email)
		}
		self := harness.Call{Method: http.MethodGet, Path: "/users/self", As: "raw:Bearer token"}
		p.knows("token", info("first@example.org"))
		s.Do(self).Want(t, 404)
		p.knows("token", info("second@example.org"))
		registered := s.Do(harness.Call{Method: http.MethodPost, Path: "/users:register", As: "raw:Bearer token"}).Want(t, 201).Object(t)
		if registered["email"] != "second@example.org" {
			t.Errorf("registered with %v", registered["email"])
		}
		p.knows("token", info("third@example.org"))
		s.Do(harness.Call{Method: http.MethodPost, Path: "/users/self:update", As: "raw:Bearer token"}).Want(t, 204)
		if got := s.Do(self).Want(t, 200).Object(t); got["email"] != "third@example.org" {
			t.Errorf("updated to %v", got["email"])
		}
	})
}

// TestTextsOfProvidersThatNoDatabaseTakes: SQLite stored a NUL, PostgreSQL answered 500.
func TestTextsOfProvidersThatNoDatabaseTakes(t *testing.T) {
	onEachDatabaseWith(t, func(t *testing.T, s *harness.Server, p *provider) {
		for _, tt := range []struct {
			name, sub, email string
			status           int
			says             string
		}{
			{"nul-in-sub", `"an\u0000n"`, `"a@example.org"`, 401, "in a way that can be stored"},
			{"half-a-character-in-sub", `"ann\ud800"`, `"a@example.org"`, 401, "in a way that can be stored"},
			{"long-sub", `"` + strings.Repeat("a", 5000) + `"`, `"a@example.org"`, 401, "in a way that can be stored"},
			{"nul-in-email", `"ann"`, `"a\u0000@example.org"`, 422, "U+0000"},
			{"line-in-email", `"ann"`, `"a@example.org\r\nBcc: b@example.org"`, 422, "U+000D"},
			{"half-a-character-in-email", `"ann"`, `"a\udc00@example.org"`, 422, "not valid Unicode"},
			{"long-email", `"ann"`, `"` + strings.Repeat("a", 5000) + `@example.org"`, 422, "longer than 254 bytes"},
			{"odd-unused-claims", `"bob"`, `"b@example.org","name":"\u0000\ud800","groups":[1,{}]`, 201, ""},
		} {
			p.knows(tt.name, fmt.Sprintf(`{"sub":%s,"email":%s}`, tt.sub, tt.email))
			a := s.Do(harness.Call{Method: http.MethodPost, Path: "/users:register", As: "raw:Bearer " + tt.name})
			if a.Status != tt.status || !strings.Contains(a.Body, tt.says) {
				t.Errorf("%s: %s\nwant %d with %q", tt.name, a, tt.status, tt.says)
			}
		}
		if errors := s.Logs.Errors(); len(errors) > 0 {
			t.Errorf("the log has errors:\n%s", errors)
		}
	})
}

// TestTheLogSaysWhyATokenWasRefused: under the id of the request, without the token.
func TestTheLogSaysWhyATokenWasRefused(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	token := harness.WithIssuer(s.Token("alice"), "https://evil.example.org")
	a := s.Do(harness.Call{
		Method: http.MethodGet, Path: "/users/self", As: "raw:Bearer " + token, Header: http.Header{"X-Request-Id": {"the-refused-one"}},
	}).Want(t, 401)
	if !strings.Contains(a.Body, "trusted are "+s.Base+"/dev/oidc") {
		t.Errorf("the caller is not told whose tokens count: %s", a)
	}
	for line := range strings.Lines(s.Logs.String()) {
		if strings.Contains(line, `"cause":"unknown_issuer"`) && strings.Contains(line, `"request_id":"the-refused-one"`) &&
			strings.Contains(line, `"level":"INFO"`) && !strings.Contains(line, token) {
			return
		}
	}
	t.Error("the log does not say why")
}

// TestDevelopmentProviderKnowsItsOwnPages: through the whole server.
func TestDevelopmentProviderKnowsItsOwnPages(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	for _, tt := range []struct {
		name   string
		header http.Header
		status int
	}{
		{"a program", nil, 200},
		{"our own page", http.Header{"Origin": {s.Base}}, 200},
		{"another page", http.Header{"Origin": {"https://evil.example.org"}}, 403},
		{"a client of a proxy", http.Header{"X-Forwarded-For": {"192.0.2.7"}}, 403},
	} {
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		for name, values := range tt.header {
			header[name] = values
		}
		a := s.Do(harness.Call{
			Method: http.MethodPost, Path: "/dev/oidc/oauth/token", Header: header,
			Body: "grant_type=client_credentials&client_id=admin&client_secret=development-secret",
		})
		if a.Status != tt.status || a.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %s %v, want %d and no leave to read", tt.name, a, a.Header, tt.status)
		}
	}
}
