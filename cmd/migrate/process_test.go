package main

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
)

// asMigrate makes the test's executable the program itself.
const asMigrate = "EOSC_PERF_TEST_MIGRATE"

func TestMain(m *testing.M) {
	if os.Getenv(asMigrate) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// patience is for what another process is about to do.
const patience = time.Minute

// process is the program in a process of its own.
type process struct {
	*exec.Cmd
	mutex  sync.Mutex
	output bytes.Buffer
	exited chan struct{}
}

// Write implements io.Writer.
func (p *process) Write(text []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.output.Write(text)
}

func (p *process) text() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.output.String()
}

func start(t *testing.T, db pgtest.Database, args ...string) *process {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.CommandContext(context.WithoutCancel(t.Context()), executable, args...), //nolint:gosec // it is us
		exited: make(chan struct{})}
	p.Env = []string{asMigrate + "=1", "DB_HOST=" + db.Host, "DB_PORT=" + strconv.Itoa(db.Port), "DB_USER=" + db.User,
		"DB_PASSWORD=" + db.Password, "DB_NAME=" + db.Name, "DB_SSLMODE=disable",
		"GOCOVERDIR=."} // where coverage is counted, else the program warns
	p.Dir = t.TempDir()
	p.Stdout, p.Stderr = p, p
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.Wait() // the exit code tells
		close(p.exited)
	}()
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

// ends returns the exit code.
func (p *process) ends(t *testing.T) int {
	t.Helper()
	select {
	case <-p.exited:
		return p.ProcessState.ExitCode()
	case <-time.After(patience):
		t.Fatalf("migrate does not end, and has printed\n%s", p.text())
		return 0
	}
}

// kill is kill -9.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.exited
}

// succeeds runs the program and checks that it ends well.
func succeeds(t *testing.T, db pgtest.Database, args ...string) string {
	t.Helper()
	p := start(t, db, args...)
	if code := p.ends(t); code != 0 {
		t.Errorf("migrate %s ended with %d, and printed\n%s", strings.Join(args, " "), code, p.text())
	}
	return p.text()
}

func connect(t *testing.T, db pgtest.Database) *sql.DB {
	t.Helper()
	pool, err := sql.Open("pgx", db.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// until waits for a query to answer true.
func until(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	var last error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var yes bool
		if last = db.QueryRowContext(t.Context(), query).Scan(&yes); last == nil && yes {
			return
		}
	}
	t.Fatalf("never true: %s (%v)", query, last)
}

func TestOfEightProcessesAtOnceOneRunsEachRevision(t *testing.T) {
	db := *pgtest.New(t)
	var all []*process
	for range 8 {
		all = append(all, start(t, db, "upgrade"))
	}
	var together string
	for _, p := range all {
		if code := p.ends(t); code != 0 || !strings.HasSuffix(p.text(), standsAtHead) {
			t.Errorf("one ended with %d, and printed\n%s", code, p.text())
		}
		together += p.text()
	}
	if ran := strings.Count(together, "Upgrade "); ran != len(known) {
		t.Errorf("together they ran %d revisions, want each of the %d once:\n%s", ran, len(known), together)
	}
}

// blocked are the places in which a program is killed: while a revision waits for
// somebody who uses a table.
func TestKilledProgramsLeaveADatabaseThatTheNextRunBringsToHead(t *testing.T) {
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
			db := *pgtest.New(t)
			pool := connect(t, db)
			succeeds(t, db, "upgrade", "+2")
			if strings.HasPrefix(name, "inside") {
				succeeds(t, db, "upgrade", "+2")
			}
			user, err := pool.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := user.ExecContext(t.Context(), c.use); err != nil {
				t.Fatal(err)
			}
			killed := start(t, db, "upgrade")
			until(t, pool, c.waiting)
			killed.kill(t)
			// Still blocked, the next one waits for the lock that the server lets go of.
			next := start(t, db, "upgrade")
			until(t, pool, c.left)
			if err := user.Commit(); err != nil {
				t.Fatal(err)
			}
			if code := next.ends(t); code != 0 || !strings.HasSuffix(next.text(), standsAtHead) {
				t.Errorf("the next run ended with %d, and printed\n%s", code, next.text())
			}
			until(t, pool, "SELECT NOT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)")
			if out := succeeds(t, db, "check"); !strings.Contains(out, "Nothing differs") {
				t.Errorf("check printed\n%s", out)
			}
		})
	}
}

func TestADatabaseThatRestartsMeanwhileIsBroughtToHeadByTheNextRun(t *testing.T) {
	server := pgtest.StartServer(t)
	pool := connect(t, server.Database)
	succeeds(t, server.Database, "upgrade", "+2")
	user, err := pool.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead}) // its snapshot is waited for
	if err != nil {
		t.Fatal(err)
	}
	if _, err := user.ExecContext(t.Context(), "INSERT INTO tag (id, name) VALUES (gen_random_uuid(), 'under way')"); err != nil {
		t.Fatal(err)
	}
	interrupted := start(t, server.Database, "upgrade")
	until(t, pool, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock')")
	server.Crash()
	if code := interrupted.ends(t); code != 1 || !strings.Contains(interrupted.text(), "migrate: upgrade to revision d01e49c03043") {
		t.Errorf("the interrupted run ended with %d, and printed\n%s", code, interrupted.text())
	}
	if p := start(t, server.Database, "upgrade"); p.ends(t) != 1 || !strings.Contains(p.text(),
		"migrate: no connection to PostgreSQL at 127.0.0.1:") {
		t.Errorf("while the database is away, upgrade printed\n%s", p.text())
	}
	server.Start(t)
	succeeds(t, server.Database, "upgrade")
	if out := succeeds(t, server.Database, "check"); !strings.Contains(out, "Nothing differs") {
		t.Errorf("check printed\n%s", out)
	}
}

func TestErrorsEndWithOne(t *testing.T) {
	db := *pgtest.New(t)
	for _, args := range [][]string{{"upgrade", "0000"}, {"upgrade", "-99"}, {"downgrade", "-1"}, {"nonsense"}, {"check"},
		{"upgrade", "a", "b"}, {"migrate"}} {
		if p := start(t, db, args...); p.ends(t) != 1 || !strings.HasPrefix(p.text(), "migrate: ") {
			t.Errorf("migrate %v ended with %d, and printed %q", args, p.ProcessState.ExitCode(), p.text())
		}
	}
}
