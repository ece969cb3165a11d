package session

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/ports"
)

// queryCallback is GORM's name for the function that runs a query and reads its rows.
const queryCallback = "gorm:query"

// queryInShare replaces GORM's function. If the context has a share, it takes room for
// each row before it reads the next one.
func queryInShare(db *gorm.DB) {
	share := ports.ShareOf(db.Statement.Context)
	if share == nil || db.Error != nil || db.DryRun {
		callbacks.Query(db)
		return
	}
	callbacks.BuildQuerySQL(db)
	if db.Error != nil {
		return
	}
	s := db.Statement
	reading, end := Reading(s.Context)
	defer end()
	rows, err := s.ConnPool.QueryContext(reading, s.SQL.String(), s.Vars...) //nolint:rowserrcheck // gorm.Scan does
	if err != nil {
		_ = db.AddError(err) // the result is the session's error, which is returned anyway
		return
	}
	shared := &sharedRows{Rows: rows, ctx: s.Context, end: end, share: share}
	defer func() {
		if err := rows.Close(); !shared.exhausted {
			_ = db.AddError(err)
		}
	}()
	gorm.Scan(shared, db, 0)
}

// sharedRows end with their query when there is no room for them.
type sharedRows struct {
	gorm.Rows
	ctx       context.Context //nolint:containedctx // gorm.Rows has methods without one
	end       context.CancelFunc
	share     ports.Share
	exhausted bool
}

// Next implements gorm.Rows.
func (r *sharedRows) Next() bool { return !r.exhausted && r.Rows.Next() }

// Err implements gorm.Rows. Scan has returned why rows without room have ended; GORM would hide that behind the
// end of the query.
func (r *sharedRows) Err() error {
	if r.exhausted {
		return nil
	}
	return r.Rows.Err()
}

// Scan implements gorm.Rows.
func (r *sharedRows) Scan(into ...any) error {
	if err := r.Rows.Scan(into...); err != nil {
		return err
	}
	size := 0
	for _, value := range into {
		size += sizeOf(value)
	}
	err := r.share.Take(r.ctx, size)
	if r.exhausted = err != nil; r.exhausted {
		r.end() // see EachRow
	}
	return err
}

// sizeOf returns the size in bytes of a value of a type that may be large, 0 for all
// others. GORM reads into pointers to pointers.
func sizeOf(value any) int {
	switch v := value.(type) {
	case **tables.Document:
		if *v != nil {
			return len(**v)
		}
	case **string:
		if *v != nil {
			return len(**v)
		}
	}
	return 0
}
