package service

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Flavors are the use cases of flavors, the machine types of sites.
type Flavors struct {
	storage ports.Storage
	clock   ports.Clock
	mails   *mailer
}

var reviewedFlavors = reviewed[domain.Flavor, ports.FlavorQuery]{
	name: "Flavor", unknown: "Record", resource: domain.FlavorResource,
	repo:  func(r ports.Repos) ports.Reviewed[domain.Flavor, ports.FlavorQuery] { return r.Flavors },
	state: func(f *domain.Flavor) (*domain.Review, domain.Upload) { return &f.Review, f.Upload },
	title: func(ctx context.Context, r ports.Repos, f *domain.Flavor) (string, error) {
		site, err := r.Sites.Get(ctx, f.SiteID)
		if err != nil {
			return "", err
		}
		return flavorName(f, site), nil
	},
}

// flavorName tells flavors of several sites apart.
func flavorName(f *domain.Flavor, site *domain.Site) string { return f.Name + " of " + site.Name }

// NewFlavor is what a user submits.
type NewFlavor struct {
	Name        string
	Description *string
}

// List returns a page of a site's flavors. Errors: NotFound if there is no such
// site, ErrNoSuchPage.
func (s *Flavors) List(ctx context.Context, q ports.FlavorQuery) (domain.Page[*domain.Flavor], error) {
	r := s.storage.Repos()
	if _, err := getSite(ctx, r, q.SiteID); err != nil {
		return domain.Page[*domain.Flavor]{}, err
	}
	return existing(r.Flavors.List(ctx, q))
}

// Get returns a flavor of any status. Error: NotFound.
func (s *Flavors) Get(ctx context.Context, id uuid.UUID) (*domain.Flavor, error) {
	return getFlavor(ctx, s.storage.Repos(), id)
}

func getFlavor(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Flavor, error) {
	flavor, err := r.Flavors.Get(ctx, id)
	return found(flavor, err, "Record", id)
}

// GetSite returns the site of a flavor. Error: NotFound.
func (s *Flavors) GetSite(ctx context.Context, id uuid.UUID) (*domain.Site, error) {
	r := s.storage.Repos()
	flavor, err := getFlavor(ctx, r, id)
	if err != nil {
		return nil, err
	}
	return getSite(ctx, r, flavor.SiteID)
}

// Add submits a flavor of a site, of whatever status that is, for review.
// Errors: NotFound if there is no such site, Conflict if the site has a flavor
// of that name.
func (s *Flavors) Add(ctx context.Context, by *domain.User, siteID uuid.UUID, in NewFlavor) (*domain.Flavor, error) {
	id, now := uuid.New(), s.clock.Now()
	review, report := domain.StartReview(domain.FlavorResource, id, by, now)
	flavor := &domain.Flavor{
		ID: id, Upload: domain.Upload{Uploader: by.UserID, UploadedAt: now}, Review: review,
		SiteID: siteID, Name: in.Name, Description: in.Description,
	}
	site, err := getSite(ctx, s.storage.Repos(), siteID)
	if err != nil {
		return nil, err
	}
	err = submit(ctx, s.storage, s.mails, by, report, flavorName(flavor, site), func(ctx context.Context, r ports.Repos) error {
		return r.Flavors.Add(ctx, flavor)
	})
	switch {
	case isDuplicate(err):
		return nil, domain.Conflictf("Flavor %s already submitted/exists", in.Name)
	case isDangling(err):
		if _, err := getSite(ctx, s.storage.Repos(), siteID); err != nil {
			return nil, err
		}
		return nil, errUnregistered
	}
	return flavor, err
}

// Update changes a flavor; an absent description stays. Errors: NotFound,
// Conflict if its site has another flavor of that name.
func (s *Flavors) Update(ctx context.Context, id uuid.UUID, in NewFlavor) error {
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		flavor, err := reviewedFlavors.locked(ctx, r, id)
		if err != nil {
			return err
		}
		flavor.Name, flavor.Description = in.Name, orElse(in.Description, flavor.Description)
		return r.Flavors.Update(ctx, flavor)
	})
	return conflicting(err, "flavor")
}

// Approve ends a flavor's review. Errors: NotFound, Invalid if it ended before.
func (s *Flavors) Approve(ctx context.Context, id uuid.UUID) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return reviewedFlavors.approve(ctx, r, s.mails, id)
	})
}

// Reject removes a flavor that is on review. Errors: NotFound, Invalid if it is approved.
func (s *Flavors) Reject(ctx context.Context, id uuid.UUID) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return reviewedFlavors.reject(ctx, r, s.mails, id, removeFlavor)
	})
}

// Delete removes a flavor with its results. Error: NotFound.
func (s *Flavors) Delete(ctx context.Context, id uuid.UUID) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return reviewedFlavors.remove(ctx, r, id, removeFlavor)
	})
}

func removeFlavor(ctx context.Context, r ports.Repos, id uuid.UUID) error {
	if err := r.Results.RemoveAll(ctx, ports.ResultMatch{FlavorID: &id}); err != nil {
		return err
	}
	return r.Flavors.Remove(ctx, id)
}
