package service

import (
	"context"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Reports are the use cases of what waits for an administrator.
type Reports struct {
	storage ports.Storage
}

// ListSubmits returns a page of what waits for review. Error: ErrNoSuchPage.
func (s *Reports) ListSubmits(
	ctx context.Context, caller domain.Caller, q ports.SubmitQuery,
) (domain.Page[*domain.Submit], error) {
	if err := caller.May(domain.ListSubmits); err != nil {
		return domain.Page[*domain.Submit]{}, err
	}
	return existing(s.storage.Repos().Submits.List(ctx, q))
}
