package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// streams implements session.Streams: a connection can read the rows of several
// statements at once.
type streams struct{}

// Open implements session.Streams.
func (streams) Open(ctx context.Context, tx *gorm.DB, statement session.Statement) (session.Cursor, error) {
	//nolint:sqlclosecheck,rowserrcheck // The cursor closes the rows and checks their error.
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, statement.SQL, statement.Values...)
	if err != nil {
		return nil, err
	}
	return cursor{rows}, nil
}

// Listed implements session.Streams.
func (streams) Listed(ids []tables.Key) clause.Expr {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = `"` + uuid.UUID(id).String() + `"`
	}
	return clause.Expr{
		SQL:  "(SELECT key + 1 AS ordinal, value AS id FROM json_each(?)) AS listed",
		Vars: []any{"[" + strings.Join(texts, ",") + "]"},
	}
}

// cursor implements session.Cursor.
type cursor struct{ rows *sql.Rows }

// Next implements session.Cursor.
func (c cursor) Next(_ context.Context, size int, scan func(row *sql.Rows) error) (int, error) {
	n := 0
	for ; n < size && c.rows.Next(); n++ {
		if err := scan(c.rows); err != nil {
			return n, err
		}
	}
	return n, c.rows.Err()
}

// Close implements session.Cursor.
func (c cursor) Close() error { return c.rows.Close() }
