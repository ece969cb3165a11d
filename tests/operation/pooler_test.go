package operation_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// TestMixedRequestsBehindPgBouncer: the server makes its tables through the real pooler, and
// answers 180 requests of all kinds at once.
func TestMixedRequestsBehindPgBouncer(t *testing.T) {
	for _, mode := range []string{"session", "transaction"} {
		for _, setting := range []string{"auto", mode} {
			t.Run(mode+", set "+setting, func(t *testing.T) {
				pooler := pgtest.StartPooler(t, pgtest.New(t), mode, 6)
				// In session mode a connection waits until another one ends.
				connections := map[string]string{"session": "6", "transaction": "20"}[mode]
				s := harness.Start(t, harness.OnPostgres(&pooler.Database).With(harness.Settings{
					"AUTO_UPGRADE": "true", "DB_POOLER": setting, "DB_MAX_CONNECTIONS": connections,
				}))
				f := s.FullFixture("pooled")
				s.Post("alice", f.UploadPath(""), `{"score":1.5}`).Want(t, http.StatusCreated)
				mixed(t, s, f)
				if found := s.Logs.Errors(); len(found) > 0 {
					t.Errorf("errors in the log:\n%s", strings.Join(found, ""))
				}
				s.Get("/readyz").Want(t, http.StatusOK)
			})
		}
	}
}

// TestStatementModeIsNamedByAllPrograms: a pooler that ends sessions behind each statement cannot be used.
func TestStatementModeIsNamedByAllPrograms(t *testing.T) {
	for _, c := range []struct {
		program string
		args    []string
	}{
		{"server", []string{"--listen", "127.0.0.1:0"}}, {"server", []string{"--listen", "127.0.0.1:0", "--db-pooler", "transaction"}},
		{"migrate", []string{"upgrade"}}, {"migrate", []string{"current"}}, {"admin", []string{"doctor"}}, {"admin", []string{"check"}},
	} {
		t.Run(c.program+" "+strings.Join(c.args, " "), func(t *testing.T) {
			t.Parallel() // a server waits for a better answer
			pooler := pgtest.StartPooler(t, storetest.Database(t), "statement", 6)
			environ := harness.OnPostgres(&pooler.Database).With(harness.Settings{"APP_ENV": "development", "STARTUP_TIMEOUT": "20s"}).Environ()
			p := process.Start(t, process.Program(t, c.program), environ, c.args...)
			if code := p.ExitCode(t); code == 0 {
				t.Errorf("exit code 0:\n%s", p.Output.Tail(2000))
			}
			for _, part := range []string{"statement", "pool_mode = transaction, or session"} {
				if !p.Output.Contains(part) {
					t.Errorf("it does not say %q:\n%s", part, p.Output.Tail(2000))
				}
			}
		})
	}
}

// mixed makes 180 requests at once: reads, filters, searches, writes and changes.
func mixed(t *testing.T, s *harness.Server, f harness.Fixture) {
	t.Helper()
	s.Token("alice")
	s.Token("admin")
	const rounds = 18
	var wait sync.WaitGroup
	for n := range rounds {
		for _, c := range []harness.Call{
			{Method: "GET", Path: "/results?per_page=5"},
			{Method: "GET", Path: "/results?filters=score%20%3E%200&sort_by=-json.score&benchmark_id=" + f.Benchmark},
			{Method: "GET", Path: "/results:search?terms=pooled"},
			{Method: "GET", Path: "/benchmarks/" + f.Benchmark},
			{Method: "GET", Path: "/sites:search?terms=pooled"},
			{Method: "GET", Path: "/users/self/results", As: "alice"},
			{Method: "POST", Path: f.UploadPath("&tags_ids=" + f.Tag), As: "alice", Body: fmt.Sprintf(`{"score":%d}`, n+2)},
			{Method: "POST", Path: "/tags", As: "alice", Body: fmt.Sprintf(`{"name":"tag %d"}`, n)},
			{Method: "POST", Path: "/sites", As: "alice", Body: fmt.Sprintf(`{"name":"site %d","address":"a"}`, n)},
			{Method: "GET", Path: "/reports/submits", As: "admin"},
		} {
			wait.Go(func() {
				a := s.Do(c)
				if want := map[string]int{"GET": http.StatusOK, "POST": http.StatusCreated}[c.Method]; a.Status != want {
					t.Errorf("%s\nwant %d", a, want)
				}
			})
		}
	}
	wait.Wait()
	if got := s.Total("", "/results"); got != rounds+1 {
		t.Errorf("%d results are visible, want %d", got, rounds+1)
	}
}

func TestProgramsWorkBehindPgBouncer(t *testing.T) {
	for _, mode := range []string{"session", "transaction"} {
		t.Run(mode, func(t *testing.T) {
			pooler := pgtest.StartPooler(t, pgtest.New(t), mode, 4)
			environ := harness.OnPostgres(&pooler.Database).With(harness.Settings{"APP_ENV": "development"}).Environ()
			migrate, admin := process.Program(t, "migrate"), process.Program(t, "admin")
			process.MustRun(t, migrate, environ, "upgrade")
			process.MustRun(t, migrate, environ, "wait")
			out := process.MustRun(t, admin, environ, "doctor", "--image-check=off")
			if !strings.Contains(strings.Join(strings.Fields(out), " "), "pooler fine "+mode) {
				t.Errorf("doctor says\n%s", out)
			}
			backup := t.TempDir() + "/backup"
			process.MustRun(t, admin, environ, "backup", backup)
			// The backup is in the audit trail now, and only an empty database is restored.
			process.MustRun(t, migrate, environ, "downgrade", "--yes", "base")
			process.MustRun(t, migrate, environ, "upgrade")
			process.MustRun(t, admin, environ, "restore", backup)
			process.MustRun(t, admin, environ, "derived", "repair")
			process.MustRun(t, admin, environ, "check")
			process.MustRun(t, migrate, environ, "downgrade", "--yes", "base")
			process.MustRun(t, migrate, environ, "upgrade")
		})
	}
}

// Two programs migrate at once through the pooler: one does it, the other waits.
func TestOneProgramMigratesBehindPgBouncer(t *testing.T) {
	pooler := pgtest.StartPooler(t, pgtest.New(t), "transaction", 8)
	environ := harness.OnPostgres(&pooler.Database).With(harness.Settings{"APP_ENV": "development"}).Environ()
	var started []*process.Process
	for range 3 {
		started = append(started, process.Start(t, process.Program(t, "migrate"), environ, "upgrade"))
	}
	did := 0
	for _, p := range started {
		expectExit(t, p, 0)
		if p.Output.Contains("Upgrade <base>") {
			did++
		}
	}
	if did != 1 {
		t.Errorf("%d programs upgraded, want one", did)
	}
}
