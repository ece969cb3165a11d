package storetest

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/sqlite"
	"github.com/eosc-perf/backend/adapters/gormdb/sqlite/sqlitetest"
	"github.com/eosc-perf/backend/adapters/migrations"
)

// OnEachDatabase runs the test with a store of each kind of database, with all tables
// and no rows.
func OnEachDatabase(t *testing.T, test func(t *testing.T, store *gormdb.Store)) {
	t.Helper()
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
}

// Postgres opens a PostgreSQL database with all tables and no rows.
func Postgres(t testing.TB, options ...gormdb.Option) *gormdb.Store {
	t.Helper()
	return Connect(t, Database(t), options...)
}

// Database makes a PostgreSQL database with all tables and no rows: a copy of one that
// all tests of the server share.
func Database(t testing.TB) *pgtest.Database {
	t.Helper()
	revisions, err := migrations.Load("postgres")
	if err != nil {
		t.Fatal(err)
	}
	return pgtest.Copy(t, revisions, func(database *pgtest.Database) error {
		store, err := postgres.Open(context.Background(), Config(database))
		if err != nil {
			return err
		}
		return errors.Join(upgrade(context.Background(), store), store.Close())
	})
}

// EmptyPostgres opens a PostgreSQL database without tables.
func EmptyPostgres(t testing.TB, options ...gormdb.Option) *gormdb.Store {
	t.Helper()
	return Connect(t, pgtest.New(t), options...)
}

// Connect opens this PostgreSQL database.
func Connect(t testing.TB, database *pgtest.Database, options ...gormdb.Option) *gormdb.Store {
	t.Helper()
	store, err := postgres.Open(t.Context(), Config(database), options...)
	return CloseAfter(t, store, err)
}

// OpenSQL connects to the database as another program would, on one connection.
func OpenSQL(t testing.TB, database *pgtest.Database) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", database.URL+"&default_query_exec_mode=exec")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Config returns the configuration of a connection to the database.
func Config(database *pgtest.Database) postgres.Config {
	return postgres.Config{
		Host: database.Host, Port: database.Port, User: database.User, Password: database.Password, Name: database.Name,
	}
}

// SQLite opens an embedded database with all tables and no rows, a copy of one that all
// tests of the package share. To copy and open the file takes about 12 ms, to apply all
// revisions about 50 ms.
func SQLite(t testing.TB, options ...gormdb.Option) *gormdb.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	File(t, path)
	return OpenFile(t, path, options...)
}

// File makes the file of an embedded database with all tables and no rows at the path: a
// copy of one that all tests of the package share.
func File(t testing.TB, path string) {
	t.Helper()
	sqlitetest.Copy(t, path, "all tables", func(file string) error {
		store, err := sqlite.Open(context.Background(), file)
		if err != nil {
			return err
		}
		return errors.Join(upgrade(context.Background(), store), store.Close())
	})
}

// EmptySQLite opens an embedded database without tables.
func EmptySQLite(t testing.TB, options ...gormdb.Option) *gormdb.Store {
	t.Helper()
	return OpenFile(t, filepath.Join(t.TempDir(), "test.db"), options...)
}

// OpenFile opens an embedded database in the file at the path.
func OpenFile(t testing.TB, path string, options ...gormdb.Option) *gormdb.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), path, options...)
	return CloseAfter(t, store, err)
}

// CloseAfter closes the store when the test is over. The test fails if opening the store
// failed.
func CloseAfter(t testing.TB, store *gormdb.Store, err error) *gormdb.Store {
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

// WithTables makes all tables in the database of the store.
func WithTables(t testing.TB, store *gormdb.Store) *gormdb.Store {
	t.Helper()
	if err := upgrade(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	return store
}

func upgrade(ctx context.Context, store *gormdb.Store) error {
	schema, err := migrations.OpenSchema(store)
	if err != nil {
		return err
	}
	_, err = schema.Upgrade(ctx, migrations.Head, migrations.Options{})
	return err
}

// T is what *testing.T and *rapid.T have in common.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Execute runs a statement, as another program would.
func Execute(t T, store *gormdb.Store, statement string, args ...any) {
	t.Helper()
	if err := store.DB().Exec(statement, args...).Error; err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// ExecuteAll runs statements without values, as another program would.
func ExecuteAll(t T, store *gormdb.Store, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		Execute(t, store, statement)
	}
}

// Query returns the values of the rows of a statement with one column.
func Query[V any](t T, store *gormdb.Store, statement string) (values []V) {
	t.Helper()
	if err := store.DB().Raw(statement).Scan(&values).Error; err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return values
}
