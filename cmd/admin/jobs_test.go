package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// flaskPlaces are databases of both kinds with the earlier program's odd rows.
func flaskPlaces(t *testing.T) map[string]place {
	t.Helper()
	moved := embedded(t)
	moved.mustRun(t, "restore", fromFlask(t))
	return map[string]place{"sqlite": moved, "postgres": flask(t).upgrade(t, migrations.Head)}
}

const (
	hiddenByFlask  = "a0000000-0000-4000-8000-000000000008"
	claimedByFlask = "a0000000-0000-4000-8000-000000000005"
	listedResult   = "a0000000-0000-4000-8000-000000000001"
)

func TestCheckAndRestoreOfResults(t *testing.T) {
	for kind, p := range flaskPlaces(t) {
		t.Run(kind, func(t *testing.T) {
			out, err := p.run(t, "check", "--json")
			if err == nil || !strings.HasSuffix(err.Error(), ": 7 found") {
				t.Fatalf("check: %v\n%s", err, out)
			}
			for _, id := range []string{
				"a0000000-0000-4000-8000-000000000004", "c0000000-0000-4000-8000-000000000003", "50000000-0000-4000-8000-000000000009",
				"b0000000-0000-4000-8000-000000000005", "50710000-0000-4000-8000-000000000002", "f0000000-0000-4000-8000-000000000002",
			} {
				if !strings.Contains(out, `"id":"`+id+`"`) {
					t.Errorf("check does not find %s:\n%s", id, out)
				}
			}
			if note := `{"level":"note","table":"result","id":"` + hiddenByFlask + `"`; strings.Count(out, `"level":"note"`) != 1 ||
				!strings.Contains(out, note) {
				t.Errorf("check does not note %s:\n%s", hiddenByFlask, out)
			}
			if out, err := p.run(t, "check"); err == nil || strings.Contains(out, hiddenByFlask) ||
				!strings.Contains(out, "\nNote: rows of table result: 1, hidden by the earlier program") {
				t.Errorf("check for people: %v\n%s", err, out)
			}
			for range 2 {
				if out := p.mustRun(t, "results", "restore", "--dry-run", hiddenByFlask); !strings.Contains(out, "would be listed again") {
					t.Errorf("a dry run printed %q", out)
				}
			}
			if out := p.mustRun(t, "results", "restore", hiddenByFlask); !strings.Contains(out, "is listed again") {
				t.Errorf("restore printed %q", out)
			}
			for _, id := range []string{hiddenByFlask, claimedByFlask, listedResult, "a0000000-0000-4000-8000-0000000000ff"} {
				if out, err := p.run(t, "results", "restore", id); err == nil || !strings.Contains(err.Error(), id) {
					t.Errorf("%s, which is not deleted: %q, %v", id, out, err)
				}
			}
			if out, err := p.run(t, "check", "--json"); err == nil || strings.Contains(out, hiddenByFlask) {
				t.Errorf("after the restore: %v\n%s", err, out)
			}
			// Whoever hid it then, it was not the earlier program alone.
			if _, err := p.pool(t).ExecContext(t.Context(), "UPDATE result SET deleted = true WHERE id = '"+hiddenByFlask+"'"); err != nil {
				t.Fatal(err)
			}
			if out, err := p.run(t, "check", "--json"); err == nil || strings.Contains(out, `"note"`) ||
				!strings.Contains(out, `{"level":"problem","table":"result","id":"`+hiddenByFlask+`"`) {
				t.Errorf("hidden without a reason: %v\n%s", err, out)
			}
		})
	}
}

func TestCheckOfASoundDatabase(t *testing.T) {
	for kind, ready := range atHead {
		t.Run(kind, func(t *testing.T) {
			p := ready(t)
			if out := p.mustRun(t, "check"); out != "Nothing is wrong.\n" {
				t.Errorf("check printed %q", out)
			}
			id := aResult(t, p.store(t))
			if _, err := p.pool(t).ExecContext(t.Context(), "UPDATE result SET deleted = true"); err != nil {
				t.Fatal(err)
			}
			if out := p.mustRun(t, "check"); !strings.HasPrefix(out, "Note: rows of table result: 1, ") ||
				!strings.HasSuffix(out, "\nNothing is wrong.\n") {
				t.Errorf("with a result that others hid, check printed %q", out)
			}
			if out := p.mustRun(t, "check", "--json"); !strings.Contains(out, id.String()) {
				t.Errorf("with a result that others hid, check printed %q", out)
			}
		})
	}
}

// TestCheckOfNames: names that look like others, and those that would be refused today, are
// warnings.
func TestCheckOfNames(t *testing.T) {
	for kind, ready := range atHead {
		t.Run(kind, func(t *testing.T) {
			p := ready(t)
			first, second, odd := uuid.NewString(), uuid.NewString(), uuid.NewString()
			for _, tag := range [][2]string{{first, "campaign"}, {second, "c\u0430mpaign"}, {odd, "x\u200b"}, {uuid.NewString(), "another"}} {
				if _, err := p.pool(t).ExecContext(t.Context(), "INSERT INTO tag (id, name) VALUES ('"+tag[0]+"', '"+tag[1]+"')"); err != nil {
					t.Fatal(err)
				}
			}
			aResult(t, p.store(t)) // with a benchmark, a site and a flavor
			out := p.mustRun(t, "check")
			lookalike := strings.Contains(out, "tag "+first+`: its name "campaign" looks like "c\u0430mpaign", the name of tag `+second) ||
				strings.Contains(out, "tag "+second+`: its name "c\u0430mpaign" looks like "campaign", the name of tag `+first)
			if !lookalike || !strings.Contains(out, "tag "+odd+`: its name "x\u200b" would be refused today: Character 2, U+200B`) ||
				strings.Count(out, "\n") != 5 || !strings.HasSuffix(out, "Nothing is wrong.\n") {
				t.Errorf("check printed\n%s", out)
			}
			if out := p.mustRun(t, "check", "--json"); strings.Count(out, `"level":"warning"`) != 2 {
				t.Errorf("check --json printed\n%s", out)
			}
		})
	}
}

