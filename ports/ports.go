// Package ports names what the services need of the world, in the core's own
// words. Adapters implement it; nothing here knows how.
package ports

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
)

// Clock tells the time.
type Clock interface {
	// Now is the current time in UTC, truncated to microseconds.
	Now() time.Time
}

// TokenVerifier knows the bearers of tokens.
type TokenVerifier interface {
	// Verify returns who the bearer is, according to a trusted provider. The
	// error is a domain.Error: Unauthenticated if no provider accepts the token,
	// Unavailable if a provider that would have to be asked is away.
	Verify(ctx context.Context, token string) (domain.Identity, error)
}

// ImageRegistry knows container images.
type ImageRegistry interface {
	// Exists returns nil if there is such an image, a domain.Error otherwise:
	// Invalid with the reason if not, Unavailable if that cannot be told now.
	Exists(ctx context.Context, image, tag string) error
}

// SchemaValidator knows JSON Schema, Draft 4 to 2020-12.
type SchemaValidator interface {
	// Check returns nil for a usable schema, else a domain.Error that is
	// Invalid and points into the schema.
	Check(schema []byte) error
	// Validate returns nil if the document satisfies the schema, else a
	// domain.Error that is Invalid: at a place of the document, or, when the
	// schema itself cannot be used, saying so.
	Validate(schema, document []byte) error
}

// MailSender brings a mail on its way.
type MailSender interface {
	Send(ctx context.Context, mail domain.Mail) error
}

// Outbox takes mails that belong to what the same unit of work writes: they are
// sent once that is committed, and not at all if it is not.
type Outbox interface {
	Enqueue(ctx context.Context, mail domain.Mail) error
}

// Storage keeps everything.
type Storage interface {
	// Repos are for reading outside of any unit of work; each call sees all
	// that was committed before it.
	Repos() Repos
	// Do runs a unit of work: everything that fn does with its Repos becomes
	// visible together when it returns nil, and nothing of it otherwise.
	Do(ctx context.Context, fn func(ctx context.Context, r Repos) error) error
}

// Repos are the repositories, all of one unit of work or of none.
//
// Every method may also return an Unavailable domain.Error, when the database
// is away or takes too long. By-id methods return ErrNotFound. Writing methods
// return a *DuplicateError or a *ReferenceError when that is what the database
// refuses, races included; after that the unit of work can only end.
type Repos struct {
	Users      Users
	Benchmarks Benchmarks
	Sites      Sites
	Flavors    Flavors
	Tags       Tags
	Results    Results
	Submits    Submits
	Outbox     Outbox
}

// Window bounds date-times, both exclusive; nil is unbounded.
type Window struct {
	Before *time.Time
	After  *time.Time
}

// ListOptions are common to all lists. Ties are broken by id, ascending.
type ListOptions struct {
	Page domain.PageRequest
	Sort []filter.Key
}

// ReviewedOptions are common to lists of what is reviewed.
type ReviewedOptions struct {
	ListOptions
	Uploaded Window
	Status   domain.Status
}

// Users are the registered people.
type Users interface {
	Get(ctx context.Context, id domain.UserID) (*domain.User, error)
	Add(ctx context.Context, u *domain.User) error
}

// BenchmarkQuery chooses benchmarks; nil fields do not choose.
type BenchmarkQuery struct {
	ReviewedOptions
	DockerImage *string
	DockerTag   *string
}

// BenchmarkSort are the fields by which benchmarks sort.
var BenchmarkSort = []string{"id", "upload_datetime", "docker_image", "docker_tag"}

// Benchmarks are all benchmarks, of every status.
type Benchmarks interface {
	Get(ctx context.Context, id uuid.UUID) (*domain.Benchmark, error)
	// GetForReview is Get that keeps others from changing it until the unit of work ends.
	GetForReview(ctx context.Context, id uuid.UUID) (*domain.Benchmark, error)
	List(ctx context.Context, q BenchmarkQuery) (domain.Page[*domain.Benchmark], error)
	Add(ctx context.Context, b *domain.Benchmark) error
	// SetReview stores the benchmark's state of review.
	SetReview(ctx context.Context, id uuid.UUID, r domain.Review) error
}

