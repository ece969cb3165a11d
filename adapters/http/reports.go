package http

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Submit is a report that something waits for review.
type Submit struct {
	ResourceType   string    `json:"resource_type" enum:"benchmark,claim,site,flavor" doc:"Type of what waits" example:"site"`
	ResourceID     uuid.UUID `json:"resource_id" format:"uuid" doc:"Id of what waits; of a claim, its own" example:"77e88a60-5d33-43d3-b802-27273278489e"`
	Uploader       User      `json:"uploader"`
	UploadDatetime DateTime  `json:"upload_datetime" doc:"When it was submitted, in UTC without an offset"`
}

func toSubmit(s *domain.Submit) Submit {
	return Submit{
		ResourceType: string(s.ResourceType), ResourceID: s.ResourceID,
		Uploader: toUser(s.Uploader), UploadDatetime: DateTime(s.UploadedAt),
	}
}

func toSubmits(p domain.Page[*domain.Submit]) Submits { return Submits(toPage(p, toSubmit)) }

// CreateClaim is what doubts a result.
type CreateClaim struct {
	Message string `json:"message" doc:"What is suspicious" example:"The clock was wrong on that day"`
}

// Claim is somebody's doubt about a result.
type Claim struct {
	ID             uuid.UUID `json:"id" format:"uuid" readOnly:"true" doc:"Id of the claim" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	Message        string    `json:"message" doc:"What is suspicious" example:"The clock was wrong on that day"`
	ResourceType   string    `json:"resource_type" enum:"result" doc:"Type of what is doubted" example:"result"`
	ResourceID     uuid.UUID `json:"resource_id" format:"uuid" doc:"Id of the result" example:"77e88a60-5d33-43d3-b802-27273278489e"`
	Uploader       User      `json:"uploader"`
	UploadDatetime DateTime  `json:"upload_datetime" readOnly:"true" doc:"When it was reported, in UTC without an offset"`
}

func toClaim(c *domain.Claim) Claim {
	return Claim{
		ID: c.ID, Message: c.Message, ResourceType: "result", ResourceID: c.ResultID,
		Uploader: toUser(c.Uploader), UploadDatetime: DateTime(c.UploadedAt),
	}
}

func toClaims(p domain.Page[*domain.Claim]) Claims { return Claims(toPage(p, toClaim)) }

func (h *handlers) listSubmits(ctx context.Context, r *request, _ *none) (Submits, error) {
	page, err := h.Reports.ListSubmits(ctx, r.caller, ports.SubmitQuery{
		ListOptions:  r.query.list("resource_type"),
		Uploaded:     r.query.window("upload"),
		ResourceType: (*domain.Resource)(r.query.text("resource_type")),
	})
	return answer(page, err, toSubmits)
}

func (h *handlers) claimReport(ctx context.Context, r *request, in *body[CreateClaim]) (Claim, error) {
	claim, err := h.Claims.Create(ctx, r.caller, r.id, in.Body.Message)
	return answer(claim, err, toClaim)
}

func (q query) claims() ports.ClaimQuery {
	return ports.ClaimQuery{ReviewedOptions: q.reviewed("upload_datetime")}
}

func (h *handlers) listClaims(ctx context.Context, r *request, _ *none) (Claims, error) {
	page, err := h.Claims.List(ctx, r.caller, r.query.claims())
	return answer(page, err, toClaims)
}

func (h *handlers) listResultClaims(ctx context.Context, r *request, _ *none) (Claims, error) {
	page, err := h.Claims.ListOfResult(ctx, r.caller, r.id, r.query.claims())
	return answer(page, err, toClaims)
}

func (h *handlers) listUserClaims(ctx context.Context, r *request, _ *none) (Claims, error) {
	page, err := h.Claims.ListOwn(ctx, r.caller, r.query.claims())
	return answer(page, err, toClaims)
}

func (h *handlers) getClaim(ctx context.Context, r *request, _ *none) (Claim, error) {
	claim, err := h.Claims.Get(ctx, r.caller, r.id)
	return answer(claim, err, toClaim)
}

func (h *handlers) approveClaim(ctx context.Context, r *request, _ *none) error {
	return h.Claims.Approve(ctx, r.caller, r.id)
}

func (h *handlers) rejectClaim(ctx context.Context, r *request, _ *none) error {
	return h.Claims.Reject(ctx, r.caller, r.id)
}
