package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"
	"time"
)

// counted counts the statements that are compiled.
type counted struct {
	driverConnection

	compiled *int
}

// PrepareContext implements driver.ConnPrepareContext.
func (c counted) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	*c.compiled++
	return c.driverConnection.PrepareContext(ctx, query)
}

// countedConnector opens connections that count.
type countedConnector struct {
	driver.Connector

	compiled *int
}

// Connect implements driver.Connector.
func (c countedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return newConnection(counted{plain.(*connection).driverConnection, c.compiled}), nil
}

// countedPool opens a database with one connection, and counts the statements that it compiles.
func countedPool(t *testing.T) (pool *sql.DB, compiled *int) {
	t.Helper()
	address, err := address(filepath.Join(t.TempDir(), "test.db"), url.Values{"_pragma": {"journal_mode(WAL)"}})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := newConnector(address)
	if err != nil {
		t.Fatal(err)
	}
	compiled = new(int)
	pool = sql.OpenDB(countedConnector{plain, compiled})
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	run(t, pool, "CREATE TABLE t (a INTEGER)")
	return pool, compiled
}

func run(t *testing.T, pool *sql.DB, statement string, values ...any) {
	t.Helper()
	if _, err := pool.ExecContext(t.Context(), statement, values...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func number(t *testing.T, pool *sql.DB, query string, values ...any) (n int) {
	t.Helper()
	if err := pool.QueryRowContext(t.Context(), query, values...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestStatementsAreCompiledOnce(t *testing.T) {
	pool, compiled := countedPool(t)
	for i := range 10 {
		run(t, pool, "INSERT INTO t (a) VALUES (?)", i)
		if n := number(t, pool, "SELECT count(*) FROM t WHERE a <= ?", i); n != i+1 {
			t.Errorf("%d rows, want %d", n, i+1)
		}
	}
	if *compiled != 2 {
		t.Errorf("%d statements were compiled, want 2", *compiled)
	}
	for i := range 2 * maxCompiled {
		if n := number(t, pool, fmt.Sprintf("SELECT %d", i)); n != i {
			t.Errorf("%d, want %d", n, i)
		}
	}
	if n := number(t, pool, "SELECT count(*) FROM t WHERE a <= ?", 4); n != 5 {
		t.Errorf("%d rows, want 5", n)
	}
}

func TestCompiledStatementsSeeChangedTables(t *testing.T) {
	pool, _ := countedPool(t)
	run(t, pool, "INSERT INTO t (a) VALUES (?)", 1)
	columns := func() int {
		rows, err := pool.QueryContext(t.Context(), "SELECT * FROM t")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		names, err := rows.Columns()
		if err != nil || !rows.Next() {
			t.Fatalf("no row, columns %v: %v, %v", names, err, rows.Err())
		}
		return len(names)
	}
	if n := columns(); n != 1 {
		t.Errorf("%d columns, want 1", n)
	}
	run(t, pool, "ALTER TABLE t ADD COLUMN b TEXT")
	if n := columns(); n != 2 {
		t.Errorf("%d columns, want 2", n)
	}
}

func TestAStatementRunsWhileItsRowsAreRead(t *testing.T) {
	pool, _ := countedPool(t)
	for i := range 4 {
		run(t, pool, "INSERT INTO t (a) VALUES (?)", i)
	}
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	const query = "SELECT a FROM t WHERE a >= ? ORDER BY a"
	outer, err := tx.QueryContext(t.Context(), query, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = outer.Close() }() // Err says whether all were read
	read := 0
	for outer.Next() {
		var a, b int
		if err := outer.Scan(&a); err != nil || a != read {
			t.Errorf("%d, want %d: %v", a, read, err)
		}
		if err := tx.QueryRowContext(t.Context(), query, 3).Scan(&b); err != nil || b != 3 {
			t.Errorf("%d, want 3: %v", b, err)
		}
		for i := range maxCompiled { // the statement whose rows are read is not kept any more
			if err := tx.QueryRowContext(t.Context(), fmt.Sprintf("SELECT %d", i)).Scan(&b); err != nil {
				t.Fatal(err)
			}
		}
		read++
	}
	if err := outer.Err(); err != nil || read != 4 {
		t.Errorf("%d rows, want 4: %v", read, err)
	}
}

func TestAConnectionIsOfUseAfterErrorsOfCompiledStatements(t *testing.T) {
	pool, _ := countedPool(t)
	run(t, pool, "CREATE UNIQUE INDEX i ON t (a)")
	const insert = "INSERT INTO t (a) VALUES (?)"
	run(t, pool, insert, 1)
	if _, err := pool.ExecContext(t.Context(), insert, 1); (errorCodes{}).Translate(err) == nil {
		t.Errorf("a second row: %v", err)
	}
	run(t, pool, insert, 2)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	const long = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT max(i) FROM n"
	var last int
	if err := pool.QueryRowContext(ctx, long, 1<<40).Scan(&last); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a statement that takes long: %v", err)
	}
	if last = number(t, pool, long, 10); last != 10 {
		t.Errorf("%d, want 10", last)
	}
	if _, err := pool.ExecContext(t.Context(), "SELECT none FROM t"); err == nil {
		t.Error("a statement with an error was compiled")
	}
	if n := number(t, pool, "SELECT count(*) FROM t"); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}
