package system

import (
	"context"
	"time"

	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
)

// upkeepEvery is how long a result of another program may be without a digest, and how
// long the answer to a keyed request may be kept after it has expired.
const upkeepEvery = 10 * time.Minute

// lookAfterResults does in the background what no request waits for: the digests of results
// that have none, expired answers to keyed requests, and the look-ups of images. It ends
// with the context.
func (s *System) lookAfterResults(ctx context.Context) {
	warn := func(work string) func(error) {
		return func(err error) {
			if err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "background work failed", "work", work, "error", err)
			}
		}
	}
	if s.cfg.Images.Check {
		go s.services.Images.Run(ctx, warn("store the digests of container images"))
	}
	results := maintenance.Results{Storage: s.store, Clock: wiring.Clock{}}
	ticks := time.NewTicker(upkeepEvery)
	defer ticks.Stop()
	for {
		_, err := results.FillDigests(ctx, domain.Operator())
		warn("calculate the digests of results")(err)
		warn("remove expired answers to keyed requests")(s.services.Requests.Tidy(ctx))
		warn("remove expired sessions")(s.services.Browsers.Tidy(ctx))
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}
