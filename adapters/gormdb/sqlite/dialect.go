package sqlite

import "github.com/eosc-perf/backend/adapters/gormdb/session"

// dialect has no ValueIndex, which slows down uploads more than it speeds up lists (see
// docs/explanation/performance.md). It has no BulkResults, as GORM's way through
// database/sql is the only one. So triggers derive nothing of SQLite's own.
var dialect = session.Dialect{
	Errors:       errorCodes{},
	Transactions: transactions{},
	Text:         texts{},
	JSON:         documents{},
}
