package ports

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// AuditSort are the fields by which entries of the audit trail can be sorted.
var AuditSort = []string{"id"}

// AuditQuery selects entries of the audit trail. All fields that are not nil must hold.
type AuditQuery struct {
	ListOptions

	ActorSubject, ActorIssuer, Action, ResourceType *string

	ResourceID *uuid.UUID
	// Since selects entries of this time or later, Before those of an earlier time.
	Since, Before *time.Time
}

// ListedEntry is an entry of the audit trail with the person who acted; nil if the person is
// not registered, or nobody acted.
type ListedEntry struct {
	domain.AuditEntry

	Person *domain.User
}

// Audit is the audit trail: the entries that events have become.
type Audit interface {
	// Lock returns the end of the trail. In a unit of work it keeps everybody else from
	// appending until that ends; outside of one it locks nothing.
	Lock(ctx context.Context) (domain.AuditHead, error)
	// Take removes events that wait, at most limit, sorted by id, and returns them. They must
	// be appended in the same unit of work.
	Take(ctx context.Context, limit int) ([]domain.Event, error)
	// Append adds entries behind the locked end of the trail.
	Append(ctx context.Context, entries []domain.AuditEntry) error
	// Waiting tells whether events wait.
	Waiting(ctx context.Context) (bool, error)
	// List returns a page of entries. Those of the same place do not exist.
	List(ctx context.Context, q AuditQuery) (domain.Page[ListedEntry], error)
	// After returns the entries behind a place, at most limit, in their order.
	After(ctx context.Context, seq int64, limit int) ([]domain.AuditEntry, error)
	// Checkpoints returns all checkpoints, by place.
	Checkpoints(ctx context.Context) ([]domain.AuditCheckpoint, error)
	// AddCheckpoint stores a checkpoint, unless there is one of its kind at the place.
	AddCheckpoint(ctx context.Context, c domain.AuditCheckpoint) error
	// Addresses returns different addresses with a salt in entries before the time, at most
	// limit.
	Addresses(ctx context.Context, before time.Time, limit int) ([]string, error)
	// ReplaceAddress replaces an address in the entries before the time, and removes its salt.
	ReplaceAddress(ctx context.Context, address, by string, before time.Time) error
	// LastBefore returns the last place of which all entries are before the time; zero for none.
	LastBefore(ctx context.Context, before time.Time) (domain.AuditHead, error)
	// RemoveTo removes the entries up to the place, at most limit, the oldest first, and returns
	// how many.
	RemoveTo(ctx context.Context, seq int64, limit int) (int, error)
	// RemoveCheckpoints removes the checkpoints before the place.
	RemoveCheckpoints(ctx context.Context, seq int64) error
}

// Use is what a person does on a day.
type Use struct {
	By domain.UserID
	// Kind is the name of the quota, Day a date in UTC as YYYY-MM-DD.
	Kind, Day string
	// N is how much the person does, Limit how much the person may do on the day.
	N, Limit int
}

// ErrUsedUp says that a person may not do more on the day.
var ErrUsedUp = errors.New("the quota of the day is used up")

// DailyUse counts what people do on a day.
type DailyUse interface {
	// Add adds the use, and returns true, unless the sum of the day would be larger than the
	// limit. Others who add for the person wait until the unit of work ends.
	Add(ctx context.Context, use Use) (bool, error)
	// RemoveBefore removes the use of the days before the day.
	RemoveBefore(ctx context.Context, day string) error
	// RemoveOf removes the use of a person.
	RemoveOf(ctx context.Context, by domain.UserID) error
}
