package maintenance

import (
	"context"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Plans explains lists of results.
type Plans struct {
	Lists ports.ResultPlans
}

// Explain tells how the database reads a list of results. It changes nothing.
func (p Plans) Explain(ctx context.Context, caller domain.Caller, q ports.ResultQuery) (ports.Explanation, error) {
	if err := caller.May(domain.ExplainResults); err != nil {
		return ports.Explanation{}, err
	}
	return p.Lists.ExplainList(ctx, q)
}

// ExplainPart tells how the database reads the part of a list behind a cursor. It changes nothing.
func (p Plans) ExplainPart(ctx context.Context, caller domain.Caller, q ports.CursorQuery) (ports.Explanation, error) {
	if err := caller.May(domain.ExplainResults); err != nil {
		return ports.Explanation{}, err
	}
	return p.Lists.ExplainPart(ctx, q)
}
