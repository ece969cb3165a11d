package service

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// history returns a page of what was done to a resource, the oldest first. Uploads that
// have no event of their own (all results, and what is older than the events) begin the
// history with one that is made of upload. A resource that was removed keeps its history.
// Errors: missing, the error of the storage that returned no such resource, unless there are
// events; ErrNoSuchPage.
func history(
	ctx context.Context, r ports.Repos, resource domain.Resource, id uuid.UUID, page domain.PageRequest,
	upload *domain.Upload, missing error,
) (domain.Page[domain.Event], error) {
	q := ports.EventQuery{Resource: resource, ResourceID: id, Actions: domain.PublicActions(), Limit: 1}
	none := domain.Page[domain.Event]{}
	first, total, err := r.Events.List(ctx, q)
	if err != nil {
		return none, err
	}
	if missing != nil && total == 0 {
		return none, missing
	}
	q.Offset, q.Limit = page.Offset(), page.Size
	var begin []domain.Event
	if upload != nil && (len(first) == 0 || first[0].Word() != domain.Submitted) {
		total++
		if q.Offset == 0 {
			begin = []domain.Event{{At: upload.UploadedAt, Role: domain.UploaderRole, Action: domain.CreateResult.ID}}
			q.Limit--
		} else {
			q.Offset--
		}
	}
	var events []domain.Event
	if q.Limit > 0 {
		if events, _, err = r.Events.List(ctx, q); err != nil {
			return none, err
		}
	}
	return existing(domain.Page[domain.Event]{PageRequest: page, Items: append(begin, events...), Total: total}, nil)
}

// History returns a page of what was done to a result. Errors: NotFound, ErrNoSuchPage.
func (s *Results) History(
	ctx context.Context, caller domain.Caller, id uuid.UUID, page domain.PageRequest,
) (domain.Page[domain.Event], error) {
	if err := caller.May(domain.GetResultHistory); err != nil {
		return domain.Page[domain.Event]{}, err
	}
	r := s.storage.Repos()
	result, err := r.Results.Get(ctx, id)
	var upload *domain.Upload
	if err == nil {
		upload = &result.Upload
	}
	return historyOf(ctx, r, domain.ResultResource, "Result", id, page, upload, err)
}

// History returns a page of what was done to an entity. Errors: NotFound, ErrNoSuchPage.
func (s *reviews[T, Q]) History(
	ctx context.Context, caller domain.Caller, id uuid.UUID, page domain.PageRequest,
) (domain.Page[domain.Event], error) {
	if err := caller.May(s.histories); err != nil {
		return domain.Page[domain.Event]{}, err
	}
	r := s.storage.Repos()
	entity, err := s.repo(r).Get(ctx, id)
	var upload *domain.Upload
	if err == nil {
		_, of := s.state(entity)
		upload = &of
	}
	return historyOf(ctx, r, s.resource, s.recordName, id, page, upload, err)
}

// historyOf is history; err is that of reading the resource, which is called record.
func historyOf(
	ctx context.Context, r ports.Repos, resource domain.Resource, record string, id uuid.UUID, page domain.PageRequest,
	upload *domain.Upload, err error,
) (domain.Page[domain.Event], error) {
	_, err = found(upload, err, record, id)
	if err != nil && domain.KindOf(err) != domain.NotFound {
		return domain.Page[domain.Event]{}, err
	}
	return history(ctx, r, resource, id, page, upload, err)
}
