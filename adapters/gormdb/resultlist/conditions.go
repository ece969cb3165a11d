package resultlist

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

const (
	joinBenchmark = "JOIN benchmark ON benchmark.id = result.benchmark_id"
	joinSite      = "JOIN site ON site.id = result.site_id"
	joinFlavor    = "JOIN flavor ON flavor.id = result.flavor_id"

	// documentColumn holds the documents.
	documentColumn = "result.json"
)

// columns are those that lists of results can be sorted by.
var columns = map[string]query.Column{
	"id":                 {SQL: "result.id"},
	"upload_datetime":    {SQL: "result.upload_datetime"},
	"execution_datetime": {SQL: "result.execution_datetime"},
	"benchmark_id":       {SQL: "result.benchmark_id"},
	"benchmark_name":     {SQL: "(benchmark.docker_image || ':' || benchmark.docker_tag)", IsText: true, Join: joinBenchmark},
	"site_id":            {SQL: "result.site_id"},
	"site_name":          {SQL: "site.name", IsText: true, Join: joinSite},
	"site_address":       {SQL: "site.address", IsText: true, Join: joinSite},
	"flavor_id":          {SQL: "result.flavor_id"},
	"flavor_name":        {SQL: "flavor.name", IsText: true, Join: joinFlavor},
	filter.JSONField:     {SQL: documentColumn, IsJSON: true},
}

// selection translates the query into a selection of rows of the table result. It
// uses the value index for the paths that are indexed, and the documents for all others.
func (r Reader) selection(ctx context.Context, q ports.ResultQuery, paths indexedPaths) (query.Selection, error) {
	units, err := r.declaredUnits(ctx, q)
	if err != nil {
		return query.Selection{}, err
	}
	t := translator{Reader: r, units: units, decided: paths.decided}
	where := r.conditions(q, paths, t)
	if q.Where != nil {
		condition, err := r.whereCondition(ctx, q, t)
		if err != nil {
			return query.Selection{}, err
		}
		where = append(where, condition)
	}
	terms, inOneColumnEach, err := r.searchTerms(ctx, q.Terms)
	sel := query.Selection{
		Table: "result", ID: "result.id", Columns: columns, Where: slices.Concat(where, terms), ListOptions: q.ListOptions,
		OrderByValue: func(path filter.Path, alias string) ([]clause.Expr, clause.Expr) {
			return r.orderByValue(paths, path, alias)
		},
	}
	switch {
	case choosesAllVisible(q) && len(q.Filters) == 0:
		sel.CountFast = countVisible(q.BenchmarkIDs)
	case inOneColumnEach && len(terms) > 1 && q.Uploader == nil && r.Dialect.IntersectsToCount:
		sel.CountFast = countIntersection(where, terms)
	}
	return sel, err
}

// states are the conditions that results are in a state: see count_results_by_state.sql of
// package gormdb.
var states = map[domain.ResultState]string{
	"": "NOT result.deleted",
	domain.DeletedState: "result.deleted AND (coalesce(result.removed, false) OR " +
		"result.removed IS NULL AND result.withdrawn_at IS NULL AND result._claim_report_id IS NULL)",
	domain.WithdrawnState: "result.deleted AND NOT coalesce(result.removed, false) AND result.withdrawn_at IS NOT NULL",
	domain.ClaimedState: "result.deleted AND NOT coalesce(result.removed, false) AND result.withdrawn_at IS NULL AND " +
		"(result.removed IS NOT NULL OR result._claim_report_id IS NOT NULL)",
}

// conditions are those of the query, without its expression and its terms.
func (r Reader) conditions(q ports.ResultQuery, paths indexedPaths, documents translator) query.Conditions {
	var where query.Conditions
	if q.Uploader == nil {
		where.Add("NOT result.deleted")
	}
	where.Uploader("result", q.Uploader)
	if q.State != nil {
		where.Add(states[*q.State])
	}
	where.Window("result.upload_datetime", q.Uploaded)
	where.Window("result.execution_datetime", q.Executed)
	where.UpTo("result.upload_datetime", q.AsOf)
	where.AnyID("result.benchmark_id", q.BenchmarkIDs)
	where.AnyID("result.site_id", q.SiteIDs)
	where.AnyID("result.flavor_id", q.FlavorIDs)
	if tags := distinctKeys(q.TagIDs); len(tags) > 0 {
		where.Add("result.id IN (SELECT result_id FROM result_tags WHERE tag_id IN ? GROUP BY result_id HAVING count(*) = ?)", tags, len(tags))
	}
	for _, f := range q.Filters {
		if paths.cover(f) {
			where.Add("result.id IN (?)", paths.resultsWith(r.Dialect.ValueIndex, f))
			continue
		}
		documents.addFilter(&where, f)
	}
	return where
}

func distinctKeys(ids []uuid.UUID) []tables.Key {
	var keys []tables.Key
	for _, id := range query.Distinct(ids) {
		keys = append(keys, tables.Key(id))
	}
	return keys
}

// choosesAllVisible tells whether the query, without its filters, chooses all visible
// results, or all of some benchmarks.
func choosesAllVisible(q ports.ResultQuery) bool {
	return q.Uploader == nil && q.Uploaded == (ports.Window{}) && q.Executed == (ports.Window{}) &&
		q.AsOf == nil && len(q.SiteIDs) == 0 && len(q.FlavorIDs) == 0 && len(q.TagIDs) == 0 && q.Where == nil &&
		!slices.ContainsFunc(q.Terms, func(term string) bool { return term != "" })
}

// addFilter adds the condition that the document of a result satisfies the filter.
func (t translator) addFilter(where *query.Conditions, f filter.Condition) {
	if !isSatisfiable(f) {
		where.ChooseNothing()
		return
	}
	*where = append(*where, t.inDocument(f.Comparison()))
}

// orderByValue orders rows of the table result by the value at a path: by the value
// index if the path is indexed once, else by the documents.
func (r Reader) orderByValue(paths indexedPaths, path filter.Path, alias string) (by []clause.Expr, join clause.Expr) {
	if path != nil && !canExist(path) {
		return nil, join
	}
	if path != nil {
		if id, ok := paths.single(path); ok {
			return r.Dialect.ValueIndex.Join("result.id", id, path)
		}
	}
	if keys := paths.sorted[placeOf(path)]; len(keys) > 0 {
		return r.Dialect.SortKeys.Order(path, alias, keys)
	}
	return r.Dialect.JSON.Order(documentColumn, path, alias)
}

// isSatisfiable tells whether a document can satisfy the condition, and every
// database can look for such documents.
func isSatisfiable(c filter.Condition) bool {
	return canExist(c.Path) && query.IsStorable(c.Value) && (c.Kind != filter.Number || isModerate(c.Value))
}

// canExist tells whether a document can have a value at the path.
func canExist(path filter.Path) bool {
	return !path.LeadsNowhere() && !slices.ContainsFunc(path, func(part filter.Part) bool {
		return !query.IsStorable(part.Name) || part.Match != nil &&
			(!query.IsStorable(part.Match.Member) || !query.IsStorable(part.Match.Value.Text))
	})
}

// isModerate tells whether PostgreSQL's type numeric can hold the number: it has
// 131072 digits before the point and 16383 after it.
func isModerate(number string) bool {
	const most = 8000
	if len(number) > most {
		return false
	}
	i := strings.IndexAny(number, "eE")
	if i < 0 {
		return true
	}
	exponent, err := strconv.Atoi(number[i+1:])
	return err == nil && -most <= exponent && exponent <= most
}
