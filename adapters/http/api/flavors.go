package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// CreateFlavor submits a flavor.
type CreateFlavor struct {
	Name        string  `json:"name" maxLength:"1000" doc:"Name of the machine type, printable and in NFC" example:"gpu.large"`
	Description *string `json:"description,omitempty" doc:"Processors, memory and the like" example:"4 cores, 8 GB of memory"`
}

// Flavor is a machine type of a site.
type Flavor struct {
	ID             uuid.UUID `json:"id" format:"uuid" readOnly:"true" doc:"Id of the flavor" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	Name           string    `json:"name" doc:"Name of the machine type, printable, NFC, at most 1000 bytes if new" example:"standard.large"`
	Description    *string   `json:"description,omitempty" doc:"Processors, memory and the like" example:"4 cores, 8 GB of memory"`
	UploadDatetime DateTime  `json:"upload_datetime" readOnly:"true" doc:"When it was uploaded, in UTC without an offset"`
}

// Flavors is a page of flavors.
type Flavors Page[Flavor]

func toFlavor(f *domain.Flavor) Flavor {
	return Flavor{ID: f.ID, Name: f.Name, Description: f.Description, UploadDatetime: DateTime(f.UploadedAt)}
}

func toFlavors(p domain.Page[*domain.Flavor]) Flavors { return Flavors(toPage(p, toFlavor)) }

// AppendJSON implements representation.Appender.
func (v Flavor) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = representation.AppendText(b, `,"name":`, v.Name)
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

// AppendJSON implements representation.Appender.
func (p Flavors) AppendJSON(b []byte, flush representation.Flush) []byte {
	return Page[Flavor](p).append(b, Flavor.AppendJSON, flush)
}

// The parameters of flavors.
var (
	flavorID    = &openapi.PathID{Name: "flavor_id", Description: "Id of the flavor, as ListFlavors shows it", Record: "Record"}
	flavorOrder = orderBy(ports.FlavorSort, "+name")
	flavorTerms = searchTerms("name and description", "core")
	flavorName  = parameter.Text("name", "The name, exactly")
)

type flavors struct{ service *service.Flavors }

func (h flavors) resource() resource {
	return resource{
		section:     "flavors",
		description: "Machine types of sites",
		schemas: map[string]string{
			"Flavor":       "A machine type of a site",
			"Flavors":      "A page of flavors",
			"CreateFlavor": "A flavor to submit",
		},
		operations: h.operations(),
	}
}

func (h flavors) operations() []openapi.Operation {
	return []openapi.Operation{
		{
			Operation:   domain.ListFlavors,
			Method:      http.MethodGet,
			Path:        "/sites/{site_id}/flavors",
			PathID:      siteID,
			Summary:     "List flavors of a site",
			Description: "Lists the approved flavors of the site, or with `status=on_review` those that wait for review.",
			Parameters:  parameter.Join(status, uploaded, paging, flavorName, flavorOrder),
			Handler:     ok(h.list, toFlavors),
		},
		{
			Operation: domain.AddFlavor,
			Method:    http.MethodPost,
			Path:      "/sites/{site_id}/flavors",
			PathID:    siteID,
			Summary:   "Submit a flavor of a site for review",
			Description: "Submits a machine type of the site. It is on review until an administrator approves it, takes no results before, " +
				"and its submitter gets a mail when that is decided.",
			Errors:  openapi.Errors{Conflict: []openapi.Example{openapi.Says("taken", "Flavor gpu.large already submitted/exists")}},
			Handler: createdFrom(h.add, toFlavor),
		},
		{
			Operation:   domain.SearchFlavor,
			Method:      http.MethodGet,
			Path:        "/sites/{site_id}/flavors:search",
			PathID:      siteID,
			Summary:     "Search flavors of a site",
			Description: "Finds the flavors of the site in which every term occurs.",
			Parameters:  parameter.Join(flavorTerms, flavorOrder, status, uploaded, paging),
			Handler:     ok(h.search, toFlavors),
		},
		{
			Operation:   domain.GetFlavor,
			Method:      http.MethodGet,
			Path:        "/flavors/{flavor_id}",
			PathID:      flavorID,
			Summary:     "Get a flavor of any status",
			Description: "Shows a flavor, also one on review.",
			Handler:     ok(h.get, toFlavor),
		},
		{
			Operation:   domain.UpdateFlavor,
			Method:      http.MethodPut,
			Path:        "/flavors/{flavor_id}",
			PathID:      flavorID,
			Summary:     "Change a flavor",
			Description: "Replaces the name of the flavor, and its description if one is sent.",
			Errors:      openapi.Errors{Conflict: []openapi.Example{openapi.Says("taken", "Changes conflict submitted/existing flavor")}},
			Handler:     noContentFrom(h.update),
		},
		{
			Operation:   domain.DeleteFlavor,
			Method:      http.MethodDelete,
			Path:        "/flavors/{flavor_id}",
			PathID:      flavorID,
			Summary:     "Delete a flavor with its results",
			Description: "Deletes the flavor and all results on it. This cannot be undone.",
			Parameters:  parameter.Join(givenReason),
			Handler:     noContent(h.delete),
		},
		{
			Operation: domain.ApproveFlavor,
			Method:    http.MethodPost,
			Path:      "/flavors/{flavor_id}:approve",
			PathID:    flavorID,
			Summary:   "Approve a flavor",
			Description: "Ends the review: the flavor is listed and, if its site is approved, takes results. " +
				"Its submitter gets a mail.",
			Errors:     openapi.Errors{Invalid: alreadyApproved("Flavor")},
			Parameters: parameter.Join(givenReason),
			Handler:    noContent(h.approve),
		},
		{
			Operation:   domain.RejectFlavor,
			Method:      http.MethodPost,
			Path:        "/flavors/{flavor_id}:reject",
			PathID:      flavorID,
			Summary:     "Reject a flavor: it is deleted",
			Description: "Ends the review: the flavor is deleted, and its submitter gets a mail.",
			Errors:      openapi.Errors{Invalid: alreadyApproved("Flavor")},
			Parameters:  parameter.Join(givenReason),
			Handler:     noContent(h.reject),
		},
		{
			Operation:   domain.GetFlavorSite,
			Method:      http.MethodGet,
			Path:        "/flavors/{flavor_id}/site",
			PathID:      flavorID,
			Summary:     "Get the site of a flavor",
			Description: "Shows the site that the flavor belongs to.",
			Handler:     ok(h.getSite, toSite),
		},
	}
}

func (h flavors) list(ctx context.Context, r *request) (domain.Page[*domain.Flavor], error) {
	return h.service.List(ctx, r.caller, ports.FlavorQuery{
		ReviewedOptions: r.reviewedOptions(flavorOrder),
		SiteID:          r.id,
		Name:            flavorName.Optional(r.query),
	})
}

func (h flavors) search(ctx context.Context, r *request) (domain.Page[*domain.Flavor], error) {
	return h.service.Search(ctx, r.caller, ports.FlavorQuery{
		ReviewedOptions: r.reviewedOptions(flavorOrder),
		SiteID:          r.id,
		Terms:           flavorTerms.Of(r.query),
	})
}

func (h flavors) add(ctx context.Context, r *request, in CreateFlavor) (*domain.Flavor, error) {
	return h.service.Add(ctx, r.caller, r.id, service.NewFlavor(in))
}

func (h flavors) get(ctx context.Context, r *request) (*domain.Flavor, error) {
	return h.service.Get(ctx, r.caller, r.id)
}

func (h flavors) update(ctx context.Context, r *request, in Flavor) error {
	return h.service.Update(ctx, r.caller, r.id, service.NewFlavor{Name: in.Name, Description: in.Description})
}

func (h flavors) delete(ctx context.Context, r *request) error {
	return h.service.Delete(ctx, r.caller, r.id, givenReason.Of(r.query))
}

func (h flavors) approve(ctx context.Context, r *request) error {
	return h.service.Approve(ctx, r.caller, r.id, givenReason.Of(r.query))
}

func (h flavors) reject(ctx context.Context, r *request) error {
	return h.service.Reject(ctx, r.caller, r.id, givenReason.Of(r.query))
}

func (h flavors) getSite(ctx context.Context, r *request) (*domain.Site, error) {
	return h.service.GetSite(ctx, r.caller, r.id)
}
