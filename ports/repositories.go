package ports

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
)

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

// The fields by which lists sort.
var (
	UserSort      = []string{"sub", "iss", "email", "registration_datetime"}
	BenchmarkSort = []string{"id", "upload_datetime", "docker_image", "docker_tag"}
	SiteSort      = []string{"id", "upload_datetime", "name", "address"}
	FlavorSort    = []string{"id", "upload_datetime", "name"}
	TagSort       = []string{"id", "name", "description"}
	// ResultSort: rows without the path of a JSON key come last in ascending
	// order and first in descending order.
	ResultSort = []string{
		"id", "upload_datetime", "execution_datetime", "benchmark_id", "benchmark_name",
		"site_id", "site_name", "site_address", "flavor_id", "flavor_name", filter.JSONField,
	}
	ClaimSort  = []string{"id", "status", "upload_datetime", "resource_type"}
	SubmitSort = []string{"id", "upload_datetime", "resource_type"}
)

// UserMatch chooses people by what is exactly so; nil fields do not choose.
type UserMatch struct {
	Subject *string
	Issuer  *string
	Email   *string
}

// UserQuery asks for a page of people. Ties are broken by issuer and subject.
type UserQuery struct {
	ListOptions
	UserMatch
	// Terms must each occur in the e-mail address: see Terms of BenchmarkQuery.
	Terms []string
}

// Users are the registered people. The tombstone is none of them: it is found by
// Get only.
type Users interface {
	Get(ctx context.Context, id domain.UserID) (*domain.User, error)
	List(ctx context.Context, q UserQuery) (domain.Page[*domain.User], error)
	Add(ctx context.Context, u *domain.User) error
	SetEmail(ctx context.Context, id domain.UserID, email string) error
	// LockAll returns everybody who matches, in the order of issuer and subject,
	// and keeps them from uploading anything until the unit of work ends.
	LockAll(ctx context.Context, match UserMatch) ([]*domain.User, error)
	// Remove removes a person of whom nothing is left. It is idempotent.
	Remove(ctx context.Context, id domain.UserID) error
	// EnsureTombstone makes the tombstone if it is not there.
	EnsureTombstone(ctx context.Context, at time.Time) error
}

// Reviewed are things of one type that need approval, of every status.
type Reviewed[T, Q any] interface {
	Get(ctx context.Context, id uuid.UUID) (*T, error)
	// GetForReview is Get that keeps others from changing it, and from adding
	// what would stand on it, until the unit of work ends.
	GetForReview(ctx context.Context, id uuid.UUID) (*T, error)
	List(ctx context.Context, q Q) (domain.Page[*T], error)
	Add(ctx context.Context, v *T) error
	// Update stores all that can be written of it: everything but id, upload,
	// review and what it belongs to.
	Update(ctx context.Context, v *T) error
	// SetReview stores the state of its review.
	SetReview(ctx context.Context, id uuid.UUID, r domain.Review) error
	// Remove removes it together with its submit. Nothing may stand on it.
	Remove(ctx context.Context, id uuid.UUID) error
	// RemoveUnused removes, with their submits, those of a person that are on
	// review and on which nothing stands: no result, and no flavor.
	RemoveUnused(ctx context.Context, uploader domain.UserID) error
	// HandOver makes all that one person uploaded another's.
	HandOver(ctx context.Context, from, to domain.UserID) error
}

// BenchmarkQuery chooses benchmarks; nil fields do not choose.
type BenchmarkQuery struct {
	ReviewedOptions
	DockerImage *string
	DockerTag   *string
	// Terms must each occur in image, tag or description, whatever the case of
	// letters.
	Terms []string
}

// Benchmarks are all benchmarks.
type Benchmarks = Reviewed[domain.Benchmark, BenchmarkQuery]

// SiteQuery chooses sites; nil fields do not choose.
type SiteQuery struct {
	ReviewedOptions
	Name    *string
	Address *string
	// Terms must each occur in name, address or description.
	Terms []string
}

// Sites are all sites.
type Sites = Reviewed[domain.Site, SiteQuery]

// FlavorQuery chooses flavors of one site; nil fields do not choose.
type FlavorQuery struct {
	ReviewedOptions
	SiteID uuid.UUID
	Name   *string
	// Terms must each occur in name or description.
	Terms []string
}

// Flavors are all flavors.
type Flavors interface {
	Reviewed[domain.Flavor, FlavorQuery]
	// RemoveOfSite removes all flavors of a site with their submits. No result
	// may stand on them.
	RemoveOfSite(ctx context.Context, siteID uuid.UUID) error
}

// TagQuery chooses tags; nil fields do not choose.
type TagQuery struct {
	ListOptions
	Name *string
	// Terms must each occur in name or description.
	Terms []string
}

// Tags are all tags.
type Tags interface {
	Get(ctx context.Context, id uuid.UUID) (*domain.Tag, error)
	// GetAll returns those of the tags that exist, in the order of their ids.
	GetAll(ctx context.Context, ids []uuid.UUID) ([]*domain.Tag, error)
	List(ctx context.Context, q TagQuery) (domain.Page[*domain.Tag], error)
	Add(ctx context.Context, t *domain.Tag) error
	// Update stores name and description.
	Update(ctx context.Context, t *domain.Tag) error
	// Remove takes the tag from all results, and removes it.
	Remove(ctx context.Context, id uuid.UUID) error
}

