package ports

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
)

// MeasurementQuery asks for the measurements of a metric.
type MeasurementQuery struct {
	// ResultQuery chooses the results, of at least one benchmark; its page and order do not
	// matter.
	ResultQuery

	// Metrics are those of the benchmarks, in the order of BenchmarkIDs, which are different.
	Metrics []domain.Metric
	// Others are further paths whose values are wanted.
	Others []filter.Path
	// All asks also for the results without a value of the metric.
	All bool
	// WithTags asks for the tags of the results.
	WithTags bool
}

// DataVersion is the version of what measurements depend on.
type DataVersion struct{ Results, References int64 }

// Measurements reads what results say about metrics.
type Measurements interface {
	// Measure returns the measurements of all chosen results that have a value of the
	// metric, or of all if q.All is true, sorted by the id of the result. All are of one state of the database.
	Measure(ctx context.Context, q MeasurementQuery) (domain.Measurements, error)
	// Version returns the version of the results of these benchmarks, or of all for none, with the tags that they
	// bear, and of all benchmarks, sites, flavors and tags. It is another after each change of
	// one of them, and after the values of a metric were derived.
	Version(ctx context.Context, benchmarkIDs []uuid.UUID) (DataVersion, error)
	// Present tells whether the benchmark has visible results, and for each of the paths
	// whether one of them has a value other than null there.
	Present(ctx context.Context, benchmarkID uuid.UUID, paths []filter.Path) (hasResults bool, present []bool, err error)
}
