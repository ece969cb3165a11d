package sqlite

import "github.com/eosc-perf/backend/adapters/gormdb/session"

// newDialect returns the dialect of the database in the file at the path. It has no
// BulkResults, as GORM's way through database/sql is the only one.
func newDialect(path string) session.Dialect {
	return session.Dialect{
		Errors:       errorCodes{},
		Health:       health{path},
		Transactions: transactions{},
		Text:         texts{},
		JSON:         documents{},
		Streams:      streams{},
		MetricIndex:  metricIndex{},
		ValueIndex:   valueIndex{},
		Derived:      derivedTables{},
		OneWriter:    true,
	}
}
