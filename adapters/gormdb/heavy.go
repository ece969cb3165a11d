package gormdb

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// gate lets so many heavy requests work at once as it has room for: the other
// connections are left to light ones.
type gate struct {
	room    chan struct{}
	timeout time.Duration
}

// WithHeavy lets at most so many heavy requests work on the database at once, each
// for no longer than the timeout, waiting included. Without it neither is bounded.
func WithHeavy(connections int, timeout time.Duration) Option {
	return func(s *Store) { s.heavy = &gate{room: make(chan struct{}, connections), timeout: timeout} }
}

var errCrowded = errors.New("other heavy requests are working")

// heavily does heavy work when there is room for it. The context that it gets ends
// with the timeout.
func (s session) heavily(ctx context.Context, work func(ctx context.Context) error) error {
	gate := s.store.heavy
	if gate == nil || s.unit != nil {
		return work(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, gate.timeout)
	defer cancel()
	select {
	case gate.room <- struct{}{}:
		defer func() { <-gate.room }()
	case <-ctx.Done():
		return s.failed(ctx, errCrowded, "wait for a connection for heavy requests")
	}
	return work(ctx)
}

// isHeavy tells whether a list may have to look at all results, or many of them:
// everything but the first pages, in an order that an index has, of all results or of
// those of a benchmark, site or flavor.
func isHeavy(q ports.ResultQuery) bool {
	return q.Uploader != nil || q.Uploaded != (ports.Window{}) || q.Executed != (ports.Window{}) || len(q.TagIDs) > 0 ||
		len(q.Filters) > 0 || len(q.Terms) > 0 || q.Page.Offset() >= deep || !isIndexed(q.Sort)
}

func isIndexed(sort []filter.Key) bool {
	return len(sort) == 0 || slices.Contains([]string{"id", "execution_datetime"}, sort[0].Field)
}
