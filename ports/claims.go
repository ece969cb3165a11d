package ports

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// ClaimQuery selects claims. A nil field selects all.
type ClaimQuery struct {
	ReviewedOptions
	ResultID *uuid.UUID
	// SiteID selects the claims on results of a site.
	SiteID   *uuid.UUID
	Uploader *domain.UserID
}

// Claims is the repository of the claims on results. A claim of this system names its
// result. A claim of the earlier program does not; its result names the claim. A claim of
// which neither is true is an orphan: its result is gone.
type Claims interface {
	Get(ctx context.Context, id uuid.UUID) (*domain.Claim, error)
	List(ctx context.Context, q ClaimQuery) (domain.Page[*domain.Claim], error)
	// ActiveOf returns the active claims of a result, which are all that are stored: on
	// review or approved. They are sorted by upload time and id.
	ActiveOf(ctx context.Context, resultID uuid.UUID) ([]*domain.Claim, error)
	// ActiveOfAll returns the active claims of each of at most 1,000 results.
	ActiveOfAll(ctx context.Context, resultIDs []uuid.UUID) (map[uuid.UUID][]*domain.Claim, error)
	// OpenOf returns the claims of a user that are on review, orphans too, at most limit,
	// in no order.
	OpenOf(ctx context.Context, uploader domain.UserID, limit int) ([]*domain.Claim, error)
	// Lock is Get with a lock: until the unit of work ends nobody else can change the claim.
	Lock(ctx context.Context, id uuid.UUID) (*domain.Claim, error)
	Add(ctx context.Context, c *domain.Claim) error
	// SetReview stores the state of the claim's review.
	SetReview(ctx context.Context, id uuid.UUID, r domain.Review) error
	// Remove removes the claim together with its submit. No result may name the claim.
	Remove(ctx context.Context, id uuid.UUID) error
	// RemoveAll removes at most 1,000 claims together with their submits. Results do not
	// name the claims any more.
	RemoveAll(ctx context.Context, ids []uuid.UUID) error
	// HandOver makes another user the uploader of at most limit claims of a user, and
	// returns of how many.
	HandOver(ctx context.Context, from, to domain.UserID, limit int) (int, error)
}

// SubmitQuery selects submits. A nil field selects all.
type SubmitQuery struct {
	ListOptions
	Uploaded     Window
	ResourceType *domain.Resource
	Uploader     *domain.UserID
}

// Submits is the repository of the reports of entities that wait for review.
type Submits interface {
	List(ctx context.Context, q SubmitQuery) (domain.Page[*domain.Submit], error)
	Add(ctx context.Context, s *domain.Submit) error
	// Remove is idempotent.
	Remove(ctx context.Context, id uuid.UUID) error
}
