// Package ports names what the services need of the world, in the core's own
// words. Adapters implement it; nothing here knows how.
package ports

import (
	"context"
	"time"

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
