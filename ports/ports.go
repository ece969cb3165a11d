// Package ports names what the services need of the world, in the core's own
// words. Adapters implement it; nothing here knows how.
package ports

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
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
	// Exists returns nil if there is such an image that everybody may pull, a
	// domain.Error otherwise: Invalid, its message the reason, if not, Unavailable
	// if that cannot be told now. It may take seconds.
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
	// Send hands the mail over for everybody whom it has not reached yet, and
	// returns whom it has reached by that: also with an error, as some addresses
	// may be refused and others not.
	//
	// Errors: *MailRefusedError if somebody will never get it, *MailServerError if
	// no mail gets through now; any other is about this mail, for now. If one
	// address is refused for good and another for now, the latter counts.
	Send(ctx context.Context, mail *domain.OutgoingMail) (reached []string, err error)
}

// Outbox keeps mails until they are sent.
type Outbox interface {
	// Enqueue adds a mail that belongs to what the same unit of work writes: it is
	// sent once that is committed, and not at all if it is not. Outside of a unit
	// of work it is an error.
	Enqueue(ctx context.Context, mail *domain.OutgoingMail) error
	// Lease takes the mail that is due for the longest time, counts an attempt, and
	// keeps everybody else from it until the time. ErrNotFound if none is due.
	Lease(ctx context.Context, now, until time.Time) (*domain.OutgoingMail, error)
	// Settle stores what became of an attempt: the next one, the error, whom it
	// reached, whether it is parked; and ends the lease. ErrNotFound if the mail
	// is gone, or the lease is over and somebody else has taken it.
	Settle(ctx context.Context, mail *domain.OutgoingMail) error
	// Remove removes a mail that was sent. It is idempotent.
	Remove(ctx context.Context, id uuid.UUID) error
	// RemoveTo removes all mails to an address, whatever they are up to.
	RemoveTo(ctx context.Context, address string) error
	// List returns all mails without their texts, the oldest first.
	List(ctx context.Context) ([]*domain.OutgoingMail, error)
	// Retry makes a mail, parked or not, due at the time, and sets when to give
	// it up. Error: ErrNotFound.
	Retry(ctx context.Context, id uuid.UUID, at, giveUpAt time.Time) error
	// State counts the mails.
	State(ctx context.Context) (domain.OutboxState, error)
}

// Storage keeps everything.
type Storage interface {
	// Repos are for reading outside of any unit of work; each call sees all
	// that was committed before it.
	Repos() Repos
	// Do runs a unit of work: everything that fn does with its Repos becomes
	// visible together when it returns nil, and nothing of it otherwise.
	// Where others were in the way fn may be run several times: whatever it does
	// outside of its Repos must bear that.
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
	Claims     Claims
	Submits    Submits
	Outbox     Outbox
}
