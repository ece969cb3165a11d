package session

import (
	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/ports"
)

// queryCallback is GORM's name for the function that runs a query and reads its rows.
const queryCallback = "gorm:query"

// queryInBudget replaces GORM's function. If the context has a memory budget, it
// charges each row to the budget before it reads the next one.
func queryInBudget(db *gorm.DB) {
	budget := ports.MemoryBudgetOf(db.Statement.Context)
	if budget == nil || db.Error != nil || db.DryRun {
		callbacks.Query(db)
		return
	}
	callbacks.BuildQuerySQL(db)
	if db.Error != nil {
		return
	}
	s := db.Statement
	rows, err := s.ConnPool.QueryContext(s.Context, s.SQL.String(), s.Vars...) //nolint:rowserrcheck // gorm.Scan does
	if err != nil {
		_ = db.AddError(err) // the result is the session's error, which is returned anyway
		return
	}
	defer func() { _ = db.AddError(rows.Close()) }()
	gorm.Scan(&budgetedRows{Rows: rows, budget: budget}, db, 0)
}

// budgetedRows end when the budget is used up.
type budgetedRows struct {
	gorm.Rows
	budget    ports.MemoryBudget
	exhausted bool
}

// Next implements gorm.Rows.
func (r *budgetedRows) Next() bool { return !r.exhausted && r.Rows.Next() }

// Scan implements gorm.Rows.
func (r *budgetedRows) Scan(into ...any) error {
	if err := r.Rows.Scan(into...); err != nil {
		return err
	}
	size := 0
	for _, value := range into {
		size += sizeOf(value)
	}
	err := r.budget.Take(size)
	r.exhausted = err != nil
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
