package gormdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type flavors struct {
	reviewed[tables.Flavor, domain.Flavor]
}

var flavorColumns = map[string]query.Column{
	"id":              {SQL: "flavor.id"},
	"upload_datetime": {SQL: "flavor.upload_datetime"},
	"name":            {SQL: "flavor.name", IsText: true},
}

func newFlavors(in session.Session, cache *references.Cache, done *effects) flavors {
	return flavors{reviewed[tables.Flavor, domain.Flavor]{entities: entities[tables.Flavor, domain.Flavor]{
		Session:  in,
		Entities: cache.Flavors,
		columns:  flavorColumns,
		toRow:    tables.NewFlavor,
		writable: []string{"name", "description"},
		nameOf: func(f *domain.Flavor) references.Name {
			return references.Name{ID: f.ID, Scope: f.SiteID, Text: f.Name}
		},
		done: done,
	}, unused: `NOT EXISTS (SELECT 1 FROM result WHERE result.flavor_id = flavor.id)`}}
}

// List implements ports.Flavors.
func (f flavors) List(ctx context.Context, q ports.FlavorQuery) (domain.Page[*domain.Flavor], error) {
	var where query.Conditions
	where.ID("flavor.site_id", &q.SiteID)
	where.Reviewed(f.Table, q.ReviewedOptions)
	where.Text("flavor.name", q.Name)
	if err := where.Search(ctx, f.Session, q.Terms, "flavor.name", "flavor.description"); err != nil {
		return domain.Page[*domain.Flavor]{}, err
	}
	return f.list(ctx, where, q.ListOptions)
}

// LockOfSite implements ports.Flavors.
func (f flavors) LockOfSite(ctx context.Context, siteID uuid.UUID) error {
	var where query.Conditions
	where.ID("flavor.site_id", &siteID)
	return f.Failed(ctx, lock(ctx, f.Session, f.Table, where), "lock the flavors of site %s", siteID)
}

// RemoveOfSite implements ports.Flavors.
func (f flavors) RemoveOfSite(ctx context.Context, siteID uuid.UUID) error {
	var where query.Conditions
	where.ID("flavor.site_id", &siteID)
	_, err := removeReviewed(ctx, f.Session, f.Table, where)
	return f.Failed(ctx, err, "remove the flavors of site %s", siteID)
}
