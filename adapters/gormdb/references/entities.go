package references

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/versioned"
)

// Entities reads the entities D of one table, whose rows are R, and caches them.
type Entities[R, D any] struct {
	// Table is the table's name. Errors name an entity by it.
	Table string
	// ToEntity converts a row, and returns the ID of the entity too.
	ToEntity func(R) (uuid.UUID, *D)
	// Names finds names that look alike.
	Names *Names

	// size is the approximate size of an entity in bytes.
	size   func(*D) int
	cached *versioned.Cache[uuid.UUID, int64, *D]
	cache  *Cache
}

// Read reads those of the entities that exist from the database.
func (e *Entities[R, D]) Read(ctx context.Context, s session.Session, ids []tables.Key) (map[uuid.UUID]*D, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []R
	if err := s.Query(ctx).Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, s.Failed(ctx, err, "read %ss", e.Table)
	}
	entities := make(map[uuid.UUID]*D, len(rows))
	for _, row := range rows {
		id, entity := e.ToEntity(row)
		entities[id] = entity
	}
	return entities, nil
}

// Find returns those of the entities that exist, from the cache or the database. If
// version is nil, Find reads all of them from the database.
//
// The rows that Find reads may be newer than the version. The next query reads the new
// version and misses these cache entries.
func (e *Entities[R, D]) Find(ctx context.Context, s session.Session, version *int64, ids []uuid.UUID) (map[uuid.UUID]*D, error) {
	if version == nil {
		return e.Read(ctx, s, distinctKeys(ids))
	}
	now := e.cache.Now()
	found := make(map[uuid.UUID]*D, len(ids))
	var missing []tables.Key
	for _, id := range ids {
		if _, seen := found[id]; seen {
			continue
		}
		entity, ok := e.cached.Get(id, *version, now)
		if found[id] = entity; !ok {
			missing = append(missing, tables.Key(id))
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	read, err := e.Read(ctx, s, missing)
	if err != nil {
		return nil, err
	}
	for _, key := range missing {
		id := uuid.UUID(key)
		entity := read[id]
		found[id] = entity
		if entity != nil && e.size(entity) <= maxEntitySize {
			e.cached.Put(id, *version, now, entity, 0)
		}
	}
	return found, nil
}

// pageKey names a page of a list by the statement that selects its rows.
type pageKey struct {
	sql, values string
	page        domain.PageRequest
}

// Page returns the selected page, from the cache or the database.
func (e *Entities[R, D]) Page(ctx context.Context, s session.Session, sel query.Selection) (domain.Page[*D], error) {
	version, err := Version(ctx, s)
	if err != nil {
		return domain.Page[*D]{}, err
	}
	if version == nil {
		return e.readPage(ctx, s, sel)
	}
	key, err := keyOf(ctx, s, sel)
	if err != nil {
		return domain.Page[*D]{}, s.Failed(ctx, err, "list %ss", e.Table)
	}
	now := e.cache.Now()
	if found, ok := e.cache.pages.Get(key, *version, now); ok {
		if page, ok := found.(domain.Page[*D]); ok {
			return page, nil
		}
	}
	page, err := e.readPage(ctx, s, sel)
	if err == nil && e.pageSize(key, page.Items) <= maxPageSize {
		e.cache.pages.Put(key, *version, now, page, 0)
	}
	return page, err
}

func keyOf(ctx context.Context, s session.Session, sel query.Selection) (pageKey, error) {
	ordered, err := sel.Ordered(ctx, s)
	if err != nil {
		return pageKey{}, err
	}
	statement, err := session.StatementOf(ordered)
	return pageKey{statement.SQL, fmt.Sprintf("%q", statement.Values), sel.Page}, err
}

// readPage reads whole rows: there are far fewer of them than results.
func (e *Entities[R, D]) readPage(ctx context.Context, s session.Session, sel query.Selection) (domain.Page[*D], error) {
	rows, total, err := query.Page(ctx, s, sel, query.Scan[R]())
	if err != nil {
		return domain.Page[*D]{}, s.Failed(ctx, err, "list %ss", e.Table)
	}
	entities := make([]*D, len(rows))
	for i, row := range rows {
		_, entities[i] = e.ToEntity(row)
	}
	return query.PageOf(sel.Page, entities, total), nil
}

// pageSize is the approximate size of a cache entry in bytes.
func (e *Entities[R, D]) pageSize(key pageKey, entities []*D) int {
	size := len(key.sql) + len(key.values)
	for _, entity := range entities {
		size += e.size(entity)
	}
	return size
}

// InOrder returns the entities in the order of the keys, without those that were
// removed since the keys were read.
func InOrder[D any](keys []tables.Key, entities map[uuid.UUID]*D) []*D {
	ordered := make([]*D, 0, len(keys))
	for _, key := range keys {
		if entity := entities[uuid.UUID(key)]; entity != nil {
			ordered = append(ordered, entity)
		}
	}
	return ordered
}

// distinctKeys returns each of the IDs once.
func distinctKeys(ids []uuid.UUID) []tables.Key {
	seen := map[uuid.UUID]bool{}
	var keys []tables.Key
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			keys = append(keys, tables.Key(id))
		}
	}
	return keys
}
