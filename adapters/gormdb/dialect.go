package gormdb

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/filter"
)

// Dialect is what differs between databases. Columns are given qualified, ready
// to stand in SQL text; all values are bound.
type Dialect interface {
	// CodePointOrder is the clause that makes a text sort by code point.
	CodePointOrder() string
	// Condition holds where the JSON column satisfies the condition. It raises
	// no error, whatever the documents hold.
	Condition(column string, c filter.Condition) clause.Expr
	// Order is what to sort by, the most significant first, so that rows are in
	// the order of the value at the path of the JSON column; nil is the whole
	// document. All are NULL where there is none. Raises no error either.
	Order(column string, path filter.Path) []clause.Expr
	// Values answers filters and sorts without the documents; nil if the database
	// has no such table.
	Values() Values
	// Results reads and adds results faster than GORM does; nil if that is not possible.
	Results() ResultTable
	// Occurrence is the condition that a term, its one bound value, occurs in a
	// text, whose SQL stands for its one %s: whatever the case of letters, every
	// other character as it is. A text that is NULL does not satisfy it.
	Occurrence(ctx context.Context, db *gorm.DB) (string, error)
	// Snapshot is the isolation of a transaction that sees the database as it was at
	// one time.
	Snapshot() sql.IsolationLevel
	// StopWriters are statements by which nobody else writes the tables until the
	// transaction ends, which may take its time.
	StopWriters(tables ...string) []string
	// Transient tells whether the database gave up what it would do another time:
	// a deadlock, say.
	Transient(err error) bool
	// Translate returns the *ports.DuplicateError, the *ports.ReferenceError or
	// the Unavailable error that the database's error stands for, nil if it
	// stands for none.
	Translate(err error) error
	// BeginSnapshot are the statements that begin a transaction which sees one
	// state of these tables, and keeps nobody from writing.
	BeginSnapshot(tables []string) []string
	// BeginRestore are those for one in which nobody else writes these tables.
	BeginRestore(tables []string) []string
}
