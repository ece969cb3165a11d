package ports

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// TagQuery selects tags. A nil field selects all.
type TagQuery struct {
	ListOptions
	Name *string
	// Terms must each occur in name or description.
	Terms []string
}

// Tags is the repository of tags.
type Tags interface {
	Get(ctx context.Context, id uuid.UUID) (*domain.Tag, error)
	// GetLocked is Get in a unit of work, until whose end nobody else changes the tag.
	GetLocked(ctx context.Context, id uuid.UUID) (*domain.Tag, error)
	// GetAll returns the tags of these ids that exist, sorted by id.
	GetAll(ctx context.Context, ids []uuid.UUID) ([]*domain.Tag, error)
	List(ctx context.Context, q TagQuery) (domain.Page[*domain.Tag], error)
	// Alike returns tags whose names look like this one, at most limit, in the order of their ids. Its
	// cost does not depend on how many tags there are; see Reviewed.
	Alike(ctx context.Context, name string, limit int) ([]Named, error)
	// Names calls each with the names of all tags, at most limit, in the order of their ids.
	Names(ctx context.Context, limit int, each func(id uuid.UUID, name string)) error
	Add(ctx context.Context, tag *domain.Tag) error
	// Update stores name and description.
	Update(ctx context.Context, tag *domain.Tag) error
	// Remove removes the tag and its ties to results.
	Remove(ctx context.Context, id uuid.UUID) error
	// HandOver makes another user the maker of at most limit tags of a user, and returns of
	// how many.
	HandOver(ctx context.Context, from, to domain.UserID, limit int) (int, error)
}
