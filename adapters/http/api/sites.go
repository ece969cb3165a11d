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

// CreateSite submits a site.
type CreateSite struct {
	Name        string  `json:"name" maxLength:"1000" doc:"Short name, printable and in Unicode NFC" example:"EXAMPLE-SITE"`
	Address     string  `json:"address" doc:"Place or network address" example:"cloud.example.org"`
	Description *string `json:"description,omitempty" doc:"What else there is to say" example:"OpenStack, for members of EOSC"`
}

// Site is a computing centre.
type Site struct {
	ID             uuid.UUID `json:"id" format:"uuid" readOnly:"true" doc:"Id of the site" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	Name           string    `json:"name" doc:"Short name, printable, in Unicode NFC, at most 1000 bytes if new" example:"CESNET-MCC"`
	Address        string    `json:"address" doc:"Place or network address" example:"cloud.example.org"`
	Description    *string   `json:"description,omitempty" doc:"What else there is to say" example:"OpenStack, for members of EOSC"`
	UploadDatetime DateTime  `json:"upload_datetime" readOnly:"true" doc:"When it was uploaded, in UTC without an offset"`
}

// Sites is a page of sites.
type Sites Page[Site]

func toSite(s *domain.Site) Site {
	return Site{ID: s.ID, Name: s.Name, Address: s.Address, Description: s.Description, UploadDatetime: DateTime(s.UploadedAt)}
}

func toSites(p domain.Page[*domain.Site]) Sites { return Sites(toPage(p, toSite)) }

// AppendJSON implements representation.Appender.
func (v Site) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = representation.AppendText(b, `,"name":`, v.Name)
	b = representation.AppendText(b, `,"address":`, v.Address)
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

// AppendJSON implements representation.Appender.
func (p Sites) AppendJSON(b []byte, flush representation.Flush) []byte {
	return Page[Site](p).append(b, Site.AppendJSON, flush)
}

// The parameters of sites.
var (
	siteID      = &openapi.PathID{Name: "site_id", Description: "Id of the site, as ListSites shows it", Record: "Record"}
	siteOrder   = orderBy(ports.SiteSort, "+name")
	siteTerms   = searchTerms("name, address and description", "cesnet")
	siteName    = parameter.Text("name", "The name, exactly")
	siteAddress = parameter.Text("address", "The address, exactly")
)

type sites struct{ service *service.Sites }

func (h sites) resource() resource {
	return resource{
		section:     "sites",
		description: "Computing centres, and the flavors that each offers",
		schemas: map[string]string{
			"Site":       "A computing centre",
			"Sites":      "A page of sites",
			"CreateSite": "A site to submit",
		},
		operations: h.operations(),
	}
}

func (h sites) operations() []openapi.Operation {
	return []openapi.Operation{
		{
			Operation:   domain.ListSites,
			Method:      http.MethodGet,
			Path:        "/sites",
			Summary:     "List sites",
			Description: "Lists the approved sites, or with `status=on_review` those that wait for review.",
			Parameters:  parameter.Join(status, uploaded, paging, siteName, siteAddress, siteOrder),
			Handler:     ok(h.list, toSites),
		},
		{
			Operation: domain.CreateSite,
			Method:    http.MethodPost,
			Path:      "/sites",
			Summary:   "Submit a site for review",
			Description: "Submits a site. It is on review until an administrator approves it, and its submitter gets a mail when that " +
				"is decided. Flavors can be added before; results need the site and the flavor approved.",
			Errors:  openapi.Errors{Conflict: []openapi.Example{openapi.Says("taken", "Site EXAMPLE-SITE already submitted/exists")}},
			Handler: createdFrom(h.create, toSite),
		},
		{
			Operation:   domain.SearchSites,
			Method:      http.MethodGet,
			Path:        "/sites:search",
			Summary:     "Search sites",
			Description: "Finds the sites in which every term occurs.",
			Parameters:  parameter.Join(siteTerms, siteOrder, status, uploaded, paging),
			Handler:     ok(h.search, toSites),
		},
		{
			Operation:   domain.GetSite,
			Method:      http.MethodGet,
			Path:        "/sites/{site_id}",
			PathID:      siteID,
			Summary:     "Get a site of any status",
			Description: "Shows a site, also one on review.",
			Handler:     ok(h.get, toSite),
		},
		{
			Operation:   domain.UpdateSite,
			Method:      http.MethodPut,
			Path:        "/sites/{site_id}",
			PathID:      siteID,
			Summary:     "Change a site",
			Description: "Replaces name and address of the site, and its description if one is sent.",
			Errors:      openapi.Errors{Conflict: []openapi.Example{openapi.Says("taken", "Changes conflict submitted/existing site")}},
			Handler:     noContentFrom(h.update),
		},
		{
			Operation:   domain.DeleteSite,
			Method:      http.MethodDelete,
			Path:        "/sites/{site_id}",
			PathID:      siteID,
			Summary:     "Delete a site with its flavors and results",
			Description: "Deletes the site with its flavors and all results from it. This cannot be undone.",
			Parameters:  parameter.Join(givenReason),
			Handler:     noContent(h.delete),
		},
		{
			Operation:   domain.ApproveSite,
			Method:      http.MethodPost,
			Path:        "/sites/{site_id}:approve",
			PathID:      siteID,
			Summary:     "Approve a site",
			Description: "Ends the review: the site is listed, and its submitter gets a mail.",
			Errors:      openapi.Errors{Invalid: alreadyApproved("Site")},
			Parameters:  parameter.Join(givenReason),
			Handler:     noContent(h.approve),
		},
		{
			Operation:   domain.RejectSite,
			Method:      http.MethodPost,
			Path:        "/sites/{site_id}:reject",
			PathID:      siteID,
			Summary:     "Reject a site: it is deleted",
			Description: "Ends the review: the site is deleted with its flavors, and its submitter gets a mail.",
			Errors:      openapi.Errors{Invalid: alreadyApproved("Site")},
			Parameters:  parameter.Join(givenReason),
			Handler:     noContent(h.reject),
		},
	}
}

func (h sites) list(ctx context.Context, r *request) (domain.Page[*domain.Site], error) {
	return h.service.List(ctx, r.caller, ports.SiteQuery{
		ReviewedOptions: r.reviewedOptions(siteOrder),
		Name:            siteName.Optional(r.query),
		Address:         siteAddress.Optional(r.query),
	})
}

func (h sites) search(ctx context.Context, r *request) (domain.Page[*domain.Site], error) {
	return h.service.Search(ctx, r.caller, ports.SiteQuery{
		ReviewedOptions: r.reviewedOptions(siteOrder),
		Terms:           siteTerms.Of(r.query),
	})
}

func (h sites) create(ctx context.Context, r *request, in CreateSite) (*domain.Site, error) {
	return h.service.Create(ctx, r.caller, service.NewSite(in))
}

func (h sites) get(ctx context.Context, r *request) (*domain.Site, error) {
	return h.service.Get(ctx, r.caller, r.id)
}

func (h sites) update(ctx context.Context, r *request, in Site) error {
	return h.service.Update(ctx, r.caller, r.id, service.NewSite{Name: in.Name, Address: in.Address, Description: in.Description})
}

func (h sites) delete(ctx context.Context, r *request) error {
	return h.service.Delete(ctx, r.caller, r.id, givenReason.Of(r.query))
}

func (h sites) approve(ctx context.Context, r *request) error {
	return h.service.Approve(ctx, r.caller, r.id, givenReason.Of(r.query))
}

func (h sites) reject(ctx context.Context, r *request) error {
	return h.service.Reject(ctx, r.caller, r.id, givenReason.Of(r.query))
}
