package query

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// Column is something to sort by.
type Column struct {
	// SQL is empty if all rows have the same value.
	SQL string
	// IsText: the column is sorted by code point.
	IsText bool
	// IsNullable: missing values come last in ascending order.
	IsNullable bool
	// IsJSON: rows are sorted by a value inside of the documents; see
	// Selection.OrderByValue. Missing values come last in ascending order.
	IsJSON bool
	// IsPresent: no row lacks a value, not even one that is sorted by a value inside of a
	// document. Indexes may have other places for missing values than the list.
	IsPresent bool
	// Join is the table that SQL needs besides the table of the selection; empty for none.
	Join string
}

// Count returns the total of a list.
type Count func(ctx context.Context, s session.Session) (int, error)

// Selection describes a list: the rows, their order, and the page to read.
type Selection struct {
	// Table is a table, or several joined tables, the first of which is listed. Values
	// are bound to its placeholders.
	Table  string
	Values []any
	// ID is the column that breaks ties.
	ID      string
	Columns map[string]Column
	Where   Conditions
	// OrderByValue returns the expressions to sort by for a path in a JSON column, and
	// the join that they need, empty for none. No expression means that all rows have
	// the same value. An alias is free for the join.
	OrderByValue func(path filter.Path, alias string) (by []clause.Expr, join clause.Expr)
	// Backwards reverses the whole order, also that of ties.
	Backwards bool
	// CountFast returns the total without reading the rows; nil if that is not possible.
	CountFast Count
	ports.ListOptions
}

// Rows returns the query for all of the selected rows, without an order.
func (sel Selection) Rows(ctx context.Context, s session.Session) *gorm.DB {
	query := s.Query(ctx).Table(sel.Table, sel.Values...)
	if len(sel.Where) > 0 {
		query = query.Clauses(sel.Where.Where())
	}
	return query
}

// Ordered returns the query for all of the selected rows, in their order.
func (sel Selection) Ordered(ctx context.Context, s session.Session) (*gorm.DB, error) {
	order, joins, err := sel.order(s)
	if err != nil {
		return nil, err
	}
	query := sel.Rows(ctx, s)
	for _, join := range joins {
		query = query.Joins(join.SQL, join.Vars...)
	}
	return query.Clauses(clause.OrderBy{Expression: clause.CommaExpression{Exprs: order}}), nil
}

// Total returns the number of selected rows.
func (sel Selection) Total(ctx context.Context, s session.Session) (int, error) {
	if sel.CountFast != nil {
		return sel.CountFast(ctx, s)
	}
	var count int64
	err := sel.Rows(ctx, s).Count(&count).Error
	return int(count), err
}

// sortKey is what rows are sorted by for one key of the order.
type sortKey struct {
	column     Column
	by         []clause.Expr
	descending bool
}

// order returns the expressions to sort by, with ties broken by ID, and the joins that
// they need.
func (sel Selection) order(s session.Session) (order []clause.Expression, joins []clause.Expr, err error) {
	keys, joins, err := sel.sortKeys(s)
	for _, key := range keys {
		direction := key.column.direction(key.descending)
		for _, expression := range key.by {
			order = append(order, clause.Expr{SQL: expression.SQL + direction, Vars: expression.Vars})
		}
	}
	return order, joins, err
}

// sortKeys returns what rows are sorted by, the last of which is ID, and the joins that it
// needs.
func (sel Selection) sortKeys(s session.Session) (keys []sortKey, joins []clause.Expr, err error) {
	joined := map[string]bool{}
	for i, key := range sel.Sort {
		column, ok := sel.Columns[key.Field]
		if !ok {
			return nil, nil, fmt.Errorf("there is no order by %q", key.Field)
		}
		by, join := sel.orderBy(s, column, key.Path, fmt.Sprintf("sort_%d", i+1))
		if join.SQL != "" && !joined[join.SQL] {
			joined[join.SQL] = true
			joins = append(joins, join)
		}
		keys = append(keys, sortKey{column, by, key.Descending != sel.Backwards})
		if column.SQL == sel.ID {
			return keys, joins, nil
		}
	}
	return append(keys, sortKey{Column{SQL: sel.ID}, []clause.Expr{{SQL: sel.ID}}, sel.Backwards}), joins, nil
}

func (sel Selection) orderBy(s session.Session, c Column, path filter.Path, alias string) (by []clause.Expr, join clause.Expr) {
	join.SQL = c.Join
	switch {
	case c.IsJSON:
		return sel.OrderByValue(path, alias)
	case c.SQL == "":
		return nil, join
	case c.IsText:
		return []clause.Expr{{SQL: c.SQL + " " + s.Dialect.Text.CodePointOrder()}}, join
	default:
		return []clause.Expr{{SQL: c.SQL}}, join
	}
}

func (c Column) direction(descending bool) string {
	switch mayBeMissing := (c.IsNullable || c.IsJSON) && !c.IsPresent; {
	case descending && mayBeMissing:
		return " DESC NULLS FIRST"
	case descending:
		return " DESC"
	case mayBeMissing:
		return " NULLS LAST"
	default:
		return ""
	}
}
