package references

import (
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/name"
	"github.com/eosc-perf/backend/core/versioned"
)

// MaxAge is for how long an entry is valid at most, though nothing has changed: triggers can be disabled.
const MaxAge = time.Minute

const (
	// maxEntities is how many entities of one table are cached, and maxEntitySize the
	// size of the largest in bytes; maxPages and maxPageSize are the same for pages.
	maxEntities, maxEntitySize = 512, 16 << 10
	maxPages, maxPageSize      = 64, 256 << 10
)

// Cache is the reference cache of one database. Many goroutines may use it at once.
type Cache struct {
	// Now is the clock by which entries age.
	Now func() time.Time

	Benchmarks *Entities[tables.Benchmark, domain.Benchmark]
	Sites      *Entities[tables.Site, domain.Site]
	Flavors    *Entities[tables.Flavor, domain.Flavor]
	Tags       *Entities[tables.Tag, domain.Tag]

	// pages are those of all lists of these entities: values of domain.Page.
	pages *versioned.Cache[pageKey, int64, any]
}

// NewCache makes an empty cache.
func NewCache() *Cache {
	c := &Cache{Now: time.Now, pages: versioned.New[pageKey, int64, any](limits(maxPages))}
	c.Benchmarks = newEntities(c, "benchmark", tables.Benchmark.Entity, func(b *domain.Benchmark) int {
		return len(b.JSONSchema) + length(b.Description)
	}, Naming{Name: "docker_image || ':' || docker_tag", Scope: allRows, Order: approvedFirst, LooksOf: name.LooksOfImage})
	c.Sites = newEntities(c, "site", tables.Site.Entity, func(s *domain.Site) int { return len(s.Address) + length(s.Description) },
		Naming{Name: "name", Scope: allRows, Order: approvedFirst, LooksOf: name.LooksOf})
	c.Flavors = newEntities(c, "flavor", tables.Flavor.Entity, func(f *domain.Flavor) int { return length(f.Description) },
		Naming{Name: "name", Scope: "site_id", Order: approvedFirst, LooksOf: name.LooksOf})
	c.Tags = newEntities(c, "tag", tables.Tag.Entity, func(t *domain.Tag) int { return length(t.Description) },
		Naming{Name: "name", Scope: allRows, Order: "id", LooksOf: name.LooksOf})
	return c
}

const (
	// allRows is the scope of names that are compared with all of the table.
	allRows = "NULL"
	// approvedFirst is the order in which names are compared.
	approvedFirst = "CASE WHEN status = 'approved' THEN 0 ELSE 1 END, upload_datetime, id"
)

func limits(entries int) versioned.Limits { return versioned.Limits{Entries: entries, Age: MaxAge} }

func length(text *string) int {
	if text == nil {
		return 0
	}
	return len(*text)
}

func newEntities[R, D any](
	c *Cache, table string, entity func(R) (uuid.UUID, *D), size func(*D) int, naming Naming,
) *Entities[R, D] {
	cached := versioned.New[uuid.UUID, int64, *D](limits(maxEntities))
	names := newNames(table, naming, func() time.Time { return c.Now() })
	return &Entities[R, D]{Table: table, ToEntity: entity, Names: names, size: size, cached: cached, cache: c}
}
