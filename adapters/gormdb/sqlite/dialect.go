package sqlite

import "github.com/eosc-perf/backend/adapters/gormdb/session"

// newDialect returns the dialect of the database in the file at the path. It has no
// ValueIndex, which slows down uploads more than it speeds up lists (see
// docs/explanation/performance.md). It has no BulkResults, as GORM's way through
// database/sql is the only one. So triggers derive nothing of SQLite's own.
func newDialect(path string) session.Dialect {
	return session.Dialect{
		Errors:       errorCodes{},
		Health:       health{path},
		Transactions: transactions{},
		Text:         texts{},
		JSON:         documents{},
		Streams:      streams{},
		MetricIndex:  metricIndex{},
	}
}
