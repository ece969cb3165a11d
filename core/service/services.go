// Package service holds the use cases: what the system does when somebody asks
// for it, and the rules of doing it. Each aggregate has a file.
//
// It knows storage, identity providers, registries and mail as ports only.
package service

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Dependencies are what the services need of the world.
type Dependencies struct {
	Storage  ports.Storage
	Verifier ports.TokenVerifier
	Images   ports.ImageRegistry
	Schemas  ports.SchemaValidator
	Clock    ports.Clock
	// Admins are the entitlements that make a registered user an administrator.
	Admins domain.Entitlements
}

// Services are all use cases.
type Services struct {
	Access     *Access
	Users      *Users
	Benchmarks *Benchmarks
	Sites      *Sites
	Flavors    *Flavors
	Tags       *Tags
	Results    *Results
	Reports    *Reports
}

// New wires the services.
func New(d Dependencies) *Services {
	return &Services{
		Access:     &Access{storage: d.Storage, verifier: d.Verifier, admins: d.Admins},
		Users:      &Users{storage: d.Storage, clock: d.Clock},
		Benchmarks: &Benchmarks{storage: d.Storage, clock: d.Clock, images: d.Images, schemas: d.Schemas},
		Sites:      &Sites{storage: d.Storage, clock: d.Clock},
		Flavors:    &Flavors{storage: d.Storage, clock: d.Clock},
		Tags:       &Tags{storage: d.Storage},
		Results:    &Results{storage: d.Storage, clock: d.Clock, schemas: d.Schemas},
		Reports:    &Reports{storage: d.Storage},
	}
}

// ErrNoSuchPage is the answer to a page beyond the last one. It has no text.
var ErrNoSuchPage = &domain.Error{Kind: domain.NotFound}

// errUnregistered is the answer when the caller was removed while asking.
var errUnregistered = domain.Registered.Check(domain.Caller{})

// existing returns the page, or ErrNoSuchPage.
func existing[T any](page domain.Page[T], err error) (domain.Page[T], error) {
	if err == nil && !page.Exists() {
		err = ErrNoSuchPage
	}
	return page, err
}

// found turns ports.ErrNotFound into the contract's text: `NAME ID not found in
// the database`.
func found[T any](value T, err error, name string, id uuid.UUID) (T, error) {
	if errors.Is(err, ports.ErrNotFound) {
		err = domain.NotFoundf("%s %s not found in the database", name, id)
	}
	return value, err
}

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
		return r.Outbox.Enqueue(ctx, submittedMail(by, report))
	})
}

// reviewing is what the repositories of reviewed things have in common.
type reviewing interface {
	SetReview(ctx context.Context, id uuid.UUID, review domain.Review) error
}

// approve ends a review inside a unit of work: the new state, the report that
// goes, the mail to the uploader. name is how an error names the thing.
func approve(
	ctx context.Context, r ports.Repos, repo reviewing, name string, id uuid.UUID,
	review domain.Review, upload domain.Upload,
) error {
	report, err := review.Approve(name, id)
	if err != nil {
		return err
	}
	if err := repo.SetReview(ctx, id, review); err != nil {
		return err
	}
	if report != nil {
		if err := r.Submits.Remove(ctx, *report); err != nil {
			return err
		}
	}
	uploader, err := r.Users.Get(ctx, upload.Uploader)
	if err != nil {
		return err
	}
	return r.Outbox.Enqueue(ctx, approvedMail(uploader, id))
}

func isDuplicate(err error) bool {
	_, ok := errors.AsType[*ports.DuplicateError](err)
	return ok
}

func isDangling(err error) bool {
	_, ok := errors.AsType[*ports.ReferenceError](err)
	return ok
}
