package service

import (
	"context"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Idle tells whether no look-up is due or under way.
func (i *Images) Idle() bool {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return len(i.waiting) == 0
}

// Values keeps measurements.
type Values = values

// NewValues returns one that keeps nothing yet.
func NewValues(clock ports.Clock) *Values { return newValues(clock) }

// Read is read.
func (v *values) Read(
	ctx context.Context, r ports.Measurements, q ports.MeasurementQuery, measure func() (domain.Measurements, bool, error),
) (domain.Measurements, bool, error) {
	return v.read(ctx, r, q, measure)
}
