package gormdb

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
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

// referenceIDs are those of what results refer to.
type referenceIDs struct{ benchmarks, sites, flavors, tags []uuid.UUID }

// references are what there is of them.
type references struct {
	benchmarks map[uuid.UUID]*domain.Benchmark
	sites      map[uuid.UUID]*domain.Site
	flavors    map[uuid.UUID]*domain.Flavor
	tags       map[uuid.UUID]*domain.Tag
}

// refer finds all of them, as they are at the version; nil is now.
func (r results) refer(ctx context.Context, version *int64, ids referenceIDs) (found references, err error) {
	if found.benchmarks, err = newBenchmarks(r.session).find(ctx, version, ids.benchmarks); err != nil {
		return found, err
	}
	if found.sites, err = newSites(r.session).find(ctx, version, ids.sites); err != nil {
		return found, err
	}
	if found.flavors, err = newFlavors(r.session).find(ctx, version, ids.flavors); err != nil {
		return found, err
	}
	found.tags, err = newTags(r.session).find(ctx, version, ids.tags)
	return found, err
}

// assemble makes results of rows, in their order.
func (r results) assemble(ctx context.Context, version *int64, rows []ResultRow) ([]*domain.Result, error) {
	found, err := r.refer(ctx, version, referenceIDs{
		benchmarks: each(rows, func(row ResultRow) uuid.UUID { return row.BenchmarkID }),
		sites:      each(rows, func(row ResultRow) uuid.UUID { return row.SiteID }),
		flavors:    each(rows, func(row ResultRow) uuid.UUID { return row.FlavorID }),
		tags:       slices.Concat(each(rows, func(row ResultRow) []uuid.UUID { return row.TagIDs })...),
	})
	if err != nil {
		return nil, err
	}
	items := make([]*domain.Result, 0, len(rows))
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
	return items, nil
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
