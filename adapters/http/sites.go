package http

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// CreateSite is what submits a site.
type CreateSite struct {
	Name        string  `json:"name" maxLength:"1000" doc:"Short name" example:"EXAMPLE-SITE"`
	Address     string  `json:"address" doc:"Place or network address" example:"cloud.example.org"`
	Description *string `json:"description,omitempty" doc:"What else there is to say" example:"OpenStack, for members of EOSC"`
}

// Site is a computing centre.
type Site struct {
	ID             uuid.UUID `json:"id" format:"uuid" readOnly:"true" doc:"Id of the site" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	Name           string    `json:"name" maxLength:"1000" doc:"Short name" example:"CESNET-MCC"`
	Address        string    `json:"address" doc:"Place or network address" example:"cloud.example.org"`
	Description    *string   `json:"description,omitempty" doc:"What else there is to say" example:"OpenStack, for members of EOSC"`
	UploadDatetime DateTime  `json:"upload_datetime" readOnly:"true" doc:"When it was uploaded, in UTC without an offset"`
}

func toSite(s *domain.Site) Site {
	return Site{ID: s.ID, Name: s.Name, Address: s.Address, Description: s.Description, UploadDatetime: DateTime(s.UploadedAt)}
}

func toSites(p domain.Page[*domain.Site]) Sites { return Sites(toPage(p, toSite)) }

func (h *handlers) listSites(ctx context.Context, r *request, _ *none) (Sites, error) {
	page, err := h.Sites.List(ctx, r.caller, ports.SiteQuery{
		ReviewedOptions: r.query.reviewed("name"),
		Name:            r.query.text("name"),
		Address:         r.query.text("address"),
	})
	return answer(page, err, toSites)
}

func (h *handlers) searchSites(ctx context.Context, r *request, _ *none) (Sites, error) {
	page, err := h.Sites.Search(ctx, r.caller, ports.SiteQuery{ReviewedOptions: r.query.reviewed("name"), Terms: r.query.terms()})
	return answer(page, err, toSites)
}

func (h *handlers) createSite(ctx context.Context, r *request, in *body[CreateSite]) (Site, error) {
	site, err := h.Sites.Create(ctx, r.caller, service.NewSite(in.Body))
	return answer(site, err, toSite)
}

func (h *handlers) getSite(ctx context.Context, r *request, _ *none) (Site, error) {
	site, err := h.Sites.Get(ctx, r.caller, r.id)
	return answer(site, err, toSite)
}

func (h *handlers) updateSite(ctx context.Context, r *request, in *body[Site]) error {
	return h.Sites.Update(ctx, r.caller, r.id, service.NewSite{Name: in.Body.Name, Address: in.Body.Address, Description: in.Body.Description})
}

func (h *handlers) deleteSite(ctx context.Context, r *request, _ *none) error {
	return h.Sites.Delete(ctx, r.caller, r.id)
}

func (h *handlers) approveSite(ctx context.Context, r *request, _ *none) error {
	return h.Sites.Approve(ctx, r.caller, r.id)
}

func (h *handlers) rejectSite(ctx context.Context, r *request, _ *none) error {
	return h.Sites.Reject(ctx, r.caller, r.id)
}
