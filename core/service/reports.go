package service

import (
	"context"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Reports are the use cases of the reports that entities wait for an administrator.
type Reports struct {
	storage ports.Storage
}

// ListSubmits returns a page of the reports. Error: ErrNoSuchPage.
func (s *Reports) ListSubmits(
	ctx context.Context, caller domain.Caller, q ports.SubmitQuery,
) (domain.Page[*domain.Submit], error) {
	if err := caller.May(domain.ListSubmits); err != nil {
		return domain.Page[*domain.Submit]{}, err
	}
	return existing(s.storage.Repos().Submits.List(ctx, q))
}