// SiteQuery chooses sites; nil fields do not choose.
type SiteQuery struct {
	ReviewedOptions
	Name    *string
	Address *string
}

// SiteSort are the fields by which sites sort.
var SiteSort = []string{"id", "upload_datetime", "name", "address"}

// Sites are all sites, of every status.
type Sites interface {
	Get(ctx context.Context, id uuid.UUID) (*domain.Site, error)
	// GetForReview is Get that keeps others from changing it until the unit of work ends.
	GetForReview(ctx context.Context, id uuid.UUID) (*domain.Site, error)
	List(ctx context.Context, q SiteQuery) (domain.Page[*domain.Site], error)
	Add(ctx context.Context, s *domain.Site) error
	// SetReview stores the site's state of review.
	SetReview(ctx context.Context, id uuid.UUID, r domain.Review) error
}

// FlavorQuery chooses flavors of one site; nil fields do not choose.
type FlavorQuery struct {
	ReviewedOptions
	SiteID uuid.UUID
	Name   *string
}

// FlavorSort are the fields by which flavors sort.
var FlavorSort = []string{"id", "upload_datetime", "name"}

// Flavors are all flavors, of every status.
type Flavors interface {
	Get(ctx context.Context, id uuid.UUID) (*domain.Flavor, error)
	// GetForReview is Get that keeps others from changing it until the unit of work ends.
	GetForReview(ctx context.Context, id uuid.UUID) (*domain.Flavor, error)
	List(ctx context.Context, q FlavorQuery) (domain.Page[*domain.Flavor], error)
	Add(ctx context.Context, f *domain.Flavor) error
	// SetReview stores the flavor's state of review.
	SetReview(ctx context.Context, id uuid.UUID, r domain.Review) error
}

// TagQuery chooses tags; nil fields do not choose.
type TagQuery struct {
	ListOptions
	Name *string
}

// TagSort are the fields by which tags sort.
var TagSort = []string{"id", "name", "description"}

// Tags are all tags.
type Tags interface {
	Get(ctx context.Context, id uuid.UUID) (*domain.Tag, error)
	// GetAll returns those of the tags that exist, in the order of their ids.
	GetAll(ctx context.Context, ids []uuid.UUID) ([]*domain.Tag, error)
	List(ctx context.Context, q TagQuery) (domain.Page[*domain.Tag], error)
	Add(ctx context.Context, t *domain.Tag) error
}

// ResultQuery chooses results; nil fields do not choose.
type ResultQuery struct {
	ListOptions
	Uploaded    Window
	Executed    Window
	BenchmarkID *uuid.UUID
	SiteID      *uuid.UUID
	FlavorID    *uuid.UUID
	// TagIDs: results that bear all of them.
	TagIDs []uuid.UUID
	// Filters: results that satisfy all of them.
	Filters []filter.Condition
}

// ResultSort are the fields by which results sort. Rows without the path of a
// JSON key come last in ascending order and first in descending order.
var ResultSort = []string{
	"id", "upload_datetime", "execution_datetime", "benchmark_id", "benchmark_name",
	"site_id", "site_name", "site_address", "flavor_id", "flavor_name", filter.JSONField,
}

// Results are all results.
type Results interface {
	// Get also finds what is hidden.
	Get(ctx context.Context, id uuid.UUID) (*domain.Result, error)
	// List leaves out what is hidden.
	List(ctx context.Context, q ResultQuery) (domain.Page[*domain.Result], error)
	// Add stores the result and ties it to its tags.
	Add(ctx context.Context, r *domain.Result) error
}

// SubmitQuery chooses submits; nil fields do not choose.
type SubmitQuery struct {
	ListOptions
	Uploaded     Window
	ResourceType *domain.Resource
}

// SubmitSort are the fields by which submits sort.
var SubmitSort = []string{"id", "upload_datetime", "resource_type"}

// Submits are the reports of what waits for review.
type Submits interface {
	List(ctx context.Context, q SubmitQuery) (domain.Page[*domain.Submit], error)
	Add(ctx context.Context, s *domain.Submit) error
	// Remove is idempotent.
	Remove(ctx context.Context, id uuid.UUID) error
}
