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
		e = ports.Explanation{Plan: string(p.plan), Reason: p.reason}
		how, err := in.strategy(ctx, p)
		if err != nil {
			return err
		}
		ordered, err := how.selection.Ordered(ctx, s)
		if err != nil {
			return err
		}
		var ids []tables.Key
		dry := ordered.Session(&gorm.Session{DryRun: true}).
			Select(how.selection.ID).Offset(q.Page.Offset()).Limit(q.Page.Size).Find(&ids).Statement
		e.Statement = strings.TrimSpace(dry.SQL.String())
		return nil
	})
	return e, r.Failed(ctx, err, "explain a list of results")
}
