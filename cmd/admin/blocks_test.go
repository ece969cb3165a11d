package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func TestPeopleAreBlockedAndUnblocked(t *testing.T) {
	for kind, ready := range atHead {
		t.Run(kind, func(t *testing.T) {
			p := ready(t)
			ada := &domain.User{UserID: domain.UserID{Subject: "ada", Issuer: "https://op.example.org"}, Email: "ada@example.org"}
			store := p.store(t)
			if err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error { return r.Users.Add(ctx, ada) }); err != nil {
				t.Fatal(err)
			}
			stranger := []string{"--sub", "eve", "--iss", "https://op.example.org"}
			for _, c := range []struct {
				args []string
				want string
			}{
				{[]string{"block", "--email", "ada@example.org", "--dry-run"}, "ada of https://op.example.org would be blocked.\n"},
				{[]string{"blocked", "--json"}, "[]\n"},
				{[]string{"block", "--email", "ada@example.org", "--reason", "false claims"}, "ada of https://op.example.org is blocked.\n"},
				{append([]string{"block"}, stranger...),
					"eve of https://op.example.org is blocked. Nobody of this subject and issuer is registered.\n"},
				{append([]string{"block", "--json", "--dry-run"}, stranger...), `"registered": false`},
				{[]string{"block", "--sub", "ada", "--iss", "https://op.example.org", "--dry-run", "--json"}, `"registered": true`},
				{[]string{"blocked"}, "  false claims\neve "},
				{[]string{"list"}, "  blocked\n"},
				{append([]string{"unblock"}, stranger...), "eve of https://op.example.org is unblocked."},
				{[]string{"unblock", "--email", "ada@example.org"}, "ada of https://op.example.org is unblocked.\n"},
				{[]string{"blocked", "--json"}, "[]\n"},
			} {
				if out := p.mustRun(t, append([]string{"users"}, c.args...)...); !strings.Contains(out, c.want) {
					t.Errorf("admin users %v printed\n%s\nwant %q", c.args, out, c.want)
				}
			}
			for name, args := range map[string][]string{
				"nobody":      {"block"},
				"a subject":   {"block", "--sub", "ada"},
				"an unknown":  {"block", "--email", "nobody@example.org"},
				"unblocked":   append([]string{"unblock"}, stranger...),
				"two lines":   append([]string{"block", "--reason", "a\nb"}, stranger...),
				"a NUL":       {"block", "--sub", "a\x00", "--iss", "i"},
				"not so long": {"block", "--sub", strings.Repeat("a", 2000), "--iss", "i"},
			} {
				if out, err := p.run(t, append([]string{"users"}, args...)...); err == nil {
					t.Errorf("%s: printed %q, want an error", name, out)
				}
			}
		})
	}
}

// TestRemovalsAreListedAndEnded: the command ends a removal that a server has begun.
func TestRemovalsAreListedAndEnded(t *testing.T) {
	for kind, ready := range atHead {
		t.Run(kind, func(t *testing.T) {
			p := ready(t)
			id := aResult(t, p.store(t))
			store := p.store(t)
			result, err := store.Repos().Results.Get(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			begin := func(ctx context.Context, r ports.Repos) error {
				user, err := r.Users.Get(ctx, result.Uploader)
				if err != nil {
					return err
				}
				return r.Removals.Add(ctx, &domain.Removal{User: *user, RequestedAt: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)})
			}
			if err := store.Do(t.Context(), begin); err != nil {
				t.Fatal(err)
			}
			if out := p.mustRun(t, "users", "removals"); !strings.Contains(out, result.Uploader.Subject+" ") ||
				!strings.Contains(out, "2026-11-27 12:00:00  0") {
				t.Errorf("removals printed\n%s", out)
			}
			p.mustRun(t, "users", "remove", "--sub", result.Uploader.Subject)
			if out := p.mustRun(t, "users", "removals", "--json"); out != "[]\n" {
				t.Errorf("afterwards removals printed %q", out)
			}
			if _, err := store.Repos().Results.Get(t.Context(), id); err == nil {
				t.Error("the result is there")
			}
		})
	}
}

// TestCheckRemovesOrphans: claims whose result is gone, and reports of nothing.
func TestCheckRemovesOrphans(t *testing.T) {
	for kind, p := range flaskPlaces(t) {
		t.Run(kind, func(t *testing.T) {
			const claim, report = "c0000000-0000-4000-8000-000000000003", "50000000-0000-4000-8000-000000000009"
			out, err := p.run(t, "check", "--fix")
			if err == nil || !strings.Contains(out, "claim "+claim+": removed") || !strings.Contains(out, "submit "+report+": removed") {
				t.Errorf("check --fix: %v\n%s", err, out)
			}
			out, err = p.run(t, "check", "--fix", "--json")
			if err == nil || strings.Contains(out, claim) || strings.Contains(out, report) || !strings.HasSuffix(err.Error(), ": 4 found") {
				t.Errorf("check --fix again: %v\n%s", err, out)
			}
		})
	}
}
