package service

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// reviews are the use cases that end the review of an entity: a benchmark, a site
// or a flavor. The services of these three embed it.
type reviews[T, Q any] struct {
	storage ports.Storage
	clock   ports.Clock
	quotas  quotas
	mails   *mailer
	// approval, rejection and deletion are the operations of the use cases.
	approval, rejection, deletion domain.Operation
	// submission and update are the operations that add and change an entity, histories the
	// one that shows what was done to it.
	submission, update, histories domain.Operation
	resource                      domain.Resource
	// name is how an error names the entity when a rule of the business forbids
	// something; recordName is how it names the entity when it does not exist.
	name, recordName string
	// repo selects the repository of the entity.
	repo func(ports.Repos) ports.Reviewed[T, Q]
	// state returns the entity's review, to be changed, and its upload.
	state func(*T) (*domain.Review, domain.Upload)
	// ownName is the entity's name among those of its kind.
	ownName func(*T) string
	// title is the entity's name in mails.
	title func(context.Context, ports.Repos, *T) (string, error)
	// remove removes the entity with everything that belongs to it, which match selects.
	remove func(context.Context, ports.Repos, uuid.UUID) error
	match  func(*uuid.UUID) ports.ResultMatch
	// fields are what events tell about an entity.
	fields func(*T) audit.Fields
}

// Approve ends the review of an entity: it is approved, its report is removed, and its
// uploader gets a mail, with the reason if there is one. Errors: NotFound, Invalid if the
// entity was approved before, or the reason is too long.
func (s *reviews[T, Q]) Approve(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error {
	if err := caller.May(s.approval); err != nil {
		return err
	}
	return s.decide(ctx, id, reason, s.lock, func(ctx context.Context, r ports.Repos, entity *T) error {
		review, upload := s.state(entity)
		report, err := review.Approve(s.name, id)
		if err != nil {
			return err
		}
		if err := s.repo(r).SetReview(ctx, id, *review); err != nil {
			return err
		}
		if err := removeReport(ctx, r, report); err != nil {
			return err
		}
		title, err := s.title(ctx, r, entity)
		if err != nil {
			return err
		}
		changes := audit.Changed(audit.Fields{"status": domain.OnReview}, audit.Fields{"status": domain.Approved})
		if err := s.record(ctx, r, caller, s.approval, id, upload.Uploader, reason, changes); err != nil {
			return err
		}
		return s.mails.notify(ctx, r, upload.Uploader, s.mails.approved(submission{s.resource, id, title}).because(reason))
	})
}

// Reject removes an entity that is on review, with everything that belongs to it; its
// uploader gets a mail, with the reason if there is one. Errors: NotFound, Invalid if the
// entity is approved, or the reason is too long.
func (s *reviews[T, Q]) Reject(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error {
	if err := caller.May(s.rejection); err != nil {
		return err
	}
	return s.decide(ctx, id, reason, s.lockWhole, func(ctx context.Context, r ports.Repos, entity *T) error {
		review, upload := s.state(entity)
		if _, err := review.Reject(s.name, id); err != nil {
			return err
		}
		title, err := s.title(ctx, r, entity)
		if err != nil {
			return err
		}
		if err := s.removeRecorded(ctx, r, caller, s.rejection, id, entity, reason); err != nil {
			return err
		}
		return s.mails.notify(ctx, r, upload.Uploader, s.mails.rejected(submission{s.resource, id, title}).because(reason))
	})
}

// Delete removes an entity of any status, with everything that belongs to it. Its uploader
// gets a mail if there is a reason. Errors: NotFound, Invalid if the reason is too long.
func (s *reviews[T, Q]) Delete(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error {
	if err := caller.May(s.deletion); err != nil {
		return err
	}
	return s.decide(ctx, id, reason, s.lockWhole, func(ctx context.Context, r ports.Repos, entity *T) error {
		title, err := s.title(ctx, r, entity)
		if err != nil {
			return err
		}
		err = s.removeRecorded(ctx, r, caller, s.deletion, id, entity, reason)
		if err != nil || reason == "" {
			return err
		}
		_, upload := s.state(entity)
		return s.mails.notify(ctx, r, upload.Uploader, s.mails.deleted(submission{s.resource, id, title}).because(reason))
	})
}

// decide runs the work in one unit of work, in which nobody else changes what lock locks. Errors:
// NotFound, Invalid if the reason is too long, and those of the work.
func (s *reviews[T, Q]) decide(
	ctx context.Context, id uuid.UUID, reason string, lock func(context.Context, ports.Repos, uuid.UUID) (*T, error),
	work func(ctx context.Context, r ports.Repos, entity *T) error,
) error {
	if err := domain.CheckReason(reason); err != nil {
		return err
	}
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		entity, err := lock(ctx, r, id)
		if err != nil {
			return err
		}
		return work(ctx, r, entity)
	})
}

// lock returns the entity and keeps others from changing it until the unit of work
// ends. Error: NotFound.
func (s *reviews[T, Q]) lock(ctx context.Context, r ports.Repos, id uuid.UUID) (*T, error) {
	entity, err := s.repo(r).GetForReview(ctx, id)
	return found(entity, err, s.recordName, id)
}

// lockWhole is lock for the entity and all that is removed with it: flavors, the entity, then
// results. Uploads lock in this order, too: the opposite order could end in a deadlock.
func (s *reviews[T, Q]) lockWhole(ctx context.Context, r ports.Repos, id uuid.UUID) (*T, error) {
	match := s.match(&id)
	if match.SiteID != nil {
		if err := r.Flavors.LockOfSite(ctx, id); err != nil {
			return nil, err
		}
	}
	entity, err := s.lock(ctx, r, id)
	if err != nil {
		return nil, err
	}
	return entity, r.Results.LockMatching(ctx, match)
}

// submit stores a new entity in one unit of work: first its report, which the entity
// refers to, then the entity, then the mail to the uploader and the reviewers, which lists
// the names that look alike.
func (s *reviews[T, Q]) submit(
	ctx context.Context, caller domain.Caller, report domain.Submit, title string, entity *T,
) error {
	alike, err := s.lookalikes(ctx, entity)
	if err != nil {
		return err
	}
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		if err := s.quotas.submission(ctx, r, caller); err != nil {
			return err
		}
		if err := r.Submits.Add(ctx, &report); err != nil {
			return err
		}
		if err := s.repo(r).Add(ctx, entity); err != nil {
			return err
		}
		if err := s.record(ctx, r, caller, s.submission, report.ResourceID, report.Uploader.UserID, "",
			audit.Changed(nil, s.fields(entity))); err != nil {
			return err
		}
		l := s.mails.submitted(submission{report.ResourceType, report.ResourceID, title})
		l.Written, l.Alike = written(s.ownName(entity)), alike
		return s.mails.notify(ctx, r, report.Uploader.UserID, l)
	})
}

