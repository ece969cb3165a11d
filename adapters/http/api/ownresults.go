package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

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

// BatchResult is a result of a batch.
type BatchResult struct {
	ExecutionDatetime string      `json:"execution_datetime" doc:"When the benchmark ran: ISO 8601 with an offset from UTC" example:"2026-01-01T12:00:00+01:00"` //nolint:lll // A tag has one line.
	BenchmarkID       uuid.UUID   `json:"benchmark_id" format:"uuid" doc:"Id of the benchmark that ran"`
	FlavorID          uuid.UUID   `json:"flavor_id" format:"uuid" doc:"Id of the machine type that it ran on"`
	TagsIDs           []uuid.UUID `json:"tags_ids,omitempty" format:"uuid" nullable:"false" doc:"Ids of the tags that the result gets"`
	JSON              Object      `json:"json" doc:"What was measured"`
}

// BatchItem says what became of a result of a batch.
type BatchItem struct {
	Line   int            `json:"line" minimum:"1" doc:"Number of the line, or of the element of the array, from 1" example:"1"`
	Status int            `json:"status" doc:"What CreateResult would have answered; 424 if the result was refused because of another one; 503 if there was no time to check it" example:"201"` //nolint:lll // A tag has one line.
	ID     *uuid.UUID     `json:"id,omitempty" format:"uuid" doc:"Id of the result that is stored"`
	Errors map[string]any `json:"errors,omitempty" doc:"Why it was refused, as in an Error"`
}

// BatchAnswer says what became of a batch.
type BatchAnswer struct {
	Items    []BatchItem `json:"items" nullable:"false" doc:"What became of each result, in their order"`
	Created  int         `json:"created" minimum:"0" doc:"How many are new"`
	Existing int         `json:"existing" minimum:"0" doc:"How many were there already"`
	Refused  int         `json:"refused" minimum:"0" doc:"How many were refused"`
}

// Violation is a part of a document that does not satisfy the benchmark's JSON Schema.
type Violation struct {
	Path    string `json:"path" doc:"JSON Pointer (RFC 6901) to the part; the empty one is the whole document" example:"/result/score"`
	Rule    string `json:"rule" doc:"The keyword of JSON Schema that is violated; limit if a limit ended the check" example:"type"`
	Message string `json:"message" doc:"What is wrong" example:"got string, want number"`
}

// Validation says what would become of an upload.
type Validation struct {
	Valid      bool        `json:"valid" doc:"Whether the document satisfies the schema"`
	Violations []Violation `json:"violations" nullable:"false" doc:"All that is wrong at once, at most 100"`
	Warnings   []Warning   `json:"warnings" nullable:"false" doc:"What is not refused, but worth a look"`
}

// The parameters of ValidateResult and UploadResults.
var (
	draftExecutedAt = parameter.DateTime("execution_datetime", "When the benchmark ran, not in the future: ISO 8601 with an offset from UTC")
	draftFlavorID   = parameter.ID("flavor_id", "Id of the machine type that it ran on")

	atomicBatch = parameter.Boolean("atomic", "Store all, or none if one is refused")
)

// uploadsBatch answers a batch: 200, or 422 for one that was refused as a whole. The checks
// have read the body.
func uploadsBatch(handle func(context.Context, *request) (*placed[BatchAnswer], error)) handler {
	return func(api huma.API, op huma.Operation) {
		schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[BatchResult](), true, "")
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			ndjsonType:         {Schema: schema},
			"application/json": {Schema: &huma.Schema{Type: huma.TypeArray, Items: schema}},
		}}
		register(http.StatusOK, func(ctx context.Context, r *request, _ *none) (*placed[BatchAnswer], error) { return handle(ctx, r) })(api, op)
	}
}

// ownResults are the operations of contract section 7.6.
type ownResults struct{ service *service.Results }

func (h ownResults) resource() resource {
	return resource{
		schemas: map[string]string{
			"Withdrawal":  "Why a result is taken back",
			"BatchResult": "A result of a batch",
			"BatchItem":   "What became of a result of a batch",
			"BatchAnswer": "What became of a batch",
			"Violation":   "A part of a document that does not satisfy the benchmark's JSON Schema",
			"Validation":  "What would become of an upload",
		},
		operations: h.operations(),
	}
}

