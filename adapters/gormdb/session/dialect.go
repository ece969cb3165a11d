package session

import (
	"context"
	"database/sql"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
)

// Dialect lists all differences between databases, by purpose. The package of each
// database implements each interface in a file with the name of the purpose. Columns
// are given qualified, ready to stand in SQL text; all values are bound.
type Dialect struct {
	Errors       Errors
	Health       Health
	Transactions Transactions
	Text         Text
	JSON         JSON
	SortKeys     SortKeys
	Streams      Streams
	ValueIndex   ValueIndex
	// IntersectsToCount: to count the results that satisfy several terms, it is faster to
	// intersect those of each term.
	IntersectsToCount bool
	// AnyDocuments: columns of documents may hold what is not JSON.
	AnyDocuments bool
	// Writer is set if one transaction writes at a time. Then units of work take turns on a
	// connection of their own, whose cache has the pages that the last one wrote: the writes of
	// another connection would empty it.
	Writer *sql.DB
	// InsertedRows is the most rows that one statement inserts; 0 for any number.
	InsertedRows int
	// BulkResults is nil if the database has no faster way than GORM.
	BulkResults BulkResults
	Inserts     Inserts
	MetricIndex MetricIndex
	Derived     Derived
}

// Errors tells what the errors of the database mean.
type Errors interface {
	// Transient tells whether the database gave up a transaction that may succeed at
	// another try: a deadlock, for example.
	Transient(err error) bool
	// Translate returns the *ports.DuplicateError, the *ports.ReferenceError or
	// the Unavailable error that the error of the database means, nil for all others.
	Translate(err error) error
}

// Transactions knows the statements of special transactions.
type Transactions interface {
	// SnapshotIsolation is the isolation of a transaction that sees one state of the
	// database.
	SnapshotIsolation() sql.IsolationLevel
	// BeginSnapshot are the statements that begin a transaction which sees one state of
	// these tables and may take long. Others can write.
	BeginSnapshot(tables []string) []string
	// BeginRestore are the statements that begin a transaction in which nobody else
	// writes these tables and which may take long.
	BeginRestore(tables []string) []string
	// StopWriters are the statements after which nobody else writes these tables until
	// the transaction ends, which may take long.
	StopWriters(tables ...string) []string
}

// Streams reads more rows than fit into memory, in one transaction.
type Streams interface {
	// Open begins to read the rows of a statement. The transaction may take until the
	// deadline of the context, whatever the limit of single statements is.
	Open(ctx context.Context, tx *gorm.DB, statement Statement) (Cursor, error)
	// Listed is a table, under the alias listed, that has the ids in the column id, and
	// their places from 1 in the column ordinal.
	Listed(ids []tables.Key) clause.Expr
}

// Cursor is a place in the rows of a statement. After each part of the rows, the
// transaction can run other statements.
type Cursor interface {
	// Next calls scan for each of the next rows, at most so many, and returns how many there
	// were: none at the end.
	Next(ctx context.Context, size int, scan func(row *sql.Rows) error) (int, error)
	// Close ends the reading. The transaction goes on.
	Close() error
}

// Text compares texts.
type Text interface {
	// CodePointOrder is the clause that sorts texts by code point.
	CodePointOrder() string
	// Occurrence is the condition that a term, its one bound value, occurs in a
	// text, whose SQL replaces its one %s. The case of letters does not matter, every
	// other character does. A text that is NULL does not satisfy the condition.
	Occurrence(ctx context.Context, db *gorm.DB) (string, error)
}

// JSON compares values inside of JSON columns. Nothing raises an error, whatever the
// documents hold.
type JSON interface {
	// Comparison holds where the document, a JSON column, satisfies the comparison of what is
	// at its path; it is never NULL. occurrence is that of Text, needed by filter.Contains.
	Comparison(document string, c filter.Comparison, occurrence string) clause.Expr
	// OfText is the SQL of a text as a document, for the SQL of the text.
	OfText(text string) string
	// Order returns the expressions to sort by, for a path without [*], the most
	// significant first, so that rows are in the order of the value at the path of the JSON
	// column; nil is the whole document. All are NULL in rows without such a value. join is a
	// join that they need, under the alias; empty for none.
	Order(column string, path filter.Path, alias string) (by []clause.Expr, join clause.Expr)
	// OrderOf returns the values of the expressions of Order for a value, given as JSON text.
	OrderOf(value string) []clause.Expr
	// Text is the JSON text of the value at the path of the JSON column; NULL where there
	// is none.
	Text(column string, path filter.Path) clause.Expr
}

// SortKeys sorts rows of the table result by keys that were read from large documents before. Keys
// compare as the values do. A long one is cut: the beginnings that all have in common decide.
type SortKeys interface {
	// Version is the SQL of a text that is another one after the document of a row has changed.
	Version() string
	// Read is the statement that reads a ReadSortKey of each of the results that are listed; see
	// Streams.
	Read(path filter.Path, listed clause.Expr) clause.Expr
	// Key is the key of the value at the path, NULL for no value, and isAmong the condition that it is
	// one of these, which were cut. Both need the join of JSON.Order with the alias.
	Key(path filter.Path, alias string) clause.Expr
	IsAmong(path filter.Path, alias string, keys []string) clause.Expr
	// Order is JSON.Order, which reads no document of these results.
	Order(path filter.Path, alias string, keys []SortKey) (by []clause.Expr, join clause.Expr)
	// OrderOf returns the values of the expressions of Order for a key.
	OrderOf(key string) []clause.Expr
}

