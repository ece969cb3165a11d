package resultlist

import (
	"context"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// maxPrefix is how many results at the beginning of a list are examined for those that satisfy
// its filters.
const maxPrefix = 5000

// byFirstDocuments looks for the page among the first results of the list, by their
// documents, if the total lets expect the page there. If the page is not there, it joins by
// hashing:
//
//	SELECT result.id FROM (SELECT result.* FROM result WHERE conditions ORDER BY order LIMIT length) AS result
//	WHERE documents satisfy the filters ORDER BY order LIMIT size OFFSET offset
func (r Reader) byFirstDocuments(ctx context.Context, p planned) (strategy, error) {
	hashed, err := r.byHashTable(ctx, p)
	if err != nil {
		return strategy{}, err
	}
	unfiltered := p
	unfiltered.query.Filters = nil
	first, err := r.selection(ctx, unfiltered.query, indexedPaths{})
	if err != nil {
		return strategy{}, err
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
		return hashed.fetch(ctx, s, sel, offset, size)
	}
	return strategy{hashed.selection, fetch}, nil
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
