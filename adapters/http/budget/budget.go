// Package budget bounds the memory of all requests under way: what storage reads for
// them, and what their bodies need when they are decoded.
//
// Each request has an allowance that is never charged, large enough for a usual
// request. What exceeds the allowance is charged to the budget, which all requests
// share. When the budget is used up, the overflow slot admits one request at a time,
// which is not charged: a request of any size is answered at last.
//
// The package imports core/domain and ports, and knows nothing of HTTP.
package budget

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// allowance is the number of bytes of each request that are not charged: as many
	// as a full page of usual results has, so that such requests never wait.
	allowance = 512 << 10
	// patience is how long a request waits for the overflow slot.
	patience = 10 * time.Second
	// retryAfter is when a client whose request got no slot should try again.
	retryAfter = 5 * time.Second
)

// Budget is the memory that requests share. A Budget is safe for concurrent use.
type Budget struct {
	// bytes are acquired without waiting: a request that waits for many bytes would
	// keep other requests from a few.
	bytes *semaphore.Weighted
	// overflow is the slot for one request at a time that is not charged.
	overflow *semaphore.Weighted
}

// New returns a budget of so many bytes.
func New(bytes int) *Budget {
	return &Budget{bytes: semaphore.NewWeighted(int64(bytes)), overflow: semaphore.NewWeighted(1)}
}

// Acquire charges so many bytes, less the allowance, or waits for the overflow slot.
// The caller calls release once the bytes are free. The error is Unavailable.
func (b *Budget) Acquire(ctx context.Context, bytes int) (release func(), err error) {
	charge := int64(bytes) - allowance
	switch {
	case charge <= 0:
		return func() {}, nil
	case b.bytes.TryAcquire(charge):
		return func() { b.bytes.Release(charge) }, nil
	default:
		return b.acquireOverflow(ctx)
	}
}

// acquireOverflow waits for the overflow slot. The error is Unavailable.
func (b *Budget) acquireOverflow(ctx context.Context) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := b.overflow.Acquire(ctx, 1); err != nil {
		return nil, domain.UnavailableFor(retryAfter,
			"Too many large requests are under way. Ask for less at once, by per_page, or try again later", err)
	}
	return func() { b.overflow.Release(1) }, nil
}

// Attach returns a context in which storage charges to the budget what it reads. The
// caller calls release when the request has been answered.
func (b *Budget) Attach(ctx context.Context) (attached context.Context, release func()) {
	a := &account{budget: b, allowance: allowance}
	return ports.WithMemoryBudget(ctx, a), a.release
}

// Release ends what the request of the context was charged, before the request has
// been answered: once the rows that storage has read are written into a buffer.
func Release(ctx context.Context) {
	if a, ok := ports.MemoryBudgetOf(ctx).(*account); ok {
		a.release()
	}
}

// Read calls read, a use case that reads from storage. If the budget is used up, Read
// waits for the overflow slot and calls read once more. The error is that of read, or
// Unavailable.
func Read[O any](ctx context.Context, read func() (O, error)) (O, error) {
	out, err := read()
	a, attached := ports.MemoryBudgetOf(ctx).(*account)
	if !attached || !errors.Is(err, ports.ErrOverBudget) {
		return out, err
	}
	var nothing O
	out = nothing
	if err := a.overflow(ctx); err != nil {
		return out, err
	}
	return read()
}

// account is what one request is charged. Nobody knows beforehand how many bytes a
// request reads, so the request is charged while it reads. If the budget is used up,
// the request must not wait with the bytes that it has, because others would wait for
// these: it gives them back, waits for the overflow slot, and reads again.
type account struct {
	budget *Budget
	mutex  sync.Mutex
	// allowance is the number of bytes left that are not charged, charged the number
	// of bytes that are.
	allowance, charged int64
	// leaveOverflow gives back the overflow slot; nil where the request has none.
	leaveOverflow func()
}

// Take implements ports.MemoryBudget.
func (a *account) Take(bytes int) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	charge := int64(bytes)
	covered := min(charge, a.allowance)
	a.allowance, charge = a.allowance-covered, charge-covered
	if charge == 0 || a.leaveOverflow != nil {
		return nil
	}
	if !a.budget.bytes.TryAcquire(charge) {
		return ports.ErrOverBudget
	}
	a.charged += charge
	return nil
}

// overflow exchanges what the request was charged for the overflow slot. The error is
// Unavailable.
func (a *account) overflow(ctx context.Context) error {
	a.release()
	leave, err := a.budget.acquireOverflow(ctx)
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.leaveOverflow = leave
	return err
}

// release ends what the request was charged, and gives back the overflow slot.
func (a *account) release() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.budget.bytes.Release(a.charged)
	if a.leaveOverflow != nil {
		a.leaveOverflow()
	}
	a.allowance, a.charged, a.leaveOverflow = allowance, 0, nil
}
