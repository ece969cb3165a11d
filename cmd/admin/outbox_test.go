package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func TestOutbox(t *testing.T) {
	for kind, ready := range atHead {
		t.Run(kind, func(t *testing.T) {
			p := ready(t)
			store := p.store(t)
			if out, err := p.run(t, "outbox", "list"); err != nil || out != "The outbox is empty: every mail was sent.\n" {
				t.Errorf("nothing there: %q, %v", out, err)
			}
			if out, err := p.run(t, "outbox", "list", "--json"); err != nil || strings.TrimSpace(out) != "[]" {
				t.Errorf("nothing there: %q, %v", out, err)
			}
			at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
			parked := &domain.OutgoingMail{
				ID: uuid.Must(uuid.NewV7()), Mail: domain.Mail{To: "bob@example.org", Subject: "older"}, CreatedAt: at, NextAttemptAt: at, GiveUpAt: at,
				ParkedAt: &at, LastError: "bob@example.org: 550 no such user", Attempts: 1, Reached: []string{"support@example.org"},
			}
			waiting := &domain.OutgoingMail{
				ID: uuid.Must(uuid.NewV7()), Mail: domain.Mail{To: "a\x1b[31m",
					Subject: "younger"}, CreatedAt: at.Add(time.Hour), NextAttemptAt: at.Add(90 * time.Minute), GiveUpAt: at.Add(49 * time.Hour),
			}
			if err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
				if err := r.Outbox.Enqueue(ctx, waiting); err != nil {
					return err
				}
				return r.Outbox.Enqueue(ctx, parked)
			}); err != nil {
				t.Fatal(err)
			}
			out, err := p.run(t, "outbox", "list")
			lines := strings.Split(out, "\n")
			if err != nil || len(lines) != 4 || !strings.HasPrefix(lines[0], "ID ") {
				t.Fatalf("listed\n%s%v", out, err)
			}
			for i, want := range [][]string{
				{parked.ID.String(), "parked", "2026-11-24 12:00:00", "bob@example.org", "older", "550 no such user"},
				{waiting.ID.String(), "waiting", "2026-11-24 13:00:00", "2026-11-24 13:30:00", `"a\x1b[31m"`, "younger"},
			} {
				for _, word := range want {
					if !strings.Contains(lines[i+1], word) {
						t.Errorf("line %q lacks %q", lines[i+1], word)
					}
				}
			}
			listed := p.list(t)
			if len(listed) != 2 || listed[0]["id"] != parked.ID.String() || listed[0]["state"] != "parked" ||
				listed[0]["last_error"] != parked.LastError ||
				listed[0]["parked_at"] != "2026-11-24T12:00:00Z" || listed[1]["state"] != "waiting" || listed[1]["attempts"] != 0.0 {
				t.Errorf("listed %v", listed)
			}

			if out, err := p.run(t, "outbox", "retry", parked.ID.String(), uuid.NewString()); err == nil || out != "" ||
				p.list(t)[0]["state"] != "parked" {
				t.Errorf("one of two is not there: %q, %v", out, err)
			}
			for _, args := range [][]string{{parked.ID.String()}, {"--all"}} {
				args = append([]string{"outbox", "retry", "--dry-run", "--json"}, args...)
				if out, err := p.run(t, args...); err != nil || !strings.Contains(out, `"dry_run": true`) ||
					!strings.Contains(out, parked.ID.String()) || p.list(t)[0]["state"] != "parked" {
					t.Errorf("%q: %s, %v", args, out, err)
				}
			}
			if out, err := p.run(t, "outbox", "retry", "--dry-run", "--all"); err != nil || out != "mails that would be sent: 2\n" {
				t.Errorf("a dry run: %q, %v", out, err)
			}
			if out, err := p.run(t, "outbox", "retry", "--dry-run", uuid.NewString()); err == nil {
				t.Errorf("a dry run of what is not there: %q", out)
			}
			if out, err := p.run(t, "outbox", "retry", parked.ID.String()); err != nil || out != "mails to be sent now: 1\n" ||
				p.list(t)[0]["state"] != "waiting" {
				t.Errorf("retry: %q, %v, then %v", out, err, p.list(t))
			}
			if out, err := p.run(t, "outbox", "retry", "--all"); err != nil || out != "mails to be sent now: 2\n" {
				t.Errorf("retry all: %q, %v", out, err)
			}
			for _, mail := range p.list(t) {
				next, err := time.Parse(time.RFC3339, mail["next_attempt_at"].(string)) //nolint:errcheck // it is one
				if err != nil || time.Since(next) > time.Hour {
					t.Errorf("retried %v, want it due now", mail)
				}
			}
		})
	}
}

// list is what `outbox list --json` prints.
func (p place) list(t *testing.T) (mails []map[string]any) {
	t.Helper()
	out, err := p.run(t, "outbox", "list", "--json")
	if err == nil {
		err = json.Unmarshal([]byte(out), &mails)
	}
	if err != nil {
		t.Fatalf("%s\n%v", out, err)
	}
	return mails
}

func TestWhatTheOutboxCommandsRefuse(t *testing.T) {
	t.Setenv("APP_ENV", "development")
	t.Setenv("DATA_DIR", t.TempDir())
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"outbox", "retry"}, "--all"},
		{[]string{"outbox", "retry", "--all", uuid.NewString()}, "--all"},
		{[]string{"outbox", "retry", "five"}, `"five"`},
		{[]string{"outbox", "list", "more"}, "more"},
		{[]string{"outbox", "empty"}, "empty"},
		{[]string{"outbox", "list"}, "DATA_DIR"},
		{[]string{"outbox", "list", "--db-port", "x"}, "DB_PORT"},
	} {
		if out, err := run(t, tt.args...); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%q: %q, %v; want an error that says %q", tt.args, out, err, tt.says)
		}
	}
}

func TestADatabaseWithoutTablesIsRefused(t *testing.T) {
	if out, err := onPostgres(t).run(t, "outbox", "list"); err == nil || !strings.Contains(err.Error(), "migrate upgrade") {
		t.Errorf("%q, %v", out, err)
	}
}
