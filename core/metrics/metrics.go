package metrics

import (
	"slices"

	"github.com/eosc-perf/backend/core/domain"
)

// Of returns the metrics of a benchmark, the default first: those that were declared by
// SetMetrics, then those of its schema, then the suggested ones. A declared one replaces
// that of the schema at the same path. Exactly one is the default, if there is any.
func Of(benchmark *domain.Benchmark) []domain.Metric {
	var all []domain.Metric
	for _, metric := range slices.Concat(benchmark.Metrics, FromSchema(benchmark.JSONSchema)) {
		if !contains(all, metric.Path) {
			all = append(all, metric)
		}
	}
	if len(all) == 0 {
		return nil
	}
	first := max(0, slices.IndexFunc(all, func(m domain.Metric) bool { return m.Default }))
	chosen := all[first]
	all = slices.Insert(slices.Delete(all, first, first+1), 0, chosen)
	for i := range all {
		all[i].Default = i == 0
	}
	return all
}

// Find returns the metric of the benchmark at the path; for the empty path the default.
// About a path that nobody declared nothing is known. ok is false if there is no default.
func Find(benchmark *domain.Benchmark, path string) (metric domain.Metric, ok bool) {
	all := Of(benchmark)
	if path == "" {
		if len(all) == 0 {
			return metric, false
		}
		return all[0], true
	}
	for _, candidate := range all {
		if candidate.Path == path {
			return candidate, true
		}
	}
	return domain.UndeclaredMetric(path), true
}
