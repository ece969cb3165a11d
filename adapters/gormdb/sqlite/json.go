package sqlite

import (
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/filter"
)

// documents implements session.JSON by functions of this package.
type documents struct{}

var operators = map[filter.Operator]string{
	filter.Equal:          "=",
	filter.Greater:        ">",
	filter.Less:           "<",
	filter.GreaterOrEqual: ">=",
	filter.LessOrEqual:    "<=",
}

// Condition implements session.JSON: keys compare like the values.
func (documents) Condition(column string, c filter.Condition) clause.Expr {
	return clause.Expr{
		SQL:  "(" + operandFunction + "(" + column + ", ?, ?) " + operators[c.Operator] + " ?)",
		Vars: []any{c.Path.String(), int64(c.Kind), conditionKey(c)},
	}
}

// Order implements session.JSON.
func (documents) Order(column string, path filter.Path) []clause.Expr {
	if path == nil {
		return []clause.Expr{{SQL: keyFunction + "(" + column + ", NULL)"}}
	}
	return []clause.Expr{{SQL: keyFunction + "(" + column + ", ?)", Vars: []any{path.String()}}}
}
