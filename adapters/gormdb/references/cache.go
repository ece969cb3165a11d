package references

import (
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
)

const (
	// maxEntities is how many entities of one table are cached, and maxEntitySize the
	// size of the largest in bytes; maxPages and maxPageSize are the same for pages.
	maxEntities, maxEntitySize = 512, 16 << 10
	maxPages, maxPageSize      = 64, 256 << 10
	// MaxAge is for how long a cache entry is valid at most, whatever the version. A
	// database that replaces another one may have the same version, and triggers can be
	// disabled.
	MaxAge = time.Minute
)

// versionedCache holds values at a version of the database. A newer value of a key
// replaces the older one. The values are shared: nobody may change them.
type versionedCache[K comparable, V any] struct{ entries *lru.Cache[K, entry[V]] }

type entry[V any] struct {
	value   V
	version int64
	since   time.Time
}

func newVersionedCache[K comparable, V any](size int) versionedCache[K, V] {
	entries, err := lru.New[K, entry[V]](size)
	if err != nil {
		panic(err) // only a size below 1 is an error
	}
	return versionedCache[K, V]{entries}
}

func (c versionedCache[K, V]) get(key K, version int64, now time.Time) (value V, ok bool) {
	found, ok := c.entries.Get(key)
	if !ok || found.version != version || now.Sub(found.since) >= MaxAge {
		return value, false
	}
	return found.value, true
}

func (c versionedCache[K, V]) put(key K, version int64, now time.Time, value V) {
	c.entries.Add(key, entry[V]{value, version, now})
}

// Cache is the reference cache of one database. Many goroutines may use it at once.
type Cache struct {
	// Now is the clock by which entries age.
	Now func() time.Time

	Benchmarks *Entities[tables.Benchmark, domain.Benchmark]
	Sites      *Entities[tables.Site, domain.Site]
	Flavors    *Entities[tables.Flavor, domain.Flavor]
	Tags       *Entities[tables.Tag, domain.Tag]

	// pages are those of all lists of these entities: values of domain.Page.
	pages versionedCache[pageKey, any]
}

// NewCache makes an empty cache.
func NewCache() *Cache {
	c := &Cache{Now: time.Now, pages: newVersionedCache[pageKey, any](maxPages)}
	c.Benchmarks = newEntities(c, "benchmark", tables.Benchmark.Entity, func(b *domain.Benchmark) int {
		return len(b.JSONSchema) + length(b.Description)
	})
	c.Sites = newEntities(c, "site", tables.Site.Entity, func(s *domain.Site) int { return len(s.Address) + length(s.Description) })
	c.Flavors = newEntities(c, "flavor", tables.Flavor.Entity, func(f *domain.Flavor) int { return length(f.Description) })
	c.Tags = newEntities(c, "tag", tables.Tag.Entity, func(t *domain.Tag) int { return length(t.Description) })
	return c
}

func length(text *string) int {
	if text == nil {
		return 0
	}
	return len(*text)
}

func newEntities[R, D any](c *Cache, table string, entity func(R) (uuid.UUID, *D), size func(*D) int) *Entities[R, D] {
	return &Entities[R, D]{Table: table, ToEntity: entity, size: size, cached: newVersionedCache[uuid.UUID, *D](maxEntities), cache: c}
}
