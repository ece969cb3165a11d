package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// errUnchecked is why a line of a batch was not checked, until checkTime.explain says more.
var errUnchecked = errors.New("the line was not checked")

// checkTime is the time for the checks of a batch: that of its request, less some for what is stored afterwards.
type checkTime struct {
	ctx   context.Context
	limit time.Duration
	// busy is why the checks ended early, nil if they did not.
	busy error
}

// begin starts the time, and returns what ends it.
func (c *checkTime) begin(ctx context.Context) (end func()) {
	c.ctx = ctx
	deadline, ok := ctx.Deadline()
	if !ok {
		return func() {}
	}
	const checks, all = 5, 6
	c.limit = time.Until(deadline) * checks / all
	c.ctx, end = context.WithTimeout(ctx, c.limit)
	return end
}

// isOver tells that no more lines are checked.
func (c *checkTime) isOver() bool { return c.busy != nil || c.ctx.Err() != nil }

// outcome is what the error of a check says about its line. The context is that of the request: its end ends the
// batch.
func (c *checkTime) outcome(ctx context.Context, err error) error {
	kind := domain.KindOf(err)
	switch {
	case err == nil || isOfLine(err) || ctx.Err() != nil:
		return err
	case errors.Is(err, c.ctx.Err()):
		return errUnchecked
	case kind == domain.Unavailable, kind == domain.Limited:
		c.busy = err
		return errUnchecked
	}
	return err
}

// explain says of the lines that were not checked why, how many were, and what to do.
func (c *checkTime) explain(outcomes []BatchOutcome) {
	checked := 0
	for _, o := range outcomes {
		if !errors.Is(o.Err, errUnchecked) {
			checked++
		}
	}
	text := fmt.Sprintf("Not checked and not stored: the checks of this batch may take %s, which %d of its %d lines used up. "+
		"Send this line again, in a smaller batch", c.limit.Round(time.Millisecond), checked, len(outcomes))
	if c.busy != nil {
		text = fmt.Sprintf("Not checked and not stored: the batch stopped after %d of its %d lines. %s. Send this line again later",
			checked, len(outcomes), c.busy)
	}
	for i := range outcomes {
		if errors.Is(outcomes[i].Err, errUnchecked) {
			outcomes[i].Err = domain.UnavailableFor(retryUnchecked, text, nil)
		}
	}
}

// retryUnchecked is when to send a line again that was not checked.
const retryUnchecked = time.Second
