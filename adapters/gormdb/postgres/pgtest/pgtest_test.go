package pgtest_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
)

func TestDatabaseExistsAsLongAsItsTest(t *testing.T) {
	var address string
	t.Run("inner", func(t *testing.T) {
		database := pgtest.New(t)
		address = database.URL
		c := connect(t, address)
		var name string
		if err := c.QueryRow(t.Context(), "SELECT current_database()").Scan(&name); err != nil || name != database.Name {
			t.Errorf("connected to database %q (%v), want %q", name, err, database.Name)
		}
		// The connection stays open on purpose: the removal must not mind.
	})
	_, err := pgx.Connect(t.Context(), address)
	var refusal *pgconn.PgError
	const noSuchDatabase = "3D000"
	if !errors.As(err, &refusal) || refusal.Code != noSuchDatabase {
		t.Errorf("connecting after the test gave %v, want the error %s, no such database", err, noSuchDatabase)
	}
}

func TestCollationIsNotByCodePoint(t *testing.T) {
	c := connect(t, pgtest.New(t).URL)
	var version int
	if err := c.QueryRow(t.Context(), "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		t.Fatal(err)
	}
	rows, err := c.Query(t.Context(), "SELECT x FROM unnest(ARRAY['Z', 'a', 'B']) AS x ORDER BY x")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if want := []string{"a", "B", "Z"}; version >= 150000 && !slices.Equal(got, want) {
		t.Errorf("PostgreSQL %d sorts %v (%v), want %v", version, got, err, want)
	}
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatalf("connect to %s: %v", address, err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

func TestCopiesAreFilledOnceAndIndependent(t *testing.T) {
	fills := 0
	fill := func(database *pgtest.Database) error {
		fills++
		c, err := pgx.Connect(t.Context(), database.URL)
		if err != nil {
			return err
		}
		_, err = c.Exec(t.Context(), "CREATE TABLE t AS SELECT 1 AS n")
		return errors.Join(err, c.Close(t.Context()))
	}
	for range 2 {
		c := connect(t, pgtest.Copy(t, "a table with one row", fill).URL)
		var n int
		if err := c.QueryRow(t.Context(), "DELETE FROM t RETURNING n").Scan(&n); err != nil || n != 1 {
			t.Errorf("a copy holds %d (%v), want 1", n, err)
		}
	}
	if fills > 1 { // 0 on a server that has the template of an earlier run
		t.Errorf("filled %d times, want once at most", fills)
	}
}
