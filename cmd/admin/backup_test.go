package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/archive"
	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/adapters/migrations/alembictest"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
)

// place is a database.
type place struct {
	settings config.Database
	flags    []string
}

func embedded(t *testing.T) place {
	t.Helper()
	folder := t.TempDir()
	return place{config.Database{Driver: config.SQLite, DataDir: folder}, []string{"--db-driver", "sqlite", "--data-dir", folder}}
}

func onPostgres(t *testing.T) place {
	t.Helper()
	d := pgtest.New(t)
	return place{
		config.Database{Driver: config.Postgres, Host: d.Host, Port: d.Port, User: d.User, Password: config.NewSecret(d.Password), Name: d.Name, SSLMode: "disable"},
		[]string{
			"--db-driver", "postgres", "--db-host", d.Host, "--db-port", strconv.Itoa(d.Port), "--db-user", d.User, "--db-password", d.Password,
			"--db-name", d.Name, "--db-sslmode", "disable",
		},
	}
}

// places are empty databases of both kinds.
var places = map[string]func(*testing.T) place{"sqlite": embedded, "postgres": onPostgres}

func (p place) run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	return run(t, append(args, p.flags...)...)
}

func (p place) mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, err := p.run(t, args...)
	if err != nil {
		t.Fatalf("admin %v: %v\n%s", args, err, out)
	}
	return out
}

func (p place) store(t *testing.T) *gormdb.Store {
	t.Helper()
	store, err := wiring.OpenStore(t.Context(), p.settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func (p place) pool(t *testing.T) *sql.DB {
	t.Helper()
	pool, err := p.store(t).DB().DB()
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

func (p place) upgrade(t *testing.T, target string) place {
	t.Helper()
	store := p.store(t)
	revisions, err := migrations.Load(store.DB().Name())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrations.Upgrade(t.Context(), store.DB(), revisions, target, migrations.Options{}); err != nil {
		t.Fatal(err)
	}
	return p
}

// flask is a database of the earlier program, with its odd rows.
func flask(t *testing.T) place {
	t.Helper()
	p := onPostgres(t)
	alembictest.Make(t, p.pool(t), alembictest.Last)
	return p
}

// rows are all rows, as a backup has them, sorted.
func (p place) rows(t *testing.T) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rows")
	p.mustRun(t, "backup", file)
	return rowsIn(t, file)
}

func rowsIn(t *testing.T, path string) (rows []string) {
	t.Helper()
	file, err := os.Open(path) //nolint:gosec // the test's own
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r, err := archive.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		table, row, err := r.Next()
		if err != nil {
			break
		}
		rows = append(rows, table+" "+string(row))
	}
	if r.Manifest().Rows() != int64(len(rows)) {
		t.Fatalf("%s is not whole", path)
	}
	slices.Sort(rows)
	return rows
}

func TestRowsOfTheEarlierProgramGoToTheEmbeddedDatabaseAndBack(t *testing.T) {
	for _, revision := range []string{alembictest.Last, migrations.Head} {
		t.Run(revision, func(t *testing.T) {
			first, second, third := flask(t), embedded(t), onPostgres(t)
			want := alembictest.Rows(t, first.pool(t), alembictest.Last)
			want = slices.DeleteFunc(want, func(line string) bool { return strings.HasPrefix(line, "alembic_version") })
			if revision == migrations.Head {
				first.upgrade(t, migrations.Head)
			}
			file := filepath.Join(t.TempDir(), "1")
			first.mustRun(t, "backup", file)
			if out := second.mustRun(t, "restore", file); !strings.HasPrefix(out, "Restored 42 rows") {
				t.Errorf("restore printed %q", out)
			}
			second.mustRun(t, "backup", file)
			third.mustRun(t, "restore", file)
			third.upgrade(t, migrations.Head)
			if _, err := third.pool(t).ExecContext(t.Context(), "CREATE TABLE alembic_version (version_num text)"); err != nil {
				t.Fatal(err)
			}
			if got := alembictest.Rows(t, third.pool(t), alembictest.Last); !slices.Equal(got, want) {
				t.Errorf("after the way there and back\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if got, want := third.rows(t), first.upgrade(t, migrations.Head).rows(t); !slices.Equal(got, want) {
				t.Errorf("the rows of the last backup are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}
