package service

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// Metrics are the use cases of the metrics of benchmarks.
type Metrics struct {
	storage ports.Storage
	clock   ports.Clock
}

// List returns the metrics of a benchmark, the default first. Error: NotFound.
func (s *Metrics) List(ctx context.Context, caller domain.Caller, benchmarkID uuid.UUID) ([]domain.Metric, error) {
	if err := caller.May(domain.ListMetrics); err != nil {
		return nil, err
	}
	benchmark, err := getBenchmark(ctx, s.storage.Repos(), benchmarkID)
	if err != nil {
		return nil, err
	}
	return metrics.Of(benchmark), nil
}

var errNotTheirMetrics = domain.Forbiddenf(
	"The metrics of a benchmark are for administrators, and for its uploader while the benchmark is on review")

// Set replaces the metrics that were declared this way by those in the body. If the
// benchmark has results, one of them must have each of the paths, unless force is true.
// Errors: NotFound; Forbidden if the caller is neither an administrator nor the uploader of
// a benchmark on review; Invalid with a pointer into the body.
func (s *Metrics) Set(ctx context.Context, caller domain.Caller, benchmarkID uuid.UUID, body document.Value, force bool) error {
	if err := caller.May(domain.SetMetrics); err != nil {
		return err
	}
	declared, err := metrics.Parse(body)
	if err != nil {
		return err
	}
	benchmark, err := getBenchmark(ctx, s.storage.Repos(), benchmarkID)
	if err != nil {
		return err
	}
	if err := maySetMetrics(caller, benchmark); err != nil {
		return err
	}
	if err := metrics.CheckNames(declared, metrics.Of(benchmark)); err != nil {
		return err
	}
	if !force {
		if err := s.checkPaths(ctx, benchmarkID, declared); err != nil {
			return err
		}
	}
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		current, err := r.Benchmarks.GetForReview(ctx, benchmarkID)
		if current, err = found(current, err, "Benchmark", benchmarkID); err != nil {
			return err
		}
		if err := maySetMetrics(caller, current); err != nil {
			return err
		}
		if err := r.Benchmarks.SetMetrics(ctx, benchmarkID, declared); err != nil {
			return err
		}
		return ports.Record(ctx, r, domain.Event{
			At: s.clock.Now(), Role: caller.RoleOn(current.Uploader), Actor: caller.Actor(), Action: domain.SetMetrics.ID,
			Resource: domain.BenchmarkResource, ResourceID: benchmarkID,
			Changes: audit.Changed(audit.Fields{"metrics": noneIfEmpty(current.Metrics)}, audit.Fields{"metrics": noneIfEmpty(declared)}),
		})
	})
}

// noneIfEmpty returns an empty list for none, so that both are the same in events.
func noneIfEmpty(list []domain.Metric) []domain.Metric {
	if list == nil {
		return []domain.Metric{}
	}
	return list
}

func maySetMetrics(caller domain.Caller, benchmark *domain.Benchmark) error {
	isAdministrator := caller.May(domain.UpdateBenchmark) == nil
	isOwner := caller.MayOn(domain.SetMetrics, benchmark.Uploader) == nil
	if isAdministrator || isOwner && !benchmark.IsApproved() {
		return nil
	}
	return errNotTheirMetrics
}

// checkPaths returns an error about the first path that no result of the benchmark has.
func (s *Metrics) checkPaths(ctx context.Context, benchmarkID uuid.UUID, declared []domain.Metric) error {
	var paths []filter.Path
	var pointers []string
	for i, metric := range declared {
		for _, member := range []struct{ name, path string }{
			{"path", metric.Path}, {"samples", metric.Samples}, {"resource", metric.Resource}, {"label", metric.Label},
		} {
			if member.path != "" {
				paths = append(paths, metrics.Path(member.path))
				pointers = append(pointers, fmt.Sprintf("/metrics/%d/%s", i, member.name))
			}
		}
	}
	hasResults, present, err := s.storage.Repos().Measurements.Present(ctx, benchmarkID, paths)
	if err != nil || !hasResults {
		return err
	}
	for i, there := range present {
		if !there {
			return domain.InvalidAt(pointers[i], "No result of the benchmark has a value at this path; force=true declares it nevertheless.")
		}
	}
	return nil
}
