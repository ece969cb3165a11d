package gormdb

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

type results struct{ session }

const (
	joinBenchmark = "JOIN benchmark ON benchmark.id = result.benchmark_id"
	joinSite      = "JOIN site ON site.id = result.site_id"
	joinFlavor    = "JOIN flavor ON flavor.id = result.flavor_id"
)

var resultColumns = map[string]column{
	"id":                 {sql: "result.id"},
	"upload_datetime":    {sql: "result.upload_datetime"},
	"execution_datetime": {sql: "result.execution_datetime"},
	"benchmark_id":       {sql: "result.benchmark_id"},
	"benchmark_name":     {sql: "(benchmark.docker_image || ':' || benchmark.docker_tag)", text: true, join: joinBenchmark},
	"site_id":            {sql: "result.site_id"},
	"site_name":          {sql: "site.name", text: true, join: joinSite},
	"site_address":       {sql: "site.address", text: true, join: joinSite},
	"flavor_id":          {sql: "result.flavor_id"},
	"flavor_name":        {sql: "flavor.name", text: true, join: joinFlavor},
	filter.JSONField:     {sql: "result.json", json: true},
}

// resultPlaces are first found in the tables that results refer to, which are
// small: to join these to every result takes hundreds of times as long.
var resultPlaces = []place{
	{"benchmark.docker_image || ':' || benchmark.docker_tag", "result.benchmark_id IN (SELECT benchmark.id FROM benchmark WHERE %s)"},
	{"site.name", "result.site_id IN (SELECT site.id FROM site WHERE %s)"},
	{"site.address", "result.site_id IN (SELECT site.id FROM site WHERE %s)"},
	{"flavor.name", "result.flavor_id IN (SELECT flavor.id FROM flavor WHERE %s)"},
	{"tag.name", "result.id IN (SELECT result_tags.result_id FROM result_tags JOIN tag ON tag.id = result_tags.tag_id WHERE %s)"},
}

