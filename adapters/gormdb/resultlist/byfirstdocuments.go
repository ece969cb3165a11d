package resultlist

import (
	"context"
	"slices"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// maxPrefix is how many results at the beginning of a list are examined for those that satisfy
// its filters.
const maxPrefix = 5000

// byFirstDocuments looks for the page among the first results of the list, by their
// documents, if the total lets expect the page there:
//
//	SELECT result.id FROM (SELECT result.* FROM result WHERE conditions ORDER BY order LIMIT length) AS result
//	WHERE documents satisfy the filters ORDER BY order LIMIT size OFFSET offset
//
// If the page is not there, since values grow with the time, it goes on without documents until the page is full,
// with a hash table for each filter, as inIndexOrder does; or joins by hashing, if no index has the order or the tables
// were large:
//
//	SELECT result.id FROM result WHERE conditions AND (result.id IN (results that satisfy a filter)) IS TRUE ...
//	ORDER BY order LIMIT size OFFSET offset
func (r Reader) byFirstDocuments(ctx context.Context, p planned) (strategy, error) {
	unfiltered := p
	unfiltered.query.Filters = nil
	first, err := r.selection(ctx, unfiltered.query, indexedPaths{})
	if err != nil {
		return strategy{}, err
	}
	rest := r.walk(first, p)
	if len(p.query.BenchmarkIDs) > 1 || p.facts.Visible*len(p.query.Filters) > maxHashed {
		if rest, err = r.byHashTable(ctx, p); err != nil {
			return strategy{}, err
		}
	}
	total, visible := p.facts.Matching, p.facts.Visible
	fetch := func(ctx context.Context, s session.Session, sel query.Selection, offset, size int) ([]tables.Key, *int, error) {
		if size = min(size, total-offset); size <= 0 {
			return nil, nil, nil
		}
		// Twice as many results as expected, and some more for small numbers.
		if length := 2*(offset+size)*visible/total + 100; length <= maxPrefix {
			first.Backwards = sel.Backwards
			prefix, err := r.firstOf(ctx, s, first, length, p)
			if err != nil {
				return nil, nil, err
			}
			ids, _, err := prefix.fetch(ctx, s, prefix.selection, offset, size)
			if err != nil || len(ids) == size {
				return ids, nil, err
			}
		}
		return rest.fetch(ctx, s, sel, offset, size)
	}
	return strategy{rest.selection, fetch}, nil
}

// walk reads a list in its order, and looks up in hash tables which results satisfy the filters.
func (r Reader) walk(list query.Selection, p planned) strategy {
	list.Where, list.CountFast = slices.Clone(list.Where), known(p.facts.Matching)
	for _, f := range p.query.Filters {
		list.Where.Add("(result.id IN (?)) IS TRUE", p.paths.resultsWith(r.Dialect.ValueIndex, f))
	}
	return scanAfter(r.Dialect.ValueIndex.PreferIndexOrder(), list)
}

// firstOf reads those of the first results of a list, up to a length, whose documents satisfy
// the filters.
func (r Reader) firstOf(ctx context.Context, s session.Session, list query.Selection, length int, p planned) (strategy, error) {
	first, err := list.Ordered(ctx, s)
	if err != nil {
		return strategy{}, err
	}
	list.Table, list.Values, list.Where = "(?) AS result", []any{first.Select("result.*").Limit(length)}, nil
	for _, f := range p.query.Filters {
		translator{Reader: r, units: p.paths.units, decided: p.paths.decided}.addFilter(&list.Where, f)
	}
	return scan(list), nil
}
