package query

import (
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// Place is a place in the order of a selection: behind a row.
type Place struct {
	// Values are those of the row for each key of the order: one for each expression that rows
	// are sorted by, none if the row has no value.
	Values [][]clause.Expr
	// ID is that of the row.
	ID any
}

// Behind returns the selection of the rows behind the place. Only its ordered rows can be
// read: its conditions need the joins of the order.
func (sel Selection) Behind(s session.Session, place Place) (Selection, error) {
	keys, _, err := sel.sortKeys(s)
	if err != nil {
		return sel, err
	}
	var steps []step
	for i, key := range keys {
		values := []clause.Expr{{SQL: "?", Vars: []any{place.ID}}}
		if i < len(place.Values) {
			values = place.Values[i]
		}
		steps = append(steps, key.steps(values)...)
	}
	sel.Where = append(slices.Clone(sel.Where), behind(steps)...)
	sel.CountFast = nil
	return sel, nil
}

// step compares an expression that rows are sorted by with its value at the place.
type step struct {
	by, value  clause.Expr
	descending bool
	// isFirst: rows without a value are NULL here, last in ascending order.
	isFirst bool
	// isMissing: the row of the place has no value.
	isMissing bool
	// mayBeNull: the expression may be NULL in rows with a value.
	mayBeNull bool
}

func (k sortKey) steps(values []clause.Expr) []step {
	if len(values) == 0 && len(k.by) > 0 {
		return []step{{by: k.by[0], descending: k.descending, isFirst: true, isMissing: true}}
	}
	steps := make([]step, len(k.by))
	for i, by := range k.by {
		steps[i] = step{
			by: by, value: values[i], descending: k.descending, isFirst: k.column.IsJSON && i == 0, mayBeNull: k.column.IsJSON && i > 0,
		}
	}
	return steps
}

// behind returns conditions on the rows behind the place. If all steps ascend and none can be
// NULL, one comparison of rows is the condition, which an index can answer. Otherwise the
// first step bounds the part of an index to read.
func behind(steps []step) Conditions {
	isSimple := func(s step) bool { return !s.isFirst && !s.mayBeNull }
	if !slices.ContainsFunc(steps, func(s step) bool { return !isSimple(s) || s.descending }) {
		marks := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(steps)), ", ") + ")"
		var values []any
		for _, s := range steps {
			values = append(values, s.by)
		}
		for _, s := range steps {
			values = append(values, s.value)
		}
		return Conditions{clause.Expr{SQL: "(" + marks + " > " + marks + ")", Vars: values}}
	}
	var where Conditions
	if first := steps[0]; isSimple(first) {
		where.Add("? "+first.operator()+"= ?", first.by, first.value)
	}
	var alternatives []string
	var values, equal []any
	equals := ""
	for _, s := range steps {
		if later, ok := s.behind(); ok {
			alternatives = append(alternatives, "("+equals+"?)")
			values = append(append(values, equal...), later)
		}
		equals += "? AND "
		equal = append(equal, s.equal())
	}
	where.Add(strings.Join(alternatives, " OR "), values...)
	return where
}

func (s step) operator() string {
	if s.descending {
		return "<"
	}
	return ">"
}

// behind is the condition that a row is behind the place by this step alone; ok is false if
// no row is.
func (s step) behind() (later clause.Expr, ok bool) {
	switch {
	case s.isMissing && s.descending:
		return clause.Expr{SQL: "? IS NOT NULL", Vars: []any{s.by}}, true
	case s.isMissing:
		return later, false
	case s.isFirst && !s.descending:
		return clause.Expr{SQL: "(? > ? OR ? IS NULL)", Vars: []any{s.by, s.value, s.by}}, true
	default:
		return clause.Expr{SQL: "? " + s.operator() + " ?", Vars: []any{s.by, s.value}}, true
	}
}

// equal is the condition that a row is at the place by this step.
func (s step) equal() clause.Expr {
	switch {
	case s.isMissing:
		return clause.Expr{SQL: "? IS NULL", Vars: []any{s.by}}
	case s.mayBeNull:
		return clause.Expr{SQL: "? IS NOT DISTINCT FROM ?", Vars: []any{s.by, s.value}}
	default:
		return clause.Expr{SQL: "? = ?", Vars: []any{s.by, s.value}}
	}
}
