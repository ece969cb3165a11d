package resultlist

import (
	"context"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// indexedPaths are the indexed paths of each path, which is written as in filters; see
// session.ValueIndex. A path has one for each benchmark of the query, or, without a benchmark
// in the query, for each benchmark that names the path.
type indexedPaths struct {
	found map[string][]session.IndexedPath
	key   func(filter.Path) string
	// units are those of the paths that the query compares with quantities.
	units declaredUnits
	// decided are the answers of large documents, which are in no index.
	decided decided
	// sorted are the keys of large documents, which are in no index.
	sorted sortedBy
}

// indexedPaths returns those of the paths in the query that the value index can answer
// for; none if there are none. Hidden results are not in the index, and sorting
// by it needs one benchmark in the query.
func (r Reader) indexedPaths(ctx context.Context, q ports.ResultQuery) (paths indexedPaths, err error) {
	if paths.units, err = r.declaredUnits(ctx, q); err != nil {
		return paths, err
	}
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
	paths.found, err = r.Dialect.ValueIndex.IndexedPaths(ctx, r.Query(ctx), benchmarks, slices.Sorted(maps.Keys(wanted)))
	return paths, err
}

// ofDocuments is what is known about documents, without the index.
func (p indexedPaths) ofDocuments() indexedPaths {
	return indexedPaths{decided: p.decided, sorted: p.sorted}
}

// of returns the indexed paths, nil if the index does not answer for the path.
func (p indexedPaths) of(path filter.Path) []session.IndexedPath {
	if len(p.found) == 0 {
		return nil
	}
	return p.found[p.key(path)]
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
	found := p.of(path)
	if len(found) != 1 {
		return 0, false
	}
	return found[0].ID, true
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

// rows are conditions on rows of the value index, under the alias: a result satisfies the filter
// if one of its rows satisfies one of them.
func (p indexedPaths) rows(index session.ValueIndex, alias string, f filter.Condition) (conditions []clause.Expr) {
	c := f.Comparison()
	known := func(resultID string, read clause.Expr) clause.Expr {
		return p.decided.or(f.Comparison(), resultID, read)
	}
	inUnit := map[filter.Unit][]int{}
	for _, path := range p.of(f.Path) {
		unit := filter.Unit{}
		if f.Unit != (filter.Unit{}) {
			unit = p.units.of(f.Path.String(), path.Benchmark)
		}
		inUnit[unit] = append(inUnit[unit], path.ID)
	}
	for _, unit := range slices.SortedFunc(maps.Keys(inUnit), func(a, b filter.Unit) int { return strings.Compare(a.Symbol, b.Symbol) }) {
		c.NumbersIn = unit
		conditions = append(conditions, index.Conditions(alias, inUnit[unit], c, known)...)
	}
	return conditions
}

// resultsWith is a query for the ids of the results that satisfy the filter. No id comes twice.
func (p indexedPaths) resultsWith(index session.ValueIndex, f filter.Condition) clause.Expr {
	const alias = "w"
	selects, union := "SELECT ", " UNION ALL "
	if f.Path.HasAny() { // several rows of a result may satisfy the filter
		selects, union = "SELECT DISTINCT ", " UNION "
	}
	var parts []string
	var values []any
	for _, condition := range p.rows(index, alias, f) {
		parts = append(parts, selects+alias+".result_id FROM "+index.Table(f.Path)+" AS "+alias+" WHERE ?")
		values = append(values, condition)
	}
	return clause.Expr{SQL: strings.Join(parts, union), Vars: values}
}

// valuesOf chooses rows, under the alias v, for the results that satisfy all of the filters: one
// for each of these results. The index must cover the filters.
func (p indexedPaths) valuesOf(index session.ValueIndex, filters []filter.Condition) (table string, values []any, where query.Conditions) {
	first := filters[0]
	if conditions := p.rows(index, "v", first); len(conditions) == 1 && !first.Path.HasAny() {
		table = index.Table(first.Path) + " AS v"
		where = append(where, conditions[0])
	} else {
		table, values = "(?) AS v", []any{p.resultsWith(index, first)}
	}
	for _, f := range filters[1:] {
		where.Add("v.result_id IN (?)", p.resultsWith(index, f))
	}
	return table, values, where
}
