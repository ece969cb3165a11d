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
}

// Repos are the repositories, all of one unit of work or of none.
//
// Every method may return a domain.Error that is Unavailable, if the database does not
// answer or takes too long. Methods that take an id return ErrNotFound. Methods that
// write return a *DuplicateError or a *ReferenceError if the database refuses the row,
// also after a race; the unit of work cannot go on after such an error.
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

	Measurements Measurements
}
