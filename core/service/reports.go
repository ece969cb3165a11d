package service

import (
	"context"
	"errors"

	"github.com/google/uuid"

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

// ListOwnSubmits returns a page of the reports of what the caller has submitted, and waits for
// an administrator. Error: ErrNoSuchPage.
func (s *Reports) ListOwnSubmits(
	ctx context.Context, caller domain.Caller, q ports.SubmitQuery,
) (domain.Page[*domain.Submit], error) {
	if err := caller.May(domain.ListUserSubmits); err != nil {
		return domain.Page[*domain.Submit]{}, err
	}
	q.Uploader = &caller.User().UserID
	return existing(s.storage.Repos().Submits.List(ctx, q))
}

// Decision is what an administrator has decided.
type Decision struct {
	domain.Event
	// By is who has decided; nil for the operator, and for a person who was removed since.
	By *domain.User
}

// decisions are the operations that decide about a resource. Those about claims are in the
// history of their result.
var decisions = map[domain.Resource][]string{
	domain.BenchmarkResource: {domain.ApproveBenchmark.ID, domain.RejectBenchmark.ID, domain.DeleteBenchmark.ID},
	domain.SiteResource:      {domain.ApproveSite.ID, domain.RejectSite.ID, domain.DeleteSite.ID},
	domain.FlavorResource:    {domain.ApproveFlavor.ID, domain.RejectFlavor.ID, domain.DeleteFlavor.ID},
	domain.ResultResource:    {domain.ApproveClaim.ID, domain.RejectClaim.ID},
	domain.ClaimResource:     {domain.ApproveClaim.ID, domain.RejectClaim.ID},
}

// LastDecision returns the last decision about a benchmark, a site, a flavor, or the claims on
// a result; nil if nobody has decided anything.
func (s *Reports) LastDecision(ctx context.Context, caller domain.Caller, of domain.Resource, id uuid.UUID) (*Decision, error) {
	if err := caller.May(domain.ShowDecision); err != nil {
		return nil, err
	}
	r := s.storage.Repos()
	q := ports.EventQuery{Resource: of, ResourceID: id, Actions: decisions[of], Limit: 1}
	if len(q.Actions) == 0 {
		return nil, nil //nolint:nilnil // nobody decides about others
	}
	events, total, err := r.Events.List(ctx, q)
	if err != nil || total == 0 {
		return nil, err
	}
	if total > 1 {
		q.Offset = total - 1
		if events, _, err = r.Events.List(ctx, q); err != nil || len(events) == 0 {
			return nil, err
		}
	}
	decision := &Decision{Event: events[0]}
	if decision.Actor == nil {
		return decision, nil
	}
	decision.By, err = r.Users.Get(ctx, *decision.Actor)
	if errors.Is(err, ports.ErrNotFound) {
		decision.By, err = nil, nil
	}
	return decision, err
}
