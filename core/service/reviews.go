package service

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// submit stores something that needs review, in one unit of work: the report,
// the thing itself by add, and the mail that tells of it. The thing refers to
// its uploader and to what its service has checked before.
func submit(
	ctx context.Context, storage ports.Storage, by *domain.User, report domain.Submit,
	add func(ctx context.Context, r ports.Repos) error,
) error {
	return storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		if err := r.Submits.Add(ctx, &report); err != nil {
			return err
		}
		if err := add(ctx, r); err != nil {
			return err
		}
		return notify(ctx, r, by.UserID, submittedMail(report))
	})
}

// reviewed is what the reviews of benchmarks, sites and flavors have in common.
type reviewed[T, Q any] struct {
	// name is how errors name one of them for a business rule, unknown where
	// there is none of that id.
	name, unknown string
	// repo picks the repository out of a unit of work's.
	repo func(ports.Repos) ports.Reviewed[T, Q]
	// state is where a thing keeps its review and upload.
	state func(*T) (*domain.Review, domain.Upload)
}

// locked returns the thing, kept from others until the unit of work ends.
func (d reviewed[T, Q]) locked(ctx context.Context, r ports.Repos, id uuid.UUID) (*T, error) {
	thing, err := d.repo(r).GetForReview(ctx, id)
	return found(thing, err, d.unknown, id)
}

// approve ends the review inside a unit of work: the new state, the report that
// goes, the mail to the uploader.
func (d reviewed[T, Q]) approve(ctx context.Context, r ports.Repos, id uuid.UUID) error {
	thing, err := d.locked(ctx, r, id)
	if err != nil {
		return err
	}
	review, upload := d.state(thing)
	report, err := review.Approve(d.name, id)
	if err != nil {
		return err
	}
	if err := d.repo(r).SetReview(ctx, id, *review); err != nil {
		return err
	}
	if err := removeReport(ctx, r, report); err != nil {
		return err
	}
	return notify(ctx, r, upload.Uploader, approvedMail(id))
}

// reject ends the review inside a unit of work, by removing the thing with all
// that stands on it; the uploader gets a mail.
func (d reviewed[T, Q]) reject(ctx context.Context, r ports.Repos, id uuid.UUID, remove removal) error {
	thing, err := d.locked(ctx, r, id)
	if err != nil {
		return err
	}
	review, upload := d.state(thing)
	if _, err := review.Reject(d.name, id); err != nil {
		return err
	}
	if err := remove(ctx, r, id); err != nil {
		return err
	}
	return notify(ctx, r, upload.Uploader, rejectedMail(id))
}

// remove removes the thing inside a unit of work, whatever its status.
func (d reviewed[T, Q]) remove(ctx context.Context, r ports.Repos, id uuid.UUID, remove removal) error {
	if _, err := d.locked(ctx, r, id); err != nil {
		return err
	}
	return remove(ctx, r, id)
}

// removal removes a thing together with what stands on it.
type removal func(ctx context.Context, r ports.Repos, id uuid.UUID) error

func removeReport(ctx context.Context, r ports.Repos, id *uuid.UUID) error {
	if id == nil {
		return nil
	}
	return r.Submits.Remove(ctx, *id)
}

// notify sends a mail to a person, if there is still somebody to read it.
func notify(ctx context.Context, r ports.Repos, to domain.UserID, mail domain.Mail) error {
	user, err := r.Users.Get(ctx, to)
	if errors.Is(err, ports.ErrNotFound) || err == nil && user.Email == "" {
		return nil
	}
	if err != nil {
		return err
	}
	mail.To = user.Email
	return r.Outbox.Enqueue(ctx, mail)
}