func TestRevalidate(t *testing.T) {
	for kind, p := range flaskPlaces(t) {
		t.Run(kind, func(t *testing.T) {
			out, err := p.run(t, "results", "revalidate", "--benchmark", "b0000000-0000-4000-8000-000000000001")
			if err == nil || strings.Count(out, "\nresult ")+1 != 1 || !strings.HasPrefix(out, "result a0000000-0000-4000-8000-000000000003: ") {
				t.Errorf("one benchmark: %v\n%s", err, out)
			}
			if out := p.mustRun(t, "results", "revalidate", "--benchmark", "b0000000-0000-4000-8000-000000000002"); !strings.HasPrefix(out,
				"Every result") {
				t.Errorf("a benchmark without results: %s", out)
			}
			if out, err := p.run(t, "results", "revalidate", "--json"); err == nil || strings.Contains(out, listedResult) ||
				strings.Count(out, "\n") < 2 {
				t.Errorf("all of them: %v\n%s", err, out)
			}
			if _, err := p.run(t, "results", "revalidate", "--benchmark", listedResult); err == nil ||
				!strings.Contains(err.Error(), "no benchmark") {
				t.Errorf("no benchmark: %v", err)
			}
		})
	}
}

func TestUsers(t *testing.T) {
	const issuer = "https://aai.example.org/oidc/"
	for kind, p := range flaskPlaces(t) {
		t.Run(kind, func(t *testing.T) {
			if out := p.mustRun(t, "users", "list"); strings.Count(out, "\n") != 5 || !strings.Contains(out, "björk@exämple.org") {
				t.Errorf("list printed\n%s", out)
			}
			if out := p.mustRun(t, "users", "list", "--sub", "nobody", "--json"); strings.Count(out, `"sub"`) != 1 {
				t.Errorf("list of one printed\n%s", out)
			}
			ada := []string{"--sub", "ada", "--iss", issuer}
			if err := p.store(t).Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
				parked := &domain.OutgoingMail{ID: uuid.New(), Mail: domain.Mail{To: "ada@example.org"}, ParkedAt: new(time.Time)}
				other := &domain.OutgoingMail{ID: uuid.New(), Mail: domain.Mail{To: "björk@exämple.org"}}
				return errors.Join(r.Outbox.Enqueue(ctx, parked), r.Outbox.Enqueue(ctx, other))
			}); err != nil {
				t.Fatal(err)
			}
			out := p.mustRun(t, append([]string{"users", "export"}, ada...)...)
			for table, count := range map[string]int{"user": 1, "benchmark": 3, "site": 2, "flavor": 3, "claim": 2, "result": 2, "result_tags": 2,
				"submit": 1, "outbox": 1} {
				if got := strings.Count(out, `{"`+table+`":`); got != count {
					t.Errorf("the export has %d rows of table %s, want %d\n%s", got, table, count, out)
				}
			}
			// Whatever names her, by subject and issuer or by address, is in the export.
			const another = `{"email":"ada@example.org","iss":"https://aai.example.org/oidc"`
			for _, row := range p.rows(t) {
				table, row, _ := strings.Cut(row, " ")
				if names(row, "ada", issuer) && !strings.HasPrefix(row, another) && !strings.Contains(out, `{"`+table+`":`+row+"}\n") {
					t.Errorf("the export lacks the row of table %s\n%s", table, row)
				}
			}
			for _, args := range [][]string{{"export", "--sub", "ada"}, {"export", "--sub", "eve"}, {"remove"}, {"remove", "--sub", "eve"}} {
				if out, err := p.run(t, append([]string{"users"}, args...)...); err == nil {
					t.Errorf("users %v: %s", args, out)
				}
			}
			remove := append([]string{"users", "remove"}, ada...)
			if out := p.mustRun(t, append(remove, "--dry-run")...); strings.Count(out, "\n") != 2 ||
				!strings.Contains(p.mustRun(t, append([]string{"users", "list"}, ada...)...), "ada@") {
				t.Errorf("the dry run printed\n%s", out)
			}
			p.mustRun(t, remove...)
			if out := p.mustRun(t, "users", "list", "--json", "--iss", issuer); strings.Contains(out, "ada") {
				t.Errorf("still there: %s", out)
			}
			// Another of the same name has the same address.
			mails := 0
			for _, row := range p.rows(t) {
				if strings.HasPrefix(row, "outbox ") {
					mails++
				} else if names(row, "ada", issuer) && !strings.HasPrefix(row, "user "+another) {
					t.Errorf("left: %s", row)
				}
			}
			if mails != 2 {
				t.Errorf("%d mails are left, want both", mails)
			}
			p.mustRun(t, "users", "remove", "--sub", "ada", "--iss", strings.TrimSuffix(issuer, "/"))
			for _, row := range p.rows(t) {
				if names(row, "ada", issuer) {
					t.Errorf("left of the address: %s", row)
				}
			}
		})
	}
}

// names tells whether a row is about the person, who has an address at example.org.
func names(row, sub, iss string) bool {
	return strings.Contains(row, sub+"@example.org") ||
		strings.Contains(row, `sub":"`+sub+`"`) && strings.Contains(row, `iss":"`+iss+`"`)
}
