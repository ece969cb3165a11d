package gormdb

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// column is something to sort by.
type column struct {
	// sql is empty where all rows have the same.
	sql string
	// text sorts by code point.
	text bool
	// nullable: missing values come last in ascending order.
	nullable bool
	// json columns are sorted by a place inside.
	json bool
	// values is the alias of the rows of result_value that are listed in order.
	values string
	// join is the table that the column needs, empty if it needs no other one.
	join string
}

// selection is a list: which rows of a table, in which order, which page of it.
type selection struct {
	// table is one, or several joined, of which the first is listed; values are for
	// its placeholders.
	table  string
	values []any
	// id is the column that breaks ties.
	id      string
	columns map[string]column
	where   conditions
	// leaves are what JSON may be sorted by without the documents.
	leaves leaves
	// backwards turns the whole order round, that of ties included.
	backwards bool
	// counted finds the total without looking at the rows, nil if it cannot be had
	// otherwise.
	counted func(ctx context.Context, s session) (int, error)
	ports.ListOptions
}

// page returns the rows of a page, as cut reads them, and how many rows all pages
// have. A page beyond the last has no rows.
func page[R any](ctx context.Context, s session, sel selection, cut cutter[R]) (rows []R, total int, err error) {
	size, offset := sel.Page.Size, sel.Page.Offset()
	if sel.Page.Number > math.MaxInt32/size {
		total, err := s.total(ctx, sel)
		return nil, total, err
	}
	if offset >= deep && sel.counted != nil {
		err = s.snapshot(ctx, func(s session) error {
			rows, total, err = deepPage(ctx, s, sel, cut)
			return err
		})
		return rows, total, err
	}
	rows, told, err := cut(ctx, s, sel, offset, size)
	if err != nil {
		return nil, 0, err
	}
	if told != nil {
		return rows, *told, nil
	}
	// A page that is not full is the last one, and tells the total.
	if n := len(rows); n < size && (n > 0 || sel.Page.Number == 1) {
		return rows, offset + n, nil
	}
	total, err = s.total(ctx, sel)
	return rows, total, err
}

// deep is how many rows a page may skip before it pays to ask for the total first.
const deep = 1000

// deepPage begins at whichever end of the list is nearer. The session has to see
// the total and the rows at one time.
func deepPage[R any](ctx context.Context, s session, sel selection, cut cutter[R]) (rows []R, total int, err error) {
	offset := sel.Page.Offset()
	if total, err = sel.counted(ctx, s); err != nil || offset >= total {
		return nil, total, err
	}
	size := min(sel.Page.Size, total-offset)
	if offset <= total/2 {
		rows, _, err = cut(ctx, s, sel, offset, size)
		return rows, total, err
	}
	sel.backwards = true
	rows, _, err = cut(ctx, s, sel, total-offset-size, size)
	slices.Reverse(rows)
	return rows, total, err
}

// cutter reads so many of the selected rows after an offset, and the total if that
// costs nothing.
type cutter[R any] func(ctx context.Context, s session, sel selection, offset, size int) (rows []R, total *int, err error)

// scanning reads the columns into rows; without any, all of the table that R is a row of.
func scanning[R any](columns ...string) cutter[R] {
	return func(ctx context.Context, s session, sel selection, offset, size int) (rows []R, total *int, err error) {
		query, err := s.ordered(ctx, sel)
		if err != nil {
			return nil, nil, err
		}
		if len(columns) > 0 {
			query = query.Select(columns)
		}
		err = query.Offset(offset).Limit(size).Find(&rows).Error
		return rows, nil, err
	}
}

// ordered are all of the selected rows, in their order.
func (s session) ordered(ctx context.Context, sel selection) (*gorm.DB, error) {
	order, joins, err := s.order(sel)
	if err != nil {
		return nil, err
	}
	query := s.chosen(ctx, sel)
	for _, join := range joins {
		query = query.Joins(join)
	}
	return query.Clauses(clause.OrderBy{Expression: clause.CommaExpression{Exprs: order}}), nil
}

func (s session) total(ctx context.Context, sel selection) (int, error) {
	if sel.counted != nil {
		return sel.counted(ctx, s)
	}
	var count int64
	err := s.chosen(ctx, sel).Count(&count).Error
	return int(count), err
}

func (s session) chosen(ctx context.Context, sel selection) *gorm.DB {
	query := s.query(ctx).Table(sel.table, sel.values...)
	if len(sel.where) > 0 {
		query = query.Clauses(sel.where.clause())
	}
	return query
}

// order is what the selection sorts by, ties broken by id, and the joins that
// this needs.
func (s session) order(sel selection) (order []clause.Expression, joins []string, err error) {
	joined := map[string]bool{}
	for _, key := range sel.Sort {
		c, ok := sel.columns[key.Field]
		if !ok {
			return nil, nil, fmt.Errorf("there is no order by %q", key.Field)
		}
		var values string
		if c.json && key.Path != nil {
			values, c.join = s.sortJoin(sel, key.Path)
		}
		if c.join != "" && !joined[c.join] {
			joined[c.join] = true
			joins = append(joins, c.join)
		}
		key.Descending = key.Descending != sel.backwards
		order = append(order, s.orderBy(c, key, values)...)
		if c.sql == sel.id {
			return order, joins, nil
		}
	}
	tie := sel.id
	if sel.backwards {
		tie += " DESC"
	}
	return append(order, clause.Expr{SQL: tie}), joins, nil
}

// orderBy is the order of one key; values is the alias of the rows of result_value
// to sort by, empty for the documents themselves.
func (s session) orderBy(c column, key filter.Key, values string) []clause.Expression {
	sql := c.sql
	if sql == "" && values == "" {
		return nil
	}
	if c.text {
		sql += " " + s.store.dialect.CodePointOrder()
	}
	by := []clause.Expr{{SQL: sql}}
	if c.json {
		if key.Path != nil && !leadsSomewhere(key.Path) {
			return nil // nothing has it: every row is the same
		}
		if by = s.store.dialect.Order(c.sql, key.Path); values != "" {
			by = s.store.dialect.Values().Order(values, key.Path)
		}
	}
	direction := ""
	switch {
	case key.Descending && (c.nullable || c.json):
		direction = " DESC NULLS FIRST"
	case key.Descending:
		direction = " DESC"
	case c.nullable || c.json:
		direction = " NULLS LAST"
	}
	order := make([]clause.Expression, len(by))
	for i, v := range by {
		order[i] = clause.Expr{SQL: v.SQL + direction, Vars: v.Vars}
	}
	return order
}

// pageOf puts the page of a request together.
func pageOf[T any](request domain.PageRequest, items []T, total int) domain.Page[T] {
	return domain.Page[T]{PageRequest: request, Items: items, Total: total}
}
