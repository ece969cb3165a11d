package resultlist

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// ListAfter returns the part of a list behind a place. Errors: ports.ErrPlaceGone; Unavailable
// also if the list is heavy and waits too long for a place.
func (r Reader) ListAfter(ctx context.Context, q ports.CursorQuery) (part ports.ResultPart, err error) {
	q.Page.Number, q.ResultQuery = 1, withFilters(q.ResultQuery)
	if !isHeavy(q.ResultQuery) && !q.WithTotal {
		return r.listAfter(ctx, q)
	}
	err = r.heavily(ctx, func(ctx context.Context) error {
		part, err = r.listAfter(ctx, q)
		return err
	})
	return part, err
}

func (r Reader) listAfter(ctx context.Context, q ports.CursorQuery) (part ports.ResultPart, err error) {
	// One more tells whether anything follows.
	ids, total, err := r.idsAfter(ctx, q, q.Page.Size+1)
	if err != nil {
		return part, err
	}
	part.Total = total
	hasNext := len(ids) > q.Page.Size
	if part.Items, err = r.Results(ctx, ids[:min(len(ids), q.Page.Size)]); err != nil || !hasNext {
		return part, err
	}
	if len(part.Items) == 0 { // all of them were removed meanwhile
		return r.listAfter(ctx, q)
	}
	last := part.Items[len(part.Items)-1]
	values, err := r.sortValues(ctx, last, q.Sort)
	if err != nil {
		return part, err
	}
	for i, v := range values {
		if len(v.Text) > ports.MaxSortValue {
			values[i] = ports.SortValue{Elided: true}
		}
	}
	part.Next = &ports.Position{ID: last.ID, Values: values}
	return part, nil
}

// idsAfter returns at most so many ids behind the position of the query, and the total of the
// list, if the query asks for it.
func (r Reader) idsAfter(ctx context.Context, q ports.CursorQuery, size int) (ids []tables.Key, total int, err error) {
	find := func(s session.Session) error {
		in := r.Reader(s)
		p, err := in.planAfter(ctx, q)
		if err != nil {
			return err
		}
		if p.plan != InIndexOrder {
			ids, total, err = in.selectAfter(ctx, q, p.paths.ofDocuments(), size)
			return err
		}
		if q.WithTotal {
			if total, err = in.total(ctx, q.ResultQuery, p.paths); err != nil {
				return err
			}
		}
		ids, err = in.inIndexAfter(ctx, p, q.After, size)
		return err
	}
	if !readsDocuments(q.ResultQuery) {
		err = find(r.Session)
		return ids, total, err
	}
	// What the value index knows must not change between two statements.
	err = r.Snapshot(ctx, find)
	return ids, total, err
}

// planAfter chooses the plan of a part of a list. Where an index answers, the session must be a
// snapshot.
func (r Reader) planAfter(ctx context.Context, part ports.CursorQuery) (p planned, err error) {
	q := part.ResultQuery
	p.query = q
	if p.paths, err = r.lookUp(ctx, q); err != nil {
		return p, err
	}
	if readsDocuments(q) {
		p.facts = Facts{FiltersIndexed: p.paths.coverAll(q.Filters), SortIndexed: p.paths.coverSort(q.Sort)}
	}
	p.plan, p.reason = ChooseAfter(q, p.facts)
	r.note(ctx, p)
	if p.plan != InIndexOrder {
		p.paths.sorted, err = r.sortKeysOf(ctx, q, p.paths.ofDocuments(), part.After)
	}
	return p, err
}

// total counts the results of a list whose filters the value index answers.
func (r Reader) total(ctx context.Context, q ports.ResultQuery, paths indexedPaths) (int, error) {
	count := countVisible(q.BenchmarkIDs)
	if len(q.Filters) > 0 {
		count = r.valuesOfFilters(q, paths).Total
	}
	total, err := count(ctx, r.Session)
	return total, r.Failed(ctx, err, "count results")
}

// selectAfter reads the table result, and the documents.
func (r Reader) selectAfter(
	ctx context.Context, q ports.CursorQuery, paths indexedPaths, size int,
) (ids []tables.Key, total int, err error) {
	sel, err := r.selection(ctx, q.ResultQuery, paths)
	if err != nil {
		return nil, 0, err
	}
	if q.WithTotal {
		if total, err = sel.Total(ctx, r.Session); err != nil {
			return nil, 0, r.Failed(ctx, err, "count results")
		}
	}
	if sel, err = r.behind(ctx, sel, paths.sorted, q.After); err != nil {
		return nil, 0, err
	}
	ids, _, err = query.Scan[tables.Key](sel.ID)(ctx, r.Session, sel, 0, size)
	return ids, total, r.Failed(ctx, err, "list results")
}

