package resultlist

import (
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// byValueIndex reads rows of the value index only; the table result is about fifty times as
// large:
//
//	SELECT v.result_id FROM result_value AS v JOIN result_value AS s ON s.result_id = v.result_id AND row to sort by
//	WHERE v satisfies the first filter AND v.result_id IN (results that satisfy another filter) ...
//	ORDER BY s, v.result_id LIMIT size OFFSET offset
func (r Reader) byValueIndex(p planned) strategy {
	sel := r.valuesOfFilters(p.query, p.paths)
	sel.CountFast = known(p.facts.Matching)
	return scan(sel)
}

// valuesOfFilters selects rows of the value index, one for each result that satisfies the
// filters, all of which the index covers.
func (r Reader) valuesOfFilters(q ports.ResultQuery, paths indexedPaths) query.Selection {
	index := r.Dialect.ValueIndex
	table, values, where := paths.valuesOf(index, q.Filters)
	return query.Selection{
		Table: table, Values: values, ID: "v.result_id", Where: where, ListOptions: q.ListOptions,
		Columns: map[string]query.Column{"id": {SQL: "v.result_id"}, filter.JSONField: {IsJSON: true, IsPresent: true}},
		OrderByValue: func(path filter.Path, _ string) ([]clause.Expr, clause.Expr) {
			id, ok := paths.single(path)
			if !ok { // the path cannot exist
				return nil, clause.Expr{}
			}
			return index.Join("v.result_id", id, path)
		},
	}
}
