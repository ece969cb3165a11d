package service

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Sites are the use cases of sites.
type Sites struct {
	reviews[domain.Site, ports.SiteQuery]
}

func newSites(storage ports.Storage, clock ports.Clock, quotas quotas, mails *mailer) *Sites {
	return &Sites{reviews[domain.Site, ports.SiteQuery]{
		storage: storage, clock: clock, quotas: quotas, mails: mails,
		approval: domain.ApproveSite, rejection: domain.RejectSite, deletion: domain.DeleteSite,
		submission: domain.CreateSite, update: domain.UpdateSite, histories: domain.GetSiteHistory,
		resource: domain.SiteResource, name: "Site", recordName: "Record",
		repo:    func(r ports.Repos) ports.Reviewed[domain.Site, ports.SiteQuery] { return r.Sites },
		state:   func(s *domain.Site) (*domain.Review, domain.Upload) { return &s.Review, s.Upload },
		ownName: func(s *domain.Site) string { return s.Name },
		title:   func(_ context.Context, _ ports.Repos, s *domain.Site) (string, error) { return s.Name, nil },
		remove:  removeSite,
		match:   func(id *uuid.UUID) ports.ResultMatch { return ports.ResultMatch{SiteID: id} },
		fields:  siteFields,
	}}
}

// NewSite is what a user submits.
type NewSite struct {
	Name        string
	Address     string
	Description *string
}

// List returns a page of sites. Error: ErrNoSuchPage.
func (s *Sites) List(ctx context.Context, caller domain.Caller, q ports.SiteQuery) (domain.Page[*domain.Site], error) {
	if err := caller.May(domain.ListSites); err != nil {
		return domain.Page[*domain.Site]{}, err
	}
	return existing(s.storage.Repos().Sites.List(ctx, q))
}

// Search returns a page of the sites that match search terms. Error: ErrNoSuchPage.
func (s *Sites) Search(ctx context.Context, caller domain.Caller, q ports.SiteQuery) (domain.Page[*domain.Site], error) {
	if err := caller.May(domain.SearchSites); err != nil {
		return domain.Page[*domain.Site]{}, err
	}
	return existing(s.storage.Repos().Sites.List(ctx, q))
}

// Get returns a site of any status. Error: NotFound.
func (s *Sites) Get(ctx context.Context, caller domain.Caller, id uuid.UUID) (*domain.Site, error) {
	if err := caller.May(domain.GetSite); err != nil {
		return nil, err
	}
	return getSite(ctx, s.storage.Repos(), id)
}

func getSite(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Site, error) {
	site, err := r.Sites.Get(ctx, id)
	return found(site, err, "Record", id)
}

// Create submits a site for review. Errors: Invalid if the name cannot be one, Conflict if
// it is taken.
func (s *Sites) Create(ctx context.Context, caller domain.Caller, in NewSite) (*domain.Site, error) {
	if err := caller.May(domain.CreateSite); err != nil {
		return nil, err
	}
	if err := checkName(in.Name, nil); err != nil {
		return nil, err
	}
	id, now, by := uuid.New(), s.clock.Now(), caller.User()
	review, report := domain.StartReview(domain.SiteResource, id, by, now)
	site := &domain.Site{
		ID: id, Upload: domain.Upload{Uploader: by.UserID, UploadedAt: now}, Review: review,
		Name: in.Name, Address: in.Address, Description: in.Description,
	}
	err := s.submit(ctx, caller, report, in.Name, site)
	switch {
	case isDuplicate(err):
		return nil, domain.Conflictf("Site %s already submitted/exists", in.Name)
	case isDangling(err):
		return nil, domain.ErrNotRegistered
	}
	return site, err
}

// Update changes a site. Without a description the stored one stays. Errors: NotFound,
// Invalid if a new name cannot be one, Conflict if it is taken.
func (s *Sites) Update(ctx context.Context, caller domain.Caller, id uuid.UUID, in NewSite) error {
	if err := caller.May(domain.UpdateSite); err != nil {
		return err
	}
	return s.change(ctx, caller, id, func(site *domain.Site) error {
		if err := checkName(in.Name, &site.Name); err != nil {
			return err
		}
		site.Name, site.Address, site.Description = in.Name, in.Address, orElse(in.Description, site.Description)
		return nil
	})
}

// removeSite removes a site with its flavors and results.
func removeSite(ctx context.Context, r ports.Repos, id uuid.UUID) error {
	if err := r.Results.RemoveAll(ctx, ports.ResultMatch{SiteID: &id}); err != nil {
		return err
	}
	if err := r.Flavors.RemoveOfSite(ctx, id); err != nil {
		return err
	}
	return r.Sites.Remove(ctx, id)
}

// siteFields are what events tell about a site.
func siteFields(s *domain.Site) audit.Fields {
	return audit.Fields{
		"name": s.Name, "address": s.Address, "description": s.Description,
	}
}
