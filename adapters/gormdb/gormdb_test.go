package gormdb_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/sqlite"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/ports/conformance"
)

// TestMain puts the tests into a time zone that nobody expects.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("nowhere", -(3*60+30)*60)
	os.Exit(m.Run())
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t *testing.T, wake func()) ports.Storage {
		return openPostgres(t, gormdb.OnMail(wake))
	})
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t *testing.T, wake func()) ports.Storage {
		return openSQLite(t, gormdb.OnMail(wake))
	})
}

func openPostgres(t *testing.T, options ...gormdb.Option) *gormdb.Store {
	t.Helper()
	return prepared(t, unpreparedPostgres(t, options...))
}

func unpreparedPostgres(t *testing.T, options ...gormdb.Option) *gormdb.Store {
	t.Helper()
	return connected(t, pgtest.New(t), options...)
}

func connected(t *testing.T, database *pgtest.Database, options ...gormdb.Option) *gormdb.Store {
	t.Helper()
	store, err := postgres.Open(t.Context(), postgres.Config{
		Host: database.Host, Port: database.Port, User: database.User, Password: database.Password, Name: database.Name,
	}, options...)
	return closedAfter(t, store, err)
}

func openSQLite(t *testing.T, options ...gormdb.Option) *gormdb.Store {
	t.Helper()
	return prepared(t, unpreparedSQLite(t, options...))
}

func unpreparedSQLite(t *testing.T, options ...gormdb.Option) *gormdb.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), options...)
	return closedAfter(t, store, err)
}

func closedAfter(t *testing.T, store *gormdb.Store, err error) *gormdb.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return store
}

// prepared makes the tables.
func prepared(t *testing.T, store *gormdb.Store) *gormdb.Store {
	t.Helper()
	schema, err := migrations.OpenSchema(store)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := schema.Upgrade(t.Context(), migrations.Head, migrations.Options{}); err != nil {
		t.Fatal(err)
	}
	return store
}

// eachDatabase runs the test on a prepared store of each kind.
func eachDatabase(t *testing.T, test func(t *testing.T, store *gormdb.Store)) {
	t.Helper()
	t.Run("postgres", func(t *testing.T) { test(t, openPostgres(t)) })
	t.Run("sqlite", func(t *testing.T) { test(t, openSQLite(t)) })
}
