package operation_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// startMigrate starts migrate for the database.
func startMigrate(t *testing.T, database *pgtest.Database, args ...string) *process.Process {
	t.Helper()
	return process.Start(t, process.Program(t, "migrate"), harness.OnPostgres(database).Environ(), args...)
}

// mustMigrate runs migrate for the database, and returns what it prints.
func mustMigrate(t *testing.T, database *pgtest.Database, args ...string) string {
	t.Helper()
	return process.MustRun(t, process.Program(t, "migrate"), harness.OnPostgres(database).Environ(), args...)
}

// until waits for a query to answer true.
func until(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	process.Eventually(t, query, func() (yes bool) {
		return db.QueryRowContext(t.Context(), query).Scan(&yes) == nil && yes
	})
}

// revisions are the ids of the program's revisions, and what migrate prints of a database
// at their head.
func revisions(t *testing.T) (ids []string, atHead string) {
	t.Helper()
	known, err := migrations.Load("postgres")
	if err != nil {
		t.Fatal(err)
	}
	ids = migrations.IDs(known)
	return ids, "The database is at " + ids[len(ids)-1] + " (head).\n"
}

func TestOfEightProcessesAtOnceOneRunsEachRevision(t *testing.T) {
	ids, atHead := revisions(t)
	db := pgtest.New(t)
	var all []*process.Process
	for range 8 {
		all = append(all, startMigrate(t, db, "upgrade"))
	}
	var together string
	for _, p := range all {
		if code := p.ExitCode(t); code != 0 || !strings.HasSuffix(p.Output.String(), atHead) {
			t.Errorf("one ended with %d, and printed\n%s", code, p.Output.String())
		}
		together += p.Output.String()
	}
	if ran := strings.Count(together, "Upgrade "); ran != len(ids) {
		t.Errorf("together they ran %d revisions, want each of the %d once:\n%s", ran, len(ids), together)
	}
}

// The program is killed while a revision waits for somebody who uses a table.
func TestKilledProgramsLeaveADatabaseThatTheNextRunBringsToHead(t *testing.T) {
	_, atHead := revisions(t)
	for name, c := range map[string]struct {
		use     string // keeps the revision waiting
		waiting string // says that it does
		left    string // says what the killed program leaves
	}{
		"while an index is built without a transaction": {
			use: "INSERT INTO tag (id, name) VALUES (gen_random_uuid(), 'under way')",
			waiting: "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%CREATE INDEX CONCURRENTLY " +
				"result_execution_idx%' AND wait_event_type = 'Lock')",
			left: "SELECT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)",
		},
		"inside a transaction": {
			use: "SELECT count(*) FROM result",
			waiting: "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%ADD COLUMN removed%' AND " +
				"wait_event_type = 'Lock')",
			left: "SELECT count(*) = 4 FROM schema_revision",
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := pgtest.New(t)
			pool := harness.OpenSQL(t, harness.OnPostgres(db))
			mustMigrate(t, db, "upgrade", "+2")
			if strings.HasPrefix(name, "inside") {
				mustMigrate(t, db, "upgrade", "+2")
			}
			user, err := pool.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := user.ExecContext(t.Context(), c.use); err != nil {
				t.Fatal(err)
			}
			killed := startMigrate(t, db, "upgrade")
			until(t, pool, c.waiting)
			killed.Kill(t)
			// Still blocked, the next one waits for the lock that the server lets go of.
			next := startMigrate(t, db, "upgrade")
			until(t, pool, c.left)
			if err := user.Commit(); err != nil {
				t.Fatal(err)
			}
			if code := next.ExitCode(t); code != 0 || !strings.HasSuffix(next.Output.String(), atHead) {
				t.Errorf("the next run ended with %d, and printed\n%s", code, next.Output.String())
			}
			until(t, pool, "SELECT NOT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)")
			if out := mustMigrate(t, db, "check"); !strings.Contains(out, "Nothing differs") {
				t.Errorf("check printed\n%s", out)
			}
		})
	}
}

func TestDatabaseThatRestartsDuringAnUpgradeIsBroughtToHeadByTheNextRun(t *testing.T) {
	server := pgtest.StartServer(t)
	pool := harness.OpenSQL(t, harness.OnPostgres(&server.Database))
	mustMigrate(t, &server.Database, "upgrade", "+2")
	user, err := pool.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead}) // its snapshot is waited for
	if err != nil {
		t.Fatal(err)
	}
	if _, err := user.ExecContext(t.Context(), "INSERT INTO tag (id, name) VALUES (gen_random_uuid(), 'under way')"); err != nil {
		t.Fatal(err)
	}
	interrupted := startMigrate(t, &server.Database, "upgrade")
	until(t, pool, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock')")
	server.Crash()
	if code := interrupted.ExitCode(t); code != 1 || !strings.Contains(
		interrupted.Output.String(), "migrate: upgrade to revision d01e49c03043",
	) {
		t.Errorf("the interrupted run ended with %d, and printed\n%s", code, interrupted.Output.String())
	}
	if p := startMigrate(t, &server.Database, "upgrade"); p.ExitCode(t) != 1 || !strings.Contains(p.Output.String(),
		"migrate: no connection to PostgreSQL at 127.0.0.1:") {
		t.Errorf("while the database is away, upgrade printed\n%s", p.Output.String())
	}
	server.Start(t)
	mustMigrate(t, &server.Database, "upgrade")
	if out := mustMigrate(t, &server.Database, "check"); !strings.Contains(out, "Nothing differs") {
		t.Errorf("check printed\n%s", out)
	}
}

func TestErrorsOfMigrateEndWithOne(t *testing.T) {
	db := pgtest.New(t)
	for _, args := range [][]string{{"upgrade", "0000"}, {"upgrade", "-99"}, {"downgrade", "-1"}, {"nonsense"}, {"check"},
		{"upgrade", "a", "b"}, {"migrate"}} {
		if p := startMigrate(t, db, args...); p.ExitCode(t) != 1 || !strings.HasPrefix(p.Output.String(), "migrate: ") {
			t.Errorf("migrate %v ended with %d, and printed %q", args, p.ExitCode(t), p.Output.String())
		}
	}
}
