package resultlist

import (
	"context"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// Heavy runs work that reads many results, in one snapshot, as soon as there is a place for it.
func (r Reader) Heavy(ctx context.Context, work func(ctx context.Context, in Reader) error) error {
	return r.heavily(ctx, func(ctx context.Context) error {
		return r.Snapshot(ctx, func(s session.Session) error { return work(ctx, r.Reader(s)) })
	})
}

// Chosen returns the query for the rows of the table result that the query chooses, without
// an order. The session must be a snapshot.
func (r Reader) Chosen(ctx context.Context, q ports.ResultQuery) (*gorm.DB, error) {
	sel, err := r.chosen(ctx, q)
	if err != nil {
		return nil, err
	}
	return sel.Rows(ctx, r.Session), nil
}

// chosen selects all rows of the table result that the query chooses. The session must be a
// snapshot: what the value index knows must not change before the rows are read.
func (r Reader) chosen(ctx context.Context, q ports.ResultQuery) (query.Selection, error) {
	q = withFilters(q)
	paths, err := r.lookUp(ctx, q)
	if err != nil {
		return query.Selection{}, err
	}
	return r.selection(ctx, q, paths)
}

// CanExist tells whether a document can have a value at the path.
func CanExist(path filter.Path) bool { return canExist(path) }
