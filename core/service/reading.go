package service

import (
	"context"
	"reflect"
	"sync"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// reading keeps the measurements that were read last, for questions of one request about the
// same results: what they have in common, and how they compare.
type reading struct {
	mutex sync.Mutex
	query *ports.MeasurementQuery
	items domain.Measurements
	mixed bool
}

type readingKey struct{}

// WithOneReading returns a context in which questions about the same results, one after
// another, read them once. It is for one request: its results are those of the first question.
func WithOneReading(ctx context.Context) context.Context {
	return context.WithValue(ctx, readingKey{}, &reading{})
}

// readOnce returns the measurements that were read for the same query, or those of read.
// Measurements are shared, and must not be changed.
func readOnce(
	ctx context.Context, q ports.MeasurementQuery, read func() (domain.Measurements, bool, error),
) (domain.Measurements, bool, error) {
	kept, ok := ctx.Value(readingKey{}).(*reading)
	if !ok {
		return read()
	}
	kept.mutex.Lock()
	defer kept.mutex.Unlock()
	if kept.query != nil && reflect.DeepEqual(*kept.query, q) {
		return kept.items, kept.mixed, nil
	}
	items, mixed, err := read()
	if err == nil {
		kept.query, kept.items, kept.mixed = &q, items, mixed
	}
	return items, mixed, err
}
