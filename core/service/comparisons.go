package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// Comparisons are the use cases that describe and compare groups of results.
type Comparisons struct {
	storage ports.Storage
	clock   ports.Clock
	answers *answers
	values  *values
}

// MetricQuestion chooses results and the metric of an answer.
type MetricQuestion struct {
	Results ports.ResultQuery
	// Metric is a path; empty for the default of the benchmark.
	Metric  string
	GroupBy []comparison.Dimension
	// PerResource relates the values to the metric's resource. Points have the values as they are.
	PerResource bool
	// Asked is the same for the same question only. An answer is kept by it as long as the
	// results are the same; with an empty text it is not kept.
	Asked string
}

// QueryError says which key of a query is wrong.
type QueryError struct {
	Key, Message string
}

// Error implements error.
func (e *QueryError) Error() string { return e.Key + ": " + e.Message }

// CompareQuestion asks for groups side by side.
type CompareQuestion struct {
	MetricQuestion
	comparison.CompareQuestion

	// Materiality replaces that of the metric; nil for none.
	Materiality *float64
}

// Compare describes groups of results and compares them. Errors: NotFound for the
// benchmark, a *QueryError, ErrNoSuchPage.
func (s *Comparisons) Compare(ctx context.Context, caller domain.Caller, q CompareQuestion) (*comparison.Comparison, error) {
	if err := caller.May(domain.CompareResults); err != nil {
		return nil, err
	}
	weigh := func(c *comparison.Comparison) int { return len(c.Groups.Items) }
	return ask(ctx, s.answers, s.storage.Repos().Measurements, q.asking(domain.CompareResults), weigh,
		func() (*comparison.Comparison, error) { return s.compare(ctx, q) })
}

// fewResults is the number of results up to which a comparison takes no longer than the page that shows it.
const fewResults = 1000

// CompareAtOnce is Compare where the answer is at hand: it is kept, or the benchmarks have few results. Else it
// is nil, and no result was read.
func (s *Comparisons) CompareAtOnce(ctx context.Context, caller domain.Caller, q CompareQuestion) (*comparison.Comparison, error) {
	if err := caller.May(domain.CompareResults); err != nil {
		return nil, err
	}
	repos := s.storage.Repos()
	key, err := s.answers.keyOf(ctx, repos.Measurements, q.asking(domain.CompareResults))
	if err != nil {
		return nil, err
	}
	if kept, ok := s.answers.get(key).(*comparison.Comparison); ok {
		return kept, nil
	}
	few := ports.ResultQuery{BenchmarkIDs: q.Results.BenchmarkIDs}
	few.Page, few.Sort = domain.PageRequest{Number: 1, Size: 1}, []filter.Key{{Field: "execution_datetime"}}
	results, err := repos.Results.List(ctx, few)
	if err != nil || results.Total > fewResults {
		return nil, err
	}
	return s.Compare(ctx, caller, q)
}

func (s *Comparisons) compare(ctx context.Context, q CompareQuestion) (*comparison.Comparison, error) {
	question, items, err := s.measure(ctx, q.MetricQuestion, nil)
	if err != nil {
		return nil, err
	}
	if q.Materiality != nil {
		question.Metric.Materiality = *q.Materiality
	}
	q.Question = question
	answer, err := comparison.Compare(ctx, q.CompareQuestion, items)
	switch {
	case errors.Is(err, comparison.ErrNoBaseline):
		return nil, &QueryError{"baseline", "No group has this name or id."}
	case errors.Is(err, comparison.ErrSeveralBaselines):
		return nil, &QueryError{"baseline", "Several groups have this name; use the id."}
	case err != nil:
		return nil, err
	case !answer.Groups.Exists():
		return nil, ErrNoSuchPage
	}
	return answer, nil
}

func hasResource(metric domain.Metric) error {
	switch {
	case metric.Resource == "":
		return &QueryError{"per", "The metric declares no resource."}
	case metric.Better == domain.NoneBetter:
		return &QueryError{"per", "The metric does not declare whether lower or higher is better."}
	}
	return nil
}

