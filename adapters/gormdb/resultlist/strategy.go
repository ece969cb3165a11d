package resultlist

import (
	"context"
	"slices"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

const (
	// defaultMaxLookups: see Lists.MaxLookups.
	defaultMaxLookups = 500
	// maxHashed is how many results the hash tables of a statement, one for each filter,
	// may have in memory: some 60 bytes for each.
	maxHashed = 500_000
	// maxPrefix is how many results at the beginning of a list are examined for those
	// that satisfy its filters.
	maxPrefix = 5000
)

// strategy is a way to find the ids of the results of a page.
type strategy struct {
	selection query.Selection
	fetch     query.Fetch[tables.Key]
}

// page returns the ids of the page, and the total of all pages.
func (p strategy) page(ctx context.Context, s session.Session) (ids []tables.Key, total int, err error) {
	return query.Page(ctx, s, p.selection, p.fetch)
}

// scan reads the selection as the database plans it by itself.
func scan(sel query.Selection) strategy {
	return strategy{sel, query.Scan[tables.Key](sel.ID)}
}

// scanAfter reads the selection after a statement that guides the planner.
func scanAfter(statement string, sel query.Selection) strategy {
	fetch := query.Scan[tables.Key](sel.ID)
	return strategy{sel, func(ctx context.Context, s session.Session, sel query.Selection, offset, size int) ([]tables.Key, *int, error) {
		if err := s.Query(ctx).Exec(statement).Error; err != nil {
			return nil, nil, err
		}
		return fetch(ctx, s, sel, offset, size)
	}}
}

// choose returns the strategy for a query that looks into documents, when there is a
// value index. The session must be a snapshot.
func (r Reader) choose(ctx context.Context, q ports.ResultQuery) (strategy, error) {
	paths, err := r.indexedPaths(ctx, q)
	if err != nil {
		return strategy{}, err
	}
	documents, err := r.documentScan(ctx, q, paths)
	if err != nil || !paths.coverAll(q.Filters) || !choosesAllVisible(q) {
		return documents, err
	}
	values := r.indexedValues(q, paths)
	total, err := values.Total(ctx, r.Session)
	if err != nil {
		return strategy{}, err
	}
	values.CountFast, documents.selection.CountFast = known(total), known(total)
	switch isCovered, areMany := paths.coverSort(q.Sort), total > r.MaxLookups; {
	case isCovered && areMany:
		return r.indexOrderScan(ctx, q, paths, values)
	case isCovered:
		return scan(values), nil
	case areMany && isByTime(q.Sort):
		return r.prefixScan(ctx, q, documents.selection, total)
	case areMany:
		return scanAfter(r.Dialect.ValueIndex.PreferHashJoins(), documents.selection), nil
	default:
		return documents, nil
	}
}

// documentScan reads the table result, which holds the documents, and uses the value
// index for filters and sorts where it can.
func (r Reader) documentScan(ctx context.Context, q ports.ResultQuery, paths indexedPaths) (strategy, error) {
	sel, err := r.selection(ctx, q, paths)
	return scan(sel), err
}

// indexedValues selects rows of the value index, one for each result that satisfies
// the filters, all of which the index covers. The table result, which is about fifty
// times as large, is not read.
func (r Reader) indexedValues(q ports.ResultQuery, paths indexedPaths) query.Selection {
	index := r.Dialect.ValueIndex
	return query.Selection{
		Table: "result_value AS v", ID: "v.result_id", Where: paths.valuesOf(index, q.Filters), ListOptions: q.ListOptions,
		Columns: map[string]query.Column{"id": {SQL: "v.result_id"}, filter.JSONField: {IsJSON: true}},
		OrderByValue: func(path filter.Path, _ string) ([]clause.Expr, clause.Expr) {
			id, ok := paths.single(path)
			if !ok { // the path cannot exist
				return nil, clause.Expr{}
			}
			return joinValue(index, "v.result_id", id, path)
		},
	}
}

// indexOrderScan reads the values of the path to sort by, in the order of their index,
// and looks up in hash tables which results satisfy the filters. It needs a sort by
// one indexed path, and hash tables that are not too large; otherwise it joins the
// values of the filters and of the sort by hashing.
func (r Reader) indexOrderScan(ctx context.Context, q ports.ResultQuery, paths indexedPaths, values query.Selection) (strategy, error) {
	index := r.Dialect.ValueIndex
	hashed := scanAfter(index.PreferHashJoins(), values)
	ordered, ok := r.valuesInOrder(q, paths)
	if !ok {
		return hashed, nil
	}
	visible, err := countVisible(q.BenchmarkIDs)(ctx, r.Session)
	if err != nil || visible*len(q.Filters) > maxHashed {
		return hashed, err
	}
	ordered.CountFast = values.CountFast
	return scanAfter(index.PreferIndexOrder(), ordered), nil
}

// valuesInOrder selects the rows of the value index of the path to sort by, if the query
// sorts by one indexed path. PostgreSQL turns "x IN (SELECT ...)" into a join, which
// loses the order of the index; it does not for "(x IN (SELECT ...)) IS TRUE".
func (r Reader) valuesInOrder(q ports.ResultQuery, paths indexedPaths) (sel query.Selection, ok bool) {
	const alias = "s"
	if q.Sort[0].Path == nil || slices.ContainsFunc(q.Sort[1:], func(key filter.Key) bool { return key.Field != "id" }) {
		return sel, false
	}
	id, ok := paths.single(q.Sort[0].Path)
	if !ok {
		return sel, false
	}
	index := r.Dialect.ValueIndex
	var where query.Conditions
	where.Add(index.SortRow(alias, id))
	for _, f := range q.Filters {
		where.Add("("+alias+".result_id IN (?)) IS TRUE", paths.resultsWith(index, f))
	}
	return query.Selection{
		Table: "result_value AS " + alias, ID: alias + ".result_id", Where: where, ListOptions: q.ListOptions,
		Columns: map[string]query.Column{"id": {SQL: alias + ".result_id"}, filter.JSONField: {IsJSON: true}},
		OrderByValue: func(path filter.Path, _ string) ([]clause.Expr, clause.Expr) {
			return index.Order(alias, path), clause.Expr{}
		},
	}, true
}

// isByTime tells whether an index has all results, or those of a benchmark, in this order.
func isByTime(sort []filter.Key) bool {
	return len(sort) > 0 && sort[0].Field == "execution_datetime" &&
		!slices.ContainsFunc(sort[1:], func(key filter.Key) bool { return key.Field != "id" })
}

// prefixScan looks for the page among the first results of the list, by their
// documents, if the total lets expect the page there. If the page is not there, it
// joins the values of the filters by hashing.
func (r Reader) prefixScan(ctx context.Context, q ports.ResultQuery, documents query.Selection, total int) (strategy, error) {
	visible, err := countVisible(q.BenchmarkIDs)(ctx, r.Session)
	if err != nil {
		return strategy{}, err
	}
	filters := q.Filters
	q.Filters = nil
	unfiltered, err := r.selection(ctx, q, nil)
	if err != nil {
		return strategy{}, err
	}
	hashed := scanAfter(r.Dialect.ValueIndex.PreferHashJoins(), documents)
	fetch := func(ctx context.Context, s session.Session, sel query.Selection, offset, size int) ([]tables.Key, *int, error) {
		if size = min(size, total-offset); size <= 0 {
			return nil, nil, nil
		}
		// Twice as many results as expected, and some more for small numbers.
		if length := 2*(offset+size)*visible/total + 100; length <= maxPrefix {
			unfiltered.Backwards = sel.Backwards
			prefix, err := r.filteredPrefix(ctx, s, unfiltered, length, filters)
			if err != nil {
				return nil, nil, err
			}
			ids, _, err := prefix.fetch(ctx, s, prefix.selection, offset, size)
			if err != nil || len(ids) == size {
				return ids, nil, err
			}
		}
		return hashed.fetch(ctx, s, sel, offset, size)
	}
	return strategy{documents, fetch}, nil
}

// filteredPrefix reads those of the first results of a list, up to a length, whose
// documents satisfy the filters.
func (r Reader) filteredPrefix(
	ctx context.Context, s session.Session, list query.Selection, length int, filters []filter.Condition,
) (strategy, error) {
	first, err := list.Ordered(ctx, s)
	if err != nil {
		return strategy{}, err
	}
	list.Table, list.Values, list.Where = "(?) AS result", []any{first.Select("result.*").Limit(length)}, nil
	for _, f := range filters {
		addFilter(&list.Where, r.Dialect.JSON, f)
	}
	return scan(list), nil
}
