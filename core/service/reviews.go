package service

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// submit stores something that needs review, in one unit of work: the report,
// the thing itself by add, and the mail that tells of it by its name. The thing refers to
// its uploader and to what its service has checked before.
func submit(
	ctx context.Context, storage ports.Storage, mails *mailer, by *domain.User, report domain.Submit, name string,
	add func(ctx context.Context, r ports.Repos) error,
) error {
	return storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		if err := r.Submits.Add(ctx, &report); err != nil {
			return err
		}
		if err := add(ctx, r); err != nil {
			return err
		}
		return mails.notify(ctx, r, by.UserID, mails.submitted(thing{report.ResourceType, report.ResourceID, name}))
	})
}

// reviewed is what the reviews of benchmarks, sites and flavors have in common.
type reviewed[T, Q any] struct {
	// name is how errors name one of them for a business rule, unknown where
	// there is none of that id.
	name, unknown string
	resource      domain.Resource
	// repo picks the repository out of a unit of work's.
	repo func(ports.Repos) ports.Reviewed[T, Q]
	// state is where a thing keeps its review and upload.
	state func(*T) (*domain.Review, domain.Upload)
	// title is how mails name it.
	title func(context.Context, ports.Repos, *T) (string, error)
}

// locked returns the thing, kept from others until the unit of work ends.
func (d reviewed[T, Q]) locked(ctx context.Context, r ports.Repos, id uuid.UUID) (*T, error) {
	thing, err := d.repo(r).GetForReview(ctx, id)
	return found(thing, err, d.unknown, id)
}

// approve ends the review inside a unit of work: the new state, the report that
// goes, the mail to the uploader.
func (d reviewed[T, Q]) approve(ctx context.Context, r ports.Repos, mails *mailer, id uuid.UUID) error {
	reviewed, err := d.locked(ctx, r, id)
	if err != nil {
		return err
	}
	review, upload := d.state(reviewed)
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
	about, err := d.about(ctx, r, reviewed, id)
	if err != nil {
		return err
	}
	return mails.notify(ctx, r, upload.Uploader, mails.approved(about))
}

// reject ends the review inside a unit of work, by removing the thing with all
// that stands on it; the uploader gets a mail.
func (d reviewed[T, Q]) reject(ctx context.Context, r ports.Repos, mails *mailer, id uuid.UUID, remove removal) error {
	reviewed, err := d.locked(ctx, r, id)
	if err != nil {
		return err
	}
	review, upload := d.state(reviewed)
	if _, err := review.Reject(d.name, id); err != nil {
		return err
	}
	about, err := d.about(ctx, r, reviewed, id) // while it is there
	if err != nil {
		return err
	}
	if err := remove(ctx, r, id); err != nil {
		return err
	}
	return mails.notify(ctx, r, upload.Uploader, mails.rejected(about))
}

// about is what mails say of it.
func (d reviewed[T, Q]) about(ctx context.Context, r ports.Repos, v *T, id uuid.UUID) (thing, error) {
	name, err := d.title(ctx, r, v)
	return thing{d.resource, id, name}, err
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