// ResultQuery chooses results; nil fields do not choose.
type ResultQuery struct {
	ListOptions
	Uploaded    Window
	Executed    Window
	BenchmarkID *uuid.UUID
	SiteID      *uuid.UUID
	FlavorID    *uuid.UUID
	// Uploader chooses a person's own results, the hidden ones included; nil
	// chooses everybody's, without the hidden ones.
	Uploader *domain.UserID
	// TagIDs: results that bear all of them.
	TagIDs []uuid.UUID
	// Filters: results that satisfy all of them.
	Filters []filter.Condition
	// Terms must each occur in the benchmark's name (image:tag), the site's name
	// or address, the flavor's name or the name of a tag.
	Terms []string
}

// ResultMatch chooses the results that stand on one thing, or these: the field
// that is not nil.
type ResultMatch struct {
	// IDs: a thousand at most.
	IDs         []uuid.UUID
	BenchmarkID *uuid.UUID
	// SiteID: those of the site and those of its flavors.
	SiteID   *uuid.UUID
	FlavorID *uuid.UUID
	Uploader *domain.UserID
}

// DeletedQuery asks for some of the deleted results.
type DeletedQuery struct {
	// BenchmarkID: those of this one; nil for all.
	BenchmarkID *uuid.UUID
	// After is the id of the last one that is known; the zero id for none.
	After uuid.UUID
	// Limit is how many there may be, at least 1.
	Limit int
}

// DeletedResult is one that was deleted here.
type DeletedResult struct {
	ID uuid.UUID
	domain.Visibility
}

// Results are all results.
type Results interface {
	// Get also finds what is hidden.
	Get(ctx context.Context, id uuid.UUID) (*domain.Result, error)
	List(ctx context.Context, q ResultQuery) (domain.Page[*domain.Result], error)
	// References returns what a result of the benchmark on the flavor would refer to.
	References(ctx context.Context, benchmarkID, flavorID uuid.UUID, tagIDs []uuid.UUID) (References, error)
	// Add stores the result and ties it to its tags, or does nothing.
	Add(ctx context.Context, r *domain.Result) error
	// Lock returns the visibility, and keeps others from changing it, from
	// claiming the result and from settling its claims until the unit of work ends.
	Lock(ctx context.Context, id uuid.UUID) (domain.Visibility, error)
	// Deleted returns the first ones, in the order of their ids, that were deleted
	// here and are hidden.
	Deleted(ctx context.Context, q DeletedQuery) ([]DeletedResult, error)
	// SetVisibility stores the visibility.
	SetVisibility(ctx context.Context, id uuid.UUID, v domain.Visibility) error
	// SetTags ties the result to these tags and no others.
	SetTags(ctx context.Context, id uuid.UUID, tagIDs []uuid.UUID) error
	// RemoveAll removes results for good, with their claims, the submits of
	// these, and their ties to tags.
	RemoveAll(ctx context.Context, match ResultMatch) error
}

// References are what a result refers to; nil is what there is not. They may be shared:
// nobody changes them.
type References struct {
	Benchmark *domain.Benchmark
	Flavor    *domain.Flavor
	// Site is the flavor's.
	Site *domain.Site
	// Tags are those that exist, in the order of their ids.
	Tags []*domain.Tag
}

// ClaimQuery chooses claims; nil fields do not choose.
type ClaimQuery struct {
	ReviewedOptions
	ResultID *uuid.UUID
	Uploader *domain.UserID
}

// Claims are all claims that belong to a result: those made here, and those of
// the earlier program, which only the result knows.
type Claims interface {
	Get(ctx context.Context, id uuid.UUID) (*domain.Claim, error)
	List(ctx context.Context, q ClaimQuery) (domain.Page[*domain.Claim], error)
	// Standing returns all claims of a result, by upload and id.
	Standing(ctx context.Context, resultID uuid.UUID) ([]*domain.Claim, error)
	// OpenOf returns all claims of a person that are on review, by result and id.
	OpenOf(ctx context.Context, uploader domain.UserID) ([]*domain.Claim, error)
	Add(ctx context.Context, c *domain.Claim) error
	// SetReview stores the state of its review.
	SetReview(ctx context.Context, id uuid.UUID, r domain.Review) error
	// Remove removes it together with its submit. No result may name it.
	Remove(ctx context.Context, id uuid.UUID) error
	// HandOver makes all that one person claimed another's.
	HandOver(ctx context.Context, from, to domain.UserID) error
}

// SubmitQuery chooses submits; nil fields do not choose.
type SubmitQuery struct {
	ListOptions
	Uploaded     Window
	ResourceType *domain.Resource
}

// Submits are the reports of what waits for review.
type Submits interface {
	List(ctx context.Context, q SubmitQuery) (domain.Page[*domain.Submit], error)
	Add(ctx context.Context, s *domain.Submit) error
	// Remove is idempotent.
	Remove(ctx context.Context, id uuid.UUID) error
}
