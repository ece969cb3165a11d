package login_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/tests/harness"
)

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

const anID = "5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"

// asked are pages and what their forms send, with the right that they need: everybody's, a
// person's (registered), an administrator's.
var asked = []struct {
	method, path, right string
	form                url.Values
}{
	{"GET", "/ui/", "public", nil},
	{"GET", "/ui/sites", "public", nil},
	{"GET", "/ui/benchmarks", "public", nil},
	{"GET", "/ui/results", "public", nil},
	{"GET", "/ui/sites/new", "public", nil}, // the form says that one must log in
	{"GET", "/ui/my", "person", nil},
	{"GET", "/ui/sessions", "session", nil},
	{"GET", "/ui/review", "admin", nil},
	{"GET", "/ui/review/site/" + anID, "admin", nil},
	{"GET", "/ui/admin", "admin", nil},
	{"GET", "/ui/admin/users", "admin", nil},
	{"GET", "/ui/admin/outbox", "admin", nil},
	{"GET", "/ui/admin/audit", "admin", nil},
	{"GET", "/ui/admin/settings", "admin", nil},
	{"POST", "/ui/sites/new", "writer", url.Values{"name": {"S"}, "address": {"a"}}},
	{"POST", "/ui/review/site/" + anID, "admin", url.Values{"do": {"approve"}}},
	{"POST", "/ui/sites/" + anID, "admin", url.Values{"confirm": {"x"}}},
	{"POST", "/ui/admin/users", "admin", url.Values{"sub": {"x"}, "iss": {"y"}}},
	{"POST", "/ui/admin/outbox", "admin", url.Values{"mail": {"all"}}},
}

// TestPagesAsEveryCaller prints who got what: refused is 401, 403 or a page to log in, limited is
// 429, and all else is an answer of the page itself.
func TestPagesAsEveryCaller(t *testing.T) {
	s := harness.Start(t, harness.Databases["sqlite"](t))
	for _, account := range []string{"alice", "bob", "admin"} {
		s.Register(account)
	}
	callers := []struct {
		name, account string
		// has are the rights of the caller.
		has     string
		prepare func(v *visitor)
		headers []string
	}{
		{name: "nobody", has: "public"},
		{name: "a newcomer", account: "newcomer", has: "public session"},
		{name: "a person", account: "alice", has: "public session person writer"},
		{name: "an administrator", account: "admin", has: "public session person writer admin"},
		{name: "a blocked person", account: "bob", has: "public session person", prepare: func(*visitor) { block(t, s, "bob") }},
		{name: "a revoked session", account: "admin", has: "public", prepare: func(v *visitor) {
			kept := v.copied(s)
			v.post("/ui/logout", nil)
			v.client = kept.client
		}},
		{name: "another site with a session", account: "admin", has: "public session person writer admin",
			headers: []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}},
	}
	var table strings.Builder
	for _, caller := range callers {
		v := visit(t, s)
		if caller.account != "" {
			v.logIn(caller.account, "/ui/")
		}
		if caller.prepare != nil {
			caller.prepare(v)
		}
		for _, a := range asked {
			var p page
			if a.method == http.MethodGet {
				p = v.get(a.path)
			} else {
				p = v.post(a.path, a.form, caller.headers...)
			}
			want := strings.Contains(caller.has, a.right)
			if caller.headers != nil && a.method == http.MethodPost {
				want = false
			}
			refused := p.Status == http.StatusUnauthorized || p.Status == http.StatusForbidden || p.URL.Path == "/ui/register" ||
				strings.Contains(p.Text, "<title>Log in to send")
			if refused == want || p.Status >= http.StatusInternalServerError {
				t.Errorf("%s %s as %s: %d at %s", a.method, a.path, caller.name, p.Status, p.URL.Path)
			}
			fmt.Fprintf(&table, "%-30s %-5s %-60s %d\n", caller.name, a.method, a.path, p.Status)
		}
	}
	t.Log("\n" + table.String())
}

// A person with a session who has used all requests gets 429 for every page, as somebody without
// a session does.
func TestPagesAsLimitedCallers(t *testing.T) {
	s := limited(t, harness.Settings{"RATE_READS": "30/24h", "RATE_WRITES": "5/24h"})
	for _, account := range []string{"", "alice", "admin", "bob"} {
		v := visit(t, s)
		if account != "" {
			s.Register(account)
			v.logIn(account, "/ui/")
		}
		if account == "bob" {
			block(t, s, account)
		}
		v.from("192.0.2.9")
		for v.get("/ui/sites").Status != http.StatusTooManyRequests {
			continue
		}
		for v.post("/ui/sites/new", nil).Status != http.StatusTooManyRequests {
			continue
		}
		for _, a := range asked {
			p := v.get(a.path)
			if a.method == http.MethodPost {
				p = v.post(a.path, a.form)
			}
			if p.Status != http.StatusTooManyRequests {
				t.Errorf("%s %s as %q who has asked too often: %d", a.method, a.path, account, p.Status)
			}
		}
	}
}
