package ports

import "context"

// Storage stores all entities.
type Storage interface {
	// Repos returns the repositories for reading outside of a unit of work. Each call of
	// one of their methods sees everything that was committed before the call.
	Repos() Repos
	// Do runs a unit of work. Everything that fn writes with its Repos becomes visible
	// together when fn returns nil, and is undone otherwise. If another unit of work
	// interferes, Do may run fn several times: effects of fn outside of its Repos must
	// allow for that.
	Do(ctx context.Context, fn func(ctx context.Context, r Repos) error) error
	// DoOnce runs a request whose effects are committed together with a note about it.
	DoOnce(ctx context.Context, once Once) error
}

// Once is a request whose effects are committed together with a note about it.
type Once struct {
	// Claim takes the note. It runs at the beginning of the unit of work. Its error ends the
	// unit, and is returned by Do to Work.
	Claim func(ctx context.Context, r Repos) error
	// Work does the request. The unit of work begins with its first call of Do, stays open
	// when this one returns, and includes all later ones. After an error of Do nothing of
	// the unit is left, and the next call begins another.
	Work func(ctx context.Context) error
	// Finish completes the note after Work has returned nil. It runs in the same unit of work,
	// or in one that begins with Claim if Work has none open.
	Finish func(ctx context.Context, r Repos) error
}

// Repos are the repositories, all of one unit of work or of none.
//
// Every method may return a domain.Error that is Unavailable, if the database does not
// answer or takes too long. Methods that take an id return ErrNotFound. Methods that
// write return a *DuplicateError or a *ReferenceError if the database refuses the row,
// also after a race; the unit of work cannot go on after such an error.
type Repos struct {
	Users      Users
	Removals   Removals
	Blocks     Blocks
	Benchmarks Benchmarks
	Sites      Sites
	Flavors    Flavors
	Tags       Tags
	Results    Results
	Claims     Claims
	Submits    Submits
	Outbox     Outbox

	Measurements Measurements
	Events       Events
	Audit        Audit
	Keys         Keys
	Sessions     Sessions
	DailyUse     DailyUse
}
