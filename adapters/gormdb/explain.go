package gormdb

import (
	"context"
	"log/slog"

	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/ports"
)

var _ ports.ResultPlans = (*Store)(nil)

// WithLog writes the plan of each list of results at debug level.
func WithLog(log *slog.Logger) Option {
	return WithLists(func(l *resultlist.Lists) { l.Log = log })
}

// ExplainList implements ports.ResultPlans.
func (s *Store) ExplainList(ctx context.Context, q ports.ResultQuery) (ports.Explanation, error) {
	return s.lists.Reader(s.database.Session()).Explain(ctx, q)
}

// ExplainPart implements ports.ResultPlans.
func (s *Store) ExplainPart(ctx context.Context, q ports.CursorQuery) (ports.Explanation, error) {
	return s.lists.Reader(s.database.Session()).ExplainPart(ctx, q)
}
