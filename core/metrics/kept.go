package metrics

import (
	"crypto/sha256"
	"sync"
)

// mostSchemas bounds the schemas that BySchema knows.
const mostSchemas = 256

// BySchema keeps what was read from JSON Schemas: to parse a schema takes longer than most of what asks for it.
// The zero value is empty. What it keeps is shared, and must not be changed.
type BySchema[T any] struct {
	mutex sync.Mutex
	kept  map[[sha256.Size]byte]T
}

// Get returns what read finds in the schema.
func (b *BySchema[T]) Get(schema []byte, read func(schema []byte) T) T {
	key := sha256.Sum256(schema)
	b.mutex.Lock()
	value, ok := b.kept[key]
	b.mutex.Unlock()
	if ok {
		return value
	}
	value = read(schema)
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.kept == nil || len(b.kept) >= mostSchemas {
		b.kept = map[[sha256.Size]byte]T{}
	}
	b.kept[key] = value
	return value
}
