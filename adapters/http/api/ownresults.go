package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// Withdrawal says why a result is taken back.
type Withdrawal struct {
	Reason string `json:"reason" doc:"Why the result is taken back, for everybody to read: 1 to 500 characters" example:"The node was shared"`
}

var (
	givenReason = parameter.ShortText("reason", "Why, for the submitter's mail and for the history, which is public; at most 500 characters",
		domain.ReasonLength)

	correctionReason = parameter.ShortText("reason", "Why the result is corrected, for everybody to read; at most 500 characters",
		domain.ReasonLength).Required().WithExample("The clock ran slow")
)

// placed is an answer whose status and location depend on what happened.
type placed[T any] struct {
	Status   int
	Location string `header:"Location"`
	Body     T
}

// uploadedFrom answers an upload: 201 with a new result, 200 with one that was there.
func uploadedFrom[B any](handle func(context.Context, *request, B) (service.Uploaded, error)) handler {
	return func(api huma.API, op huma.Operation) {
		register(http.StatusCreated, func(ctx context.Context, r *request, in *body[B]) (*placed[Result], error) {
			uploaded, err := handle(ctx, r, in.Body)
			if err != nil {
				return nil, err
			}
			out := &placed[Result]{Status: http.StatusCreated, Location: r.prefix + "/results/" + uploaded.ID.String()}
			if uploaded.Existing {
				out.Status = http.StatusOK
			}
			out.Body = toResult(uploaded.Result)
			return out, nil
		})(api, op)
		op.Responses["200"] = &huma.Response{Description: "The result that is there already", Content: op.Responses["201"].Content}
	}
}

// ownResults are the operations of contract section 7.6.
type ownResults struct{ service *service.Results }

func (h ownResults) resource() resource {
	return resource{
		schemas:    map[string]string{"Withdrawal": "Why a result is taken back"},
		operations: h.operations(),
	}
}

func (h ownResults) operations() []openapi.Operation {
	return []openapi.Operation{
		{
			Operation: domain.WithdrawResult,
			Method:    http.MethodPost,
			Path:      "/results/{result_id}:withdraw",
			PathID:    resultID,
			Summary:   "Take a result back",
			Description: "Hides the result from lists, searches and totals, and says why to those who ask for it by its id. " +
				"Only its uploader and administrators may. Open claims on it stay with the administrators, and the claimants get a mail. " +
				"Doing so again changes nothing, but an administrator's withdrawal takes the place of the uploader's.",
			Handler: noContentFrom(h.withdraw),
		},
		{
			Operation: domain.RestoreResult,
			Method:    http.MethodPost,
			Path:      "/results/{result_id}:restore",
			PathID:    resultID,
			Summary:   "Bring a result back",
			Description: "Undoes the uploader's own withdrawal; for administrators any withdrawal, and a deletion. " +
				"Claims may still hide the result. A result that was corrected stays withdrawn.",
			Errors: openapi.Errors{
				Conflict: []openapi.Example{openapi.Says("uploaded again",
					"Result "+openapi.ExampleID+" cannot be restored: result "+openapi.ExampleID+" has the same content")},
				Invalid: []openapi.Example{openapi.Says("not withdrawn", "Result "+openapi.ExampleID+" is not withdrawn")},
			},
			Handler: noContent(h.restore),
		},
		{
			Operation: domain.CorrectResult,
			Method:    http.MethodPost,
			Path:      "/results/{result_id}:correct",
			PathID:    resultID,
			Summary:   "Correct a result by another one",
			Description: "Uploads a result as CreateResult does, and withdraws the one in the path, which names its correction from then on. " +
				"Only its uploader may. A result has one correction; a correction can be corrected. The same correction again is 200.",
			Parameters: parameter.Join(executedAt, newBenchmarkID, newFlavorID, newTagIDs, correctionReason),
			Errors: openapi.Errors{
				Conflict: []openapi.Example{openapi.Says("content of another result",
					"Result "+openapi.ExampleID+" has this content already: withdraw the result instead")},
				Invalid: []openapi.Example{openapi.Says("corrected before",
					"Result "+openapi.ExampleID+" was corrected by result "+openapi.ExampleID+": correct that one")},
			},
			Handler: uploadedFrom(h.correct),
		},
	}
}

func (h ownResults) withdraw(ctx context.Context, r *request, in Withdrawal) error {
	return h.service.Withdraw(ctx, r.caller, r.id, in.Reason)
}

func (h ownResults) restore(ctx context.Context, r *request) error {
	return h.service.Restore(ctx, r.caller, r.id)
}

func (h ownResults) correct(ctx context.Context, r *request, _ Json) (service.Uploaded, error) {
	return h.service.Correct(ctx, r.caller, r.id, service.Correction{NewResult: r.newResult(), Reason: correctionReason.Of(r.query)})
}
