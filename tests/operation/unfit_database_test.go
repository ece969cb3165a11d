package operation_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// unfit is a database that a server cannot use.
type unfit struct {
	settings harness.Settings
	// reason is what anybody may know, remedy a part of what the operator is told.
	reason, remedy string
	// waits: a server that starts waits, since the state may end by itself.
	waits bool
	// wrapper is a program, with its first arguments, that starts ours.
	wrapper []string
}

// run starts one of our programs.
func (u unfit) run(t *testing.T, program string, args ...string) *process.Process {
	t.Helper()
	environ := u.settings.With(harness.Settings{"APP_ENV": "development", "IMAGE_CHECK": "off"}).Environ()
	command := append(append(u.wrapper, process.Program(t, program)), args...)
	path, err := exec.LookPath(command[0])
	if err != nil {
		t.Fatal(err)
	}
	return process.Start(t, path, environ, command[1:]...)
}

// TestUnfitDatabaseIsNamed by doctor and by the start of a server, with what to do.
func TestUnfitDatabaseIsNamed(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T) unfit{
		"LATIN1":                func(t *testing.T) unfit { return encoded(t, "LATIN1") },
		"EUC_JP":                func(t *testing.T) unfit { return encoded(t, "EUC_JP") },
		"SQL_ASCII":             func(t *testing.T) unfit { return encoded(t, "SQL_ASCII") },
		"a standby":             standby,
		"a role without rights": powerless,
		"a wrong password": func(t *testing.T) unfit {
			return unfit{
				settings: harness.OnPostgres(pgtest.New(t)).With(harness.Settings{"DB_PASSWORD": "wrong"}),
				reason:   "the database refuses the user", remedy: "correct DB_USER and DB_PASSWORD",
			}
		},
		"a database that does not exist": func(t *testing.T) unfit {
			return unfit{
				settings: harness.OnPostgres(pgtest.New(t)).With(harness.Settings{"DB_NAME": "none"}),
				reason:   "the database does not exist", remedy: "correct DB_NAME",
			}
		},
		"a port without a server": func(t *testing.T) unfit {
			return unfit{
				settings: harness.OnPostgres(pgtest.New(t)).With(harness.Settings{"DB_PORT": "1"}),
				reason:   "the database cannot be reached", remedy: "correct DB_HOST and DB_PORT", waits: true,
			}
		},
		"triggers that are off": withoutTriggers,
		"a role without connections": func(t *testing.T) unfit {
			return restricted(t, "ALTER ROLE %s CONNECTION LIMIT 0", "the database has no connection left for us",
				"CONNECTION LIMIT of the role", true)
		},
		"a database that may not be connected to": func(t *testing.T) unfit {
			return restricted(t, "DO $$ BEGIN EXECUTE 'REVOKE CONNECT ON DATABASE ' || current_database() || ' FROM PUBLIC'; END $$",
				"the database refuses the user", "GRANT CONNECT ON DATABASE", false)
		},
		"a role without temporary files": func(t *testing.T) unfit {
			return restricted(t, "ALTER ROLE %s SET temp_file_limit = 0", "too little room for temporary files", "raise temp_file_limit", true)
		},
		"rows that are hidden": func(t *testing.T) unfit {
			return restricted(t, "ALTER TABLE result ENABLE ROW LEVEL SECURITY", "the database hides rows from us",
				"DISABLE ROW LEVEL SECURITY", true)
		},
		"a schema that may not be used": func(t *testing.T) unfit {
			return restricted(t, "REVOKE USAGE ON SCHEMA public FROM PUBLIC", "the database has no current schema",
				"GRANT USAGE ON SCHEMA", false)
		},
		"a search path to nowhere": func(t *testing.T) unfit {
			return restricted(t, "ALTER ROLE %s SET search_path = nowhere", "the database has no current schema", "RESET search_path", false)
		},
		"a function that may not be used": func(t *testing.T) unfit {
			return restricted(t, "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC",
				"missing or not in effect: function ", "SQL", false)
		},
		"a table that is missing": func(t *testing.T) unfit {
			return changed(t, harness.Postgres(t), "DROP TABLE result_tags", "table result_tags")
		},
		"a trigger that is off": func(t *testing.T) unfit {
			return changed(t, harness.Postgres(t), "ALTER TABLE result DISABLE TRIGGER result_insert", "trigger result.result_insert")
		},
		"a table that is missing in the file": func(t *testing.T) unfit {
			return changed(t, harness.SQLite(t), "DROP TABLE result_tags", "table result_tags")
		},
		"a trigger that is missing in the file": func(t *testing.T) unfit {
			return changed(t, harness.SQLite(t), "DROP TRIGGER metric_path_delete", "trigger ")
		},
		"a damaged page": func(t *testing.T) unfit { return damaged(t, damagePages) },
		"a damaged header": func(t *testing.T) unfit {
			return damaged(t, func(file []byte) []byte { return append(garbage, file[len(garbage):]...) })
		},
		"a file that was cut off": func(t *testing.T) unfit { return damaged(t, func(file []byte) []byte { return file[:len(file)/2] }) },
		"a file of other content": func(t *testing.T) unfit {
			return damaged(t, func([]byte) []byte { return bytes.Repeat([]byte("no database "), 1000) })
		},
		"the database of another program": func(t *testing.T) unfit {
			settings := harness.Settings{"DATA_DIR": t.TempDir()}
			db := harness.OpenSQL(t, settings)
			_, err := db.ExecContext(t.Context(), "CREATE TABLE notes (id)")
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
			return unfit{settings: settings, reason: "the file is the database of another program", remedy: "choose another folder with DATA_DIR"}
		},
		"a full disk":             fullDisk,
		"a read-only file system": readOnlyFileSystem,
		"a folder without rights": func(t *testing.T) unfit { return closed(t, filepath.Dir) },
		"a file without rights":   func(t *testing.T) unfit { return closed(t, func(file string) string { return file }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := prepare(t)
			doctor := u.run(t, "admin", "doctor")
			expectExit(t, doctor, 3)
			server := u.run(t, "server", "--listen", process.FreeAddress(t))
			if u.waits {
				server.Await(t, "the reason", func() bool { return server.Output.Contains(u.reason) })
			} else if code := server.ExitCode(t); code != 1 {
				t.Errorf("the server exits with %d", code)
			}
			for program, p := range map[string]*process.Process{"doctor": doctor, "server": server} {
				for _, part := range []string{u.reason, u.remedy} {
					if !p.Output.Contains(part) {
						t.Errorf("%s does not say %q:\n%s", program, part, p.Output.String())
					}
				}
			}
		})
	}
}

