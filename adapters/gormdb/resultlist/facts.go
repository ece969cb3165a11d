package resultlist

import (
	"context"
	"log/slog"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/ports"
)

// planned is a query with its plan.
type planned struct {
	query  ports.ResultQuery
	paths  indexedPaths
	facts  Facts
	plan   Plan
	reason string
}

// plan finds out what is known about the query, and chooses its plan. Where an index answers,
// the session must be a snapshot.
func (r Reader) plan(ctx context.Context, q ports.ResultQuery) (p planned, err error) {
	p = planned{query: q, facts: Facts{MaxLookups: r.MaxLookups}}
	if p.paths, err = r.lookUp(ctx, q); err != nil {
		return p, err
	}
	if readsDocuments(q) {
		p.facts.FiltersIndexed, p.facts.SortIndexed = p.paths.coverAll(q.Filters), p.paths.coverSort(q.Sort)
		if IsCounted(q, p.facts) {
			if err = r.count(ctx, &p); err != nil {
				return p, err
			}
		}
	}
	p.plan, p.reason = Choose(q, p.facts)
	r.note(ctx, p)
	if !p.facts.SortIndexed {
		p.paths.sorted, err = r.sortKeysOf(ctx, q, p.paths, nil)
	}
	return p, err
}

// lookUp finds out what is known about the values that the query asks for: which of them an index has,
// and what large documents say.
func (r Reader) lookUp(ctx context.Context, q ports.ResultQuery) (paths indexedPaths, err error) {
	if readsDocuments(q) {
		if paths, err = r.indexedPaths(ctx, q); err != nil {
			return paths, err
		}
	}
	paths.decided, err = r.decide(ctx, q, paths)
	return paths, err
}

// count finds out how many results there are, and how many of them satisfy the filters.
func (r Reader) count(ctx context.Context, p *planned) error {
	visible, version, err := r.visibleAt(ctx, p.query.BenchmarkIDs)
	p.facts.Visible, p.facts.Matching = visible, visible
	if err == nil && len(p.query.Filters) > 0 {
		p.facts.Matching, err = r.keptTotal(ctx, r.valuesOfFilters(p.query, p.paths), version)
	}
	return err
}

// note writes the plan to the log.
func (r Reader) note(ctx context.Context, p planned) {
	if r.Log != nil {
		r.Log.DebugContext(ctx, "list of results", slog.String("plan", string(p.plan)), slog.String("reason", p.reason))
	}
}

// strategy is how a plan finds the ids of the results of a page.
type strategy struct {
	selection query.Selection
	fetch     query.Fetch[tables.Key]
}

// strategy returns that of the plan.
func (r Reader) strategy(ctx context.Context, p planned) (strategy, error) {
	switch p.plan {
	case ByValueIndex:
		return r.byValueIndex(p), nil
	case InIndexOrder:
		return r.inIndexOrder(p), nil
	case ByHashTable:
		return r.byHashTable(ctx, p)
	case ByFirstDocuments:
		return r.byFirstDocuments(ctx, p)
	default:
		return r.byDocuments(ctx, p)
	}
}

// page returns the ids of the page, and the total of all pages.
func (p strategy) page(ctx context.Context, s session.Session) (ids []tables.Key, total int, err error) {
	return query.Page(ctx, s, p.selection, p.fetch)
}

// scan reads the selection as the database plans it by itself.
func scan(sel query.Selection) strategy {
	return strategy{sel, query.Scan[tables.Key](sel.ID)}
}

// scanAfter reads the selection after a statement that guides the planner of the database.
func scanAfter(statement string, sel query.Selection) strategy {
	fetch := query.Scan[tables.Key](sel.ID)
	if statement == "" {
		return strategy{sel, fetch}
	}
	return strategy{sel, func(ctx context.Context, s session.Session, sel query.Selection, offset, size int) ([]tables.Key, *int, error) {
		if err := s.Query(ctx).Exec(statement).Error; err != nil {
			return nil, nil, err
		}
		return fetch(ctx, s, sel, offset, size)
	}}
}
