package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// derivedTables implements session.Derived for the value index.
type derivedTables struct {
	pool     *pgxpool.Pool
	sessions *sessions
}

// Derivations implements session.Derived.
func (derivedTables) Derivations() []session.Derivation {
	return []session.Derivation{
		{
			Table:       "result_leaf",
			Differences: "indexed paths that are not those of the schemas and metrics",
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
		{
			Table:       "result_outline",
			Differences: "outlines of documents that are not those of the results",
			Count:       statements.Text("count_wrong_outlines"),
			Repair:      []string{"DELETE FROM result_outline", statements.Text("derive_outlines")},
		},
		{
			Table:       "result_element",
			Differences: "values in arrays that are not those of the results",
			Count:       statements.Text("count_wrong_elements"),
			Repair:      []string{"TRUNCATE result_element", statements.Text("derive_elements")},
			Tidy:        "VACUUM (ANALYZE) result_element",
		},
	}
}

// BeforeCommit implements session.Derived: triggers derive everything.
func (derivedTables) BeforeCommit(context.Context, *gorm.DB) error { return nil }

// backfillLock is the key of the advisory lock of the program that fills: "perffill" in ASCII.
const backfillLock int64 = 0x7065726666696c6c

const mustFill = "SELECT EXISTS (SELECT FROM result_leaf WHERE NOT filled)"

// Backfill implements session.Derived.
func (d derivedTables) Backfill(ctx context.Context, database *session.Database) error {
	return database.DB().WithContext(ctx).Connection(d.fill)
}

func (d derivedTables) fill(connection *gorm.DB) (err error) {
	ctx := connection.Statement.Context
	if d.sessions.perTransaction() {
		return d.fillThroughPooler(ctx, connection)
	}
	var isNeeded bool
	err = connection.Raw(mustFill+" AND pg_try_advisory_lock(?)", backfillLock).Scan(&isNeeded).Error
	if err != nil || !isNeeded {
		return err
	}
	// The connection returns to the pool as it was, also after an interruption. A broken
	// connection is closed.
	after := connection.WithContext(context.WithoutCancel(ctx))
	defer func() {
		restored := after.Exec("SET statement_timeout = " + d.sessions.statementTimeout()).Error
		err = errors.Join(err, restored, after.Exec("SELECT pg_advisory_unlock(?)", backfillLock).Error)
	}()
	if err := connection.Exec("SET statement_timeout = 0").Error; err != nil {
		return err
	}
	return connection.Exec(fillValues).Error
}

const fillValues = "CALL result_value_fill()"

// fillThroughPooler fills while another connection holds the lock, by an open transaction.
// The procedure commits, so that it cannot have settings of its own.
func (d derivedTables) fillThroughPooler(ctx context.Context, connection *gorm.DB) error {
	return pgx.BeginTxFunc(ctx, d.pool, d.sessions.transaction(readCommitted), func(lock pgx.Tx) error {
		var isNeeded bool
		err := lock.QueryRow(ctx, mustFill+" AND pg_try_advisory_xact_lock($1)", backfillLock).Scan(&isNeeded)
		if err != nil || !isNeeded {
			return err
		}
		return connection.Exec(fillValues).Error
	})
}
