package sqlite

import "database/sql"

// transactions implements session.Transactions.
type transactions struct{}

// SnapshotIsolation implements session.Transactions: every transaction sees one state.
func (transactions) SnapshotIsolation() sql.IsolationLevel { return sql.LevelDefault }

// BeginSnapshot implements session.Transactions. The first query fixes the state; in WAL
// mode others can write.
func (transactions) BeginSnapshot([]string) []string { return []string{"BEGIN DEFERRED"} }

// BeginRestore implements session.Transactions.
func (transactions) BeginRestore([]string) []string { return []string{"BEGIN IMMEDIATE"} }

// StopWriters implements session.Transactions: there is only one writing transaction at
// a time.
func (transactions) StopWriters(...string) []string { return nil }
