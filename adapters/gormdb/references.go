package gormdb

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// ResultTable reads and adds results in one statement each, on connections of its own. It
// tells the version of what they refer to, so that what is known already is not read
// again.
type ResultTable interface {
	// Read returns the results whose ids the statement selects, in its order. The
	// statement has two columns, id and total, which may be NULL.
	Read(ctx context.Context, ids Statement) ([]ResultRow, error)
	// Listed selects these ids, without a total.
	Listed(ids []Key) Statement
	// Add stores the result and ties it to its tags. The errors are the database's.
	Add(ctx context.Context, r *domain.Result) error
	// Version is that of the rows that results refer to, as they are now.
	Version(ctx context.Context) (int64, error)
}

// Statement is the text of one, and the values for its placeholders.
type Statement struct {
	SQL    string
	Values []any
}

// statementOf is what the query would send.
func statementOf(query *gorm.DB) (Statement, error) {
	var none []map[string]any
	dry := query.Session(&gorm.Session{DryRun: true}).Find(&none)
	return Statement{dry.Statement.SQL.String(), dry.Statement.Vars}, dry.Error
}

// ResultRow is a result before what it refers to is found.
type ResultRow struct {
	ID                            uuid.UUID
	Upload                        domain.Upload
	ExecutedAt                    time.Time
	JSON                          json.RawMessage
	BenchmarkID, SiteID, FlavorID uuid.UUID
	// TagIDs are in their order.
	TagIDs []uuid.UUID
	// Total is what the statement says it is.
	Total *int
	// Version is the same for as long as nobody changes any benchmark, site, flavor
	// or tag.
	Version int64
}

// resultTable is nil where the session is bound to its connection.
func (s session) resultTable() ResultTable {
	if s.unit != nil || s.still {
		return nil
	}
	return s.store.dialect.Results()
}

// version is that of what results refer to, nil if nobody counts.
func (s session) version(ctx context.Context) (*int64, error) {
	table := s.resultTable()
	if table == nil {
		return nil, nil
	}
	version, err := table.Version(ctx)
	return &version, s.failed(ctx, err, "read the version of what results refer to")
}

// reference is a row as it is at a version.
type reference struct {
	id      uuid.UUID
	version int64
}

const (
	// keptReferences is how many rows of one table are kept, keptDocument the largest
	// document of theirs in bytes.
	keptReferences = 1024
	keptDocument   = 32 << 10
	// keptLists is how many lists are kept, and keptList the largest in bytes.
	keptLists    = 64
	keptListSize = 256 << 10
	// keptFor bounds for how long a row is taken to be what it was, whatever its
	// version. A database that was put in the place of another one may count the
	// same, and triggers can be disabled.
	keptFor = time.Minute
)

// kept are things of one table by their versions. They are shared: nobody changes them.
type kept[D any] struct {
	things *lru.Cache[reference, keptThing[D]]
	size   func(*D) int
}

type keptThing[D any] struct {
	thing *D
	since time.Time
}

func newKept[D any](size func(*D) int) kept[D] {
	return kept[D]{newLRU[reference, keptThing[D]](keptReferences), size}
}

func newLRU[K comparable, V any](size int) *lru.Cache[K, V] {
	cache, err := lru.New[K, V](size)
	if err != nil {
		panic(err) // there is room for some
	}
	return cache
}