func TestMigrateRefusesOtherEncodings(t *testing.T) {
	u := encoded(t, "LATIN1")
	p := u.run(t, "migrate", "upgrade")
	if code := p.ExitCode(t); code == 0 || !p.Output.Contains(u.reason) || !p.Output.Contains(u.remedy) {
		t.Errorf("it exits with %d:\n%s", code, p.Output.String())
	}
}

func TestMigrateSaysWhatARoleLacks(t *testing.T) {
	database := pgtest.New(t)
	owner := storetest.Connect(t, database)
	role := pgtest.AsRole(t, database, nil)
	storetest.ExecuteAll(t, owner, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	p := unfit{settings: harness.OnPostgres(role)}.run(t, "migrate", "upgrade")
	if code := p.ExitCode(t); code == 0 || !p.Output.Contains("GRANT CREATE ON SCHEMA public TO "+role.User) {
		t.Errorf("it exits with %d:\n%s", code, p.Output.String())
	}
}

// encoded is a database of another encoding.
func encoded(t *testing.T, encoding string) unfit {
	t.Helper()
	return unfit{
		settings: harness.OnPostgres(pgtest.WithEncoding(t, encoding)),
		reason:   "the database has another encoding than UTF8", remedy: "createdb --encoding=UTF8",
	}
}

// standby is a real one, which follows another server.
func standby(t *testing.T) unfit {
	t.Helper()
	return unfit{
		settings: harness.OnPostgres(&pgtest.StartServer(t).Standby(t).Database),
		reason:   "the database is a standby", remedy: "let DB_HOST name the primary", waits: true,
	}
}

func powerless(t *testing.T) unfit {
	t.Helper()
	database := storetest.Database(t)
	owner := storetest.Connect(t, database)
	role := pgtest.AsRole(t, database, nil)
	storetest.ExecuteAll(t, owner, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+role.User)
	return unfit{
		settings: harness.OnPostgres(role), reason: "the database does not permit us to write", remedy: "GRANT SELECT, INSERT, UPDATE, DELETE",
		waits: true,
	}
}

// restricted is a database of which a role has all rights, but for what the statement takes.
func restricted(t *testing.T, statement, reason, remedy string, waits bool) unfit {
	t.Helper()
	database := storetest.Database(t)
	owner := storetest.Connect(t, database)
	role := pgtest.AsRole(t, database, nil)
	storetest.ExecuteAll(t, owner, "GRANT ALL ON ALL TABLES IN SCHEMA public TO "+role.User, strings.ReplaceAll(statement, "%s", role.User))
	return unfit{settings: harness.OnPostgres(role), reason: reason, remedy: remedy, waits: waits}
}

func withoutTriggers(t *testing.T) unfit {
	t.Helper()
	database := storetest.Database(t)
	owner := storetest.Connect(t, database)
	role := pgtest.AsRole(t, database, map[string]string{"session_replication_role": "replica"})
	storetest.ExecuteAll(t, owner, "GRANT ALL ON ALL TABLES IN SCHEMA public TO "+role.User)
	return unfit{
		settings: harness.OnPostgres(role), reason: "the triggers of the database are off", remedy: "RESET session_replication_role",
	}
}

// changed is a database whose schema somebody has changed.
func changed(t *testing.T, settings harness.Settings, change, part string) unfit {
	t.Helper()
	db := harness.OpenSQL(t, settings)
	if _, err := db.ExecContext(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return unfit{
		settings: settings, reason: "the schema of the database is not complete, missing or not in effect: " + part,
		remedy: "`migrate show -v REVISION` has the SQL",
	}
}

// garbage is what is written into a file of a database.
var garbage = bytes.Repeat([]byte{0xA5}, 100)

// damagePages writes over the beginning of every page after the first ones.
func damagePages(file []byte) []byte {
	const page = 4096
	for at := 4 * page; at+len(garbage) < len(file); at += page {
		copy(file[at:], garbage)
	}
	return file
}

// damaged is an embedded database, whose file was changed.
func damaged(t *testing.T, damage func(file []byte) []byte) unfit {
	t.Helper()
	settings := harness.SQLite(t)
	path := databaseFile(settings)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, damage(file), 0o600); err != nil {
		t.Fatal(err)
	}
	return unfit{settings: settings, reason: "the file of the database is damaged", remedy: "restore a backup with `admin restore`"}
}

func databaseFile(settings harness.Settings) string {
	return filepath.Join(settings["DATA_DIR"], "eosc-perf.db")
}

// fullDisk is a file system in memory; where we may mount none, a limit for the size of
// files, with the signal for it ignored.
func fullDisk(t *testing.T) unfit {
	t.Helper()
	u := unfit{reason: "the disk of the database is full", remedy: "make room on it"}
	folder, ok := mounted(t, "size=2m")
	if !ok {
		u.settings = harness.SQLite(t)
		u.wrapper = []string{"sh", "-c", `trap "" XFSZ; ulimit -f 1; exec "$0" "$@"`}
		return u
	}
	u.settings = harness.Settings{"DATA_DIR": folder}
	storetest.File(t, databaseFile(u.settings))
	fill(t, folder)
	return u
}

// fill leaves no room on the file system of the folder, and returns how to make room.
func fill(t *testing.T, folder string) (empty func()) {
	t.Helper()
	path := filepath.Join(folder, "filling")
	file, err := os.Create(path) //nolint:gosec // below a folder of the test
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1 << 20, 1 << 10} {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, size))
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return func() { _ = os.Remove(path) }
}