// Get implements ports.Results.
func (r results) Get(ctx context.Context, id uuid.UUID) (*domain.Result, error) {
	found, err := r.all(ctx, []key{key(id)})
	if err == nil && len(found) == 0 {
		err = r.failed(ctx, gorm.ErrRecordNotFound, "read result %s", id)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// List implements ports.Results.
func (r results) List(ctx context.Context, q ports.ResultQuery) (domain.Page[*domain.Result], error) {
	var where conditions
	if q.Uploader == nil {
		where.add("NOT result.deleted")
	}
	where.uploader("result", q.Uploader)
	where.window("result.upload_datetime", q.Uploaded)
	where.window("result.execution_datetime", q.Executed)
	where.id("result.benchmark_id", q.BenchmarkID)
	where.id("result.site_id", q.SiteID)
	where.id("result.flavor_id", q.FlavorID)
	if tags := distinct(q.TagIDs, func(id uuid.UUID) key { return key(id) }); len(tags) > 0 {
		where.add("result.id IN (SELECT result_id FROM result_tags WHERE tag_id IN ? GROUP BY result_id HAVING count(*) = ?)", tags, len(tags))
	}
	where.filters(r.store.dialect, "result.json", q.Filters)
	if err := r.search(ctx, &where, q.Terms, resultPlaces...); err != nil {
		return domain.Page[*domain.Result]{}, err
	}
	list := selection{table: "result", id: "result.id", columns: resultColumns, where: where, ListOptions: q.ListOptions}
	if isCounted(q) {
		list.counted = visibleResults(q.BenchmarkID)
	}
	ids, total, err := page[key](ctx, r.session, list, "result.id")
	if err != nil {
		return domain.Page[*domain.Result]{}, r.failed(ctx, err, "list results")
	}
	items, err := r.all(ctx, ids)
	return pageOf(q.Page, items, total), err
}

// isCounted tells whether the query chooses all that are not hidden, of a benchmark
// at most.
func isCounted(q ports.ResultQuery) bool {
	return q.Uploader == nil && q.Uploaded == (ports.Window{}) && q.Executed == (ports.Window{}) &&
		q.SiteID == nil && q.FlavorID == nil && len(q.TagIDs) == 0 && len(q.Filters) == 0 &&
		!slices.ContainsFunc(q.Terms, func(term string) bool { return term != "" })
}

// Add implements ports.Results.
func (r results) Add(ctx context.Context, result *domain.Result) error {
	row := resultRow{
		ID:                key(result.ID),
		Upload:            newUploadColumns(result.Upload),
		JSON:              document(result.JSON),
		ExecutionDatetime: timestampOf(result.ExecutedAt),
		BenchmarkID:       key(result.Benchmark.ID),
		SiteID:            key(result.Site.ID),
		FlavorID:          key(result.Flavor.ID),
	}
	if err := r.query(ctx).Omit(clause.Associations).Create(&row).Error; err != nil {
		return r.failed(ctx, err, "add a result")
	}
	ties := make([]resultTagRow, len(result.Tags))
	for i, tag := range result.Tags {
		ties[i] = resultTagRow{ResultID: row.ID, TagID: key(tag.ID)}
	}
	return r.tie(ctx, ties)
}

// all returns those of the results that exist, in the order of the ids. What
// several of them share is read once.
func (r results) all(ctx context.Context, ids []key) ([]*domain.Result, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []resultRow
	if err := r.query(ctx).Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, r.failed(ctx, err, "read results")
	}
	benchmarks, err := newBenchmarks(r.session).all(ctx, distinct(rows, func(row resultRow) key { return row.BenchmarkID }))
	if err != nil {
		return nil, err
	}
	sites, err := newSites(r.session).all(ctx, distinct(rows, func(row resultRow) key { return row.SiteID }))
	if err != nil {
		return nil, err
	}
	flavors, err := newFlavors(r.session).all(ctx, distinct(rows, func(row resultRow) key { return row.FlavorID }))
	if err != nil {
		return nil, err
	}
	tags, err := r.tags(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID]*domain.Result, len(rows))
	for _, row := range rows {
		id := uuid.UUID(row.ID)
		result := &domain.Result{
			ID:         id,
			Upload:     row.Upload.upload(),
			ExecutedAt: row.ExecutionDatetime.Time,
			JSON:       json.RawMessage(row.JSON),
			Benchmark:  benchmarks[uuid.UUID(row.BenchmarkID)],
			Site:       sites[uuid.UUID(row.SiteID)],
			Flavor:     flavors[uuid.UUID(row.FlavorID)],
			Tags:       tags[id],
		}
		// One of them is missing only if it went away, with the result, since
		// the result was read.
		if result.Benchmark != nil && result.Site != nil && result.Flavor != nil {
			found[id] = result
		}
	}
	return inOrder(ids, found), nil
}

// tags are those of each of the results, in the order of their ids.
func (r results) tags(ctx context.Context, ids []key) (map[uuid.UUID][]*domain.Tag, error) {
	var ties []resultTagRow
	if err := r.query(ctx).Where("result_id IN ?", ids).Order("tag_id").Find(&ties).Error; err != nil {
		return nil, r.failed(ctx, err, "read the tags of results")
	}
	tags, err := newTags(r.session).all(ctx, distinct(ties, func(tie resultTagRow) key { return tie.TagID }))
	if err != nil {
		return nil, err
	}
	of := map[uuid.UUID][]*domain.Tag{}
	for _, tie := range ties {
		if tag := tags[uuid.UUID(tie.TagID)]; tag != nil {
			of[uuid.UUID(tie.ResultID)] = append(of[uuid.UUID(tie.ResultID)], tag)
		}
	}
	return of, nil
}

func distinct[R any](rows []R, id func(R) key) []key {
	seen := map[key]bool{}
	var ids []key
	for _, row := range rows {
		if k := id(row); !seen[k] {
			seen[k] = true
			ids = append(ids, k)
		}
	}
	return ids
}
