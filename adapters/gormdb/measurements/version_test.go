package measurements_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/measurements"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Answers are kept by the version: it is another after each change that one of them depends on.
func TestEveryChangeIsAnotherVersion(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		results, metric := withMetric(4)
		benchmark := results[0].Benchmark.ID
		var lastOne, lastOfAll ports.DataVersion
		version := func() ports.DataVersion {
			found, err := store.Repos().Measurements.Version(t.Context(), []uuid.UUID{benchmark})
			if err != nil {
				t.Fatal(err)
			}
			ofAll, err := store.Repos().Measurements.Version(t.Context(), nil)
			if err != nil || ofAll == lastOfAll && found != lastOne {
				t.Errorf("the version of all results is still %v, %v", ofAll, err)
			}
			lastOne, lastOfAll = found, ofAll
			return found
		}
		tag := &domain.Tag{ID: uuid.New(), Name: "tag"}
		set := func(ids ...uuid.UUID) func(context.Context, ports.Repos) error {
			return func(ctx context.Context, r ports.Repos) error { return r.Results.SetTags(ctx, results[0].ID, ids) }
		}
		last := version()
		storetest.MustAdd(t, store, results[:3])
		if now := version(); now == last {
			t.Errorf("after the first results the version is still %v", now)
		} else {
			last = now
		}
		for _, step := range []struct {
			what string
			do   func(context.Context, ports.Repos) error
			// alone is what is done outside of a unit of work.
			alone func()
		}{
			{what: "another result", do: func(ctx context.Context, r ports.Repos) error { return r.Results.Add(ctx, results[3]) }},
			{what: "a tag", do: func(ctx context.Context, r ports.Repos) error { return r.Tags.Add(ctx, tag) }},
			{what: "a result with the tag", do: set(tag.ID)},
			{what: "a result without", do: set()},
			{what: "with it again", do: set(tag.ID)},
			{what: "another name", do: func(ctx context.Context, r ports.Repos) error {
				return r.Tags.Update(ctx, &domain.Tag{ID: tag.ID, Name: "renamed"})
			}},
			{what: "other metrics", do: func(ctx context.Context, r ports.Repos) error {
				return r.Benchmarks.SetMetrics(ctx, benchmark, []domain.Metric{metric, {Path: "cores", Source: domain.DeclaredMetric}})
			}},
			{what: "a tie that another program removed", alone: func() { storetest.Execute(t, store, "DELETE FROM result_tags") }},
			{what: "a metric that is being derived", alone: func() { storetest.Execute(t, store, "UPDATE metric_path SET filled = FALSE") }},
			{what: "a derived metric", alone: func() {
				if err := store.DeriveMetrics(t.Context(), slog.New(slog.DiscardHandler)); err != nil {
					t.Error(err)
				}
			}},
		} {
			if step.alone != nil {
				step.alone()
			} else if err := store.Do(t.Context(), step.do); err != nil {
				t.Fatalf("%s: %v", step.what, err)
			}
			if now := version(); now == last {
				t.Errorf("after %s the version is still %v", step.what, now)
			} else {
				last = now
			}
			if now := version(); now != last {
				t.Errorf("nothing happened after %s, but the version %v became %v", step.what, last, now)
			}
		}
	})
}

// While the values of a metric are being derived, answers come from the documents, are complete,
// and say how far the work is.
func TestMeasurementsTellThatTheirMetricIsBeingDerived(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		results, metric := withMetric(6)
		results[0].Benchmark.Metrics = nil
		storetest.MustAdd(t, store, results)
		benchmark, silent := results[0].Benchmark.ID, slog.New(slog.DiscardHandler)
		if err := store.DeriveMetrics(t.Context(), silent); err != nil {
			t.Fatal(err)
		}
		want := func(when string, deriving *domain.Derivation) {
			t.Helper()
			found, err := store.Repos().Measurements.Measure(t.Context(), ports.MeasurementQuery{
				ResultQuery: ports.ResultQuery{BenchmarkIDs: []uuid.UUID{benchmark}}, Metrics: []domain.Metric{metric},
			})
			if err != nil || len(found.Items) != 6 || found.Items[5].Value != 2 {
				t.Fatalf("%s: %v, %v", when, write(found), err)
			}
			if got := found.Deriving; (got == nil) != (deriving == nil) || got != nil && *got != *deriving {
				t.Errorf("%s: %v, want %v", when, got, deriving)
			}
		}
		// Not in a unit of work: nothing is declared yet.
		if err := store.Repos().Benchmarks.SetMetrics(t.Context(), benchmark, []domain.Metric{metric}); err != nil {
			t.Fatal(err)
		}
		want("before the declaration", &domain.Derivation{Done: 0, Total: 6})
		declare := func(ctx context.Context, r ports.Repos) error {
			return r.Benchmarks.SetMetrics(ctx, benchmark, []domain.Metric{metric})
		}
		if err := store.Do(t.Context(), declare); err != nil {
			t.Fatal(err)
		}
		want("few results are derived with the declaration", nil)
		storetest.ExecuteAll(t, store, "UPDATE metric_path SET filled = FALSE",
			"DELETE FROM result_metric WHERE result_id = '"+results[0].ID.String()+"' OR result_id = '"+results[1].ID.String()+"'")
		want("in the middle", &domain.Derivation{Done: 4, Total: 6})
		if err := store.DeriveMetrics(t.Context(), silent); err != nil {
			t.Fatal(err)
		}
		want("after all", nil)
		storetest.WantNoDifferences(t, store, "deriving")
		undeclared := domain.UndeclaredMetric("t")
		found, err := store.Repos().Measurements.Measure(t.Context(), ports.MeasurementQuery{
			ResultQuery: ports.ResultQuery{BenchmarkIDs: []uuid.UUID{benchmark}}, Metrics: []domain.Metric{undeclared},
		})
		if err != nil || found.Deriving != nil {
			t.Errorf("a metric that nobody declared: %v, %v", found.Deriving, err)
		}
	})
}

// Many results are left to the background, which is told after the commit.
func TestManyResultsAreDerivedInTheBackground(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		results, metric := withMetric(measurements.FillSize + 1)
		results[0].Benchmark.Metrics = nil
		storetest.MustAdd(t, store, results)
		err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
			return r.Benchmarks.SetMetrics(ctx, results[0].Benchmark.ID, []domain.Metric{metric})
		})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-store.Declared():
		default:
			t.Error("nobody was told of the declaration")
		}
		if err := store.DeriveMetrics(t.Context(), slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		storetest.WantNoDifferences(t, store, "deriving many results")
		if n := storetest.Query[int](t, store, "SELECT count(*) FROM result_metric")[0]; n != len(results) {
			t.Errorf("%d values of %d results", n, len(results))
		}
	})
}