// DistributionQuestion asks how the values of groups are distributed.
type DistributionQuestion struct {
	MetricQuestion
	comparison.DistributionQuestion
}

// Distribute describes the distributions of groups. Errors: NotFound for the benchmark, a
// *QueryError.
func (s *Comparisons) Distribute(ctx context.Context, caller domain.Caller, q DistributionQuestion) (*comparison.Distribution, error) {
	if err := caller.May(domain.DistributionResults); err != nil {
		return nil, err
	}
	weigh := func(d *comparison.Distribution) int { return len(d.Groups) * mostSteps }
	return ask(ctx, s.answers, s.storage.Repos().Measurements, q.asking(domain.DistributionResults), weigh,
		func() (*comparison.Distribution, error) {
			question, items, err := s.measure(ctx, q.MetricQuestion, nil)
			if err != nil {
				return nil, err
			}
			q.Question = question
			return comparison.Distribute(ctx, q.DistributionQuestion, items)
		})
}

// SeriesQuestion asks for points to draw.
type SeriesQuestion struct {
	MetricQuestion
	comparison.SeriesQuestion
}

// Plot returns points. Errors: NotFound for the benchmark, a *QueryError.
func (s *Comparisons) Plot(ctx context.Context, caller domain.Caller, q SeriesQuestion) (*comparison.Series, error) {
	if err := caller.May(domain.SeriesResults); err != nil {
		return nil, err
	}
	weigh := func(series *comparison.Series) int { return len(series.Points) }
	return ask(ctx, s.answers, s.storage.Repos().Measurements, q.asking(domain.SeriesResults), weigh,
		func() (*comparison.Series, error) {
			question, items, err := s.measure(ctx, q.MetricQuestion, &q.SeriesQuestion)
			if err != nil {
				return nil, err
			}
			q.Question = question
			return comparison.Plot(ctx, q.SeriesQuestion, items)
		})
}

// TrendQuestion asks how groups changed with time.
type TrendQuestion struct {
	MetricQuestion
	comparison.TrendQuestion
}

// Follow returns groups over time. Errors: NotFound for the benchmark, a *QueryError.
func (s *Comparisons) Follow(ctx context.Context, caller domain.Caller, q TrendQuestion) (*comparison.Trend, error) {
	if err := caller.May(domain.TrendResults); err != nil {
		return nil, err
	}
	weigh := func(t *comparison.Trend) int {
		weight := 0
		for _, course := range t.Groups {
			weight += len(course.Parts) + len(course.Changes) + len(course.Runs)
		}
		return weight
	}
	return ask(ctx, s.answers, s.storage.Repos().Measurements, q.asking(domain.TrendResults), weigh,
		func() (*comparison.Trend, error) {
			question, items, err := s.measure(ctx, q.MetricQuestion, nil)
			if err != nil {
				return nil, err
			}
			q.Question = question
			return comparison.Follow(ctx, q.TrendQuestion, items)
		})
}

// Survey counts what the results of a question have in common: what the question could be
// narrowed to. Errors: NotFound for the benchmark, a *QueryError.
func (s *Comparisons) Survey(ctx context.Context, caller domain.Caller, q MetricQuestion) (*comparison.Overview, error) {
	if err := caller.May(domain.CompareResults); err != nil {
		return nil, err
	}
	weigh := func(o *comparison.Overview) int { return len(o.Sites) + len(o.Machines) + len(o.Resources) }
	if q.Asked != "" {
		q.Asked = "survey " + q.Asked
	}
	return ask(ctx, s.answers, s.storage.Repos().Measurements, q.asking(domain.CompareResults), weigh,
		func() (*comparison.Overview, error) {
			question, items, err := s.measure(ctx, q, nil)
			if err != nil {
				return nil, err
			}
			return comparison.Survey(ctx, question, items)
		})
}

