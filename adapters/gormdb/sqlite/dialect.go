package sqlite

import (
	"database/sql"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// insertedRows is how many rows one statement inserts. There is another statement for each smaller
// number of rows, and all of them stay compiled.
const insertedRows = 25

// newDialect returns the dialect of a database. It has no BulkResults: there is no faster way than
// database/sql.
func newDialect(health *health, writer *sql.DB) session.Dialect {
	return session.Dialect{
		Errors:       errorCodes{},
		Health:       health,
		Transactions: transactions{},
		Text:         texts{},
		JSON:         documents{},
		SortKeys:     sortKeys{},
		Streams:      streams{},
		MetricIndex:  metricIndex{},
		ValueIndex:   valueIndex{},
		Derived:      derivedTables{},
		Inserts:      newInserts(),
		AnyDocuments: true,
		Writer:       writer,
		InsertedRows: insertedRows,
	}
}
