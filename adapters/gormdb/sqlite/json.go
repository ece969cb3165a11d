package sqlite

import (
	"fmt"
	"strings"

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

// OfText implements session.JSON.
func (documents) OfText(text string) string { return "json_quote(" + text + ")" }

// Comparison implements session.JSON.
func (documents) Comparison(document string, c filter.Comparison, _ string) clause.Expr {
	document, values := lean(document, c.Operand.Path)
	operator, isSimple := operators[c.Operator]
	if !isSimple || c.Negated || !c.Operand.Path.IsPlain() || c.Values[0].Unit != (filter.Unit{}) {
		return clause.Expr{
			SQL:  "(" + holdsFunction + "(" + document + ", ?, ?) = 1)",
			Vars: append(values, c.String(), c.NumbersIn.Symbol),
		}
	}
	// Keys compare like the values.
	key := valueKey(c.Values[0])
	return clause.Expr{
		SQL:  "(ifnull(" + operandFunction + "(" + document + ", ?, ?, ?) " + operator + " ?, 0) = 1)",
		Vars: append(values, written(c.Operand.Path), int64(c.Values[0].Kind), len(key)+1, key),
	}
}

// lean is the SQL of a document for a condition on what is at the path, and the values that it needs. It
// reads no large document whose outline says enough.
func lean(document string, path filter.Path) (sql string, values []any) {
	table, isColumn := strings.CutSuffix(document, ".json")
	if !isColumn || len(path) == 0 {
		return document, nil
	}
	return fmt.Sprintf("coalesce(CASE WHEN octet_length(%s) > %d THEN (SELECT %s(o.outline, ?) FROM result_outline AS o "+
		"WHERE o.result_id = %s.id) END, %s)", document, largeDocument, leanFunction, table, document), []any{written(path)}
}

// Order implements session.JSON.
func (documents) Order(column string, path filter.Path, _ string) (by []clause.Expr, join clause.Expr) {
	return []clause.Expr{documents{}.keyOf(column, path)}, join
}

// keyOf is the key of the value at the path of the column json of a result. A large document is
// read only if its outline lacks the value.
func (documents) keyOf(column string, path filter.Path) clause.Expr {
	table, at := strings.TrimSuffix(column, ".json"), written(path)
	inOutline := func(function string) string {
		return "(SELECT " + function + "(o.outline, ?) FROM result_outline AS o WHERE o.result_id = " + table + ".id)"
	}
	return clause.Expr{
		SQL: "CASE " + inOutline(knowsFunction) + " WHEN 1 THEN " + inOutline(outlineFunction) +
			" ELSE " + keyFunction + "(" + column + ", ?) END",
		Vars: []any{at, at, at},
	}
}

// OrderOf implements session.JSON.
func (documents) OrderOf(value string) []clause.Expr {
	return []clause.Expr{{SQL: keyFunction + "(?, NULL)", Vars: []any{value}}}
}

// written is the canonical form of the path, NULL for the whole document.
func written(path filter.Path) any {
	if len(path) == 0 {
		return nil
	}
	return path.String()
}

// Text implements session.JSON.
func (documents) Text(column string, path filter.Path) clause.Expr {
	return clause.Expr{SQL: textFunction + "(" + column + ", ?)", Vars: []any{written(path)}}
}
