package operation_test

import (
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// wantNotReady waits until /readyz says why the server is not ready.
func wantNotReady(t *testing.T, s *harness.Server, reason string) {
	t.Helper()
	wantReason(t, s, "database", reason)
}

// wantReason waits until /readyz says by which check the server is not ready, and the log.
func wantReason(t *testing.T, s *harness.Server, check, reason string) {
	t.Helper()
	process.Eventually(t, "not ready: "+reason, func() bool {
		a := s.Get("/readyz")
		return a.Status == http.StatusServiceUnavailable && a.Text("checks", check) == reason
	})
	process.Eventually(t, "the log says what to do", func() bool {
		return strings.Contains(s.Logs.String(), reason) && strings.Contains(s.Logs.String(), "not ready")
	})
}

func wantReady(t *testing.T, s *harness.Server) {
	t.Helper()
	process.Eventually(t, "ready", func() bool { return process.Answers(s.Base + "/readyz") })
}

func TestReadinessEndsWithTheFileOfTheDatabase(t *testing.T) {
	t.Parallel()
	settings := harness.SQLite(t)
	s := harness.Start(t, settings)
	wantReady(t, s)
	path := databaseFile(settings)
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	wantNotReady(t, s, "the file of the database is gone")
	text, err := os.ReadFile(path + ".away")
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	wantNotReady(t, s, "another file is in the place of the database")
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	wantReady(t, s)
}

func TestReadinessEndsWithTheLogOfTheDatabase(t *testing.T) {
	t.Parallel()
	settings := harness.SQLite(t)
	s := harness.Start(t, settings)
	wantReady(t, s)
	s.Post("alice", "/tags", `{"name":"logged"}`).Want(t, http.StatusCreated)
	path := databaseFile(settings) + "-wal"
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	wantNotReady(t, s, "the log of the database is gone")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantNotReady(t, s, "another file is in the place of the database's log")
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	wantReady(t, s)
}

func TestReadinessEndsWithDamageOfTheFile(t *testing.T) {
	t.Parallel()
	settings := harness.SQLite(t)
	s := harness.Start(t, settings)
	wantReady(t, s)
	file, err := os.ReadFile(databaseFile(settings))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(databaseFile(settings), damagePages(file), 0o600); err != nil {
		t.Fatal(err)
	}
	wantNotReady(t, s, "the file of the database is damaged")
}

func TestReadinessEndsWithARoomlessDisk(t *testing.T) {
	t.Parallel()
	folder, ok := mounted(t, "size=16m")
	if !ok {
		return // the next test needs no mount
	}
	settings := harness.Settings{"DATA_DIR": folder}
	storetest.File(t, databaseFile(settings))
	s := harness.Start(t, settings)
	wantReady(t, s)
	empty := fill(t, folder)
	wantNotReady(t, s, "the disk of the database is full")
	if a := s.Post("alice", "/tags", `{"name":"full"}`); a.Status != http.StatusServiceUnavailable && a.Status != http.StatusCreated {
		t.Errorf("%s\nwant 503, or 201 where a page had room", a)
	}
	s.Get("/tags").Want(t, http.StatusOK)
	empty()
	wantReady(t, s)
}

// Where nobody may mount, a limit for the size of files does the same: no file grows any more.
func TestReadinessEndsWithALimitOfFileSizes(t *testing.T) {
	t.Parallel()
	settings := harness.SQLite(t)
	address := process.FreeAddress(t)
	server := process.StartServer(t, settings.With(harness.Settings{"APP_ENV": "development"}).Environ(), "--listen", address)
	s := harness.At(t, "http://"+address, server.Output)
	wantReady(t, s)
	limit := func(size string) {
		t.Helper()
		//nolint:gosec // the process of the test
		limit := exec.CommandContext(t.Context(), "prlimit", "--pid", strconv.Itoa(server.PID()), "--fsize="+size+":unlimited")
		out, err := limit.CombinedOutput()
		if err != nil {
			t.Fatalf("prlimit: %v\n%s", err, out)
		}
	}
	s.Post("alice", "/tags", `{"name":"room"}`).Want(t, http.StatusCreated)
	limit("4096")
	wantNotReady(t, s, "the disk of the database is full")
	a := s.Post("alice", "/tags", `{"name":"full"}`).Want(t, http.StatusServiceUnavailable)
	if a.Header.Get("Retry-After") == "" || strings.Contains(a.Body, settings["DATA_DIR"]) {
		t.Errorf("%s\nwant Retry-After, and nothing of the inside", a)
	}
	if total := s.Total("", "/tags"); total != 1 {
		t.Errorf("%d tags, want the one that was stored before", total)
	}
	limit("unlimited")
	wantReady(t, s)
	s.Post("alice", "/tags", `{"name":"full"}`).Want(t, http.StatusCreated)
}

// A function in the place of PostgreSQL's own answers as PostgreSQL does on a full disk.
func TestReadinessEndsWhenPostgresCannotWriteFiles(t *testing.T) {
	t.Parallel()
	database := storetest.Database(t)
	owner := storetest.Connect(t, database)
	role := pgtest.AsRole(t, database, nil)
	storetest.ExecuteAll(t, owner, "ALTER ROLE "+role.User+" SET search_path = public, full_disk, pg_catalog", "CREATE SCHEMA full_disk",
		"GRANT USAGE ON SCHEMA full_disk TO "+role.User,
		"GRANT ALL ON ALL TABLES IN SCHEMA public TO "+role.User)
	s := harness.Start(t, harness.OnPostgres(role))
	wantReady(t, s)
	storetest.ExecuteAll(t, owner, `CREATE FUNCTION full_disk.generate_series(integer, integer) RETURNS SETOF integer LANGUAGE plpgsql AS
		$$BEGIN RAISE 'could not write to file "base/pgsql_tmp/1": No space left on device' USING ERRCODE = 'disk_full'; END$$`)
	wantNotReady(t, s, "the disk of the database is full")
	storetest.ExecuteAll(t, owner, "DROP FUNCTION full_disk.generate_series(integer, integer)")
	wantReady(t, s)
}

// The data of PostgreSQL are on a file system of their own, which gets full.
func TestReadinessEndsWithARoomlessDiskOfPostgres(t *testing.T) {
	folder, ok := mounted(t, "size=160m,mode=1777")
	if !ok {
		return // the next test needs no mount
	}
	t.Setenv("TMPDIR", folder)
	database := pgtest.StartServer(t)
	s := harness.Start(t, harness.OnPostgres(&database.Database).With(harness.Settings{"AUTO_UPGRADE": "true"}))
	wantReady(t, s)
	empty := fill(t, folder)
	wantNotReady(t, s, "the disk of the database is full")
	empty()
	wantReady(t, s)
}

func TestReadinessEndsWithTheRightsOfTheRole(t *testing.T) {
	t.Parallel()
	database := storetest.Database(t)
	owner := storetest.Connect(t, database)
	role := pgtest.AsRole(t, database, nil)
	grant := "GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role.User
	storetest.ExecuteAll(t, owner, grant)
	s := harness.Start(t, harness.OnPostgres(role))
	wantReady(t, s)
	for _, revoke := range []string{"INSERT ON result", "INSERT ON result_value", "DELETE ON browser_session"} {
		storetest.ExecuteAll(t, owner, "REVOKE "+revoke+" FROM "+role.User)
		wantNotReady(t, s, "the database does not permit us to write")
		storetest.ExecuteAll(t, owner, grant)
		wantReady(t, s)
	}
}

func TestReadinessEndsWithAPartOfTheSchema(t *testing.T) {
	t.Parallel()
	database := storetest.Database(t)
	owner := storetest.Connect(t, database)
	s := harness.Start(t, harness.OnPostgres(database))
	wantReady(t, s)
	storetest.ExecuteAll(t, owner, "ALTER TABLE result DISABLE TRIGGER result_insert")
	wantReason(t, s, "schema", "the schema of the database is not complete")
	storetest.ExecuteAll(t, owner, "ALTER TABLE result ENABLE TRIGGER result_insert")
	wantReady(t, s)
}

// A server whose connections lead to a standby serves once the standby is promoted.
func TestReadinessComesWithThePromotionOfAStandby(t *testing.T) {
	t.Parallel()
	primary := pgtest.StartServer(t)
	settings := harness.OnPostgres(&primary.Database).With(harness.Settings{"APP_ENV": "development"})
	process.MustRun(t, process.Program(t, "migrate"), settings.Environ(), "upgrade")
	follower := primary.Standby(t)
	address := process.FreeAddress(t)
	server := process.StartServer(t, harness.OnPostgres(&follower.Database).With(harness.Settings{"APP_ENV": "development"}).Environ(),
		"--listen", address)
	server.Await(t, "the reason", func() bool { return server.Output.Contains("the database is a standby") })
	follower.Promote(t)
	server.AwaitReady(t, "http://"+address)
}
