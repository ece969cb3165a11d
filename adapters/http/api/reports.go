package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// Submit is a report that a resource waits for review.
//
//nolint:lll // a struct tag is one line
type Submit struct {
	ResourceType   string    `json:"resource_type" enum:"benchmark,claim,site,flavor" doc:"Type of what waits" example:"site"`
	ResourceID     uuid.UUID `json:"resource_id" format:"uuid" doc:"Id of what waits; of a claim, its own" example:"77e88a60-5d33-43d3-b802-27273278489e"`
	Uploader       User      `json:"uploader"`
	UploadDatetime DateTime  `json:"upload_datetime" doc:"When it was submitted, in UTC without an offset"`
}

// Submits is a page of submits.
type Submits Page[Submit]

func toSubmit(s *domain.Submit) Submit {
	return Submit{
		ResourceType: string(s.ResourceType), ResourceID: s.ResourceID,
		Uploader: toUser(s.Uploader), UploadDatetime: DateTime(s.UploadedAt),
	}
}

func toSubmits(p domain.Page[*domain.Submit]) Submits { return Submits(toPage(p, toSubmit)) }

// The parameters of submits.
var (
	submitOrder = orderBy(ports.SubmitSort, "+resource_type")
	submitType  = parameter.Enum("resource_type", "Type of what waits", "",
		domain.BenchmarkResource, domain.ClaimResource, domain.SiteResource, domain.FlavorResource)
)

// alreadyApproved is the error of a review that is over.
func alreadyApproved(resource string) []openapi.Example {
	return []openapi.Example{openapi.Says("settled", resource+" "+openapi.ExampleID+" was already approved")}
}

type reports struct{ service *service.Reports }

func (h reports) resource() resource {
	return resource{
		section:     "reports",
		description: "What waits for administrators: submitted resources, and claims on results",
		schemas: map[string]string{
			"Submit":  "A report that something waits for review; the uploader is the person who submitted the resource or the claim",
			"Submits": "A page of submits",
		},
		operations: []openapi.Operation{{
			Operation:   domain.ListSubmits,
			Method:      http.MethodGet,
			Path:        "/reports/submits",
			Summary:     "List what waits for review",
			Description: "Lists what waits for review: benchmarks, sites, flavors and claims. `resource_id` is the id to approve or reject.",
			Parameters:  parameter.Join(uploaded, paging, submitType, submitOrder),
			Handler:     ok(h.listSubmits, toSubmits),
		}},
	}
}

func (h reports) listSubmits(ctx context.Context, r *request) (domain.Page[*domain.Submit], error) {
	return h.service.ListSubmits(ctx, r.caller, ports.SubmitQuery{
		ListOptions:  r.listOptions(submitOrder),
		Uploaded:     uploaded.of(r),
		ResourceType: submitType.Optional(r.query),
	})
}