// behind selects the results behind the position, nil for all.
func (r Reader) behind(ctx context.Context, sel query.Selection, sorted sortedBy, position *ports.Position) (query.Selection, error) {
	if position == nil {
		return sel, nil
	}
	values, err := r.valuesOf(ctx, sel.Sort, *position)
	if err != nil {
		return sel, err
	}
	id := tables.Key(position.ID)
	place := query.Place{ID: id}
	for i, key := range sel.Sort {
		known := sorted.of(key, id)
		if position.Values[i].Elided && known != nil {
			place.Values = append(place.Values, r.Dialect.SortKeys.OrderOf(*known))
			continue
		}
		place.Values = append(place.Values, r.placeValues(key, values[i]))
	}
	behind, err := sel.Behind(r.Session, place)
	return behind, r.Failed(ctx, err, "find a place in a list of results")
}

// valuesOf returns the values at the position. Those that are elided are read again.
func (r Reader) valuesOf(ctx context.Context, sort []filter.Key, position ports.Position) ([]ports.SortValue, error) {
	if !slices.ContainsFunc(position.Values, func(v ports.SortValue) bool { return v.Elided }) {
		return position.Values, nil
	}
	found, err := r.Results(ctx, []tables.Key{tables.Key(position.ID)})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, ports.ErrPlaceGone
	}
	return r.sortValues(ctx, found[0], sort)
}

// placeValues are the values of the expressions that results are sorted by for the key.
func (r Reader) placeValues(key filter.Key, v ports.SortValue) []clause.Expr {
	bound := func(value any) []clause.Expr { return []clause.Expr{{SQL: "?", Vars: []any{value}}} }
	switch ports.ResultFields[key.Field] {
	case filter.DocumentType:
		if v.Missing {
			return nil
		}
		return r.Dialect.JSON.OrderOf(v.Text)
	case filter.IDType:
		id, _ := uuid.Parse(v.Text)
		return bound(tables.Key(id))
	case filter.TimeType:
		at, _ := time.Parse(time.RFC3339Nano, v.Text)
		return bound(tables.NearestTimestamp(at))
	default:
		return bound(v.Text)
	}
}

// sortValues returns the values of the result for the keys.
func (r Reader) sortValues(ctx context.Context, of *domain.Result, sort []filter.Key) ([]ports.SortValue, error) {
	values := make([]ports.SortValue, len(sort))
	for i, key := range sort {
		if key.Field != filter.JSONField {
			values[i].Text = namedValue(of, key.Field)
			continue
		}
		if key.Path != nil && !canExist(key.Path) {
			values[i].Missing = true
			continue
		}
		var text *string
		statement := clause.Expr{SQL: "SELECT ? FROM result WHERE id = ?", Vars: []any{r.Dialect.JSON.Text("json", key.Path), tables.Key(of.ID)}}
		if err := r.Query(ctx).Raw("?", statement).Scan(&text).Error; err != nil {
			return nil, r.Failed(ctx, err, "read a value of result %s", of.ID)
		}
		if values[i].Missing = text == nil; text != nil {
			values[i].Text = *text
		}
	}
	return values, nil
}

// namedValue is the value of a named field of the result.
func namedValue(of *domain.Result, field string) string {
	switch field {
	case "id":
		return of.ID.String()
	case "upload_datetime":
		return of.UploadedAt.UTC().Format(time.RFC3339Nano)
	case "execution_datetime":
		return of.ExecutedAt.UTC().Format(time.RFC3339Nano)
	case "benchmark_id":
		return of.Benchmark.ID.String()
	case "benchmark_name":
		return of.Benchmark.DockerImage + ":" + of.Benchmark.DockerTag
	case "site_id":
		return of.Site.ID.String()
	case "site_name":
		return of.Site.Name
	case "site_address":
		return of.Site.Address
	case "flavor_id":
		return of.Flavor.ID.String()
	case "flavor_name":
		return of.Flavor.Name
	default:
		return ""
	}
}
