package resultlist

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// byDocuments reads the table result, which holds the documents, and uses the value index for
// filters and sorts where it can:
//
//	SELECT result.id FROM result WHERE conditions ORDER BY order, result.id LIMIT size OFFSET offset
func (r Reader) byDocuments(ctx context.Context, p planned) (strategy, error) {
	sel, err := r.selection(ctx, p.query, p.paths)
	switch {
	case err != nil:
		return strategy{}, err
	case IsCounted(p.query, p.facts):
		sel.CountFast = known(p.facts.Matching)
	case sel.CountFast == nil && p.query.Uploader == nil && readsDocuments(p.query):
		sel.CountFast = r.countOnce(sel, p.query.BenchmarkIDs)
	}
	return scan(sel), nil
}

// countOnce counts visible results by reading documents, and keeps the total until results of these
// benchmarks change.
func (r Reader) countOnce(sel query.Selection, benchmarks []uuid.UUID) query.Count {
	return func(ctx context.Context, s session.Session) (int, error) {
		in := r
		in.Session = s
		_, version, err := in.visibleAt(ctx, benchmarks)
		if err != nil {
			return 0, err
		}
		return in.keptTotal(ctx, sel, version)
	}
}
