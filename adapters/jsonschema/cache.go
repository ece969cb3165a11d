package jsonschema

import (
	"crypto/sha256"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2/simplelru"
)

// cache has compiled schemas by the SHA-256 of their texts: whoever changes a benchmark
// behind the server's back changes the key, too.
type cache struct {
	mutex   sync.Mutex
	entries *lru.LRU[[sha256.Size]byte, *entry]
	// bytes is the length of all texts.
	bytes int
}

// entry is a schema that was compiled, or one that cannot be used.
type entry struct {
	schema *schema
	fault  *fault
	// bytes is the length of the text.
	bytes int
}

// err returns the fault of a schema that cannot be used.
func (e *entry) err() error {
	if e.fault == nil {
		return nil
	}
	return e.fault
}

func newCache() *cache {
	c := &cache{}
	entries, err := lru.NewLRU(cacheEntries, func(_ [sha256.Size]byte, e *entry) { c.bytes -= e.bytes })
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	c.entries = entries
	return c
}

func (c *cache) get(key [sha256.Size]byte) (*entry, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.entries.Get(key)
}

// add adds an entry, and removes the entries that were not used for the longest time
// if there are too many, or too large ones.
func (c *cache) add(key [sha256.Size]byte, e *entry) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.entries.Remove(key)
	c.entries.Add(key, e)
	for c.bytes += e.bytes; c.bytes > cacheBytes && c.entries.Len() > 1; {
		c.entries.RemoveOldest()
	}
}
