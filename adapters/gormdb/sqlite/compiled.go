package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	gosqlite "modernc.org/sqlite"
)

const (
	// maxCompiled is the number of statements that a connection keeps compiled. An upload has about
	// twenty; those that insert several rows have another text for each number of rows.
	maxCompiled = 128
	// maxCompiledText is the length of the longest text that is kept: longer ones have many values,
	// and hardly come twice.
	maxCompiledText = 8 << 10
)

// connector opens connections that keep their statements compiled. database/sql compiles a
// statement each time it is run outside of a sql.Stmt, and for SQLite this takes longer than
// to run a short one.
type connector struct{ driver.Connector }

// newConnector returns the connector of the database at the address.
func newConnector(address string) (driver.Connector, error) {
	plain, err := gosqlite.NewConnector(address)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return connector{plain}, nil
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	open, ok := plain.(driverConnection)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the connection %T lacks methods", plain), plain.Close())
	}
	return newConnection(open), nil
}

// driverConnection is what database/sql uses of a connection of the driver.
type driverConnection interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// connection keeps the statements that it ran last. database/sql lets one goroutine use it at a
// time.
type connection struct {
	driverConnection

	compiled *simplelru.LRU[string, *compiled]
}

func newConnection(plain driverConnection) *connection {
	// The only error is about a size that is not positive.
	kept, _ := simplelru.NewLRU(maxCompiled, func(_ string, c *compiled) { c.discard() })
	return &connection{plain, kept}
}

// compiled is a statement that is kept.
type compiled struct {
	driverStatement

	// inUse: its rows are being read. Then it cannot run once more.
	inUse bool
	// discarded: it is closed when it is not in use any more.
	discarded bool
}

// driverStatement is what is used of a statement of the driver.
type driverStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (c *compiled) discard() {
	c.discarded = true
	if !c.inUse {
		_ = c.Close() // what it did last was reported
	}
}

// release ends a use.
func (c *compiled) release() {
	c.inUse = false
	if c.discarded {
		_ = c.Close() // what it did last was reported
	}
}

// ExecContext implements driver.ExecerContext.
func (c *connection) ExecContext(ctx context.Context, query string, values []driver.NamedValue) (driver.Result, error) {
	statement, err := c.use(ctx, query)
	if err != nil {
		return nil, err
	}
	if statement == nil {
		return c.driverConnection.ExecContext(ctx, query, values)
	}
	defer statement.release()
	return statement.ExecContext(ctx, values)
}

// QueryContext implements driver.QueryerContext.
func (c *connection) QueryContext(ctx context.Context, query string, values []driver.NamedValue) (driver.Rows, error) {
	statement, err := c.use(ctx, query)
	if err != nil {
		return nil, err
	}
	if statement == nil {
		return c.driverConnection.QueryContext(ctx, query, values)
	}
	found, err := statement.QueryContext(ctx, values)
	if err != nil {
		statement.release()
		return nil, err
	}
	plain, ok := found.(driverRows)
	if !ok {
		err := errors.Join(fmt.Errorf("the rows %T lack methods", found), found.Close())
		statement.release()
		return nil, err
	}
	return &rows{plain, statement}, nil
}

// Close implements driver.Conn.
func (c *connection) Close() error {
	c.compiled.Purge()
	return c.driverConnection.Close()
}

// use returns the compiled statement, which the caller releases; nil if the statement is not
// kept, or in use.
func (c *connection) use(ctx context.Context, query string) (*compiled, error) {
	if !isKept(query) {
		return nil, nil //nolint:nilnil // documented
	}
	statement, ok := c.compiled.Get(query)
	if !ok {
		plain, err := c.PrepareContext(ctx, query)
		if err != nil {
			return nil, err
		}
		prepared, ok := plain.(driverStatement)
		if !ok {
			return nil, errors.Join(fmt.Errorf("the statement %T lacks methods", plain), plain.Close())
		}
		statement = &compiled{driverStatement: prepared}
		c.compiled.Add(query, statement)
	}
	if statement.inUse {
		return nil, nil //nolint:nilnil // documented
	}
	statement.inUse = true
	return statement, nil
}

// isKept tells whether the statement may come again. A PRAGMA may act when it is compiled.
func isKept(query string) bool {
	if len(query) > maxCompiledText {
		return false
	}
	for _, verb := range []string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"} {
		if strings.HasPrefix(query, verb) {
			return true
		}
	}
	return false
}

// rows release their statement when they are closed.
type rows struct {
	driverRows

	statement *compiled
}

// driverRows is what database/sql uses of rows of the driver.
type driverRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// Close implements driver.Rows.
func (r *rows) Close() error {
	if r.statement == nil {
		return nil
	}
	defer func() { r.statement = nil }()
	defer r.statement.release()
	return r.driverRows.Close()
}
