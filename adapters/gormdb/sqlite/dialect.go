package sqlite

import (
	"errors"

	gosqlite "github.com/glebarez/go-sqlite"
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

// Result codes of SQLite, https://sqlite.org/rescode.html; the lowest byte of
// an extended code is the primary one.
const (
	primary             = 0xff
	busy                = 5
	locked              = 6
	foreignKeyViolation = 787
	primaryKeyViolation = 1555
	uniqueViolation     = 2067
)

// Translate implements gormdb.Dialect. SQLite does not tell which reference it is.
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
	case code&primary == busy, code&primary == locked:
		return gormdb.Away(err)
	}
	return nil
}
