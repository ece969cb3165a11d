package gormdb

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// keptRows is how many rows of one table are kept, and keptRow the largest in
	// bytes; keptLists and keptList the same of lists.
	keptRows, keptRow   = 512, 16 << 10
	keptLists, keptList = 64, 256 << 10
	// keptFor bounds for how long something is taken to be what it was, whatever its
	// version. A database that was put in the place of another one may count the
	// same, and triggers can be disabled.
	keptFor = time.Minute
)

// memo remembers values at a version of the database. A newer one takes the place of an
// older one. They are shared: nobody changes them.
type memo[K comparable, V any] struct{ values *lru.Cache[K, remembered[V]] }

type remembered[V any] struct {
	value   V
	version int64
	since   time.Time
}

func newMemo[K comparable, V any](size int) memo[K, V] {
	values, err := lru.New[K, remembered[V]](size)
	if err != nil {
		panic(err) // there is room for some
	}
	return memo[K, V]{values}
}

func (m memo[K, V]) get(k K, version int64, now time.Time) (value V, ok bool) {
	known, ok := m.values.Get(k)
	if !ok || known.version != version || now.Sub(known.since) >= keptFor {
		return value, false
	}
	return known.value, true
}

func (m memo[K, V]) put(k K, version int64, now time.Time, value V) {
	m.values.Add(k, remembered[V]{value, version, now})
}

// kept are the things of one table.
type kept[D any] struct {
	things memo[uuid.UUID, *D]
	// size is that of a thing in bytes, about.
	size func(*D) int
}

func newKept[D any](size func(*D) int) kept[D] {
	return kept[D]{newMemo[uuid.UUID, *D](keptRows), size}
}

// listQuery is what a list was asked for.
type listQuery struct {
	sql, values string
	page        domain.PageRequest
}

// shelf is what is kept: what results refer to, and lists of that.
type shelf struct {
	now        func() time.Time
	benchmarks kept[domain.Benchmark]
	sites      kept[domain.Site]
	flavors    kept[domain.Flavor]
	tags       kept[domain.Tag]
	// lists are pages of things of one type.
	lists memo[listQuery, any]
}

func newShelf() *shelf {
	length := func(text *string) int {
		if text == nil {
			return 0
		}
		return len(*text)
	}
	return &shelf{
		now:        time.Now,
		benchmarks: newKept(func(b *domain.Benchmark) int { return len(b.JSONSchema) + length(b.Description) }),
		sites:      newKept(func(s *domain.Site) int { return len(s.Address) + length(s.Description) }),
		flavors:    newKept(func(f *domain.Flavor) int { return length(f.Description) }),
		tags:       newKept(func(t *domain.Tag) int { return length(t.Description) }),
		lists:      newMemo[listQuery, any](keptLists),
	}
}

// find returns those of the things that exist, from what is kept of the version, or
// read. What is read may be newer: then nobody asks for the version again.
func (t table[R, D]) find(ctx context.Context, version *int64, ids []uuid.UUID) (map[uuid.UUID]*D, error) {
	if version == nil {
		return t.all(ctx, distinct(ids, func(id uuid.UUID) key { return key(id) }))
	}
	now := t.store.shelf.now()
	found := make(map[uuid.UUID]*D, len(ids))
	var missing []key
	for _, id := range ids {
		if _, seen := found[id]; seen {
			continue
		}
		known, ok := t.kept.things.get(id, *version, now)
		if found[id] = known; !ok {
			missing = append(missing, key(id))
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	read, err := t.all(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, id := range missing {
		thing := read[uuid.UUID(id)]
		found[uuid.UUID(id)] = thing
		if thing != nil && t.kept.size(thing) <= keptRow {
			t.kept.things.put(uuid.UUID(id), *version, now, thing)
		}
	}
	return found, nil
}

// list returns the page that is kept of the version, or reads it.
func (t table[R, D]) list(ctx context.Context, where conditions, options ports.ListOptions) (domain.Page[*D], error) {
	sel := selection{table: t.name, id: t.name + ".id", columns: t.columns, where: where, ListOptions: options}
	version, err := t.version(ctx)
	if err != nil {
		return domain.Page[*D]{}, err
	}
	if version == nil {
		return t.read(ctx, sel)
	}
	ordered, err := t.ordered(ctx, sel)
	if err != nil {
		return domain.Page[*D]{}, t.failed(ctx, err, "list %ss", t.name)
	}
	asked, err := statementOf(ordered)
	if err != nil {
		return domain.Page[*D]{}, t.failed(ctx, err, "list %ss", t.name)
	}
	lists, now := t.store.shelf.lists, t.store.shelf.now()
	query := listQuery{asked.SQL, fmt.Sprintf("%q", asked.Values), options.Page}
	if known, ok := lists.get(query, *version, now); ok {
		if page, ok := known.(domain.Page[*D]); ok {
			return page, nil
		}
	}
	page, err := t.read(ctx, sel)
	if err == nil && t.size(query, page.Items) <= keptList {
		lists.put(query, *version, now, page)
	}
	return page, err
}

// size is that of what is kept of a list in bytes, about.
func (t table[R, D]) size(query listQuery, things []*D) int {
	size := len(query.sql) + len(query.values)
	for _, thing := range things {
		size += t.kept.size(thing)
	}
	return size
}
