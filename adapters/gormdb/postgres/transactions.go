package postgres

import (
	"database/sql"
	"strings"
)

// transactions implements session.Transactions.
type transactions struct{}

// SnapshotIsolation implements session.Transactions.
func (transactions) SnapshotIsolation() sql.IsolationLevel { return sql.LevelRepeatableRead }

// BeginSnapshot implements session.Transactions. The first query fixes the state of the
// database. The locks come before it: nobody can change the schema of a table between
// the two. They keep nobody from writing.
func (transactions) BeginSnapshot(tables []string) []string {
	return append([]string{"BEGIN " + snapshot}, prepareDump("ACCESS SHARE", tables)...)
}

// BeginRestore implements session.Transactions.
func (transactions) BeginRestore(tables []string) []string {
	return append([]string{"BEGIN " + readCommitted}, prepareDump("SHARE ROW EXCLUSIVE", tables)...)
}

// prepareDump removes the time limit, which is for requests.
func prepareDump(lockMode string, tables []string) []string {
	prepare := []string{"SET LOCAL statement_timeout = 0"}
	if len(tables) > 0 {
		prepare = append(prepare, `LOCK TABLE "`+strings.Join(tables, `", "`)+`" IN `+lockMode+" MODE")
	}
	return prepare
}

// StopWriters implements session.Transactions.
func (transactions) StopWriters(tables ...string) []string {
	return []string{"SET LOCAL statement_timeout = 0", "LOCK TABLE " + strings.Join(tables, ", ") + " IN SHARE MODE"}
}
