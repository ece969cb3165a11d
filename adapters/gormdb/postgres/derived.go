package postgres

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// derivedTables implements session.Derived for the value index.
type derivedTables struct{}

// Derivations implements session.Derived.
func (derivedTables) Derivations() []session.Derivation {
	return []session.Derivation{
		{
			Table:       "result_leaf",
			Differences: "indexed paths that are not those of the schemas",
			Count:       statements.Text("count_wrong_indexed_paths"),
			Repair:      []string{"DELETE FROM result_leaf", statements.Text("derive_indexed_paths")},
		},
		{
			Table:       "result_value",
			Differences: "values that are not those of the results",
			Count:       statements.Text("count_wrong_values"),
			Repair:      []string{statements.Text("derive_values")},
			Tidy:        "VACUUM (ANALYZE) result_value",
		},
	}
}

// backfillLock is the key of the advisory lock of the program that fills: "perffill" in ASCII.
const backfillLock int64 = 0x7065726666696c6c

// Backfill implements session.Derived.
func (derivedTables) Backfill(connection *gorm.DB) (err error) {
	var mustFill bool
	const mayFill = "SELECT EXISTS (SELECT FROM result_leaf WHERE NOT filled) AND pg_try_advisory_lock(?)"
	err = connection.Raw(mayFill, backfillLock).Scan(&mustFill).Error
	if err != nil || !mustFill {
		return err
	}
	// The connection returns to the pool as it was, also after an interruption. A broken
	// connection is closed.
	after := connection.WithContext(context.WithoutCancel(connection.Statement.Context))
	defer func() {
		err = errors.Join(err, after.Exec("RESET statement_timeout").Error, after.Exec("SELECT pg_advisory_unlock(?)", backfillLock).Error)
	}()
	if err := connection.Exec("SET statement_timeout = 0").Error; err != nil {
		return err
	}
	return connection.Exec("CALL result_value_fill()").Error
}
