package resultlist

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// declaredUnits are those of all benchmarks, by the canonical form of the path.
type declaredUnits map[string][]declaredUnit

// of returns the unit that the benchmark declares for numbers at the path, the zero Unit for none.
func (u declaredUnits) of(path string, benchmark tables.Key) filter.Unit {
	for _, declared := range u[path] {
		if slices.Contains(declared.benchmarks, benchmark) {
			return declared.unit
		}
	}
	return filter.Unit{}
}

// declaredUnit is a unit that metrics of benchmarks declare for the numbers at one path.
type declaredUnit struct {
	unit       filter.Unit
	benchmarks []tables.Key
}

func hasUnit(c filter.Comparison) bool {
	return slices.ContainsFunc(c.Values, func(v filter.Value) bool { return v.Unit != (filter.Unit{}) })
}

// maxUnitBenchmarks is how many benchmarks are looked at for units, if the query names none.
const maxUnitBenchmarks = 1000

// mayDeclareUnits chooses benchmarks whose metrics or schema may declare a unit.
const mayDeclareUnits = `CAST(metrics AS text) LIKE '%"unit"%' OR CAST(json_schema AS text) LIKE '%"metric"%'`

// declaredUnits returns the units that metrics declare for the paths that the filters and the
// expression of the query compare with quantities.
func (r Reader) declaredUnits(ctx context.Context, q ports.ResultQuery) (declaredUnits, error) {
	var comparisons []filter.Comparison
	for _, f := range q.Filters {
		comparisons = append(comparisons, f.Comparison())
	}
	if q.Where != nil {
		comparisons = append(comparisons, q.Where.Comparisons()...)
	}
	paths := map[string]bool{}
	for _, c := range comparisons {
		if hasUnit(c) {
			paths[c.Operand.Path.String()] = true
		}
	}
	if len(paths) == 0 {
		return nil, nil
	}
	ids := query.Distinct(q.BenchmarkIDs)
	if len(ids) == 0 {
		var keys []tables.Key
		err := r.Query(ctx).Table("benchmark").Select("id").Where(mayDeclareUnits).Order("id").Limit(maxUnitBenchmarks).Scan(&keys).Error
		if err != nil {
			return nil, r.Failed(ctx, err, "find benchmarks with units")
		}
		for _, key := range keys {
			ids = append(ids, uuid.UUID(key))
		}
	}
	found, err := r.References.Find(ctx, r.Session, nil, references.IDs{Benchmarks: ids})
	if err != nil {
		return nil, err
	}
	units := declaredUnits{}
	for _, id := range ids {
		benchmark := found.Benchmarks[id]
		if benchmark == nil {
			continue
		}
		for _, metric := range metrics.Of(benchmark) {
			if unit, ok := filter.ParseUnit(metric.Unit); ok && paths[metric.Path] {
				units[metric.Path] = withBenchmark(units[metric.Path], unit, tables.Key(id))
			}
		}
	}
	return units, nil
}

func withBenchmark(units []declaredUnit, unit filter.Unit, id tables.Key) []declaredUnit {
	for i := range units {
		if units[i].unit == unit {
			units[i].benchmarks = append(units[i].benchmarks, id)
			return units
		}
	}
	return append(units, declaredUnit{unit, []tables.Key{id}})
}
