package postgres

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// newDialect returns the dialect of a database that is reached through the pool.
func newDialect(pool *pgxpool.Pool) session.Dialect {
	return session.Dialect{
		Errors:       errorCodes{},
		Transactions: transactions{},
		Text:         &texts{},
		JSON:         documents{},
		ValueIndex:   valueIndex{},
		BulkResults:  bulkResults{pool},
		Derived:      derivedTables{},
	}
}
