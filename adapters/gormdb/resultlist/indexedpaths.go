package resultlist

import (
	"context"
	"maps"
	"slices"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// indexedPaths are the ids of the indexed paths of each path, which is written as in
// filters; see session.ValueIndex. A path has one id for each benchmark of the query, or,
// without a benchmark in the query, for each benchmark that names the path.
type indexedPaths struct {
	ids map[string][]int
	key func(filter.Path) string
}

// indexedPaths returns those of the paths in the query that the value index can answer
// for; nil if there are none. Hidden results are not in the index, and sorting
// by it needs one benchmark in the query.
func (r Reader) indexedPaths(ctx context.Context, q ports.ResultQuery) (paths indexedPaths, err error) {
	if q.Uploader != nil {
		return paths, nil
	}
	paths.key = r.Dialect.ValueIndex.Key
	wanted := map[string]bool{}
	for _, f := range q.Filters {
		if isSatisfiable(f) {
			wanted[paths.key(f.Path)] = true
		}
	}
	benchmarks := query.Distinct(q.BenchmarkIDs)
	if len(benchmarks) == 1 {
		for _, key := range q.Sort {
			if key.Path != nil && canExist(key.Path) {
				wanted[paths.key(key.Path)] = true
			}
		}
	}
	delete(wanted, "")
	if len(wanted) == 0 {
		return paths, nil
	}
	paths.ids, err = r.Dialect.ValueIndex.IndexedPaths(ctx, r.Query(ctx), benchmarks, slices.Sorted(maps.Keys(wanted)))
	return paths, err
}

// of returns the ids of the path, nil if the index does not answer for it.
func (p indexedPaths) of(path filter.Path) []int {
	if len(p.ids) == 0 {
		return nil
	}
	return p.ids[p.key(path)]
}

// cover tells whether the value index answers the filter.
func (p indexedPaths) cover(f filter.Condition) bool {
	return len(p.of(f.Path)) > 0 && isSatisfiable(f)
}

// coverAll tells whether the value index answers all of the filters, and there are some.
func (p indexedPaths) coverAll(filters []filter.Condition) bool {
	return len(filters) > 0 && !slices.ContainsFunc(filters, func(f filter.Condition) bool { return !p.cover(f) })
}

// single returns the id of a path that is indexed for exactly one benchmark.
func (p indexedPaths) single(path filter.Path) (id int, ok bool) {
	ids := p.of(path)
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
		Vars: []any{index.Condition("w", p.of(f.Path), f)},
	}
}

// valuesOf chooses the rows of result_value, under the alias v, of the results that
// satisfy all of the filters. The index must cover them. One row is chosen for each
// of these results.
func (p indexedPaths) valuesOf(index session.ValueIndex, filters []filter.Condition) query.Conditions {
	var where query.Conditions
	where.Add("?", index.Condition("v", p.of(filters[0].Path), filters[0]))
	for _, f := range filters[1:] {
		where.Add("v.result_id IN (?)", p.resultsWith(index, f))
	}
	return where
}
