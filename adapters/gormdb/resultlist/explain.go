package resultlist

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/ports"
)

// Explain returns how the list of the query is read.
func (r Reader) Explain(ctx context.Context, q ports.ResultQuery) (e ports.Explanation, err error) {
	q = withFilters(q)
	err = r.Snapshot(ctx, func(s session.Session) error {
		in := r.Reader(s)
		p, err := in.plan(ctx, q)
		if err != nil {
			return err
		}
		how, err := in.strategy(ctx, p)
		if err != nil {
			return err
		}
		ordered, err := how.selection.Ordered(ctx, s)
		if err != nil {
			return err
		}
		e = p.explained(ordered.Select(how.selection.ID).Offset(q.Page.Offset()).Limit(q.Page.Size))
		return nil
	})
	return e, r.Failed(ctx, err, "explain a list of results")
}

// ExplainPart returns how the part of a list behind a place is read: by one statement, or by one for
// each range of the index until the part is full.
func (r Reader) ExplainPart(ctx context.Context, q ports.CursorQuery) (e ports.Explanation, err error) {
	q.ResultQuery = withFilters(q.ResultQuery)
	err = r.Snapshot(ctx, func(s session.Session) error {
		in := r.Reader(s)
		p, err := in.planAfter(ctx, q)
		if err != nil {
			return err
		}
		if p.plan == InIndexOrder {
			ranges, err := in.rangesAfter(ctx, p, q.After)
			for i := range ranges {
				ranges[i] = ranges[i].Limit(q.Page.Size + 1)
			}
			e = p.explained(ranges...)
			return err
		}
		sel, err := in.selection(ctx, q.ResultQuery, p.paths.ofDocuments())
		if err != nil {
			return err
		}
		if sel, err = in.behind(ctx, sel, p.paths.sorted, q.After); err != nil {
			return err
		}
		ordered, err := sel.Ordered(ctx, s)
		if err != nil {
			return err
		}
		e = p.explained(ordered.Select(sel.ID).Limit(q.Page.Size + 1))
		return nil
	})
	return e, r.Failed(ctx, err, "explain a part of a list of results")
}

// explained writes the plan with the SQL of its queries.
func (p planned) explained(queries ...*gorm.DB) ports.Explanation {
	statements := make([]string, len(queries))
	for i, q := range queries {
		var ids []tables.Key
		dry := q.Session(&gorm.Session{DryRun: true}).Find(&ids).Statement
		statements[i] = strings.TrimSpace(dry.SQL.String())
	}
	return ports.Explanation{Plan: string(p.plan), Reason: p.reason, Statement: strings.Join(statements, ";\n")}
}
