package api_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/tests/harness"
)

// cookies are those that the browser would send to the API.
func cookies(t *testing.T, s *harness.Server, b *harness.Browser) string {
	t.Helper()
	address, err := url.Parse(s.Base + "/ui/")
	if err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for _, cookie := range b.Jar().Cookies(address) {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	if len(pairs) == 0 {
		t.Fatal("the browser has no session")
	}
	return strings.Join(pairs, "; ")
}

// The session of a browser, also of an administrator's, also sent by a page of another site, is
// nobody for the API. A blocked person sees what is public and what is stored of them.
func TestOtherCallersForEveryOperation(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t))
	f := s.FullFixture("callers")
	browser := s.Browse(t, "admin")
	session := cookies(t, s, browser)
	for _, c := range []struct {
		name   string
		header http.Header
	}{
		{"a session", http.Header{"Cookie": {session}}},
		{"a request of another site with a session", http.Header{
			"Cookie": {session}, "Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"},
		}},
		{"a revoked session", http.Header{"Cookie": {session}}},
	} {
		if c.name == "a revoked session" {
			browser.Post("/ui/logout", url.Values{})
		}
		for _, op := range harness.Operations {
			a := s.Do(harness.Call{Method: op.Method, Path: f.Fill(op.Path), Body: f.Fill(op.Body), Header: c.header.Clone()})
			if want := wanted(op.Right, "nobody", op.Status); a.Status != want {
				t.Errorf("%s as %s: %s\nwant %d", op.ID, c.name, a, want)
			}
		}
	}
	block(t, s, "bob")
	own := []string{"GetSelf", "ListUserResults", "ListUserClaims"}
	for _, op := range harness.Operations {
		a := s.Do(harness.Call{Method: op.Method, Path: f.Fill(op.Path), As: "bob", Body: f.Fill(op.Body)})
		want := http.StatusForbidden
		if op.Right == "public" || slices.Contains(own, op.ID) {
			want = op.Status
		}
		if a.Status != want {
			t.Errorf("%s as a blocked person: %s\nwant %d", op.ID, a, want)
		}
	}
}

// block blocks a person of the development provider.
func block(t *testing.T, s *harness.Server, account string) {
	t.Helper()
	err := s.System.Storage().Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		return r.Blocks.Put(ctx, &domain.Block{
			UserID: domain.UserID{Subject: account, Issuer: s.Issuer()}, BlockedAt: time.Now().UTC(), Reason: "false claims",
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A caller who has used all requests gets 429 for every operation, whatever the right.
func TestLimitedCallersForEveryOperation(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t).With(harness.Settings{"RATE_READS": "1/24h", "RATE_WRITES": "1/24h"}))
	for range 2 { // the first ones are counted
		s.Do(harness.Call{Method: "POST", Path: "/users:register", As: "admin"})
		s.Do(harness.Call{Method: "GET", Path: "/users/self", As: "admin"})
		s.Get("/sites")
	}
	fill := regexp.MustCompile(`\{[^}]*\}`)
	for _, op := range harness.Operations {
		path := fill.ReplaceAllString(op.Path, "5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11")
		a := s.Do(harness.Call{Method: op.Method, Path: path, As: "admin", Body: op.Body})
		if a.Status != http.StatusTooManyRequests {
			t.Errorf("%s as a limited caller: %s\nwant 429", op.ID, a)
		}
	}
}
