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
	// refreshPatience is how long those who need a newer value wait when there is an old one.
	refreshPatience = time.Second
)

// fetched is a document of a provider. It is fetched when it is first needed, and
// again when it is used and too old.
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

// get returns the value. If it is older than maxAge, a newer one is fetched meanwhile:
// nobody waits for a provider that hangs as long as there is a value. Without one, get
// waits for the first; the error says that there is none, or none before ctx ends.
func (f *fetched[T]) get(ctx context.Context, maxAge time.Duration) (*T, error) {
	old, a := f.look(ctx, maxAge)
	if old != nil {
		return old, nil
	}
	return a.wait(ctx, nil)
}

// newer returns a value that is not older than maxAge. The error says that there is none
// within refreshPatience or, without an older value, before ctx ends.
func (f *fetched[T]) newer(ctx context.Context, maxAge time.Duration) (*T, error) {
	old, a := f.look(ctx, maxAge)
	if a == nil {
		return old, nil
	}
	if old == nil {
		return a.wait(ctx, nil)
	}
	timer := time.NewTimer(refreshPatience)
	defer timer.Stop()
	return a.wait(ctx, timer.C)
}

// wait returns the outcome of the attempt.
func (a *attempt[T]) wait(ctx context.Context, enough <-chan time.Time) (*T, error) {
	select {
	case <-a.done:
		return a.value, a.err
	case <-enough:
		return nil, unavailable(context.DeadlineExceeded)
	case <-ctx.Done():
		return nil, unavailable(context.Cause(ctx))
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

// look returns the value and, if that is missing or too old, the attempt that fetches a newer one.
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
