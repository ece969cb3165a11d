package ports

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// EventQuery selects events about a resource, the oldest first.
type EventQuery struct {
	Resource   domain.Resource
	ResourceID uuid.UUID
	// Actions are the IDs of the operations and jobs that count.
	Actions []string
	// Offset is the number of events to leave out, Limit the largest number to return.
	Offset, Limit int
}

// Events stores what was done to which resource.
type Events interface {
	// Add stores an event in a unit of work: that of the change.
	Add(ctx context.Context, e domain.Event) error
	// List returns events, and the number of all that the query selects.
	List(ctx context.Context, q EventQuery) (events []domain.Event, total int, err error)
	// AddAll is Add for several events.
	AddAll(ctx context.Context, events []domain.Event) error
	// AddRemoved adds the event once for each result that matches, for each claim on it and,
	// with a site, for each flavor of it: they are going to be removed with their parent. The
	// resource of the event does not matter.
	AddRemoved(ctx context.Context, match ResultMatch, e domain.Event) error
	// HandOver makes another person the actor of at most limit things that a person did, and
	// removes the addresses, and the reasons and changes of what the person did as an uploader
	// or claimant. It returns of how many.
	HandOver(ctx context.Context, from, to domain.UserID, limit int) (int, error)
	// Forget removes the reasons and changes of at most limit events about resources of the type
	// whose changes are among those given. It returns of how many.
	Forget(ctx context.Context, resource domain.Resource, changes []string, limit int) (int, error)
}

// Origin is where a request comes from.
type Origin struct {
	// RequestID is the id of the request.
	RequestID string
	// Client is the program that sent the request, as it names itself, at most 200
	// characters.
	Client string
	// Address is the network address of the client.
	Address string
}

type originKey struct{}

// WithOrigin returns a context for a request from the origin.
func WithOrigin(ctx context.Context, origin Origin) context.Context {
	return context.WithValue(ctx, originKey{}, origin)
}

// OriginOf returns the origin of the context's request, the zero Origin if there is none.
func OriginOf(ctx context.Context) Origin {
	origin, _ := ctx.Value(originKey{}).(Origin)
	return origin
}

// Record adds an event to the unit of work, with an id, and the id and the address of the
// request.
func Record(ctx context.Context, r Repos, e domain.Event) error {
	return RecordAll(ctx, r, []domain.Event{e})
}

// RecordAll is Record for several events.
func RecordAll(ctx context.Context, r Repos, events []domain.Event) error {
	for i := range events {
		var err error
		if events[i], err = Identified(ctx, events[i]); err != nil {
			return err
		}
	}
	return r.Events.AddAll(ctx, events)
}

// Identified returns the event with an id, and the id and the address of the request.
func Identified(ctx context.Context, e domain.Event) (domain.Event, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return e, fmt.Errorf("make the id of an event: %w", err)
	}
	origin := OriginOf(ctx)
	e.ID, e.RequestID, e.Address = id, origin.RequestID, origin.Address
	return e, nil
}