// readOnlyFileSystem is a mounted one; where we may mount none, that of the kernel, which
// is read-only where nobody may mount.
func readOnlyFileSystem(t *testing.T) unfit {
	t.Helper()
	u := unfit{settings: harness.Settings{"DATA_DIR": "/sys/kernel"}, reason: "read-only", remedy: "DATA_DIR"}
	if folder, ok := mounted(t, "size=8m"); ok {
		u.reason = "the file system of the database is read-only"
		u.settings["DATA_DIR"] = folder
		storetest.File(t, databaseFile(u.settings))
		if out, err := exec.CommandContext(t.Context(), "mount", "-o", "remount,ro", folder).CombinedOutput(); err != nil {
			t.Fatalf("mount: %v\n%s", err, out)
		}
	}
	return u
}

// mounted mounts a file system in memory, until the test is over, if we may.
func mounted(t *testing.T, options string) (folder string, ok bool) {
	t.Helper()
	folder, err := os.MkdirTemp("", "mounted-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(folder) })
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // PostgreSQL is run by another user
		t.Fatal(err)
	}
	//nolint:gosec // options of the test
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", folder).CombinedOutput(); err != nil {
		t.Logf("no file system could be mounted: %s", out)
		return "", false
	}
	t.Cleanup(func() { _ = exec.Command("umount", "--lazy", folder).Run() }) //nolint:gosec,noctx // the folder of the test
	return folder, true
}

// closed is an embedded database; nobody may write what is chosen of it. Root is started
// without the capability to write everything.
func closed(t *testing.T, what func(file string) string) unfit {
	t.Helper()
	u := unfit{settings: harness.SQLite(t), reason: "the database cannot be written", remedy: "give the user of this program the right"}
	if os.Geteuid() == 0 {
		u.wrapper = []string{"setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"}
	}
	path := what(databaseFile(u.settings))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, info.Mode().Perm()&^0o222); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(path, info.Mode().Perm()) })
	return u
}

// TestSecretFilesOfOtherEditorsAreNamed: with a byte order mark, a password is another one.
func TestSecretFilesOfOtherEditorsAreNamed(t *testing.T) {
	for name, text := range map[string]string{
		"UTF-8 with a mark": "\ufeffs3cret", "UTF-16": "\xff\xfes\x003\x00", "UTF-16 without a mark": "s\x003\x00",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "password")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			u := unfit{settings: harness.SQLite(t).With(harness.Settings{"SECRET_KEY_FILE": path})}
			for _, program := range []string{"server", "admin"} {
				p := u.run(t, program, map[string][]string{"server": {"--listen", "127.0.0.1:0"}, "admin": {"doctor"}}[program]...)
				if code := p.ExitCode(t); code == 0 || !p.Output.Contains("SECRET_KEY_FILE") || !p.Output.Contains("save it again as plain UTF-8") {
					t.Errorf("%s exits with %d:\n%s", program, code, p.Output.String())
				}
				if strings.Contains(p.Output.String(), "s3cret") {
					t.Errorf("%s shows the secret", program)
				}
			}
		})
	}
}
