package gormdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type flavors struct {
	reviewed[flavorRow, domain.Flavor]
}

var flavorColumns = map[string]column{
	"id":              {sql: "flavor.id"},
	"upload_datetime": {sql: "flavor.upload_datetime"},
	"name":            {sql: "flavor.name", text: true},
}

func newFlavors(in session) flavors {
	return flavors{reviewed[flavorRow, domain.Flavor]{table: table[flavorRow, domain.Flavor]{
		session:  in,
		name:     "flavor",
		columns:  flavorColumns,
		kept:     in.store.shelf.flavors,
		row:      newFlavorRow,
		thing:    flavorRow.thing,
		writable: []string{"name", "description"},
	}, unused: `NOT EXISTS (SELECT 1 FROM result WHERE result.flavor_id = flavor.id)`}}
}

// List implements ports.Flavors.
func (f flavors) List(ctx context.Context, q ports.FlavorQuery) (domain.Page[*domain.Flavor], error) {
	var where conditions
	where.id("flavor.site_id", &q.SiteID)
	where.reviewed(f.name, q.ReviewedOptions)
	where.text("flavor.name", q.Name)
	if err := f.search(ctx, &where, q.Terms, place{text: "flavor.name"}, place{text: "flavor.description"}); err != nil {
		return domain.Page[*domain.Flavor]{}, err
	}
	return f.list(ctx, where, q.ListOptions)
}

// RemoveOfSite implements ports.Flavors.
func (f flavors) RemoveOfSite(ctx context.Context, siteID uuid.UUID) error {
	var where conditions
	where.id("flavor.site_id", &siteID)
	_, err := f.removeReviewed(ctx, f.name, where)
	return f.failed(ctx, err, "remove the flavors of site %s", siteID)
}

func newFlavorRow(f *domain.Flavor) flavorRow {
	return flavorRow{
		ID:          key(f.ID),
		Upload:      newUploadColumns(f.Upload),
		Review:      newReviewColumns(f.Review),
		SiteID:      key(f.SiteID),
		Name:        f.Name,
		Description: f.Description,
	}
}

func (r flavorRow) thing() (uuid.UUID, *domain.Flavor) {
	return uuid.UUID(r.ID), &domain.Flavor{
		ID:          uuid.UUID(r.ID),
		Upload:      r.Upload.upload(),
		Review:      r.Review.review(),
		SiteID:      uuid.UUID(r.SiteID),
		Name:        r.Name,
		Description: r.Description,
	}
}
