package service

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// readings keeps the measurements that one request read, for its questions about the same results: what
// they have in common, and how they compare.
type readings struct {
	mutex sync.Mutex
	kept  []*reading

	// facts guards what measurements need while they are read.
	facts sync.Mutex
	// versions are those of the results of benchmarks, whose ids are the key; benchmarks are those of questions.
	versions   map[string]ports.DataVersion
	benchmarks map[uuid.UUID]*domain.Benchmark
}

type reading struct {
	query ports.MeasurementQuery
	items domain.Measurements
	mixed bool
}

type readingKey struct{}

// WithOneReading returns a context in which questions about the same results read them once. It is for
// one request: its results are those of the first question. Many results are kept until others are read.
func WithOneReading(ctx context.Context) context.Context {
	return context.WithValue(ctx, readingKey{}, &readings{
		versions: map[string]ports.DataVersion{}, benchmarks: map[uuid.UUID]*domain.Benchmark{},
	})
}

// readingsOf are those of the request; nil for none.
func readingsOf(ctx context.Context) *readings {
	all, _ := ctx.Value(readingKey{}).(*readings)
	return all
}

// once returns what the request has read already, or reads it.
func once[K comparable, V any](all *readings, kept func() map[K]V, key K, read func() (V, error)) (V, error) {
	if all == nil {
		return read()
	}
	all.facts.Lock()
	value, ok := kept()[key]
	all.facts.Unlock()
	if ok {
		return value, nil
	}
	value, err := read()
	if err == nil {
		all.facts.Lock()
		defer all.facts.Unlock()
		kept()[key] = value
	}
	return value, err
}

// versionOnce is the version of the results of benchmarks.
func versionOnce(ctx context.Context, r ports.Measurements, benchmarkIDs []uuid.UUID) (ports.DataVersion, error) {
	all := readingsOf(ctx)
	return once(all, func() map[string]ports.DataVersion { return all.versions }, fmt.Sprint(benchmarkIDs), func() (ports.DataVersion, error) {
		return r.Version(ctx, benchmarkIDs)
	})
}

// benchmarkOnce is a benchmark of a question.
func benchmarkOnce(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Benchmark, error) {
	all := readingsOf(ctx)
	return once(all, func() map[uuid.UUID]*domain.Benchmark { return all.benchmarks }, id, func() (*domain.Benchmark, error) {
		return getBenchmark(ctx, r, id)
	})
}

// answers tells whether what was read has what the query asks for. A query without further paths is
// answered by measurements that have the values of some.
func (r *reading) answers(q ports.MeasurementQuery) bool {
	kept := r.query
	if len(q.Others) == 0 {
		kept.Others = q.Others
	}
	return reflect.DeepEqual(kept, q)
}

// readOnce returns the measurements that were read for the same query, or those of read.
// Measurements are shared, and must not be changed.
func readOnce(
	ctx context.Context, q ports.MeasurementQuery, read func() (domain.Measurements, bool, error),
) (domain.Measurements, bool, error) {
	all := readingsOf(ctx)
	if all == nil {
		return read()
	}
	all.mutex.Lock()
	defer all.mutex.Unlock()
	if i := slices.IndexFunc(all.kept, func(r *reading) bool { return r.answers(q) }); i >= 0 {
		return all.kept[i].items, all.kept[i].mixed, nil
	}
	items, mixed, err := read()
	if err == nil {
		isLarge := func(r *reading) bool { return len(r.items.Items) > fewResults }
		all.kept = append(slices.DeleteFunc(all.kept, isLarge), &reading{q, items, mixed})
	}
	return items, mixed, err
}