func (h ownResults) operations() []openapi.Operation {
	return []openapi.Operation{
		{
			Operation: domain.ValidateResult,
			Method:    http.MethodPost,
			Path:      "/results:validate",
			Summary:   "Check a result without uploading it",
			Description: "Checks the document against the benchmark's JSON Schema, and tells all violations at once. Warnings tell what is " +
				"not refused, but worth a look: `benchmark_not_approved`, `flavor_not_approved`, `site_not_approved`, `same_content` " +
				"(a result has this content already), `similar_tag` (another tag looks like one of these), `number_as_text`, `metric_missing`, " +
				"and `far_from_others` (a metric is far from the other results of the benchmark). Nothing is stored.",
			Parameters: parameter.Join(draftExecutedAt, newBenchmarkID, draftFlavorID, newTagIDs),
			Errors: openapi.Errors{
				NotFound: []openapi.Example{openapi.Says("unknown benchmark", "Benchmark "+openapi.ExampleID+" not in database")},
				Invalid:  []openapi.Example{openapi.Says("in the future", "Execution date cannot be in future")},
			},
			Handler: register(http.StatusOK, func(ctx context.Context, r *request, _ *body[Json]) (*body[Validation], error) {
				v, err := h.validate(ctx, r)
				return &body[Validation]{v}, err
			}),
		},
		{
			Operation: domain.UploadResults,
			Method:    http.MethodPost,
			Path:      "/results:batch",
			Summary:   "Upload many results",
			Description: "Uploads up to 1,000 results of at most 16 MB together, as NDJSON (one result a line) or as a JSON array. " +
				"Each is checked as by CreateResult, and gets a status. Without `atomic` the good ones are stored, a hundred at a time, " +
				"also those that arrived before the connection broke; with `atomic=true` all are stored, or none: then the answer is 422. " +
				"Results that could not be checked in five sixths of REQUEST_TIMEOUT are refused with 503: send these again, in a smaller batch. " +
				"A repetition finds the results that were stored before.",
			Parameters: parameter.Join(atomicBatch),
			Handler:    uploadsBatch(h.upload),
		},
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

func (h ownResults) validate(ctx context.Context, r *request) (Validation, error) {
	draft := service.Draft{
		BenchmarkID: newBenchmarkID.Of(r.query), FlavorID: draftFlavorID.Optional(r.query), TagIDs: newTagIDs.Of(r.query), Document: r.document,
	}
	if at := draftExecutedAt.Optional(r.query); at != nil {
		draft.ExecutedAt = (*service.ExecutionTime)(at)
	}
	found, err := h.service.Validate(ctx, r.caller, draft)
	if err != nil {
		return Validation{}, err
	}
	v := Validation{Valid: len(found.Violations) == 0, Violations: []Violation{}, Warnings: []Warning{}}
	for _, one := range found.Violations {
		v.Violations = append(v.Violations, Violation{Path: one.Pointer, Rule: one.Rule, Message: one.Message})
	}
	for _, warning := range found.Warnings {
		v.Warnings = append(v.Warnings, Warning{warning.Code, warning.Message})
	}
	return v, nil
}

func (h ownResults) upload(ctx context.Context, r *request) (*placed[BatchAnswer], error) {
	atomic := atomicBatch.Of(r.query)
	next := func() (service.BatchLine, error) { return r.batch.next(ctx) }
	outcomes, err := h.service.Upload(ctx, r.caller, atomic, next)
	if err != nil {
		return nil, err
	}
	out := &placed[BatchAnswer]{Status: http.StatusOK, Body: BatchAnswer{Items: make([]BatchItem, len(outcomes))}}
	for i, o := range outcomes {
		item := BatchItem{Line: o.Number}
		if item.Status, item.Errors = r.lineAnswer(ctx, o); o.ID != uuid.Nil {
			item.ID = &o.ID
		}
		switch {
		case o.Err != nil:
			out.Body.Refused++
		case item.Status == http.StatusCreated:
			out.Body.Created++
		case item.Status == http.StatusOK:
			out.Body.Existing++
		}
		out.Body.Items[i] = item
	}
	if atomic && out.Body.Refused > 0 {
		out.Status = http.StatusUnprocessableEntity
	}
	return out, nil
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
