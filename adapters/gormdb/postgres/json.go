package postgres

import (
	"strings"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/filter"
)

// documents implements session.JSON.
type documents struct{}

var operators = map[filter.Operator]string{
	filter.Equal:          "=",
	filter.Greater:        ">",
	filter.Less:           "<",
	filter.GreaterOrEqual: ">=",
	filter.LessOrEqual:    "<=",
}

// Condition implements session.JSON. The type of the value decides how it is
// compared. CASE protects casts from values that they would fail on.
func (documents) Condition(column string, c filter.Condition) clause.Expr {
	value, operator := valueAt(column, c.Path), operators[c.Operator]
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

// Order implements session.JSON. The order is not that of jsonb, which compares
// strings by the collation of the database. As in jsonb, types come in a fixed order,
// with an empty array before all other values; values of one type are compared.
func (documents) Order(column string, path filter.Path) []clause.Expr {
	value := valueAt(column, path)
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

// valueAt is the value at the path. An operator #> takes as many parts of the path as
// possible. It cannot take a part that PostgreSQL would use as the index of an array,
// although it is not one for filters: -1, +1, or 1 after white space. These parts are
// names of members only; the operator -> with a text does the same.
func valueAt(column string, path filter.Path) clause.Expr {
	value := clause.Expr{SQL: column}
	for len(path) > 0 {
		n := 0
		for n < len(path) && !looksLikeIndex(path[n]) {
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

// looksLikeIndex tells whether PostgreSQL could use the part as an index although it is
// not one: it ends with a digit, but has other characters before.
func looksLikeIndex(part string) bool {
	const digits = "0123456789"
	return strings.Trim(part, digits) != "" && strings.TrimRight(part, digits) != part
}
