package service

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Tags are the use cases of tags.
type Tags struct {
	storage ports.Storage
}

// List returns a page of tags. Error: ErrNoSuchPage.
func (s *Tags) List(ctx context.Context, q ports.TagQuery) (domain.Page[*domain.Tag], error) {
	return existing(s.storage.Repos().Tags.List(ctx, q))
}

// Get returns a tag. Error: NotFound.
func (s *Tags) Get(ctx context.Context, id uuid.UUID) (*domain.Tag, error) {
	tag, err := s.storage.Repos().Tags.Get(ctx, id)
	return found(tag, err, "Record", id)
}

// Create makes a tag. Error: Conflict if the name is taken.
func (s *Tags) Create(ctx context.Context, name string, description *string) (*domain.Tag, error) {
	tag := &domain.Tag{ID: uuid.New(), Name: name, Description: description}
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error { return r.Tags.Add(ctx, tag) })
	if isDuplicate(err) {
		return nil, domain.Conflictf("Tag %s already submitted/exists", name)
	}
	return tag, err
}

// Update changes a tag; an absent description stays. Errors: NotFound, Conflict
// if the name is taken.
func (s *Tags) Update(ctx context.Context, id uuid.UUID, name string, description *string) error {
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		tag, err := r.Tags.Get(ctx, id)
		if tag, err = found(tag, err, "Record", id); err != nil {
			return err
		}
		tag.Name, tag.Description = name, orElse(description, tag.Description)
		// It may have gone since we looked at it.
		_, err = found(tag, r.Tags.Update(ctx, tag), "Record", id)
		return err
	})
	return conflicting(err, "tag")
}

// Delete takes a tag from all results and removes it. Error: NotFound.
func (s *Tags) Delete(ctx context.Context, id uuid.UUID) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		tag, err := r.Tags.Get(ctx, id)
		if _, err = found(tag, err, "Record", id); err != nil {
			return err
		}
		// It may have gone since we looked at it.
		_, err = found(tag, r.Tags.Remove(ctx, id), "Record", id)
		return err
	})
}
