package session

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// EachRow lets scan read each row of the query, and then use work with it; what says for errors what the
// query is for. The first error ends the query: to close its rows would let PostgreSQL send all
// that are left. Errors of use are returned as they are.
func (s Session) EachRow(ctx context.Context, query *gorm.DB, what string, scan func(row *sql.Rows) error, use func() error) error {
	reading, end := context.WithCancel(ctx)
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
