package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// streams implements session.Streams by a cursor of the server: a connection has no other
// way to run statements while it reads the rows of one.
type streams struct{}

// Open implements session.Streams. All rows are wanted, and not only the first ones, which
// the planner expects of cursors.
func (streams) Open(ctx context.Context, tx *gorm.DB, statement session.Statement) (session.Cursor, error) {
	settings := []string{"SET LOCAL cursor_tuple_fraction = 1"}
	if deadline, ok := ctx.Deadline(); ok {
		left := max(1, time.Until(deadline).Milliseconds())
		settings = append(settings, fmt.Sprintf("SET LOCAL statement_timeout = %d", left))
	}
	for _, setting := range settings {
		if err := tx.Exec(setting).Error; err != nil {
			return nil, err
		}
	}
	_, err := tx.Statement.ConnPool.ExecContext(ctx, "DECLARE stream NO SCROLL CURSOR FOR "+statement.SQL, statement.Values...)
	return cursor{tx}, err
}

// Listed implements session.Streams.
func (streams) Listed(ids []tables.Key) clause.Expr {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = uuid.UUID(id).String()
	}
	return expr("unnest(CAST(CAST(? AS text) AS uuid[])) WITH ORDINALITY AS listed(id, ordinal)", "{"+strings.Join(texts, ",")+"}")
}

// cursor implements session.Cursor.
type cursor struct{ tx *gorm.DB }

// Next implements session.Cursor.
func (c cursor) Next(ctx context.Context, size int, scan func(row *sql.Rows) error) (int, error) {
	rows, err := c.tx.Statement.ConnPool.QueryContext(ctx, fmt.Sprintf("FETCH %d FROM stream", size))
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error
	n := 0
	for ; rows.Next(); n++ {
		if err := scan(rows); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

// Close implements session.Cursor.
func (c cursor) Close() error { return c.tx.Exec("CLOSE stream").Error }
