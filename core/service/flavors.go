package service

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Flavors are the use cases of flavors, the machine types of sites.
type Flavors struct {
	reviews[domain.Flavor, ports.FlavorQuery]
}

func newFlavors(storage ports.Storage, clock ports.Clock, quotas quotas, mails *mailer) *Flavors {
	return &Flavors{reviews[domain.Flavor, ports.FlavorQuery]{
		storage: storage, clock: clock, quotas: quotas, mails: mails,
		approval: domain.ApproveFlavor, rejection: domain.RejectFlavor, deletion: domain.DeleteFlavor,
		submission: domain.AddFlavor, update: domain.UpdateFlavor, histories: domain.GetFlavorHistory,
		resource: domain.FlavorResource, name: "Flavor", recordName: "Record",
		repo:    func(r ports.Repos) ports.Reviewed[domain.Flavor, ports.FlavorQuery] { return r.Flavors },
		state:   func(f *domain.Flavor) (*domain.Review, domain.Upload) { return &f.Review, f.Upload },
		ownName: func(f *domain.Flavor) string { return f.Name },
		title:   flavorTitle,
		remove:  removeFlavor,
		match:   func(id *uuid.UUID) ports.ResultMatch { return ports.ResultMatch{FlavorID: id} },
		fields:  flavorFields,
	}}
}

func flavorTitle(ctx context.Context, r ports.Repos, f *domain.Flavor) (string, error) {
	site, err := r.Sites.Get(ctx, f.SiteID)
	if errors.Is(err, ports.ErrNotFound) { // rows of the earlier program may refer to nothing
		return f.Name, nil
	}
	if err != nil {
		return "", err
	}
	return flavorName(f, site), nil
}

// flavorName is the name of a flavor with that of its site: flavors of different sites may
// have the same name.
func flavorName(f *domain.Flavor, site *domain.Site) string { return f.Name + " of " + site.Name }

// NewFlavor is what a user submits.
type NewFlavor struct {
	Name        string
	Description *string
}

// List returns a page of the flavors of a site. Errors: NotFound if the site does not
// exist, ErrNoSuchPage.
func (s *Flavors) List(ctx context.Context, caller domain.Caller, q ports.FlavorQuery) (domain.Page[*domain.Flavor], error) {
	if err := caller.May(domain.ListFlavors); err != nil {
		return domain.Page[*domain.Flavor]{}, err
	}
	return s.ofSite(ctx, q)
}

// Search returns a page of the flavors of a site that match search terms. Errors:
// the errors of List.
func (s *Flavors) Search(ctx context.Context, caller domain.Caller, q ports.FlavorQuery) (domain.Page[*domain.Flavor], error) {
	if err := caller.May(domain.SearchFlavor); err != nil {
		return domain.Page[*domain.Flavor]{}, err
	}
	return s.ofSite(ctx, q)
}

func (s *Flavors) ofSite(ctx context.Context, q ports.FlavorQuery) (domain.Page[*domain.Flavor], error) {
	r := s.storage.Repos()
	if _, err := getSite(ctx, r, q.SiteID); err != nil {
		return domain.Page[*domain.Flavor]{}, err
	}
	return existing(r.Flavors.List(ctx, q))
}

// Get returns a flavor of any status. Error: NotFound.
func (s *Flavors) Get(ctx context.Context, caller domain.Caller, id uuid.UUID) (*domain.Flavor, error) {
	if err := caller.May(domain.GetFlavor); err != nil {
		return nil, err
	}
	return getFlavor(ctx, s.storage.Repos(), id)
}

func getFlavor(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Flavor, error) {
	flavor, err := r.Flavors.Get(ctx, id)
	return found(flavor, err, "Record", id)
}

// GetSite returns the site of a flavor. Error: NotFound.
func (s *Flavors) GetSite(ctx context.Context, caller domain.Caller, id uuid.UUID) (*domain.Site, error) {
	if err := caller.May(domain.GetFlavorSite); err != nil {
		return nil, err
	}
	r := s.storage.Repos()
	flavor, err := getFlavor(ctx, r, id)
	if err != nil {
		return nil, err
	}
	return getSite(ctx, r, flavor.SiteID)
}

// Add submits a flavor of a site of any status for review. Errors: Invalid if the name cannot
// be one, NotFound if the site does not exist, Conflict if the site has a flavor of that name.
func (s *Flavors) Add(ctx context.Context, caller domain.Caller, siteID uuid.UUID, in NewFlavor) (*domain.Flavor, error) {
	if err := caller.May(domain.AddFlavor); err != nil {
		return nil, err
	}
	if err := checkName(in.Name, nil); err != nil {
		return nil, err
	}
	id, now, by := uuid.New(), s.clock.Now(), caller.User()
	review, report := domain.StartReview(domain.FlavorResource, id, by, now)
	flavor := &domain.Flavor{
		ID: id, Upload: domain.Upload{Uploader: by.UserID, UploadedAt: now}, Review: review,
		SiteID: siteID, Name: in.Name, Description: in.Description,
	}
	site, err := getSite(ctx, s.storage.Repos(), siteID)
	if err != nil {
		return nil, err
	}
	err = s.submit(ctx, caller, report, flavorName(flavor, site), flavor)
	switch {
	case isDuplicate(err):
		return nil, domain.Conflictf("Flavor %s already submitted/exists", in.Name)
	case isDangling(err):
		if _, err := getSite(ctx, s.storage.Repos(), siteID); err != nil {
			return nil, err
		}
		return nil, domain.ErrNotRegistered
	}
	return flavor, err
}

// Update changes a flavor. Without a description the stored one stays. Errors:
// NotFound, Invalid if a new name cannot be one, Conflict if the site of the flavor has another
// flavor of that name.
func (s *Flavors) Update(ctx context.Context, caller domain.Caller, id uuid.UUID, in NewFlavor) error {
	if err := caller.May(domain.UpdateFlavor); err != nil {
		return err
	}
	return s.change(ctx, caller, id, func(flavor *domain.Flavor) error {
		if err := checkName(in.Name, &flavor.Name); err != nil {
			return err
		}
		flavor.Name, flavor.Description = in.Name, orElse(in.Description, flavor.Description)
		return nil
	})
}

// removeFlavor removes a flavor with its results.
func removeFlavor(ctx context.Context, r ports.Repos, id uuid.UUID) error {
	if err := r.Results.RemoveAll(ctx, ports.ResultMatch{FlavorID: &id}); err != nil {
		return err
	}
	return r.Flavors.Remove(ctx, id)
}

// flavorFields are what events tell about a flavor.
func flavorFields(f *domain.Flavor) audit.Fields {
	return audit.Fields{
		"site_id": f.SiteID, "name": f.Name, "description": f.Description,
	}
}
