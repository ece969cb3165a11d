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

// resultPlaces are looked for in the tables that results refer to, which are small.
var resultPlaces = []resultPlace{
	{"benchmark", "benchmark.docker_image || ':' || benchmark.docker_tag", "result.benchmark_id IN (?)"},
	{"site", "site.name", "result.site_id IN (?)"},
	{"site", "site.address", "result.site_id IN (?)"},
	{"flavor", "flavor.name", "result.flavor_id IN (?)"},
	{"tag", "tag.name", inTags},
}

const inTags = "result.id IN (SELECT result_tags.result_id FROM result_tags WHERE result_tags.tag_id IN (?))"

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
func (r results) List(ctx context.Context, q ports.ResultQuery) (list domain.Page[*domain.Result], err error) {
	if !isHeavy(q) {
		return r.list(ctx, q)
	}
	err = r.heavily(ctx, func(ctx context.Context) error {
		list, err = r.list(ctx, q)
		return err
	})
	return list, err
}

func (r results) list(ctx context.Context, q ports.ResultQuery) (domain.Page[*domain.Result], error) {
	if table := r.resultTable(); table != nil && !isHeavy(q) && !concernsJSON(q) {
		return r.light(ctx, table, q)
	}
	ids, total, err := r.page(ctx, q)
	if err != nil {
		return domain.Page[*domain.Result]{}, r.failed(ctx, err, "list results")
	}
	items, err := r.all(ctx, ids)
	return pageOf(q.Page, items, total), err
}

// light lists in one statement, with the total where that is counted.
func (r results) light(ctx context.Context, table ResultTable, q ports.ResultQuery) (domain.Page[*domain.Result], error) {
	list, err := r.selection(ctx, q, nil)
	if err != nil {
		return domain.Page[*domain.Result]{}, err
	}
	rows, total, err := page(ctx, r.session, list, func(ctx context.Context, s session, sel selection, offset, size int) ([]ResultRow, *int, error) {
		query, err := s.ordered(ctx, sel)
		if err != nil {
			return nil, nil, err
		}
		told := clause.Expr{SQL: "NULL"}
		if sel.counted != nil {
			told = visible(q.BenchmarkID)
		}
		ids, err := statementOf(query.Select("result.id AS id, CAST((?) AS bigint) AS total", told).Offset(offset).Limit(size))
		if err != nil {
			return nil, nil, err
		}
		rows, err := table.Read(ctx, ids)
		if err != nil || len(rows) == 0 {
			return nil, nil, err
		}
		return rows, rows[0].Total, nil
	})
	if err != nil || len(rows) == 0 {
		return pageOf[*domain.Result](q.Page, nil, total), r.failed(ctx, err, "list results")
	}
	items, err := r.assemble(ctx, &rows[0].Version, rows)
	return pageOf(q.Page, items, total), err
}

func (r results) page(ctx context.Context, q ports.ResultQuery) (ids []key, total int, err error) {
	if r.store.dialect.Values() == nil || !concernsJSON(q) {
		return r.pageBy(ctx, q, nil)
	}
	err = r.snapshot(ctx, func(s session) error {
		leaves, err := s.leavesOf(ctx, q)
		if err == nil {
			ids, total, err = results{s}.pageBy(ctx, q, leaves)
		}
		return err
	})
	return ids, total, err
}

// concernsJSON tells whether the query looks into documents.
func concernsJSON(q ports.ResultQuery) bool {
	return len(q.Filters) > 0 || slices.ContainsFunc(q.Sort, func(key filter.Key) bool { return key.Field == filter.JSONField })
}

func (r results) pageBy(ctx context.Context, q ports.ResultQuery, leaves leaves) (ids []key, total int, err error) {
	list, err := r.selection(ctx, q, leaves)
	if err != nil {
		return nil, 0, err
	}
	cut := scanning[key](list.id)
	if len(leaves) > 0 {
		if cut, err = r.byValues(ctx, &list, leaves, q); err != nil {
			return nil, 0, err
		}
	}
	return page(ctx, r.session, list, cut)
}

