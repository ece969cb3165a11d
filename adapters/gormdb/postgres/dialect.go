package postgres

import (
	"database/sql"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/core/filter"
)

// dialect is one store's.
type dialect struct {
	pool *pgxpool.Pool
	// occurrence is empty until the first search.
	occurrence atomic.Pointer[string]
}

var _ gormdb.Dialect = (*dialect)(nil)

// CodePointOrder implements gormdb.Dialect, whatever the database's collation.
func (*dialect) CodePointOrder() string { return `COLLATE "C"` }

// Snapshot implements gormdb.Dialect.
func (*dialect) Snapshot() sql.IsolationLevel { return sql.LevelRepeatableRead }

// StopWriters implements gormdb.Dialect.
func (*dialect) StopWriters(tables ...string) []string {
	return []string{"SET LOCAL statement_timeout = 0", "LOCK TABLE " + strings.Join(tables, ", ") + " IN SHARE MODE"}
}

var operators = map[filter.Operator]string{
	filter.Equal:          "=",
	filter.Greater:        ">",
	filter.Less:           "<",
	filter.GreaterOrEqual: ">=",
	filter.LessOrEqual:    "<=",
}

// Condition implements gormdb.Dialect. The type of the value decides what it is
// compared as; CASE keeps casts from values that they would fail on.
func (*dialect) Condition(column string, c filter.Condition) clause.Expr {
	value, operator := at(column, c.Path), operators[c.Operator]
	switch c.Kind {
	case filter.Number:
		return expr(`(CASE jsonb_typeof(?)
			WHEN 'number' THEN CAST(? AS numeric) `+operator+` CAST(? AS numeric)
			WHEN 'string' THEN CASE
				WHEN octet_length(? #>> '{}') <= ? AND (? #>> '{}') COLLATE "C" ~ ?
				THEN CAST(? #>> '{}' AS numeric) `+operator+` CAST(? AS numeric) END
			END)`,
			value, value, c.Value, value, filter.NumericStringLength, value, filter.NumericStringPattern, value, c.Value)
	case filter.Boolean:
		return expr(`(CASE jsonb_typeof(?) WHEN 'boolean' THEN CAST(? AS boolean) `+operator+` CAST(? AS boolean) END)`,
			value, value, c.Value)
	default:
		return expr(`(CASE jsonb_typeof(?) WHEN 'string' THEN (? #>> '{}') COLLATE "C" `+operator+` CAST(? AS text) END)`,
			value, value, c.Value)
	}
}

// Order implements gormdb.Dialect. Not by jsonb's own order, which compares
// strings by the database's collation: but by its order of types (an empty array
// before all), then within a type by the value.
func (*dialect) Order(column string, path filter.Path) []clause.Expr {
	value := at(column, path)
	return []clause.Expr{
		expr(`CASE jsonb_typeof(?) WHEN 'null' THEN 1 WHEN 'string' THEN 2 WHEN 'number' THEN 3 WHEN 'boolean' THEN 4
			WHEN 'array' THEN CASE WHEN jsonb_array_length(?) = 0 THEN 0 ELSE 5 END WHEN 'object' THEN 6 END`, value, value),
		expr(`CASE jsonb_typeof(?) WHEN 'number' THEN CAST(? AS numeric)
			WHEN 'boolean' THEN CAST(CAST(CAST(? AS boolean) AS integer) AS numeric) END`, value, value, value),
		expr(`CASE jsonb_typeof(?) WHEN 'string' THEN ? #>> '{}' END COLLATE "C"`, value, value),
		expr(`CASE WHEN jsonb_typeof(?) IN ('array', 'object') THEN json_atoms(?) END`, value, value),
	}
}

func expr(sql string, values ...any) clause.Expr { return clause.Expr{SQL: sql, Vars: values} }

// at is the value at the path. One #> takes as many parts as it can, all but
// those that PostgreSQL would take for an array's index and we do not: -1, +1, or
// 1 after white space. They are only ever keys, which is how -> understands a text.
func at(column string, path filter.Path) clause.Expr {
	value := clause.Expr{SQL: column}
	for len(path) > 0 {
		n := 0
		for n < len(path) && !isMistakable(path[n]) {
			n++
		}
		if n > 0 {
			value = expr("(? #> string_to_array(CAST(? AS text), '.'))", value, path[:n].String())
			path = path[n:]
			continue
		}
		value = expr("(? -> CAST(? AS text))", value, path[0])
		path = path[1:]
	}
	return value
}

// isMistakable tells whether the part could be an index to PostgreSQL although
// it is not one: it ends in a digit, but there is something else before.
func isMistakable(part string) bool {
	const digits = "0123456789"
	return strings.Trim(part, digits) != "" && strings.TrimRight(part, digits) != part
}

// BeginSnapshot implements gormdb.Dialect. The locks come before the first query,
// which fixes the state: so no change of a table comes between the two. They keep
// nobody from writing.
func (*dialect) BeginSnapshot(tables []string) []string {
	return append([]string{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}, beginWhole("ACCESS SHARE", tables)...)
}

// BeginRestore implements gormdb.Dialect.
func (*dialect) BeginRestore(tables []string) []string {
	return append([]string{"BEGIN"}, beginWhole("SHARE ROW EXCLUSIVE", tables)...)
}

// beginWhole lifts limits of time that are meant for requests, and fixes how times
// are spelled.
func beginWhole(mode string, tables []string) []string {
	statements := []string{"SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0", "SET LOCAL datestyle = 'ISO'"}
	if len(tables) > 0 {
		statements = append(statements, `LOCK TABLE "`+strings.Join(tables, `", "`)+`" IN `+mode+" MODE")
	}
	return statements
}
