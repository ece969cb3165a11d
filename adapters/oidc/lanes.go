package oidc

import (
	"context"
	"fmt"

	"golang.org/x/sync/semaphore"
)

// How many requests about tokens a provider gets at once.
const (
	knownParallel   = 32
	unknownParallel = 4
)

// lane bounds the requests under way to one provider. Known tokens have a lane of
// their own, so that they wait for no unknown one.
type lane struct{ slots *semaphore.Weighted }

func newLane(parallel int64) lane { return lane{semaphore.NewWeighted(parallel)} }

// enter waits for a slot. The caller calls release when the request is over. The error is
// Unavailable: ctx ended first.
func (l lane) enter(ctx context.Context) (release func(), err error) {
	if err := l.slots.Acquire(ctx, 1); err != nil {
		return nil, unavailable(fmt.Errorf("wait for other requests to the provider: %w", context.Cause(ctx)))
	}
	return func() { l.slots.Release(1) }, nil
}
