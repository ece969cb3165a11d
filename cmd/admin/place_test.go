package main

import (
	"database/sql"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
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
	return on(pgtest.New(t))
}

func on(d *pgtest.Database) place {
	return place{
		config.Database{Driver: config.Postgres, Host: d.Host, Port: d.Port, User: d.User, Password: config.NewSecret(d.Password), Name: d.Name,
			SSLMode: "disable"},
		[]string{
			"--db-driver", "postgres", "--db-host", d.Host, "--db-port", strconv.Itoa(d.Port), "--db-user", d.User, "--db-password", d.Password,
			"--db-name", d.Name, "--db-sslmode", "disable",
		},
	}
}

// places are empty databases of both kinds.
var places = map[string]func(*testing.T) place{"sqlite": embedded, "postgres": onPostgres}

// atHead are databases of both kinds with all tables and no rows.
var atHead = map[string]func(*testing.T) place{
	"sqlite": func(t *testing.T) place {
		t.Helper()
		p := embedded(t)
		storetest.File(t, wiring.DatabaseFile(p.settings))
		return p
	},
	"postgres": func(t *testing.T) place {
		t.Helper()
		return on(storetest.Database(t))
	},
}

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

// database opens the database as the commands do.
func (p place) database(t *testing.T) *database {
	t.Helper()
	store := p.store(t)
	schema, err := migrations.OpenSchema(store)
	if err != nil {
		t.Fatal(err)
	}
	return &database{store: store, schema: schema}
}

func (p place) upgrade(t *testing.T, target string) place {
	t.Helper()
	if _, err := p.database(t).schema.Upgrade(t.Context(), target, migrations.Options{}); err != nil {
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

// run is the program with these arguments.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	root := command()
	root.SilenceUsage, root.SilenceErrors = true, true
	root.SetOut(&out)
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}