// change stores what edit makes of an entity. Errors: NotFound, that of edit, Conflict if the
// entity's new name is taken.
func (s *reviews[T, Q]) change(ctx context.Context, caller domain.Caller, id uuid.UUID, edit func(*T) error) error {
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		entity, err := s.lock(ctx, r, id)
		if err != nil {
			return err
		}
		before := s.fields(entity)
		if err := edit(entity); err != nil {
			return err
		}
		if err := s.repo(r).Update(ctx, entity); err != nil {
			return err
		}
		return s.record(ctx, r, caller, s.update, id, domain.UserID{}, "", audit.Changed(before, s.fields(entity)))
	})
	return conflicting(err, string(s.resource))
}

// removeRecorded removes an entity, and adds the events about it and about all that is removed
// with it, all of which lockWhole has locked.
func (s *reviews[T, Q]) removeRecorded(
	ctx context.Context, r ports.Repos, caller domain.Caller, operation domain.Operation, id uuid.UUID, entity *T, reason string,
) error {
	event, err := ports.Identified(ctx, s.event(caller, operation, id, domain.UserID{}, "", ""))
	if err != nil {
		return err
	}
	if err := r.Events.AddRemoved(ctx, s.match(&id), event); err != nil {
		return err
	}
	if err := s.remove(ctx, r, id); err != nil {
		return err
	}
	_, upload := s.state(entity)
	return s.record(ctx, r, caller, operation, id, upload.Uploader, reason, audit.Changed(s.fields(entity), nil))
}

// record adds an event about an entity. Its owner acts as the uploader when submitting it;
// whoever decides about it is an administrator.
func (s *reviews[T, Q]) record(
	ctx context.Context, r ports.Repos, caller domain.Caller, operation domain.Operation, id uuid.UUID, owner domain.UserID,
	reason, changes string,
) error {
	return ports.Record(ctx, r, s.event(caller, operation, id, owner, reason, changes))
}

func (s *reviews[T, Q]) event(
	caller domain.Caller, operation domain.Operation, id uuid.UUID, owner domain.UserID, reason, changes string,
) domain.Event {
	if operation.Right == domain.Admin {
		owner = domain.UserID{}
	}
	return domain.Event{
		At: s.clock.Now(), Role: caller.RoleOn(owner), Actor: caller.Actor(), Action: operation.ID,
		Resource: s.resource, ResourceID: id, Reason: reason, Changes: changes,
	}
}

// removeReport removes the report of a review that ended; nil if there was none.
func removeReport(ctx context.Context, r ports.Repos, id *uuid.UUID) error {
	if id == nil {
		return nil
	}
	return r.Submits.Remove(ctx, *id)
}