// find returns those of the things that exist, from what is kept of the version or else
// as all reads them. What it reads may be newer: then nobody asks for the version again.
func (k kept[D]) find(ctx context.Context, now time.Time, version *int64, ids []uuid.UUID, all func(context.Context, []key) (map[uuid.UUID]*D, error)) (map[uuid.UUID]*D, error) {
	if version == nil {
		return all(ctx, keysOf(ids))
	}
	found := make(map[uuid.UUID]*D, len(ids))
	var missing []key
	for _, id := range ids {
		if _, seen := found[id]; seen {
			continue
		}
		known, ok := k.things.Get(reference{id, *version})
		if found[id] = known.thing; !ok || now.Sub(known.since) >= keptFor {
			missing = append(missing, key(id))
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	read, err := all(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, id := range missing {
		thing := read[uuid.UUID(id)]
		found[uuid.UUID(id)] = thing
		if thing != nil && k.size(thing) <= keptDocument {
			k.things.Add(reference{uuid.UUID(id), *version}, keptThing[D]{thing, now})
		}
	}
	return found, nil
}

// keptQuery is a list that was asked for, at a version.
type keptQuery struct {
	sql, values string
	version     int64
}

// keptList is a page of things of one type.
type keptList struct {
	page  any
	since time.Time
}

// references are the things that results refer to.
type references struct {
	now        func() time.Time
	lists      *lru.Cache[keptQuery, keptList]
	benchmarks kept[domain.Benchmark]
	sites      kept[domain.Site]
	flavors    kept[domain.Flavor]
	tags       kept[domain.Tag]
}

func newReferences() *references {
	length := func(text *string) int {
		if text == nil {
			return 0
		}
		return len(*text)
	}
	return &references{
		now:        time.Now,
		lists:      newLRU[keptQuery, keptList](keptLists),
		benchmarks: newKept(func(b *domain.Benchmark) int { return len(b.JSONSchema) + length(b.Description) }),
		sites:      newKept(func(s *domain.Site) int { return len(s.Address) + length(s.Description) }),
		flavors:    newKept(func(f *domain.Flavor) int { return length(f.Description) }),
		tags:       newKept(func(t *domain.Tag) int { return length(t.Description) }),
	}
}

// read returns the results that the statement selects, in its order, and the total
// that it tells, nil if it tells none or there are no results.
func (r results) read(ctx context.Context, table ResultTable, ids Statement) (items []*domain.Result, total *int, err error) {
	rows, err := table.Read(ctx, ids)
	if err != nil {
		return nil, nil, r.failed(ctx, err, "read results")
	}
	if len(rows) == 0 {
		return nil, nil, nil
	}
	found, err := r.refer(ctx, &rows[0].Version, referenceIDs{
		benchmarks: each(rows, func(row ResultRow) uuid.UUID { return row.BenchmarkID }),
		sites:      each(rows, func(row ResultRow) uuid.UUID { return row.SiteID }),
		flavors:    each(rows, func(row ResultRow) uuid.UUID { return row.FlavorID }),
		tags:       slices.Concat(each(rows, func(row ResultRow) []uuid.UUID { return row.TagIDs })...),
	})
	if err != nil {
		return nil, nil, err
	}
	items = make([]*domain.Result, 0, len(rows))
	for _, row := range rows {
		result := &domain.Result{
			ID: row.ID, Upload: row.Upload, ExecutedAt: row.ExecutedAt, JSON: row.JSON,
			Benchmark: found.benchmarks[row.BenchmarkID], Site: found.sites[row.SiteID], Flavor: found.flavors[row.FlavorID],
		}
		for _, id := range row.TagIDs {
			if tag := found.tags[id]; tag != nil {
				result.Tags = append(result.Tags, tag)
			}
		}
		// One of them is missing only if it went away, with the result, since the
		// result was read.
		if result.Benchmark != nil && result.Site != nil && result.Flavor != nil {
			items = append(items, result)
		}
	}
	return items, rows[0].Total, nil
}

// referenceIDs are those of what results refer to.
type referenceIDs struct{ benchmarks, sites, flavors, tags []uuid.UUID }

// foundReferences are what there is of them.
type foundReferences struct {
	benchmarks map[uuid.UUID]*domain.Benchmark
	sites      map[uuid.UUID]*domain.Site
	flavors    map[uuid.UUID]*domain.Flavor
	tags       map[uuid.UUID]*domain.Tag
}

// refer finds all of them, as they are at the version; nil is now.
func (r results) refer(ctx context.Context, version *int64, ids referenceIDs) (found foundReferences, err error) {
	of := r.store.references
	now := of.now()
	if found.benchmarks, err = of.benchmarks.find(ctx, now, version, ids.benchmarks, newBenchmarks(r.session).all); err != nil {
		return found, err
	}
	if found.sites, err = of.sites.find(ctx, now, version, ids.sites, newSites(r.session).all); err != nil {
		return found, err
	}
	if found.flavors, err = of.flavors.find(ctx, now, version, ids.flavors, newFlavors(r.session).all); err != nil {
		return found, err
	}
	found.tags, err = of.tags.find(ctx, now, version, ids.tags, newTags(r.session).all)
	return found, err
}

// References implements ports.Results.
func (r results) References(ctx context.Context, benchmarkID, flavorID uuid.UUID, tagIDs []uuid.UUID) (ports.References, error) {
	version, err := r.version(ctx)
	if err != nil {
		return ports.References{}, err
	}
	ids := referenceIDs{benchmarks: []uuid.UUID{benchmarkID}, flavors: []uuid.UUID{flavorID}, tags: inOrderOfIDs(tagIDs)}
	found, err := r.refer(ctx, version, ids)
	if err != nil {
		return ports.References{}, err
	}
	of := ports.References{Benchmark: found.benchmarks[benchmarkID], Flavor: found.flavors[flavorID], Tags: inOrder(keysOf(ids.tags), found.tags)}
	if of.Flavor == nil {
		return of, nil
	}
	site, err := r.refer(ctx, version, referenceIDs{sites: []uuid.UUID{of.Flavor.SiteID}})
	of.Site = site.sites[of.Flavor.SiteID]
	return of, err
}

func each[R, T any](rows []R, of func(R) T) []T {
	list := make([]T, len(rows))
	for i, row := range rows {
		list[i] = of(row)
	}
	return list
}
