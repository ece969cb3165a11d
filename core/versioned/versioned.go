// Package versioned keeps values that were made at a version of the data they depend on. A value is
// valid as long as the version is the same.
package versioned

import (
	"context"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2/simplelru"
)

// Limits bound what a Cache keeps: those that were not used for the longest time make room.
type Limits struct {
	// Entries is the largest number of values, at least one, and Weight the largest weight of all of them.
	Entries, Weight int
	// Age is for how long a value is valid at most, whatever the version. A database that replaces
	// another one may have the same version, a repair may set it back, and triggers can be disabled.
	Age time.Duration
}

// Cache holds values by their keys. A newer value of a key replaces the older one. The values are
// shared: nobody may change them. Many goroutines may use a Cache at once.
type Cache[Key, Version comparable, Value any] struct {
	limits Limits

	mutex   sync.Mutex
	entries *lru.LRU[Key, entry[Version, Value]]
	weight  int
	// making are the values that are being made. Each channel is closed afterwards.
	making map[wanted[Key, Version]]chan struct{}
}

type entry[Version comparable, Value any] struct {
	value   Value
	version Version
	weight  int
	since   time.Time
}

type wanted[Key, Version comparable] struct {
	key     Key
	version Version
}

// New makes an empty cache.
func New[Key, Version comparable, Value any](limits Limits) *Cache[Key, Version, Value] {
	c := &Cache[Key, Version, Value]{limits: limits, making: map[wanted[Key, Version]]chan struct{}{}}
	entries, err := lru.NewLRU(limits.Entries, func(_ Key, old entry[Version, Value]) { c.weight -= old.weight })
	if err != nil {
		panic(err) // only a size below 1 is an error
	}
	c.entries = entries
	return c
}

// Get returns the value of the key, if it is of this version and not too old now.
func (c *Cache[Key, Version, Value]) Get(key Key, version Version, now time.Time) (value Value, ok bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	found, ok := c.entries.Get(key)
	if !ok {
		return value, false
	}
	if found.version != version || now.Sub(found.since) >= c.limits.Age {
		c.entries.Remove(key)
		return value, false
	}
	return found.value, true
}

// Put keeps the value that was made at the version. One that weighs more than all may is not kept.
func (c *Cache[Key, Version, Value]) Put(key Key, version Version, now time.Time, value Value, weight int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.entries.Remove(key)
	if weight > c.limits.Weight {
		return
	}
	c.weight += weight
	c.entries.Add(key, entry[Version, Value]{value, version, weight, now})
	for c.weight > c.limits.Weight {
		c.entries.RemoveOldest()
	}
}

// Begin waits until nobody else makes the value. The caller then gets it, if it was made meanwhile,
// or makes it, and calls done. The error is that of a context that has ended.
func (c *Cache[Key, Version, Value]) Begin(ctx context.Context, key Key, version Version) (done func(), err error) {
	this := wanted[Key, Version]{key, version}
	for {
		other, made := c.begin(this)
		if other == nil {
			return made, nil
		}
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (c *Cache[Key, Version, Value]) begin(this wanted[Key, Version]) (other <-chan struct{}, done func()) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if other, ok := c.making[this]; ok {
		return other, nil
	}
	ended := make(chan struct{})
	c.making[this] = ended
	return nil, func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		delete(c.making, this)
		close(ended)
	}
}
