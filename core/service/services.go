// Package service holds the use cases of the API and their rules. Each aggregate has a file.
//
// Every use case takes its caller after the context. Its first statement asks the table of
// rights in package domain whether the caller may. The package uses storage, identity
// providers, registries and mail only through ports.
package service

import (
	"errors"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Dependencies are the adapters and settings that the services need.
type Dependencies struct {
	Storage  ports.Storage
	Verifier ports.TokenVerifier
	Images   ports.ImageRegistry
	Schemas  ports.SchemaValidator
	Clock    ports.Clock
	// PublicURL is the public address of the API, for links in mails, without a slash at the
	// end. If it is empty, mails have no links.
	PublicURL string
	// Admins are the entitlements that make a registered user an administrator.
	Admins domain.Entitlements
	// Quotas bound what one person may have and do; the zero value is no bound.
	Quotas Quotas
	// Sessions bounds the sessions of browsers; a zero field is its default.
	Sessions SessionRules
}

// Services are all use cases of the API.
type Services struct {
	Access     *Access
	Users      *Users
	Benchmarks *Benchmarks
	Sites      *Sites
	Flavors    *Flavors
	Tags       *Tags
	Results    *Results
	Claims     *Claims
	Reports    *Reports

	Metrics     *Metrics
	Comparisons *Comparisons
	Images      *Images
	Requests    *Requests

	Sessions *Sessions
	Browsers *Browsers
	Audit    *Audit
	Trail    *Trail
	Refusals *Refusals
}

// New returns the services.
func New(d Dependencies) *Services {
	mails := newMailer(d)
	trail, quotas := NewTrail(d.Storage), quotas{d.Quotas, d.Clock}
	images, kept := newImages(d.Storage, d.Images, d.Clock), newAnswers(d.Clock)
	return &Services{
		Access:     &Access{storage: d.Storage, verifier: d.Verifier, admins: d.Admins},
		Users:      &Users{storage: d.Storage, clock: d.Clock, mails: mails, removals: NewRemovals(d)},
		Benchmarks: newBenchmarks(d.Storage, d.Clock, quotas, mails, d.Images, d.Schemas),
		Sites:      newSites(d.Storage, d.Clock, quotas, mails),
		Flavors:    newFlavors(d.Storage, d.Clock, quotas, mails),
		Tags:       &Tags{storage: d.Storage, clock: d.Clock, quotas: quotas},
		Results: &Results{
			storage: d.Storage, clock: d.Clock, schemas: d.Schemas, mails: mails, images: images, quotas: quotas, answers: kept,
		},
		Claims:  &Claims{storage: d.Storage, clock: d.Clock, mails: mails, quotas: quotas},
		Reports: &Reports{storage: d.Storage},

		Metrics:     &Metrics{storage: d.Storage, clock: d.Clock},
		Comparisons: &Comparisons{storage: d.Storage, clock: d.Clock, answers: kept, values: newValues(d.Clock)},
		Images:      images,
		Requests:    &Requests{storage: d.Storage, clock: d.Clock},

		Sessions: &Sessions{storage: d.Storage, clock: d.Clock},
		Browsers: &Browsers{storage: d.Storage, clock: d.Clock, rules: d.Sessions.orDefaults()},
		Trail:    trail,
		Refusals: newRefusals(d.Storage, d.Clock),
		Audit:    &Audit{storage: d.Storage, trail: trail},
	}
}

// orElse returns the value, or the stored one if the value is nil.
func orElse[T any](value, stored *T) *T {
	if value == nil {
		return stored
	}
	return value
}

// conflicting replaces a duplicate with the contract's error for changes.
func conflicting(err error, name string) error {
	if isDuplicate(err) {
		return domain.Conflictf("Changes conflict submitted/existing %s", name)
	}
	return err
}

// ErrNoSuchPage is the answer to a page beyond the last one. It has no text: the contract
// allows none.
var ErrNoSuchPage = &domain.Error{Kind: domain.NotFound}

// existing returns the page, or ErrNoSuchPage if the list has no such page.
func existing[T any](page domain.Page[T], err error) (domain.Page[T], error) {
	if err == nil && !page.Exists() {
		err = ErrNoSuchPage
	}
	return page, err
}

// found replaces ports.ErrNotFound with the contract's error: `NAME ID not found in the
// database`.
func found[T any](value T, err error, name string, id uuid.UUID) (T, error) {
	if errors.Is(err, ports.ErrNotFound) {
		err = domain.NotFoundf("%s %s not found in the database", name, id)
	}
	return value, err
}

func isDuplicate(err error) bool {
	_, ok := errors.AsType[*ports.DuplicateError](err)
	return ok
}

func isDangling(err error) bool {
	_, ok := errors.AsType[*ports.ReferenceError](err)
	return ok
}