// SortKey is the key of what a result has at a path.
type SortKey struct {
	ResultID tables.Key
	// Key is nil for no value.
	Key *string
}

// ReadSortKey is a key as the database has it.
type ReadSortKey struct {
	SortKey

	Version string
	// Whole is nil unless the key was cut: then it differs for keys that differ.
	Whole []byte
	// IsOutlined: an outline says the same, so that no document has to be read.
	IsOutlined bool
}

// ValueIndex is the table result_value, and what is beside it. It holds the values of visible
// results at the paths that the schemas and metrics of their benchmarks name. Filters and
// sorts by these paths need not read the documents, and the answers are the same.
//
// One row of the table result_leaf stands for one path of one benchmark: an indexed
// path. Its id is in each of its values.
type ValueIndex interface {
	// Key is the path as result_leaf names it. It is empty for a path that is in no index.
	Key(path filter.Path) string
	// IndexedPaths returns the indexed paths of each of the paths, one for each of
	// the benchmarks, which are different; none stand for all. It leaves out a path if the
	// index may lack values of visible results there.
	IndexedPaths(ctx context.Context, db *gorm.DB, benchmarks []uuid.UUID, paths []string) (map[string][]IndexedPath, error)
	// Table is the table with the values at the path: one row for each result, or for a path
	// with [*] one for each of its first different values.
	Table(path filter.Path) string
	// Conditions hold for rows of the table, under an alias, that belong to one of the indexed
	// paths: a result satisfies the comparison, which is no negated one, has one value, and is
	// no ~ or EXISTS, if one of its rows satisfies one of the conditions. But for a path with
	// [*], a result has one such row. Where the index has not the whole value, a condition reads the
	// document, unless known, which gets the SQL of the id of a result and that condition, replaces it.
	Conditions(
		alias string, indexedPaths []int, c filter.Comparison, known func(resultID string, read clause.Expr) clause.Expr,
	) []clause.Expr
	// Order returns the expressions to sort rows of one indexed path by; none is NULL.
	Order(alias string, path filter.Path) []clause.Expr
	// SortRow is the condition that a row is the one of its result to sort by.
	SortRow(alias string, indexedPath int) string
	// Join returns the expressions to sort rows by, which have the ids of results in a column,
	// by the values of one indexed path, and the join that they need; none is NULL.
	Join(column string, indexedPath int, path filter.Path) (by []clause.Expr, join clause.Expr)
	// Behind returns the ranges of rows to sort by behind a place, in the order of the list.
	Behind(ctx context.Context, db *gorm.DB, place IndexPlace) ([]IndexRange, error)
	// PreferHashJoins is a statement that makes the planner join by hashing until the
	// transaction ends; empty for none.
	PreferHashJoins() string
	// PreferIndexOrder is a statement that makes the planner read rows in the order of
	// an index, and look up in hash tables whether they satisfy conditions, until the
	// transaction ends; empty for none.
	PreferIndexOrder() string
}

// IndexPlace is a place in a list that is sorted by the values at an indexed path, then by the
// ids of the results.
type IndexPlace struct {
	// Alias is that of the table with the values.
	Alias string
	Path  filter.Path
	// Value is the JSON text of the value at the place, nil where the result has none.
	Value                    *string
	Descending, IDDescending bool
	ResultID                 tables.Key
}

// IndexRange is a part of the rows, which is sorted by the expressions, then by the ids.
type IndexRange struct {
	Where clause.Expr
	By    []clause.Expr
	// IsSame: the expressions have one value each. They only name the columns of the index before
	// the ids, and may have the direction of the ids.
	IsSame bool
}

// IndexedPath is a path of a benchmark whose values the value index has.
type IndexedPath struct {
	// ID stands for it in the index.
	ID        int
	Benchmark tables.Key
}

// MetricIndex is the table result_metric: what visible results say about the metrics that
// the rows of metric_path stand for.
type MetricIndex interface {
	// Path writes a path as metric_path holds it; ok is false for a path from which triggers
	// do not derive.
	Path(path filter.Path) (written string, ok bool)
	// Rows is Session.MetricRows in a transaction on the connection.
	Rows(
		ctx context.Context, connection *sql.Conn, tx gorm.ConnPool, statement Statement, texts int, take func(*MetricRow) error,
	) error
}

// Derived knows what is derived in another way in each kind of database.
type Derived interface {
	// BeforeCommit completes, in a transaction that is about to be committed, what triggers
	// only note.
	BeforeCommit(ctx context.Context, tx *gorm.DB) error
	// Derivations returns the derived tables.
	Derivations() []Derivation
	// Backfill writes the values that the value index lacks.
	Backfill(ctx context.Context, database *Database) error
}

// Derivation is a table that triggers derive from other tables.
type Derivation struct {
	// Table is its name in tables.Registry.
	Table string
	// Differences names what Count counts, for people.
	Differences string
	// Count is the statement that counts the differences from the tables that it is
	// derived from.
	Count string
	// Repair are the statements that derive the table again, while nobody writes the
	// tables that it is derived from.
	Repair []string
	// Tidy is a statement for afterwards, outside of transactions; empty for none.
	Tidy string
}
