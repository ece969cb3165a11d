package service

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Tags are the use cases of tags.
type Tags struct {
	storage ports.Storage
	clock   ports.Clock
	quotas  quotas
}

// List returns a page of tags. Error: ErrNoSuchPage.
func (s *Tags) List(ctx context.Context, caller domain.Caller, q ports.TagQuery) (domain.Page[*domain.Tag], error) {
	if err := caller.May(domain.ListTags); err != nil {
		return domain.Page[*domain.Tag]{}, err
	}
	return existing(s.storage.Repos().Tags.List(ctx, q))
}

// Search returns a page of the tags that match search terms. Error: ErrNoSuchPage.
func (s *Tags) Search(ctx context.Context, caller domain.Caller, q ports.TagQuery) (domain.Page[*domain.Tag], error) {
	if err := caller.May(domain.SearchTag); err != nil {
		return domain.Page[*domain.Tag]{}, err
	}
	return existing(s.storage.Repos().Tags.List(ctx, q))
}

// Get returns a tag. Error: NotFound.
func (s *Tags) Get(ctx context.Context, caller domain.Caller, id uuid.UUID) (*domain.Tag, error) {
	if err := caller.May(domain.GetTag); err != nil {
		return nil, err
	}
	return getTag(ctx, s.storage.Repos(), id)
}

func getTag(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Tag, error) {
	tag, err := r.Tags.Get(ctx, id)
	return found(tag, err, "Record", id)
}

// NewTag is what a user creates.
type NewTag struct {
	Name        string
	Description *string
}

// Create makes a tag. Errors: Invalid if the name cannot be one, Conflict if it is taken.
func (s *Tags) Create(ctx context.Context, caller domain.Caller, in NewTag) (*domain.Tag, error) {
	if err := caller.May(domain.CreateTag); err != nil {
		return nil, err
	}
	if err := checkName(in.Name, nil); err != nil {
		return nil, err
	}
	maker := caller.User().UserID
	tag := &domain.Tag{ID: uuid.New(), Name: in.Name, Description: in.Description, Uploader: &maker}
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		// No foreign key proves that the maker is there, and a removal that began meanwhile must find the tag.
		there, err := r.Users.Lock(ctx, ports.UserMatch{Subject: &maker.Subject, Issuer: &maker.Issuer}, 1)
		if err != nil {
			return err
		}
		if len(there) == 0 {
			return domain.ErrNotRegistered
		}
		if err := s.quotas.tag(ctx, r, caller); err != nil {
			return err
		}
		if err := r.Tags.Add(ctx, tag); err != nil {
			return err
		}
		return s.record(ctx, r, caller, domain.CreateTag, tag, "", audit.Changed(nil, tagFields(tag)))
	})
	if isDuplicate(err) {
		return nil, domain.Conflictf("Tag %s already submitted/exists", in.Name)
	}
	return tag, err
}

// Update changes a tag. Without a description the stored one stays. Errors: NotFound, Invalid
// if a new name cannot be one, Conflict if it is taken.
func (s *Tags) Update(ctx context.Context, caller domain.Caller, id uuid.UUID, in NewTag) error {
	if err := caller.May(domain.UpdateTag); err != nil {
		return err
	}
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		tag, err := lockTag(ctx, r, id)
		if err != nil {
			return err
		}
		if err := checkName(in.Name, &tag.Name); err != nil {
			return err
		}
		before := tagFields(tag)
		tag.Name, tag.Description = in.Name, orElse(in.Description, tag.Description)
		if err := r.Tags.Update(ctx, tag); err != nil {
			return err
		}
		return s.record(ctx, r, caller, domain.UpdateTag, tag, "", audit.Changed(before, tagFields(tag)))
	})
	return conflicting(err, "tag")
}

// Delete removes a tag, and its ties to results. Errors: NotFound, Invalid if the reason is
// too long.
func (s *Tags) Delete(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error {
	if err := caller.May(domain.DeleteTag); err != nil {
		return err
	}
	if err := domain.CheckReason(reason); err != nil {
		return err
	}
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		tag, err := lockTag(ctx, r, id)
		if err != nil {
			return err
		}
		if err := r.Tags.Remove(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, r, caller, domain.DeleteTag, tag, reason, audit.Changed(tagFields(tag), nil))
	})
}

// lockTag returns the tag and keeps others from changing it until the unit of work ends. Error: NotFound.
func lockTag(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Tag, error) {
	tag, err := r.Tags.GetLocked(ctx, id)
	return found(tag, err, "Record", id)
}

// tagFields are what events tell about a tag.
func tagFields(t *domain.Tag) audit.Fields {
	return audit.Fields{"name": t.Name, "description": t.Description}
}

// record adds an event about a tag. Who made the tag acts as its uploader.
func (s *Tags) record(
	ctx context.Context, r ports.Repos, caller domain.Caller, operation domain.Operation, tag *domain.Tag, reason, changes string,
) error {
	owner := domain.UserID{}
	if operation.Right != domain.Admin && tag.Uploader != nil {
		owner = *tag.Uploader
	}
	return ports.Record(ctx, r, domain.Event{
		At: s.clock.Now(), Role: caller.RoleOn(owner), Actor: caller.Actor(), Action: operation.ID,
		Resource: domain.TagResource, ResourceID: tag.ID, Reason: reason, Changes: changes,
	})
}
