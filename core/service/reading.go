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

// readings keeps what one request read, for its questions about the same results: what they have in common,
// and how they compare.
type readings struct {
	mutex sync.Mutex
	kept  []*reading

	// versions are those of the results of benchmarks, whose ids are the key; benchmarks are those of questions.
	// Measurements need them while they are read.
	versions   once[string, ports.DataVersion]
	benchmarks once[uuid.UUID, *domain.Benchmark]
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
	return context.WithValue(ctx, readingKey{}, &readings{})
}

// readingsOf are those of the request; none are shared without WithOneReading.
func readingsOf(ctx context.Context) *readings {
	if all, ok := ctx.Value(readingKey{}).(*readings); ok {
		return all
	}
	return &readings{}
}

// once keeps what was read. The zero value is empty.
type once[K comparable, V any] struct {
	mutex sync.Mutex
	kept  map[K]V
}

// get returns what was read already, or reads it.
func (o *once[K, V]) get(key K, read func() (V, error)) (V, error) {
	o.mutex.Lock()
	value, ok := o.kept[key]
	o.mutex.Unlock()
	if ok {
		return value, nil
	}
	value, err := read()
	if err == nil {
		o.mutex.Lock()
		defer o.mutex.Unlock()
		if o.kept == nil {
			o.kept = map[K]V{}
		}
		o.kept[key] = value
	}
	return value, err
}

// versionOnce is the version of the results of benchmarks.
func versionOnce(ctx context.Context, r ports.Measurements, benchmarkIDs []uuid.UUID) (ports.DataVersion, error) {
	return readingsOf(ctx).versions.get(fmt.Sprint(benchmarkIDs), func() (ports.DataVersion, error) { return r.Version(ctx, benchmarkIDs) })
}

// benchmarkOnce is a benchmark of a question.
func benchmarkOnce(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Benchmark, error) {
	return readingsOf(ctx).benchmarks.get(id, func() (*domain.Benchmark, error) { return getBenchmark(ctx, r, id) })
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
