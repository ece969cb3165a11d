package gormdb

import (
	"context"
	"fmt"
	"math"

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
	// join is the table that the column needs, empty if it needs no other one.
	join string
}

// selection is a list: which rows of a table, in which order, which page of it.
type selection struct {
	// table is one, or several joined, of which the first is listed.
	table string
	// id is the column that breaks ties.
	id      string
	columns map[string]column
	where   conditions
	ports.ListOptions
}

// page scans the selected columns of a page into rows, and returns how many rows
// all pages have. A page beyond the last has no rows.
func page[R any](ctx context.Context, s session, sel selection, selected string) (rows []R, total int, err error) {
	order, joins, err := s.order(sel)
	if err != nil {
		return nil, 0, err
	}
	size := sel.Page.Size
	reachable := sel.Page.Number <= math.MaxInt32/size
	if reachable {
		query := s.chosen(ctx, sel).Select(selected)
		for _, join := range joins {
			query = query.Joins(join)
		}
		query = query.Clauses(clause.OrderBy{Expression: clause.CommaExpression{Exprs: order}})
		if err := query.Offset(sel.Page.Offset()).Limit(size).Scan(&rows).Error; err != nil {
			return nil, 0, err
		}
		// A page that is not full is the last one, and tells the total.
		if n := len(rows); n < size && (n > 0 || sel.Page.Number == 1) {
			return rows, sel.Page.Offset() + n, nil
		}
	}
	var count int64
	err = s.chosen(ctx, sel).Count(&count).Error
	return rows, int(count), err
}

func (s session) chosen(ctx context.Context, sel selection) *gorm.DB {
	query := s.query(ctx).Table(sel.table)
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
		if c.join != "" && !joined[c.join] {
			joined[c.join] = true
			joins = append(joins, c.join)
		}
		order = append(order, s.orderBy(c, key)...)
		if c.sql == sel.id {
			return order, joins, nil
		}
	}
	return append(order, clause.Expr{SQL: sel.id}), joins, nil
}

func (s session) orderBy(c column, key filter.Key) []clause.Expression {
	sql := c.sql
	if sql == "" {
		return nil
	}
	if c.text {
		sql += " " + s.store.dialect.CodePointOrder()
	}
	values := []clause.Expr{{SQL: sql}}
	if c.json {
		if key.Path != nil && !leadsSomewhere(key.Path) {
			return nil // nothing has it: every row is the same
		}
		values = s.store.dialect.Order(c.sql, key.Path)
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
	order := make([]clause.Expression, len(values))
	for i, v := range values {
		order[i] = clause.Expr{SQL: v.SQL + direction, Vars: v.Vars}
	}
	return order
}

// pageOf puts the page of a request together.
func pageOf[T any](request domain.PageRequest, items []T, total int) domain.Page[T] {
	return domain.Page[T]{PageRequest: request, Items: items, Total: total}
}
