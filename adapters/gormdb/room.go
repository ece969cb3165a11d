package gormdb

import (
	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"

	"github.com/eosc-perf/backend/ports"
)

// queryCallback is gorm's name of what runs a query and reads its rows.
const queryCallback = "gorm:query"

// queryInRoom is gorm's own query, but takes room for each row before it reads the
// next, where the context has any.
func queryInRoom(db *gorm.DB) {
	room := ports.MemoryBudgetOf(db.Statement.Context)
	if room == nil || db.Error != nil || db.DryRun {
		callbacks.Query(db)
		return
	}
	callbacks.BuildQuerySQL(db)
	if db.Error != nil {
		return
	}
	rows, err := db.Statement.ConnPool.QueryContext(db.Statement.Context, db.Statement.SQL.String(), db.Statement.Vars...) //nolint:rowserrcheck // gorm.Scan does
	if err != nil {
		_ = db.AddError(err) // it returns what the session has
		return
	}
	defer func() { _ = db.AddError(rows.Close()) }()
	gorm.Scan(&roomyRows{Rows: rows, room: room}, db, 0)
}

// roomyRows end where there is no more room.
type roomyRows struct {
	gorm.Rows
	room ports.MemoryBudget
	full bool
}

// Next implements gorm.Rows.
func (r *roomyRows) Next() bool { return !r.full && r.Rows.Next() }

// Scan implements gorm.Rows.
func (r *roomyRows) Scan(into ...any) error {
	if err := r.Rows.Scan(into...); err != nil {
		return err
	}
	size := 0
	for _, value := range into {
		size += sizeOf(value)
	}
	err := r.room.Take(size)
	r.full = err != nil
	return err
}

// sizeOf is the size in bytes of what may be large: gorm reads into pointers to
// pointers.
func sizeOf(value any) int {
	switch v := value.(type) {
	case **document:
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
