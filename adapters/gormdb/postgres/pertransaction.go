package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// poolConnector makes the connections of database/sql from those of the pool.
type poolConnector struct {
	driver.Connector

	sessions *sessions
}

// openSQL returns the pool for database/sql. Only the pool keeps idle connections.
func openSQL(pool *pgxpool.Pool, s *sessions) *sql.DB {
	db := sql.OpenDB(poolConnector{stdlib.GetPoolConnector(pool), s})
	db.SetMaxIdleConns(0)
	return db
}

// Connect implements driver.Connector.
func (c poolConnector) Connect(ctx context.Context) (driver.Conn, error) {
	connection, err := c.Connector.Connect(ctx)
	own, ok := connection.(*stdlib.Conn)
	if err != nil || !ok || !c.sessions.perTransaction() {
		return connection, err
	}
	return &pooledConn{own, c.sessions}, nil
}

// pooledConn is a connection through a transaction pooler. Each transaction has the
// settings of this program, and each statement is in a transaction: without one, the
// statement would be run with the settings that another program has left.
type pooledConn struct {
	*stdlib.Conn

	sessions *sessions
}

// pgxConn is the connection of pgx in a connection of the driver, with or without a transaction
// pooler.
func pgxConn(own any) (*pgx.Conn, error) {
	switch c := own.(type) {
	case *stdlib.Conn:
		return c.Conn(), nil
	case *pooledConn:
		return c.Conn.Conn(), nil
	}
	return nil, fmt.Errorf("the driver's connection has the type %T", own)
}

// SharesSession tells packages that know only database/sql that no session belongs to the
// connection.
func (*pooledConn) SharesSession() {}

var (
	begins = regexp.MustCompile(beforeSQL + `BEGIN\b`)
	// runsAlone matches statements that PostgreSQL refuses in a transaction, or that
	// begin and end transactions themselves. They are run with the settings of the role.
	runsAlone = regexp.MustCompile(beforeSQL + `(?:CALL|VACUUM|(?:CREATE|DROP)\s+DATABASE|COMMIT|ROLLBACK)\b|\bCONCURRENTLY\b`)
)

// beforeSQL matches comments and white space at the beginning of a statement.
const beforeSQL = `(?i)^(?:\s|--[^\n]*\n)*`

// needsTransaction is true for a statement outside of any transaction that needs one.
func (c *pooledConn) needsTransaction(query string) bool {
	return c.Conn.Conn().PgConn().TxStatus() == 'I' && !runsAlone.MatchString(query)
}

// begin begins a transaction that has the settings.
func (c *pooledConn) begin(ctx context.Context, mode string) (pgx.Tx, error) {
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	tx, err := c.Conn.Conn().BeginTx(ctx, c.sessions.transaction(mode))
	if err != nil && pgconn.SafeToRetry(err) {
		return nil, driver.ErrBadConn // database/sql takes another connection
	}
	return tx, err
}

// ExecContext implements driver.ExecerContext.
func (c *pooledConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if !c.needsTransaction(query) {
		return c.Conn.ExecContext(ctx, query, args)
	}
	if begins.MatchString(query) {
		return c.Conn.ExecContext(ctx, query+"; "+c.sessions.inTransaction(), args)
	}
	tx, err := c.begin(ctx, readCommitted)
	if err != nil {
		return nil, err
	}
	result, err := c.Conn.ExecContext(ctx, query, args)
	if err != nil {
		rollback(ctx, tx)
		return nil, err
	}
	return result, commit(ctx, tx)
}

// QueryContext implements driver.QueryerContext.
func (c *pooledConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if !c.needsTransaction(query) {
		return c.Conn.QueryContext(ctx, query, args)
	}
	tx, err := c.begin(ctx, readCommitted)
	if err != nil {
		return nil, err
	}
	found, err := c.Conn.QueryContext(ctx, query, args)
	if err != nil {
		rollback(ctx, tx)
		return nil, err
	}
	rows, ok := found.(*stdlib.Rows)
	if !ok {
		rollback(ctx, tx)
		return nil, fmt.Errorf("the driver's rows have the type %T", found)
	}
	return &pooledRows{rows, ctx, tx}, nil
}

// BeginTx implements driver.ConnBeginTx. It names the mode, since the role may have
// another default.
func (c *pooledConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	mode := readCommitted
	switch {
	case sql.IsolationLevel(options.Isolation) == sql.LevelRepeatableRead && options.ReadOnly:
		mode = snapshot
	case options != driver.TxOptions{}:
		return nil, fmt.Errorf("a transaction of the isolation %v, read-only %v, is not known here", options.Isolation, options.ReadOnly)
	}
	tx, err := c.begin(ctx, mode)
	if err != nil {
		return nil, err
	}
	return pooledTx{ctx, tx}, nil
}

// pooledTx implements driver.Tx.
type pooledTx struct {
	ctx context.Context //nolint:containedctx // the methods have no parameter for it
	tx  pgx.Tx
}

// Commit implements driver.Tx.
func (t pooledTx) Commit() error { return commit(t.ctx, t.tx) }

// Rollback implements driver.Tx.
func (t pooledTx) Rollback() error {
	rollback(t.ctx, t.tx)
	return nil
}

// pooledRows are the rows of a statement that is alone in its transaction, which ends
// with them.
type pooledRows struct {
	*stdlib.Rows

	ctx context.Context //nolint:containedctx // the methods have no parameter for it
	// tx is nil after its end.
	tx pgx.Tx
}

// Next implements driver.Rows. The commit comes before the end of the rows is reported:
// database/sql has no place for an error after it.
func (r *pooledRows) Next(values []driver.Value) error {
	err := r.Rows.Next(values)
	if err == nil || r.tx == nil {
		return err
	}
	tx := r.tx
	r.tx = nil
	if !errors.Is(err, io.EOF) {
		_ = r.Rows.Close() // err is the reason
		rollback(r.ctx, tx)
		return err
	}
	if failed := errors.Join(r.Rows.Close(), commit(r.ctx, tx)); failed != nil {
		return failed
	}
	return err
}

// Close implements driver.Rows.
func (r *pooledRows) Close() error {
	err := r.Rows.Close()
	if r.tx == nil {
		return err
	}
	tx := r.tx
	r.tx = nil
	return errors.Join(err, commit(r.ctx, tx))
}
