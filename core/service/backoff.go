package service

import (
	"math/rand/v2"
	"sync"
	"time"
)

// backoff are the pauses between attempts. Each is twice as long as the one before, up to
// the longest.
type backoff struct{ first, longest time.Duration }

// pause returns the pause after a number of failures, 1 or more. The pause is random,
// between half of the full length and all of it, so that many senders do not try again at
// the same time.
func (b backoff) pause(failures int) time.Duration {
	pause := b.longest
	const limit = 30 // doublings: the longest pause is exceeded before, and nothing overflows
	if doublings := failures - 1; doublings < limit {
		pause = min(b.longest, b.first<<doublings)
	}
	return pause/2 + rand.N(pause/2+1) //nolint:gosec // no secret
}

// serverHealth counts the failures of a mail server that accepts no mail at all. The zero
// value is a healthy server.
type serverHealth struct {
	lock     sync.Mutex
	failures int
	until    time.Time
}

// recordFailure counts a failure. Failures of attempts that ran at the same time count once.
func (h *serverHealth) recordFailure(now time.Time) {
	h.lock.Lock()
	defer h.lock.Unlock()
	if h.failures > 0 && now.Before(h.until) {
		return
	}
	h.failures++
	h.until = now.Add(serverBackoff.pause(h.failures))
}

// recordSuccess resets the failures: the server has answered.
func (h *serverHealth) recordSuccess() {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.failures, h.until = 0, time.Time{}
}

// isFailing is true if the last answer was a failure.
func (h *serverHealth) isFailing() bool {
	h.lock.Lock()
	defer h.lock.Unlock()
	return h.failures > 0
}

// pause returns how long to wait before the next attempt.
func (h *serverHealth) pause(now time.Time) time.Duration {
	h.lock.Lock()
	defer h.lock.Unlock()
	return max(0, h.until.Sub(now))
}
