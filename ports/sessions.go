package ports

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// Sessions stores the sessions of browsers.
type Sessions interface {
	// Get returns the session with the hash, also an expired one. Error: ErrNotFound.
	Get(ctx context.Context, hash string) (*domain.Session, error)
	// Add adds a session. The error is a *DuplicateError if the slot of the person is taken.
	Add(ctx context.Context, session *domain.Session) error
	// Replace replaces the session with the hash by one that may have another hash, but for
	// its tokens. Error: ErrNotFound.
	Replace(ctx context.Context, hash string, session *domain.Session) error
	// Touch stores when the session was last used.
	Touch(ctx context.Context, hash string, at time.Time) error
	// List returns the sessions of the people who match, by person and slot, without
	// contents. An e-mail address matches registered people only.
	List(ctx context.Context, match UserMatch) ([]*domain.Session, error)
	// CountAnonymous is the number of sessions in which nobody has logged in.
	CountAnonymous(ctx context.Context) (int64, error)
	// RemoveIDs removes sessions and returns how many there were.
	RemoveIDs(ctx context.Context, ids []uuid.UUID) (int64, error)
	// RemoveExpired removes the sessions that end before now, or that were last used before
	// idleSince.
	RemoveExpired(ctx context.Context, now, idleSince time.Time) (int64, error)

	// LeaseRefresh lets one caller renew the tokens of the version, until the given time.
	// ok is false if another one does, or the version is older.
	LeaseRefresh(ctx context.Context, id uuid.UUID, version int64, now, until time.Time) (ok bool, err error)
	// EndRefresh ends the lease without new tokens.
	EndRefresh(ctx context.Context, id uuid.UUID, version int64) error
	// SetTokens stores new tokens in place of those of the version, and ends the lease.
	// Error: ErrNotFound if the session has ended, or has others.
	SetTokens(ctx context.Context, id uuid.UUID, version int64, tokens string) error
}
