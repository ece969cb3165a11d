package ports

import (
	"context"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// UserMatch selects users by exact values. A nil field selects all.
type UserMatch struct {
	Subject *string
	Issuer  *string
	Email   *string
}

// UserQuery asks for a page of users. Users that sort equal are sorted by issuer and subject.
type UserQuery struct {
	ListOptions
	UserMatch
	// Terms must each occur in the e-mail address: see Terms of BenchmarkQuery.
	Terms []string
}

// Users are the registered people, but for those whose removal has begun. The tombstone is
// not one of them: only Get finds it.
type Users interface {
	Get(ctx context.Context, id domain.UserID) (*domain.User, error)
	List(ctx context.Context, q UserQuery) (domain.Page[*domain.User], error)
	Add(ctx context.Context, u *domain.User) error
	SetEmail(ctx context.Context, id domain.UserID, email string) error
	// Lock returns the first users who match, sorted by issuer and subject, at most limit, and
	// locks them: until the unit of work ends they cannot upload anything.
	Lock(ctx context.Context, match UserMatch, limit int) ([]*domain.User, error)
	// Remove removes a user to whom nothing refers any more. It is idempotent.
	Remove(ctx context.Context, id domain.UserID) error
	// EnsureTombstone adds the tombstone if it does not exist.
	EnsureTombstone(ctx context.Context, at time.Time) error
}
