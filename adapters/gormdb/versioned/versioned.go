// Package versioned keeps values that were read at a version of the data they depend on. A value is
// valid as long as the version is the same.
package versioned

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// MaxAge is for how long a value is valid at most, whatever the version. A database that
// replaces another one may have the same version, and triggers can be disabled.
const MaxAge = time.Minute

// Cache holds values by their keys. A newer value of a key replaces the older one. The values are
// shared: nobody may change them. Many goroutines may use a Cache at once.
type Cache[Key, Version comparable, Value any] struct {
	entries *lru.Cache[Key, entry[Version, Value]]
}

type entry[Version comparable, Value any] struct {
	value   Value
	version Version
	since   time.Time
}

// New makes an empty cache for at most so many values, at least one.
func New[Key, Version comparable, Value any](size int) Cache[Key, Version, Value] {
	entries, err := lru.New[Key, entry[Version, Value]](size)
	if err != nil {
		panic(err) // only a size below 1 is an error
	}
	return Cache[Key, Version, Value]{entries}
}

// Get returns the value of the key, if it is of this version and not too old now.
func (c Cache[Key, Version, Value]) Get(key Key, version Version, now time.Time) (value Value, ok bool) {
	found, ok := c.entries.Get(key)
	if !ok || found.version != version || now.Sub(found.since) >= MaxAge {
		return value, false
	}
	return found.value, true
}

// Put keeps the value that was read at the version.
func (c Cache[Key, Version, Value]) Put(key Key, version Version, now time.Time, value Value) {
	c.entries.Add(key, entry[Version, Value]{value, version, now})
}
