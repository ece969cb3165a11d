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
	mails   *mailer
}

var reviewedSites = reviewed[domain.Site, ports.SiteQuery]{
	name: "Site", unknown: "Record", resource: domain.SiteResource,
	repo:  func(r ports.Repos) ports.Reviewed[domain.Site, ports.SiteQuery] { return r.Sites },
	state: func(s *domain.Site) (*domain.Review, domain.Upload) { return &s.Review, s.Upload },
	title: func(_ context.Context, _ ports.Repos, s *domain.Site) (string, error) { return s.Name, nil },
}

// NewSite is what a user submits.
type NewSite struct {
	Name        string
	Address     string
	Description *string
}

// List returns a page of sites, found by search terms or not. Error: ErrNoSuchPage.
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
	err := submit(ctx, s.storage, s.mails, by, report, in.Name, func(ctx context.Context, r ports.Repos) error {
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

// Update changes a site; an absent description stays. Errors: NotFound, Conflict
// if the name is taken.
func (s *Sites) Update(ctx context.Context, id uuid.UUID, in NewSite) error {
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		site, err := reviewedSites.locked(ctx, r, id)
		if err != nil {
			return err
		}
		site.Name, site.Address, site.Description = in.Name, in.Address, orElse(in.Description, site.Description)
		return r.Sites.Update(ctx, site)
	})
	return conflicting(err, "site")
}

// Approve ends a site's review. Errors: NotFound, Invalid if it ended before.
func (s *Sites) Approve(ctx context.Context, id uuid.UUID) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return reviewedSites.approve(ctx, r, s.mails, id)
	})
}

// Reject removes a site that is on review. Errors: NotFound, Invalid if it is approved.
func (s *Sites) Reject(ctx context.Context, id uuid.UUID) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return reviewedSites.reject(ctx, r, s.mails, id, removeSite)
	})
}

// Delete removes a site with its flavors and results. Error: NotFound.
func (s *Sites) Delete(ctx context.Context, id uuid.UUID) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return reviewedSites.remove(ctx, r, id, removeSite)
	})
}

func removeSite(ctx context.Context, r ports.Repos, id uuid.UUID) error {
	if err := r.Results.RemoveAll(ctx, ports.ResultMatch{SiteID: &id}); err != nil {
		return err
	}
	if err := r.Flavors.RemoveOfSite(ctx, id); err != nil {
		return err
	}
	return r.Sites.Remove(ctx, id)
}