func (r results) selection(ctx context.Context, q ports.ResultQuery, leaves leaves) (selection, error) {
	where := r.where(q, leaves)
	terms, plain, err := r.searchNamed(ctx, q.Terms)
	list := selection{
		table: "result", id: "result.id", columns: resultColumns, where: slices.Concat(where, terms), leaves: leaves, ListOptions: q.ListOptions,
	}
	switch {
	case isCountedUnfiltered(q) && len(q.Filters) == 0:
		list.counted = visibleResults(q.BenchmarkID)
	case plain && len(terms) > 1 && q.Uploader == nil && r.store.dialect.Values() != nil:
		list.counted = intersected(where, terms)
	}
	return list, err
}

// intersected counts the results that satisfy the conditions and each of the terms, of
// which an index tells: the rows themselves, some of which satisfy one term and most
// not the other, need not be read. PostgreSQL does not think of it by itself.
func intersected(where, terms conditions) func(context.Context, session) (int, error) {
	where = slices.Concat(where, terms[:1])
	for _, term := range terms[1:] {
		where.add("result.id IN (SELECT result.id FROM result WHERE NOT result.deleted AND ?)", term)
	}
	return func(ctx context.Context, s session) (int, error) {
		return s.total(ctx, selection{table: "result", where: where})
	}
}

// where is what the query demands, its terms apart.
func (r results) where(q ports.ResultQuery, leaves leaves) conditions {
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
	leaves.filters(r.store.dialect, &where, q.Filters)
	return where
}

// isCountedUnfiltered tells whether the query, its filters apart, chooses all that
// are not hidden, of a benchmark at most.
func isCountedUnfiltered(q ports.ResultQuery) bool {
	return q.Uploader == nil && q.Uploaded == (ports.Window{}) && q.Executed == (ports.Window{}) &&
		q.SiteID == nil && q.FlavorID == nil && len(q.TagIDs) == 0 &&
		!slices.ContainsFunc(q.Terms, func(term string) bool { return term != "" })
}

// Add implements ports.Results.
func (r results) Add(ctx context.Context, result *domain.Result) error {
	if r.unit != nil {
		return r.add(ctx, result)
	}
	if table := r.resultTable(); table != nil {
		err := table.Add(ctx, result)
		if !r.store.dialect.Transient(err) {
			return r.failed(ctx, err, "add a result")
		}
	}
	return r.store.Do(ctx, func(ctx context.Context, own ports.Repos) error { return own.Results.Add(ctx, result) })
}

func (r results) add(ctx context.Context, result *domain.Result) error {
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
	if table := r.resultTable(); table != nil {
		rows, err := table.Read(ctx, table.Listed(ids))
		if err != nil || len(rows) == 0 {
			return nil, r.failed(ctx, err, "read results")
		}
		return r.assemble(ctx, &rows[0].Version, rows)
	}
	var rows []resultRow
	if err := r.query(ctx).Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, r.failed(ctx, err, "read results")
	}
	tags, err := r.tagIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID]*ResultRow, len(rows))
	for _, row := range rows {
		id := uuid.UUID(row.ID)
		found[id] = &ResultRow{
			ID: id, Upload: row.Upload.upload(), ExecutedAt: row.ExecutionDatetime.Time, JSON: json.RawMessage(row.JSON),
			BenchmarkID: uuid.UUID(row.BenchmarkID), SiteID: uuid.UUID(row.SiteID), FlavorID: uuid.UUID(row.FlavorID), TagIDs: tags[id],
		}
	}
	return r.assemble(ctx, nil, each(inOrder(ids, found), func(row *ResultRow) ResultRow { return *row }))
}

// tagIDs are those of each of the results, in their order.
func (r results) tagIDs(ctx context.Context, ids []key) (map[uuid.UUID][]uuid.UUID, error) {
	var ties []resultTagRow
	if err := r.query(ctx).Where("result_id IN ?", ids).Order("tag_id").Find(&ties).Error; err != nil {
		return nil, r.failed(ctx, err, "read the tags of results")
	}
	of := map[uuid.UUID][]uuid.UUID{}
	for _, tie := range ties {
		of[uuid.UUID(tie.ResultID)] = append(of[uuid.UUID(tie.ResultID)], uuid.UUID(tie.TagID))
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
