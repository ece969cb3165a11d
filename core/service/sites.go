package service

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Sites are the use cases of sites.
type Sites struct {
	storage ports.Storage
	clock   ports.Clock
}

// NewSite is what a user submits.
type NewSite struct {
	Name        string
	Address     string
	Description *string
}

// List returns a page of sites. Error: ErrNoSuchPage.
func (s *Sites) List(ctx context.Context, q ports.SiteQuery) (domain.Page[*domain.Site], error) {
	return existing(s.storage.Repos().Sites.List(ctx, q))
}

// Get returns a site of any status. Error: NotFound.
func (s *Sites) Get(ctx context.Context, id uuid.UUID) (*domain.Site, error) {
	return getSite(ctx, s.storage.Repos(), id)
}

func getSite(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Site, error) {
	site, err := r.Sites.Get(ctx, id)
	return found(site, err, "Record", id)
}

// Create submits a site for review. Error: Conflict if the name is taken.
func (s *Sites) Create(ctx context.Context, by *domain.User, in NewSite) (*domain.Site, error) {
	id, now := uuid.New(), s.clock.Now()
	review, report := domain.StartReview(domain.SiteResource, id, by, now)
	site := &domain.Site{
		ID: id, Upload: domain.Upload{Uploader: by.UserID, UploadedAt: now}, Review: review,
		Name: in.Name, Address: in.Address, Description: in.Description,
	}
	err := submit(ctx, s.storage, by, report, func(ctx context.Context, r ports.Repos) error {
		return r.Sites.Add(ctx, site)
	})
	switch {
	case isDuplicate(err):
		return nil, domain.Conflictf("Site %s already submitted/exists", in.Name)
	case isDangling(err):
		return nil, errUnregistered
	}
	return site, err
}

// Approve ends a site's review. Errors: NotFound, Invalid if it ended before.
func (s *Sites) Approve(ctx context.Context, id uuid.UUID) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		site, err := r.Sites.GetForReview(ctx, id)
		if site, err = found(site, err, "Record", id); err != nil {
			return err
		}
		return approve(ctx, r, r.Sites, "Site", id, site.Review, site.Upload)
	})
}
