package ports

import (
	"context"

	"github.com/eosc-perf/backend/core/domain"
)

// Removals are the removals of people that have begun and not ended. A person with a
// removal counts as not registered: no method of Users but Remove finds the person.
type Removals interface {
	// Add begins a removal; Total becomes the number of rows of the person. If the person
	// has a removal already, Add changes nothing.
	Add(ctx context.Context, removal *domain.Removal) error
	// Holdings counts what a person has uploaded.
	Holdings(ctx context.Context, id domain.UserID) (domain.Holdings, error)
	// Take returns the oldest removal of a person who matches, and locks it with the person
	// until the unit of work ends: nobody else takes the removal, and the person cannot
	// upload anything. Removals that others have locked are skipped. ErrNotFound if there
	// is none.
	Take(ctx context.Context, match UserMatch) (*domain.Removal, error)
	// List returns the removals of people who match, the oldest first.
	List(ctx context.Context, match UserMatch) ([]*domain.Removal, error)
	// SetDone stores how many rows are removed.
	SetDone(ctx context.Context, id domain.UserID, done int64) error
	// Remove ends a removal.
	Remove(ctx context.Context, id domain.UserID) error
}

// Blocks are the people who may not write, registered or not.
type Blocks interface {
	// Contains is true if the person is blocked.
	Contains(ctx context.Context, id domain.UserID) (bool, error)
	// List returns all blocks, by issuer and subject.
	List(ctx context.Context) ([]*domain.Block, error)
	// Put adds the block, or replaces the one of the same person.
	Put(ctx context.Context, block *domain.Block) error
	// Remove removes the block of a person. Error: ErrNotFound.
	Remove(ctx context.Context, id domain.UserID) error
}
