package service

import (
	"context"
	"reflect"
	"slices"
	"sync"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// readings keeps the measurements that one request read, for its questions about the same results: what
// they have in common, and how they compare.
type readings struct {
	mutex sync.Mutex
	kept  []*reading
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
	all, ok := ctx.Value(readingKey{}).(*readings)
	if !ok {
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
