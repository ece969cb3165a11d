package postgres

import (
	"encoding/json"
	"fmt"
	"slices"
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

// OfText implements session.JSON.
func (documents) OfText(text string) string { return "to_jsonb(CAST(" + text + " AS text))" }

// Comparison implements session.JSON.
func (documents) Comparison(value string, c filter.Comparison, occurrence string) clause.Expr {
	table, isDocument := strings.CutSuffix(value, ".json")
	path := c.Operand.Path
	n := slices.IndexFunc(path, func(part filter.Part) bool { return !isOutlined(filter.Path{part}) })
	if n < 0 {
		n = len(path)
	}
	if !isDocument || n == 0 {
		return compareBelow(expr(value), path, c, occurrence, 1)
	}
	return once(beginningOf(table, path, n), "beginning", func(value clause.Expr) clause.Expr {
		return compareBelow(value, path[n:], c, occurrence, 1)
	})
}

// once makes the database compute a value once, for something that needs it several times.
func once(value clause.Expr, alias string, need func(value clause.Expr) clause.Expr) clause.Expr {
	return expr("(SELECT ? FROM (SELECT ? AS value OFFSET 0) AS "+alias+")", need(expr(alias+".value")), value)
}

// compareBelow compares what is at the path below the value. depth numbers the subqueries.
func compareBelow(value clause.Expr, path filter.Path, c filter.Comparison, occurrence string, depth int) clause.Expr {
	i := slices.IndexFunc(path, func(part filter.Part) bool { return part.Any })
	before := path
	if i >= 0 {
		before = path[:i]
	}
	need := func(value clause.Expr) clause.Expr {
		if i < 0 {
			return holds(value, c, occurrence)
		}
		return compareElements(value, path[i+1:], c, occurrence, depth)
	}
	if len(before) == 0 {
		return need(value)
	}
	return once(valueAt(value, before), fmt.Sprintf("place_%d", depth), need)
}

// holds tells whether the value satisfies the comparison; it is not NULL.
func holds(value clause.Expr, c filter.Comparison, occurrence string) clause.Expr {
	if c.Operator == filter.Exists {
		if c.Negated {
			return expr("coalesce(jsonb_typeof(?), 'null') = 'null'", value)
		}
		return expr("coalesce(jsonb_typeof(?), 'null') <> 'null'", value)
	}
	tests := c.ByKind()
	if len(tests) == 1 {
		if c.Negated {
			return expr("coalesce(NOT ?, false)", satisfies(value, tests[0], occurrence))
		}
		return expr("coalesce(?, false)", satisfies(value, tests[0], occurrence))
	}
	// Several kinds: the value has to be comparable with one of them.
	results := make([]string, len(tests))
	known := make([]any, len(tests))
	for i, test := range tests {
		results[i], known[i] = "?", satisfies(value, test, occurrence)
	}
	if c.Negated {
		return expr("coalesce(NOT greatest("+strings.Join(results, ", ")+"), false)", known...)
	}
	return expr("coalesce(greatest("+strings.Join(results, ", ")+"), false)", known...)
}

// satisfies tells whether the value satisfies the comparison, whose values are of one kind,
// without its negation; NULL if the value cannot be compared with the kind. CASE protects
// casts from values that they would fail on.
func satisfies(value clause.Expr, c filter.Comparison, occurrence string) clause.Expr {
	number, text := expr("CAST(? AS numeric)", value), expr("(? #>> '{}')", value)
	switch kind := c.Values[0].Kind; {
	case c.Operator == filter.Contains:
		// %s stands for the text.
		return expr("(CASE jsonb_typeof(?) WHEN 'string' THEN "+fmt.Sprintf(occurrence, "?")+" END)", value, text, c.Values[0].Text)
	case kind == filter.Boolean:
		return expr("(CASE jsonb_typeof(?) WHEN 'boolean' THEN ? END)", value, compared(expr("CAST(? AS boolean)", value), "boolean", c))
	case kind == filter.Text:
		return expr(`(CASE jsonb_typeof(?) WHEN 'string' THEN ? END)`, value, compared(expr(`? COLLATE "C"`, text), "text", c))
	case c.Values[0].Unit != (filter.Unit{}):
		return satisfiesQuantity(value, number, text, c)
	default:
		return expr(`(CASE jsonb_typeof(?) WHEN 'number' THEN ? WHEN 'string' THEN CASE
			WHEN octet_length(?) <= ? AND ? COLLATE "C" ~ ? THEN ? END END)`,
			value, compared(number, "numeric", c),
			text, filter.NumericStringLength, text, filter.NumericStringPattern, compared(expr("CAST(? AS numeric)", text), "numeric", c))
	}
}

// quantityNumber is the pattern of the number at the beginning of a text with a unit.
const quantityNumber = `^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?`

// satisfiesQuantity compares quantities in the base unit of their kind: those of texts, and
// those of numbers if the comparison says in what unit numbers are.
func satisfiesQuantity(value, number, text clause.Expr, c filter.Comparison) clause.Expr {
	factors := map[string]string{}
	for symbol, unit := range filter.UnitsOfKind(c.Values[0].Unit.Kind) {
		factors[symbol] = unit.FactorInBase()
	}
	encoded, _ := json.Marshal(factors) // a map of texts is always encoded
	ofText := expr("CAST(substring(? FROM CAST(? AS text)) AS numeric) * "+
		"CAST(CAST(? AS jsonb) ->> ltrim(regexp_replace(?, CAST(? AS text), ''), ' ') AS numeric)",
		text, quantityNumber, string(encoded), text, quantityNumber)
	ofNumber := expr("NULL")
	if c.NumbersIn.Kind == c.Values[0].Unit.Kind {
		ofNumber = compared(expr("(? * CAST(? AS numeric))", number, c.NumbersIn.FactorInBase()), "numeric", c)
	}
	return expr(`(CASE jsonb_typeof(?) WHEN 'number' THEN ? WHEN 'string' THEN CASE
		WHEN octet_length(?) <= ? AND ? COLLATE "C" ~ ? THEN ? END END)`,
		value, ofNumber, text, filter.NumericStringLength, text, quantityNumber, compared(expr("(?)", ofText), "numeric", c))
}

// compared compares a value of a SQL type with the values of the comparison.
func compared(value clause.Expr, sqlType string, c filter.Comparison) clause.Expr {
	operands := make([]any, len(c.Values))
	for i, v := range c.Values {
		operands[i] = expr("CAST(? AS "+sqlType+")", v.Plain())
	}
	switch c.Operator {
	case filter.Between:
		return expr("? BETWEEN ? AND ?", value, operands[0], operands[1])
	case filter.In:
		return expr("? IN ("+strings.TrimSuffix(strings.Repeat("?,", len(operands)), ",")+")", append([]any{value}, operands...)...)
	default:
		return expr("? "+operators[c.Operator]+" ?", value, operands[0])
	}
}

// Order implements session.JSON. The order is not that of jsonb, which compares
// strings by the collation of the database. As in jsonb, types come in a fixed order,
// with an empty array before all other values; values of one type are compared, arrays and
// objects by their first atoms. The join reads the value once: each #> would read a large
// document again. It reads no large document whose outline has the value.
func (documents) Order(column string, path filter.Path, alias string) (by []clause.Expr, join clause.Expr) {
	return orderOf(expr(alias+".value"), expr(alias+".atoms")), readAt(column, path, alias)
}

// readAt is the join that reads the value at the path, or the atoms that an outline has of it: known
// is true if an outline has either, or says that there is no value.
func readAt(column string, path filter.Path, alias string) clause.Expr {
	value := valueAt(expr(column), path)
	if !isOutlined(path) {
		return expr("CROSS JOIN LATERAL (SELECT ? AS value, CAST(NULL AS json_atom[]) AS atoms, false AS known OFFSET 0) AS "+alias, value)
	}
	table, outline := strings.TrimSuffix(column, ".json"), alias+"_outline"
	return expr("LEFT JOIN result_outline AS "+outline+" ON "+outline+".result_id = "+table+".id CROSS JOIN LATERAL "+
		"(SELECT CASE WHEN (o.found).known THEN (o.found).value ELSE ? END AS value, (o.found).atoms AS atoms, (o.found).known AS known "+
		"FROM (SELECT ? AS found OFFSET 0) AS o OFFSET 0) AS "+alias, value, foundIn(outline, path))
}

// foundIn is what a row of result_outline says about the value at the path, NULL if there is no
// row.
func foundIn(outline string, path filter.Path) clause.Expr {
	return expr("CASE WHEN "+outline+".result_id IS NOT NULL THEN json_outlined("+outline+".outline, "+outline+".keys, CAST(? AS text[])) END",
		arrayOf(path.Names()))
}

// isOutlined tells whether outlines may say what is at the path.
func isOutlined(path filter.Path) bool {
	return path.IsPlain() && !slices.ContainsFunc(path, func(part filter.Part) bool { return looksLikeIndex(part.Name) })
}

// OrderOf implements session.JSON.
func (documents) OrderOf(value string) []clause.Expr {
	return orderOf(expr("CAST(? AS jsonb)", value), expr("CAST(NULL AS json_atom[])"))
}

// orderOf are the expressions to sort by, of a value, or of the atoms that an outline has of it.
func orderOf(value, atoms clause.Expr) []clause.Expr {
	return []clause.Expr{
		expr(`coalesce(CASE jsonb_typeof(?) WHEN 'null' THEN 1 WHEN 'string' THEN 2 WHEN 'number' THEN 3 WHEN 'boolean' THEN 4
			WHEN 'array' THEN CASE WHEN jsonb_array_length(?) = 0 THEN 0 ELSE 5 END WHEN 'object' THEN 6 END, (?)[1].kind)`,
			value, value, atoms),
		expr(`CASE jsonb_typeof(?) WHEN 'number' THEN CAST(? AS numeric)
			WHEN 'boolean' THEN CAST(CAST(CAST(? AS boolean) AS integer) AS numeric) END`, value, value, value),
		expr(`CASE jsonb_typeof(?) WHEN 'string' THEN ? #>> '{}' END COLLATE "C"`, value, value),
		expr(`CASE WHEN jsonb_typeof(?) IN ('array', 'object') THEN json_atoms(?) ELSE ? END`, value, value, atoms),
	}
}

// atomsOf are the atoms of the value at the path of a result.
func atomsOf(table string, path filter.Path) clause.Expr {
	value := valueAt(expr(table+".json"), path)
	if !isOutlined(path) {
		return expr("json_atoms(?)", value)
	}
	return expr("(SELECT CASE WHEN (o.found).known THEN coalesce((o.found).atoms, json_atoms((o.found).value)) ELSE json_atoms(?) END "+
		"FROM (SELECT (SELECT ? FROM result_outline AS l WHERE l.result_id = "+table+".id) AS found OFFSET 0) AS o)",
		value, foundIn("l", path))
}

// Text implements session.JSON.
func (documents) Text(column string, path filter.Path) clause.Expr {
	return expr("CAST(? AS text)", valueAt(expr(column), path))
}

func expr(sql string, values ...any) clause.Expr { return clause.Expr{SQL: sql, Vars: values} }

// valueAt is the value at the path, which has no [*], below a value. An operator #> takes as
// many names of the path as possible. It cannot take a name that PostgreSQL would use as the
// index of an array, although it is not one for filters: -1, +1, or 1 after white space.
// These are names of members only; the operator -> with a text does the same.
func valueAt(value clause.Expr, path filter.Path) clause.Expr {
	for len(path) > 0 {
		if match := path[0].Match; match != nil {
			value = firstMatch(value, *match)
			path = path[1:]
			continue
		}
		n := 0
		for n < len(path) && path[n].Match == nil && !looksLikeIndex(path[n].Name) {
			n++
		}
		if n > 0 {
			value = expr("(? #> CAST(? AS text[]))", value, arrayOf(path[:n].Names()))
			path = path[n:]
			continue
		}
		value = expr("(? -> CAST(? AS text))", value, path[0].Name)
		path = path[1:]
	}
	return value
}

// arrayOf writes texts as a literal of the type text[].
func arrayOf(texts []string) string {
	elements := make([]string, len(texts))
	for i, text := range texts {
		elements[i] = quoted(text)
	}
	return "{" + strings.Join(elements, ",") + "}"
}

// quoted writes a text as an element of such a literal.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// looksLikeIndex tells whether PostgreSQL could use the part as an index although it is
// not one: it ends with a digit, but has other characters before.
func looksLikeIndex(part string) bool {
	const digits = "0123456789"
	return strings.Trim(part, digits) != "" && strings.TrimRight(part, digits) != part
}
