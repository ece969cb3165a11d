package system

import (
	"context"
	"time"
)

// fillEvery is how long the results of a benchmark may be without the values that a
// new schema of it names. They are found meanwhile, only not as fast. The values of metrics are
// derived as soon as they are declared.
const fillEvery = time.Minute

// fillValues keeps the values of results complete until the context ends.
func (s *System) fillValues(ctx context.Context) {
	ticks := time.NewTicker(fillEvery)
	defer ticks.Stop()
	for {
		if err := s.store.DeriveMetrics(ctx, s.log); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "the values of metrics could not be derived", "error", err)
		}
		if err := s.store.FillValues(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "the values of results could not be filled", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		case <-s.store.Declared():
		}
	}
}
