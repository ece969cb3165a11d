package postgres

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// newDialect returns the dialect of a database that is reached through the pool, whose
// sessions are prepared so.
func newDialect(pool *pgxpool.Pool, s *sessions) session.Dialect {
	return session.Dialect{
		Errors:       errorCodes{},
		Health:       health{},
		Transactions: transactions{},
		Text:         &texts{},
		JSON:         documents{},
		SortKeys:     sortKeys{},
		Streams:      streams{},
		MetricIndex:  metricIndex{},
		ValueIndex:   valueIndex{},
		BulkResults:  bulkResults{pool, s},
		Inserts:      inserts{},

		IntersectsToCount: true,
		Derived:           derivedTables{pool, s},
	}
}