// Version is another after each change of the results of the benchmarks and of the tags that they
// bear, and of any benchmark, site, flavor or tag: as long as it is the same, so are the answers.
func (s *Comparisons) Version(ctx context.Context, caller domain.Caller, benchmarkIDs []uuid.UUID) (ports.DataVersion, error) {
	if err := caller.May(domain.CompareResults); err != nil {
		return ports.DataVersion{}, err
	}
	return s.storage.Repos().Measurements.Version(ctx, benchmarkIDs)
}

// mostSteps is about the number of points of a distribution function.
const mostSteps = 200

// measure reads the measurements for a question. The coordinates of a series are values to
// read too.
func (s *Comparisons) measure(
	ctx context.Context, q MetricQuestion, series *comparison.SeriesQuestion,
) (question comparison.Question, items domain.Measurements, err error) {
	q.Results.BenchmarkIDs = domain.DistinctIDs(q.Results.BenchmarkIDs)
	declared, err := s.metricsOf(ctx, q)
	if err != nil {
		return question, items, err
	}
	question = comparison.Question{Metric: declared[0], GroupBy: q.GroupBy, PerResource: q.PerResource, Now: s.clock.Now()}
	if q.PerResource {
		if err := hasResource(question.Metric); err != nil {
			return question, items, err
		}
	}
	paths, withTags := question.Paths(), slices.Contains(q.GroupBy, comparison.ByTag)
	if series != nil {
		paths, withTags = series.Paths(), slices.Contains([]comparison.Axis{series.X, series.Y, series.Color}, comparison.ByTag)
	}
	query := ports.MeasurementQuery{ResultQuery: q.Results, Metrics: declared, WithTags: withTags}
	query.All = series != nil
	for _, path := range paths {
		query.Others = append(query.Others, metrics.Path(path))
	}
	stored := s.storage.Repos().Measurements
	items, question.MixedUnits, err = readOnce(ctx, query, func() (domain.Measurements, bool, error) {
		return s.values.read(ctx, stored, query, func() (domain.Measurements, bool, error) {
			items, err := stored.Measure(ctx, query)
			if err != nil {
				return items, false, err
			}
			mixed, err := convert(items.Items, q.Results.BenchmarkIDs, declared)
			return items, mixed, err
		})
	})
	return question, items, err
}

// metricsOf are the metrics of the benchmarks of the question: that which the question names,
// else the default of the first one.
func (s *Comparisons) metricsOf(ctx context.Context, q MetricQuestion) ([]domain.Metric, error) {
	if len(q.Results.BenchmarkIDs) == 0 {
		return nil, &QueryError{"benchmark_id", "Missing data for required field."}
	}
	var found []domain.Metric
	path := q.Metric
	for _, id := range q.Results.BenchmarkIDs {
		benchmark, err := benchmarkOnce(ctx, s.storage.Repos(), id)
		if err != nil {
			return nil, err
		}
		metric, ok := metrics.Find(benchmark, path)
		if !ok {
			return nil, &QueryError{"metric", "The benchmark declares no metric: name the path of a number."}
		}
		path = metric.Path
		found = append(found, metric)
	}
	return found, nil
}

// convert converts the values of all benchmarks to the unit of the first one; mixed is true
// if there was another unit. Error: a *QueryError if there is no conversion.
func convert(items []domain.Measurement, benchmarks []uuid.UUID, declared []domain.Metric) (mixed bool, err error) {
	factors := map[uuid.UUID]float64{}
	for i, metric := range declared {
		factor, ok := metrics.Factor(metric.Unit, declared[0].Unit)
		if !ok {
			return false, &QueryError{"benchmark_id", fmt.Sprintf(
				"The metric is in the units %q and %q, between which there is no conversion.", declared[0].Unit, metric.Unit)}
		}
		factors[benchmarks[i]] = factor
		mixed = mixed || metric.Unit != declared[0].Unit
	}
	if mixed {
		for i := range items {
			items[i].Value *= factors[items[i].BenchmarkID]
		}
	}
	return mixed, nil
}
