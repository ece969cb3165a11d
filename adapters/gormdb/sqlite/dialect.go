package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	gosqlite "github.com/glebarez/go-sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

type dialect struct{}

var _ gormdb.Dialect = dialect{}

// CodePointOrder implements gormdb.Dialect: UTF-8's bytes are in that order.
func (dialect) CodePointOrder() string { return "COLLATE BINARY" }

var operators = map[filter.Operator]string{
	filter.Equal:          "=",
	filter.Greater:        ">",
	filter.Less:           "<",
	filter.GreaterOrEqual: ">=",
	filter.LessOrEqual:    "<=",
}

// Condition implements gormdb.Dialect: keys compare like the values.
func (dialect) Condition(column string, c filter.Condition) clause.Expr {
	return clause.Expr{
		SQL:  "(" + operandFunction + "(" + column + ", ?, ?) " + operators[c.Operator] + " ?)",
		Vars: []any{c.Path.String(), int64(c.Kind), conditionKey(c)},
	}
}

// Order implements gormdb.Dialect.
func (dialect) Order(column string, path filter.Path) []clause.Expr {
	if path == nil {
		return []clause.Expr{{SQL: keyFunction + "(" + column + ", NULL)"}}
	}
	return []clause.Expr{{SQL: keyFunction + "(" + column + ", ?)", Vars: []any{path.String()}}}
}

// Results implements gormdb.Dialect: a connection of one's own is nothing special here.
func (dialect) Results() gormdb.ResultTable { return nil }

// Values implements gormdb.Dialect: there are none, see docs/explanation/performance.md.
func (dialect) Values() gormdb.Values { return nil }

// Occurrence implements gormdb.Dialect.
func (dialect) Occurrence(context.Context, *gorm.DB) (string, error) {
	return "instr(" + foldFunction + "(%s), " + foldFunction + "(?)) > 0", nil
}

// Snapshot implements gormdb.Dialect: every transaction sees one state.
func (dialect) Snapshot() sql.IsolationLevel { return sql.LevelDefault }

// StopWriters implements gormdb.Dialect: a transaction that writes is alone.
func (dialect) StopWriters(...string) []string { return nil }

// Result codes of SQLite, https://sqlite.org/rescode.html; the lowest byte of
// an extended code is the primary one.
const (
	primary             = 0xff
	busy                = 5
	locked              = 6
	readOnly            = 8
	ioError             = 10
	full                = 13
	cannotOpen          = 14
	foreignKeyViolation = 787
	primaryKeyViolation = 1555
	uniqueViolation     = 2067
)

// away are the codes that may be gone at another try: others are writing, or the
// disk is full or out of reach.
var away = []int{busy, locked, readOnly, ioError, full, cannotOpen}

// Transient implements gormdb.Dialect: others were writing, for longer than we
// wait for them.
func (dialect) Transient(err error) bool {
	refusal, ok := errors.AsType[*gosqlite.Error](err)
	return ok && refusal.Code()&primary == busy
}

// Translate implements gormdb.Dialect.
func (dialect) Translate(err error) error {
	refusal, ok := errors.AsType[*gosqlite.Error](err)
	if !ok {
		return nil
	}
	switch code := refusal.Code(); {
	case code == uniqueViolation, code == primaryKeyViolation:
		return &ports.DuplicateError{Cause: err}
	case code == foreignKeyViolation:
		return &ports.ReferenceError{Cause: err}
	case slices.Contains(away, code&primary):
		return gormdb.Away(err)
	}
	return nil
}

// BeginSnapshot implements gormdb.Dialect. The first query fixes the state; in WAL
// mode others go on writing.
func (dialect) BeginSnapshot([]string) []string { return []string{"BEGIN DEFERRED"} }

// BeginRestore implements gormdb.Dialect.
func (dialect) BeginRestore([]string) []string { return []string{"BEGIN IMMEDIATE"} }
