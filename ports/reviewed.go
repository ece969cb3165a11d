package ports

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// Named is the name of something.
type Named struct {
	ID   uuid.UUID
	Name string
}

// Reviewed is the repository of entities of one type that need approval, of every status.
type Reviewed[T, Q any] interface {
	Get(ctx context.Context, id uuid.UUID) (*T, error)
	// GetForReview is Get with a lock: until the unit of work ends nobody else can change
	// the entity, or add rows that refer to it.
	GetForReview(ctx context.Context, id uuid.UUID) (*T, error)
	List(ctx context.Context, q Q) (domain.Page[*T], error)
	// Alike returns entities with other names that look like that of the given one, approved ones
	// first, then in the order of their upload, at most limit. For a flavor these are flavors of its
	// site. The name of a benchmark is IMAGE:TAG. What it costs does not depend on how many entities
	// there are; it may miss one that another program has added or renamed within a second.
	Alike(ctx context.Context, of *T, limit int) ([]Named, error)
	Add(ctx context.Context, entity *T) error
	// Update stores the fields that users can change: all but the id, the upload, the
	// review and the site of a flavor.
	Update(ctx context.Context, entity *T) error
	// SetReview stores the state of the entity's review.
	SetReview(ctx context.Context, id uuid.UUID, r domain.Review) error
	// Remove removes the entity together with its submit. No result or flavor may refer
	// to the entity.
	Remove(ctx context.Context, id uuid.UUID) error
	// RemoveUnused removes at most limit entities of a user that are on review and to which
	// no result and no flavor refers, together with their submits. It returns those that it
	// removed: if they are limit, there may be more.
	RemoveUnused(ctx context.Context, uploader domain.UserID, limit int) ([]uuid.UUID, error)
	// HandOver makes another user the uploader of at most limit entities of a user, and
	// returns of how many.
	HandOver(ctx context.Context, from, to domain.UserID, limit int) (int, error)
}

// BenchmarkQuery selects benchmarks. A nil field selects all.
type BenchmarkQuery struct {
	ReviewedOptions
	DockerImage *string
	DockerTag   *string
	// Terms must each occur in image, tag or description; the case of letters does not
	// matter.
	Terms []string
}

// Benchmarks is the repository of benchmarks. Update stores domain.Image, too.
type Benchmarks interface {
	Reviewed[domain.Benchmark, BenchmarkQuery]
	// SetMetrics replaces the declared metrics of a benchmark.
	SetMetrics(ctx context.Context, id uuid.UUID, declared []domain.Metric) error
	// ClaimImage notes that the image of a benchmark is looked up now. ok is false if that
	// was done after since, or the benchmark does not exist.
	ClaimImage(ctx context.Context, id uuid.UUID, now, since time.Time) (ok bool, err error)
	// SetImage stores the digest of the image and tag. ErrNotFound if the benchmark has
	// another image or tag.
	SetImage(ctx context.Context, id uuid.UUID, image, tag, digest string) error
}

// SiteQuery selects sites. A nil field selects all.
type SiteQuery struct {
	ReviewedOptions
	Name    *string
	Address *string
	// Terms must each occur in name, address or description.
	Terms []string
}

// Sites is the repository of sites.
type Sites = Reviewed[domain.Site, SiteQuery]

// FlavorQuery selects flavors of one site. A nil field selects all.
type FlavorQuery struct {
	ReviewedOptions
	SiteID uuid.UUID
	Name   *string
	// Terms must each occur in name or description.
	Terms []string
}

// Flavors is the repository of flavors.
type Flavors interface {
	Reviewed[domain.Flavor, FlavorQuery]
	// LockOfSite locks all flavors of a site until the unit of work ends.
	LockOfSite(ctx context.Context, siteID uuid.UUID) error
	// RemoveOfSite removes all flavors of a site together with their submits. No result
	// may refer to them.
	RemoveOfSite(ctx context.Context, siteID uuid.UUID) error
}
