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

// CreateClaim stores a claim on a result.
type CreateClaim struct {
	Message string `json:"message" doc:"What is suspicious" example:"The clock was wrong on that day"`
}

// Claim is a person's report that a result is suspicious.
type Claim struct {
	ID             uuid.UUID  `json:"id" format:"uuid" readOnly:"true" doc:"Id of the claim" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	Message        string     `json:"message" doc:"What is suspicious" example:"The clock was wrong on that day"`
	ResourceType   string     `json:"resource_type" enum:"result" doc:"Type of the resource that is claimed" example:"result"`
	ResourceID     *uuid.UUID `json:"resource_id,omitempty" required:"true" format:"uuid" doc:"Id of the result; left out if the result is gone" example:"77e88a60-5d33-43d3-b802-27273278489e"` //nolint:lll // A tag has one line.
	Uploader       User       `json:"uploader"`
	UploadDatetime DateTime   `json:"upload_datetime" readOnly:"true" doc:"When it was reported, in UTC without an offset"`
}

// Claims is a page of claims.
type Claims Page[Claim]

func toClaim(c *domain.Claim) Claim {
	claim := Claim{
		ID: c.ID, Message: c.Message, ResourceType: "result",
		Uploader: toUser(c.Uploader), UploadDatetime: DateTime(c.UploadedAt),
	}
	if !c.IsOrphan() {
		claim.ResourceID = &c.ResultID
	}
	return claim
}

func toClaims(p domain.Page[*domain.Claim]) Claims { return Claims(toPage(p, toClaim)) }

// AppendJSON implements representation.Appender.
func (v Claim) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = representation.AppendText(b, `,"message":`, v.Message)
	b = representation.AppendText(b, `,"resource_type":`, v.ResourceType)
	if v.ResourceID != nil {
		b = append(append(append(b, `,"resource_id":"`...), v.ResourceID.String()...), '"')
	}
	b = v.Uploader.AppendJSON(append(b, `,"uploader":`...), representation.NoFlush)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

// AppendJSON implements representation.Appender.
func (p Claims) AppendJSON(b []byte, flush representation.Flush) []byte {
	return Page[Claim](p).append(b, Claim.AppendJSON, flush)
}

// The parameters of claims.
var (
	claimID         = &openapi.PathID{Name: "report_id", Description: "Id of the claim, as ListClaims shows it", Record: "Claim"}
	claimOrder      = orderBy(ports.ClaimSort, "+upload_datetime")
	claimParameters = parameter.Join(status, uploaded, paging, claimOrder)
)

// claimQuery returns which claims the query chooses.
func (r *request) claimQuery() ports.ClaimQuery {
	return ports.ClaimQuery{ReviewedOptions: r.reviewedOptions(claimOrder)}
}

type claims struct{ service *service.Claims }

func (h claims) resource() resource {
	return resource{
		schemas: map[string]string{
			"Claim":       "A report that a result is suspicious; the uploader is the person who reported it",
			"Claims":      "A page of claims",
			"CreateClaim": "The text of a new claim",
		},
		operations: h.operations(),
	}
}

func (h claims) operations() []openapi.Operation {
	return []openapi.Operation{
		{
			Operation: domain.ClaimReport,
			Method:    http.MethodPost,
			Path:      "/results/{result_id}:claim",
			PathID:    resultID,
			Summary:   "Doubt a result: it is hidden until the claim is settled",
			Description: "Reports the result as suspicious. Lists and searches omit the result until an administrator has settled the claim. " +
				"Its uploader gets a mail. A result may have several claims.",
			Handler: createdFrom(h.create, toClaim),
		},
		{
			Operation: domain.ListResultClaims,
			Method:    http.MethodGet,
			Path:      "/results/{result_id}/claims",
			PathID:    resultID,
			Summary:   "List the claims on a result",
			Description: "Lists the claims on the result: the approved ones, or with `status=on_review` those that are not settled. " +
				"Only its uploader and administrators may.",
			Parameters: claimParameters,
			Handler:    ok(h.listOfResult, toClaims),
		},
		{
			Operation:   domain.ListUserClaims,
			Method:      http.MethodGet,
			Path:        "/users/self/claims",
			Summary:     "List one's own claims",
			Description: "Lists the user's own claims: the approved ones, or with `status=on_review` those that are not settled.",
			Parameters:  claimParameters,
			Handler:     ok(h.listOwn, toClaims),
		},
		{
			Operation:   domain.ListClaims,
			Method:      http.MethodGet,
			Path:        "/reports/claims",
			Summary:     "List claims",
			Description: "Lists claims on any results: the approved ones, or with `status=on_review` those that are not settled.",
			Parameters:  claimParameters,
			Handler:     ok(h.list, toClaims),
		},
		{
			Operation:   domain.GetClaim,
			Method:      http.MethodGet,
			Path:        "/reports/claims/{report_id}",
			PathID:      claimID,
			Summary:     "Get a claim",
			Description: "Shows a claim. A claim whose result is gone has no `resource_id`; it can be approved or rejected like any other.",
			Handler:     ok(h.get, toClaim),
		},
		{
			Operation:   domain.ApproveClaim,
			Method:      http.MethodPost,
			Path:        "/reports/claims/{report_id}:approve",
			PathID:      claimID,
			Summary:     "Approve a claim: its result stays hidden",
			Description: "Settles the claim: it stands, and the result stays hidden. The claimant gets a mail.",
			Errors:      openapi.Errors{Invalid: alreadyApproved("Resource")},
			Parameters:  parameter.Join(givenReason),
			Handler:     noContent(h.approve),
		},
		{
			Operation: domain.RejectClaim,
			Method:    http.MethodPost,
			Path:      "/reports/claims/{report_id}:reject",
			PathID:    claimID,
			Summary:   "Reject a claim: it is deleted, and its result visible again",
			Description: "Settles the claim: it is deleted, and the result is visible again unless it is deleted or another claim on it is " +
				"open or approved. The claimant gets a mail, and so does the uploader whose result is back.",
			Errors:     openapi.Errors{Invalid: alreadyApproved("Resource")},
			Parameters: parameter.Join(givenReason),
			Handler:    noContent(h.reject),
		},
	}
}

func (h claims) create(ctx context.Context, r *request, in CreateClaim) (*domain.Claim, error) {
	return h.service.Create(ctx, r.caller, r.id, in.Message)
}

func (h claims) list(ctx context.Context, r *request) (domain.Page[*domain.Claim], error) {
	return h.service.List(ctx, r.caller, r.claimQuery())
}

func (h claims) listOfResult(ctx context.Context, r *request) (domain.Page[*domain.Claim], error) {
	return h.service.ListOfResult(ctx, r.caller, r.id, r.claimQuery())
}

func (h claims) listOwn(ctx context.Context, r *request) (domain.Page[*domain.Claim], error) {
	return h.service.ListOwn(ctx, r.caller, r.claimQuery())
}

func (h claims) get(ctx context.Context, r *request) (*domain.Claim, error) {
	return h.service.Get(ctx, r.caller, r.id)
}

func (h claims) approve(ctx context.Context, r *request) error {
	return h.service.Approve(ctx, r.caller, r.id, givenReason.Of(r.query))
}

func (h claims) reject(ctx context.Context, r *request) error {
	return h.service.Reject(ctx, r.caller, r.id, givenReason.Of(r.query))
}
