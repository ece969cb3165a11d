package gormdb

import (
	"context"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type sites struct {
	reviewed[tables.Site, domain.Site]
}

var siteColumns = map[string]query.Column{
	"id":              {SQL: "site.id"},
	"upload_datetime": {SQL: "site.upload_datetime"},
	"name":            {SQL: "site.name", IsText: true},
	"address":         {SQL: "site.address", IsText: true},
}

func newSites(in session.Session, cache *references.Cache, done *effects) sites {
	return sites{reviewed[tables.Site, domain.Site]{entities: entities[tables.Site, domain.Site]{
		Session:  in,
		Entities: cache.Sites,
		columns:  siteColumns,
		toRow:    tables.NewSite,
		writable: []string{"name", "address", "description"},
		nameOf:   func(s *domain.Site) references.Name { return references.Name{ID: s.ID, Text: s.Name} },
		done:     done,
	}, unused: `NOT EXISTS (SELECT 1 FROM flavor WHERE flavor.site_id = site.id)
		AND NOT EXISTS (SELECT 1 FROM result WHERE result.site_id = site.id)`}}
}

// List implements ports.Sites.
func (s sites) List(ctx context.Context, q ports.SiteQuery) (domain.Page[*domain.Site], error) {
	var where query.Conditions
	where.Reviewed(s.Table, q.ReviewedOptions)
	where.Text("site.name", q.Name)
	where.Text("site.address", q.Address)
	if err := where.Search(ctx, s.Session, q.Terms, "site.name", "site.address", "site.description"); err != nil {
		return domain.Page[*domain.Site]{}, err
	}
	return s.list(ctx, where, q.ListOptions)
}
