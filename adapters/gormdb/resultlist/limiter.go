package resultlist

import (
	"context"
	"errors"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// Limiter bounds how many heavy lists are read at once, so that other connections
// stay free for light requests. A nil Limiter bounds nothing.
type Limiter struct {
	slots   chan struct{}
	timeout time.Duration
}

// NewLimiter admits so many heavy lists at once, each for no longer than the timeout,
// which includes the time that it waits to be admitted.
func NewLimiter(connections int, timeout time.Duration) *Limiter {
	return &Limiter{slots: make(chan struct{}, connections), timeout: timeout}
}

var errCrowded = errors.New("other heavy requests are working")

// do runs the work as soon as fewer heavy lists are being read than the limit. The
// context of the work ends with the timeout. A unit of work has its connection
// already, and is admitted at once.
func (l *Limiter) do(ctx context.Context, s session.Session, work func(ctx context.Context) error) error {
	if l == nil || s.InUnitOfWork() {
		return work(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return s.Failed(ctx, errCrowded, "wait for a connection for heavy requests")
	}
	return work(ctx)
}
