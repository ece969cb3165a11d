package service

import (
	"math/rand/v2"
	"sync"
	"time"
)

// backoff are pauses that double, up to the longest.
type backoff struct{ first, longest time.Duration }

// pause is the one after so many failures, 1 or more: between half of it and all
// of it, by chance, so that many do not come back at once.
func (b backoff) pause(failures int) time.Duration {
	pause := b.longest
	const never = 30 // doublings: there the longest is passed, and nothing overflows
	if doublings := failures - 1; doublings < never {
		pause = min(b.longest, b.first<<doublings)
	}
	return pause/2 + rand.N(pause/2+1) //nolint:gosec // no secret
}

// trouble is what is known of a server that fails as a whole. The zero value is
// a server that does not.
type trouble struct {
	lock     sync.Mutex
	failures int
	until    time.Time
}

// begins notes a failure. Those who were under way together count once.
func (t *trouble) begins(now time.Time) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.failures > 0 && now.Before(t.until) {
		return
	}
	t.failures++
	t.until = now.Add(serverBackoff.pause(t.failures))
}

// over notes that the server has answered.
func (t *trouble) over() {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.failures, t.until = 0, time.Time{}
}

// any tells whether the last that is known is a failure.
func (t *trouble) any() bool {
	t.lock.Lock()
	defer t.lock.Unlock()
	return t.failures > 0
}

// pause is how long to leave the server alone.
func (t *trouble) pause(now time.Time) time.Duration {
	t.lock.Lock()
	defer t.lock.Unlock()
	return max(0, t.until.Sub(now))
}
