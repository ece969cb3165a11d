package resultlist

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/ports"
)

// walksIndex tells whether the value index has the list of a cursor in its order. Then a part
// costs as much as the results in it, and for filters the results that satisfy them, wherever
// the part is.
func walksIndex(q ports.ResultQuery, f Facts) bool {
	return f.SortIndexed && isByOneValue(q.Sort) && choosesAllVisible(q) && (f.FiltersIndexed || len(q.Filters) == 0)
}

// inIndexAfter returns the ids behind the position, nil for the beginning, in the order of the
// index, at most so many. It reads one range of the index after the other, until there are
// enough ids:
//
//	SELECT s.result_id FROM result_value AS s WHERE row to sort by AND range of the index
//	AND (s.result_id IN (results that satisfy a filter)) IS TRUE ... ORDER BY s, s.result_id LIMIT size
func (r Reader) inIndexAfter(ctx context.Context, p planned, position *ports.Position, size int) (ids []tables.Key, err error) {
	ranges, err := r.rangesAfter(ctx, p, position)
	if err != nil {
		return nil, err
	}
	if statement := r.Dialect.ValueIndex.PreferIndexOrder(); statement != "" {
		if err := r.Query(ctx).Exec(statement).Error; err != nil {
			return nil, r.Failed(ctx, err, "prepare to read the index of values")
		}
	}
	for _, ordered := range ranges {
		var found []tables.Key
		if err := ordered.Limit(size - len(ids)).Find(&found).Error; err != nil {
			return nil, r.Failed(ctx, err, "read the index of values")
		}
		if ids = append(ids, found...); len(ids) == size {
			break
		}
	}
	return ids, nil
}

// rangesAfter are the queries for the ids in the ranges of the index behind the position.
func (r Reader) rangesAfter(ctx context.Context, p planned, position *ports.Position) ([]*gorm.DB, error) {
	const alias = "s"
	index, key := r.Dialect.ValueIndex, p.query.Sort[0]
	id, _ := p.paths.single(key.Path) // walksIndex needs it
	ranges := []session.IndexRange{{By: index.Order(alias, key.Path)}}
	idDescends := len(p.query.Sort) > 1 && p.query.Sort[1].Descending
	if position != nil {
		values, err := r.valuesOf(ctx, p.query.Sort, *position)
		if err != nil {
			return nil, err
		}
		place := session.IndexPlace{
			Alias: alias, Path: key.Path, Descending: key.Descending, ResultID: tables.Key(position.ID), IDDescending: idDescends,
		}
		if !values[0].Missing {
			place.Value = &values[0].Text
		}
		if ranges, err = index.Behind(ctx, r.Query(ctx), place); err != nil {
			return nil, r.Failed(ctx, err, "find a place in the index of values")
		}
	}
	var where query.Conditions
	where.Add(index.SortRow(alias, id))
	for _, f := range p.query.Filters {
		where.Add("("+alias+".result_id IN (?)) IS TRUE", p.paths.resultsWith(index, f))
	}
	queries := make([]*gorm.DB, len(ranges))
	for i, part := range ranges {
		conditions := where
		if part.Where.SQL != "" {
			conditions = append(conditions[:len(conditions):len(conditions)], part.Where)
		}
		queries[i] = r.Query(ctx).Table("result_value AS " + alias).Clauses(conditions.Where()).
			Clauses(clause.OrderBy{Expression: clause.CommaExpression{Exprs: indexOrder(alias, part, key.Descending, idDescends)}}).
			Select(alias + ".result_id")
	}
	return queries, nil
}

func indexOrder(alias string, part session.IndexRange, descending, idDescends bool) (order []clause.Expression) {
	direction := map[bool]string{true: " DESC"}
	if part.IsSame {
		descending = idDescends
	}
	for _, e := range part.By {
		order = append(order, clause.Expr{SQL: e.SQL + direction[descending], Vars: e.Vars})
	}
	return append(order, clause.Expr{SQL: alias + ".result_id" + direction[idDescends]})
}
