package http

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// CreateFlavor is what submits a flavor.
type CreateFlavor struct {
	Name        string  `json:"name" maxLength:"1000" doc:"Name of the machine type" example:"gpu.large"`
	Description *string `json:"description,omitempty" doc:"Processors, memory and the like" example:"4 cores, 8 GB of memory"`
}

// Flavor is a machine type of a site.
type Flavor struct {
	ID             uuid.UUID `json:"id" format:"uuid" readOnly:"true" doc:"Id of the flavor" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	Name           string    `json:"name" maxLength:"1000" doc:"Name of the machine type" example:"standard.large"`
	Description    *string   `json:"description,omitempty" doc:"Processors, memory and the like" example:"4 cores, 8 GB of memory"`
	UploadDatetime DateTime  `json:"upload_datetime" readOnly:"true" doc:"When it was uploaded, in UTC without an offset"`
}

func toFlavor(f *domain.Flavor) Flavor {
	return Flavor{ID: f.ID, Name: f.Name, Description: f.Description, UploadDatetime: DateTime(f.UploadedAt)}
}

func toFlavors(p domain.Page[*domain.Flavor]) Flavors { return Flavors(toPage(p, toFlavor)) }

func (h *handlers) listFlavors(ctx context.Context, r *request, _ *none) (Flavors, error) {
	page, err := h.Flavors.List(ctx, r.caller, ports.FlavorQuery{
		ReviewedOptions: r.query.reviewed("name"),
		SiteID:          r.id,
		Name:            r.query.text("name"),
	})
	return answer(page, err, toFlavors)
}

func (h *handlers) searchFlavor(ctx context.Context, r *request, _ *none) (Flavors, error) {
	page, err := h.Flavors.Search(ctx, r.caller, ports.FlavorQuery{
		ReviewedOptions: r.query.reviewed("name"), SiteID: r.id, Terms: r.query.terms(),
	})
	return answer(page, err, toFlavors)
}

func (h *handlers) addFlavor(ctx context.Context, r *request, in *body[CreateFlavor]) (Flavor, error) {
	flavor, err := h.Flavors.Add(ctx, r.caller, r.id, service.NewFlavor(in.Body))
	return answer(flavor, err, toFlavor)
}

func (h *handlers) getFlavor(ctx context.Context, r *request, _ *none) (Flavor, error) {
	flavor, err := h.Flavors.Get(ctx, r.caller, r.id)
	return answer(flavor, err, toFlavor)
}

func (h *handlers) updateFlavor(ctx context.Context, r *request, in *body[Flavor]) error {
	return h.Flavors.Update(ctx, r.caller, r.id, service.NewFlavor{Name: in.Body.Name, Description: in.Body.Description})
}

func (h *handlers) deleteFlavor(ctx context.Context, r *request, _ *none) error {
	return h.Flavors.Delete(ctx, r.caller, r.id)
}

func (h *handlers) approveFlavor(ctx context.Context, r *request, _ *none) error {
	return h.Flavors.Approve(ctx, r.caller, r.id)
}

func (h *handlers) rejectFlavor(ctx context.Context, r *request, _ *none) error {
	return h.Flavors.Reject(ctx, r.caller, r.id)
}

func (h *handlers) getFlavorSite(ctx context.Context, r *request, _ *none) (Site, error) {
	site, err := h.Flavors.GetSite(ctx, r.caller, r.id)
	return answer(site, err, toSite)
}
