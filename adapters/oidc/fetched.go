package oidc

import (
	"context"
	"sync"
	"time"
)

// failurePause is how long a fetch that failed is not tried again, so that not
// every request waits for a provider that hangs.
const failurePause = 5 * time.Second

// fetched is something of a provider's that is fetched when it is first needed
// and again when it is too old.
type fetched[T any] struct {
	fetch func(context.Context) (*T, error)
	now   func() time.Time

	mu       sync.Mutex
	value    *T
	at       time.Time
	err      error
	failedAt time.Time
}

// get returns a value that is not older than maxAge. If it cannot be fetched,
// it returns the error together with the older value, nil if there is none.
func (f *fetched[T]) get(ctx context.Context, maxAge time.Duration) (*T, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.value != nil && f.now().Sub(f.at) < maxAge {
		return f.value, nil
	}
	if f.err != nil && f.now().Sub(f.failedAt) < failurePause {
		return f.value, f.err
	}
	// Everybody gets this answer, so it does not end with whoever came first;
	// the client's timeout bounds it.
	value, err := f.fetch(context.WithoutCancel(ctx))
	if err != nil {
		f.err, f.failedAt = err, f.now()
		return f.value, err
	}
	f.value, f.at, f.err = value, f.now(), nil
	return value, nil
}
