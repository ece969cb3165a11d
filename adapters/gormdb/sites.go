package gormdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type sites struct {
	reviewed[siteRow, domain.Site]
}

var siteColumns = map[string]column{
	"id":              {sql: "site.id"},
	"upload_datetime": {sql: "site.upload_datetime"},
	"name":            {sql: "site.name", text: true},
	"address":         {sql: "site.address", text: true},
}

func newSites(in session) sites {
	return sites{reviewed[siteRow, domain.Site]{table: table[siteRow, domain.Site]{
		session:  in,
		name:     "site",
		columns:  siteColumns,
		kept:     in.store.shelf.sites,
		row:      newSiteRow,
		thing:    siteRow.thing,
		writable: []string{"name", "address", "description"},
	}, unused: `NOT EXISTS (SELECT 1 FROM flavor WHERE flavor.site_id = site.id)
		AND NOT EXISTS (SELECT 1 FROM result WHERE result.site_id = site.id)`}}
}

// List implements ports.Sites.
func (s sites) List(ctx context.Context, q ports.SiteQuery) (domain.Page[*domain.Site], error) {
	var where conditions
	where.reviewed(s.name, q.ReviewedOptions)
	where.text("site.name", q.Name)
	where.text("site.address", q.Address)
	if err := s.search(ctx, &where, q.Terms, place{text: "site.name"}, place{text: "site.address"}, place{text: "site.description"}); err != nil {
		return domain.Page[*domain.Site]{}, err
	}
	return s.list(ctx, where, q.ListOptions)
}

func newSiteRow(s *domain.Site) siteRow {
	return siteRow{
		ID:          key(s.ID),
		Upload:      newUploadColumns(s.Upload),
		Review:      newReviewColumns(s.Review),
		Name:        s.Name,
		Address:     s.Address,
		Description: s.Description,
	}
}

func (r siteRow) thing() (uuid.UUID, *domain.Site) {
	return uuid.UUID(r.ID), &domain.Site{
		ID:          uuid.UUID(r.ID),
		Upload:      r.Upload.upload(),
		Review:      r.Review.review(),
		Name:        r.Name,
		Address:     r.Address,
		Description: r.Description,
	}
}
