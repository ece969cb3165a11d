package gormdb

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
)

// ResultReader reads results in one statement, on a connection of its own. What they
// refer to it names by version, so that what is known already is not read again.
type ResultReader interface {
	// Read returns the results whose ids the statement selects, in its order. The
	// statement has two columns, id and total, which may be NULL.
	Read(ctx context.Context, ids Statement) ([]ResultRow, error)
	// Listed selects these ids, without a total.
	Listed(ids []Key) Statement
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
	ID                      uuid.UUID
	Upload                  domain.Upload
	ExecutedAt              time.Time
	JSON                    json.RawMessage
	Benchmark, Site, Flavor Reference
	// Tags are in the order of their ids.
	Tags []Reference
	// Total is what the statement says it is.
	Total *int
}

// Reference is a row as it was at one time. The version is another after each change,
// within the minute at least for which it is relied upon: PostgreSQL's is the number of
// the transaction that wrote the row, of which there are four thousand million.
type Reference struct {
	ID      uuid.UUID
	Version uint32
}

const (
	// keptReferences is how many rows of one table are kept, keptDocument the largest
	// document of theirs in bytes, and keptFor how long. A server that takes over
	// from one whose last commits were lost gives their numbers to others: hence the
	// last one.
	keptReferences = 1024
	keptDocument   = 32 << 10
	keptFor        = time.Minute
)

// kept are things of one table by their versions. They are shared: nobody changes them.
type kept[D any] struct {
	things *lru.Cache[Reference, keptThing[D]]
	size   func(*D) int
}

type keptThing[D any] struct {
	thing *D
	since time.Time
}

func newKept[D any](size func(*D) int) kept[D] {
	things, err := lru.New[Reference, keptThing[D]](keptReferences)
	if err != nil {
		panic(err) // there is room for some
	}
	return kept[D]{things, size}
}

// find returns those of the things that exist, from what is kept or else as all reads
// them. What it reads may be newer than the reference: then no later one is the same.
func (k kept[D]) find(ctx context.Context, references []Reference, all func(context.Context, []key) (map[uuid.UUID]*D, error)) (map[uuid.UUID]*D, error) {
	now := time.Now()
	found := make(map[uuid.UUID]*D, len(references))
	missing := map[Reference]bool{}
	for _, r := range references {
		if found[r.ID] != nil || missing[r] {
			continue
		}
		if known, ok := k.things.Get(r); ok && now.Sub(known.since) < keptFor {
			found[r.ID] = known.thing
			continue
		}
		missing[r] = true
	}
	if len(missing) == 0 {
		return found, nil
	}
	ids := make([]key, 0, len(missing))
	for r := range missing {
		ids = append(ids, key(r.ID))
	}
	read, err := all(ctx, ids)
	if err != nil {
		return nil, err
	}
	for r := range missing {
		thing := read[r.ID]
		if thing == nil {
			continue
		}
		found[r.ID] = thing
		if k.size(thing) <= keptDocument {
			k.things.Add(r, keptThing[D]{thing, now})
		}
	}
	return found, nil
}

// references are the things that results refer to.
type references struct {
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
		benchmarks: newKept(func(b *domain.Benchmark) int { return len(b.JSONSchema) + length(b.Description) }),
		sites:      newKept(func(s *domain.Site) int { return len(s.Address) + length(s.Description) }),
		flavors:    newKept(func(f *domain.Flavor) int { return length(f.Description) }),
		tags:       newKept(func(t *domain.Tag) int { return length(t.Description) }),
	}
}

// read returns the results that the statement selects, in its order, and the total
// that it tells, nil if it tells none or there are no results.
func (r results) read(ctx context.Context, reader ResultReader, ids Statement) (items []*domain.Result, total *int, err error) {
	rows, err := reader.Read(ctx, ids)
	if err != nil {
		return nil, nil, r.failed(ctx, err, "read results")
	}
	if len(rows) == 0 {
		return nil, nil, nil
	}
	of := r.store.references
	benchmarks, err := of.benchmarks.find(ctx, each(rows, func(row ResultRow) Reference { return row.Benchmark }), newBenchmarks(r.session).all)
	if err != nil {
		return nil, nil, err
	}
	sites, err := of.sites.find(ctx, each(rows, func(row ResultRow) Reference { return row.Site }), newSites(r.session).all)
	if err != nil {
		return nil, nil, err
	}
	flavors, err := of.flavors.find(ctx, each(rows, func(row ResultRow) Reference { return row.Flavor }), newFlavors(r.session).all)
	if err != nil {
		return nil, nil, err
	}
	var tagged []Reference
	for _, row := range rows {
		tagged = append(tagged, row.Tags...)
	}
	tags, err := of.tags.find(ctx, tagged, newTags(r.session).all)
	if err != nil {
		return nil, nil, err
	}
	items = make([]*domain.Result, 0, len(rows))
	for _, row := range rows {
		result := &domain.Result{
			ID: row.ID, Upload: row.Upload, ExecutedAt: row.ExecutedAt, JSON: row.JSON,
			Benchmark: benchmarks[row.Benchmark.ID], Site: sites[row.Site.ID], Flavor: flavors[row.Flavor.ID],
		}
		for _, tag := range row.Tags {
			if tag := tags[tag.ID]; tag != nil {
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

func each[R, T any](rows []R, of func(R) T) []T {
	list := make([]T, len(rows))
	for i, row := range rows {
		list[i] = of(row)
	}
	return list
}
