package session

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"
)

// errEnough is why a query ends whose rows are no longer needed.
var errEnough = errors.New("the rest of the rows is not needed")

// Reading returns a context for a query, and what ends the query before all its rows are read. The cause of this end
// is not that the client has left.
func Reading(ctx context.Context) (context.Context, func()) {
	reading, end := context.WithCancelCause(ctx)
	return reading, func() { end(errEnough) }
}

// EachRow lets scan read each row of the query, and then use work with it; what says for errors what the
// query is for. The first error ends the query: to close its rows would let PostgreSQL send all
// that are left. Errors of use are returned as they are.
func (s Session) EachRow(ctx context.Context, query *gorm.DB, what string, scan func(row *sql.Rows) error, use func() error) error {
	reading, end := Reading(ctx)
	defer end()
	rows, err := query.WithContext(reading).Rows()
	if err != nil {
		return s.Failed(ctx, err, "%s", what)
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error
	for rows.Next() {
		if err := scan(rows); err != nil {
			end()
			return s.Failed(ctx, err, "%s", what)
		}
		if err := use(); err != nil {
			end()
			return err
		}
	}
	return s.Failed(ctx, rows.Err(), "%s", what)
}
