package resultlist

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// indexedPaths are the ids of the indexed paths of each path, which is written as in
// filters; see session.ValueIndex. A path has one id for each benchmark of the query, or,
// without a benchmark in the query, for each benchmark that names the path.
type indexedPaths map[string][]int

// indexedPaths returns those of the paths in the query that the value index can answer
// for; nil if there are none. Hidden results are not in the index, and sorting
// by it needs one benchmark in the query.
func (r Reader) indexedPaths(ctx context.Context, q ports.ResultQuery) (indexedPaths, error) {
	if q.Uploader != nil {
		return nil, nil
	}
	wanted := map[string]bool{}
	for _, f := range q.Filters {
		if isSatisfiable(f) {
			wanted[indexKey(f.Path)] = true
		}
	}
	benchmarks := query.Distinct(q.BenchmarkIDs)
	if len(benchmarks) == 1 {
		for _, key := range q.Sort {
			if key.Path != nil && canExist(key.Path) {
				wanted[indexKey(key.Path)] = true
			}
		}
	}
	delete(wanted, "")
	if len(wanted) == 0 {
		return nil, nil
	}
	paths := make([]string, 0, len(wanted))
	for path := range wanted {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return r.Dialect.ValueIndex.IndexedPaths(ctx, r.Query(ctx), benchmarks, paths)
}

// indexKey is the path as the value index names it: its names, with dots between them. It is
// empty for a path that is in no index: one with a selector, or a name with a dot.
func indexKey(path filter.Path) string {
	if !path.IsPlain() || slices.ContainsFunc(path, func(part filter.Part) bool { return strings.Contains(part.Name, ".") }) {
		return ""
	}
	return strings.Join(path.Names(), ".")
}

// cover tells whether the value index answers the filter.
func (p indexedPaths) cover(f filter.Condition) bool {
	return len(p[indexKey(f.Path)]) > 0 && isSatisfiable(f)
}

// coverAll tells whether the value index answers all of the filters, and there are some.
func (p indexedPaths) coverAll(filters []filter.Condition) bool {
	return len(filters) > 0 && !slices.ContainsFunc(filters, func(f filter.Condition) bool { return !p.cover(f) })
}

// single returns the id of a path that is indexed for exactly one benchmark.
func (p indexedPaths) single(path filter.Path) (id int, ok bool) {
	ids := p[indexKey(path)]
	if len(ids) != 1 {
		return 0, false
	}
	return ids[0], true
}

// coverSort tells whether the value index and the ids are enough to sort by, and there
// is an order. No result has a value at a path that cannot exist.
func (p indexedPaths) coverSort(keys []filter.Key) bool {
	return len(keys) > 0 && !slices.ContainsFunc(keys, func(key filter.Key) bool {
		if key.Field == "id" {
			return false
		}
		if key.Path == nil {
			return true
		}
		_, ok := p.single(key.Path)
		return canExist(key.Path) && !ok
	})
}

// resultsWith is a query for the ids of the results that satisfy the filter.
func (p indexedPaths) resultsWith(index session.ValueIndex, f filter.Condition) clause.Expr {
	return clause.Expr{
		SQL:  "SELECT w.result_id FROM result_value AS w WHERE ?",
		Vars: []any{index.Condition("w", p[indexKey(f.Path)], f)},
	}
}

// valuesOf chooses the rows of result_value, under the alias v, of the results that
// satisfy all of the filters. The index must cover them. One row is chosen for each
// of these results.
func (p indexedPaths) valuesOf(index session.ValueIndex, filters []filter.Condition) query.Conditions {
	var where query.Conditions
	where.Add("?", index.Condition("v", p[indexKey(filters[0].Path)], filters[0]))
	for _, f := range filters[1:] {
		where.Add("v.result_id IN (?)", p.resultsWith(index, f))
	}
	return where
}

// joinValue orders rows, which have the ids of results in a column, by the values of
// an indexed path.
func joinValue(index session.ValueIndex, column string, id int, path filter.Path) (by []clause.Expr, join clause.Expr) {
	alias := fmt.Sprintf("s%d", id)
	join.SQL = strings.Join([]string{
		"JOIN result_value AS", alias, "ON", alias + ".result_id =", column, "AND", index.SortRow(alias, id),
	}, " ")
	return index.Order(alias, path), join
}
