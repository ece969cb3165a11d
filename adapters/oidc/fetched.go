package oidc

import (
	"context"
	"sync"
	"time"
)

const (
	// fetchPause is the shortest time between the begins of two fetches. A provider
	// that was away is used that soon after its return, and strangers cannot make us
	// ask more often.
	fetchPause = time.Second
	// refreshPatience is how long callers wait for a newer value when there is an old one.
	refreshPatience = time.Second
)

// fetched is a document of a provider. It is fetched when it is first needed, and
// again when it is too old.
type fetched[T any] struct {
	fetch func(context.Context) (*T, error)
	now   func() time.Time

	mu     sync.Mutex
	value  *T
	at     time.Time
	latest *attempt[T]
}

// attempt is one fetch. Whoever waits for done reads its outcome.
type attempt[T any] struct {
	begun time.Time
	done  chan struct{}
	value *T
	err   error
}

// get returns a value that is not older than maxAge. If that cannot be fetched, or
// not before ctx ends, get returns the error together with the older value, nil if
// there is none.
func (f *fetched[T]) get(ctx context.Context, maxAge time.Duration) (*T, error) {
	old, a := f.look(ctx, maxAge)
	if a == nil {
		return old, nil
	}
	var enough <-chan time.Time
	if old != nil {
		timer := time.NewTimer(refreshPatience)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case <-a.done:
		if a.err != nil {
			return old, a.err
		}
		return a.value, nil
	case <-enough:
		return old, unavailable(context.DeadlineExceeded)
	case <-ctx.Done():
		return old, unavailable(context.Cause(ctx))
	}
}

// age is the time since the begin of the fetch of the value; without a value it is 0.
func (f *fetched[T]) age() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.value == nil {
		return 0
	}
	return f.now().Sub(f.at)
}

// look returns the value and, if that is missing or too old, the attempt to wait for.
// While an attempt hangs, another may begin: the provider may return before the first
// attempt ends.
func (f *fetched[T]) look(ctx context.Context, maxAge time.Duration) (*T, *attempt[T]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if f.value != nil && now.Sub(f.at) < maxAge {
		return f.value, nil
	}
	if f.latest == nil || now.Sub(f.latest.begun) >= fetchPause {
		f.latest = &attempt[T]{begun: now, done: make(chan struct{})}
		// Everybody gets this answer, so the attempt does not end with whoever came
		// first; the client's timeout bounds it.
		go f.run(context.WithoutCancel(ctx), f.latest)
	}
	return f.value, f.latest
}

func (f *fetched[T]) run(ctx context.Context, a *attempt[T]) {
	defer close(a.done)
	a.value, a.err = f.fetch(ctx)
	if a.err != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.value == nil || a.begun.After(f.at) {
		f.value, f.at = a.value, a.begun
	}
}
