package resultlist

import (
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/core/filter"
)

// inIndexOrder reads the rows of the value index of the path to sort by, in the order of the
// index. PostgreSQL turns "x IN (SELECT ...)" into a join, which loses the order of the index;
// it does not for "(x IN (SELECT ...)) IS TRUE", which becomes a hash table:
//
//	SELECT s.result_id FROM result_value AS s
//	WHERE row to sort by AND (s.result_id IN (results that satisfy a filter)) IS TRUE ...
//	ORDER BY s, s.result_id LIMIT size OFFSET offset
func (r Reader) inIndexOrder(p planned) strategy {
	const alias = "s"
	index := r.Dialect.ValueIndex
	id, _ := p.paths.single(p.query.Sort[0].Path) // the plan needs it
	var where query.Conditions
	where.Add(index.SortRow(alias, id))
	for _, f := range p.query.Filters {
		where.Add("("+alias+".result_id IN (?)) IS TRUE", p.paths.resultsWith(index, f))
	}
	return scanAfter(index.PreferIndexOrder(), query.Selection{
		Table: "result_value AS " + alias, ID: alias + ".result_id", Where: where, ListOptions: p.query.ListOptions,
		Columns: map[string]query.Column{"id": {SQL: alias + ".result_id"}, filter.JSONField: {IsJSON: true, IsPresent: true}},
		OrderByValue: func(path filter.Path, _ string) ([]clause.Expr, clause.Expr) {
			return index.Order(alias, path), clause.Expr{}
		},
		CountFast: known(p.facts.Matching),
	})
}
