package fair

import (
	"sync"
	"time"
)

// company notices whether several clients send requests, whatever gates these pass. It is safe
// for concurrent use.
type company struct {
	mutex sync.Mutex
	// last is the client that came last, at lastCame. Two clients met last at met.
	last          string
	lastCame, met time.Time
}

// come notices that a client sends a request.
func (c *company) come(key string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	now := time.Now()
	if key != c.last && now.Sub(c.lastCame) < meeting {
		c.met = now
	}
	c.last, c.lastCame = key, now
}

// within tells whether two clients met within the time before now.
func (c *company) within(d time.Duration) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return time.Since(c.met) < d
}
