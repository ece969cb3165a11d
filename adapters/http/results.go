package http

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// Result is what one run of a benchmark measured.
type Result struct {
	ID                uuid.UUID `json:"id" format:"uuid" readOnly:"true" doc:"Id of the result" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	JSON              Object    `json:"json" doc:"What was measured, as it was uploaded" example:"{\"machine\": {\"cpu\": {\"count\": 4}}, \"result\": {\"score\": 567.9}}"`
	ExecutionDatetime DateTime  `json:"execution_datetime" doc:"When the benchmark ran, in UTC without an offset"`
	UploadDatetime    DateTime  `json:"upload_datetime" readOnly:"true" doc:"When it was uploaded, in UTC without an offset"`
	Benchmark         Benchmark `json:"benchmark"`
	Site              Site      `json:"site"`
	Flavor            Flavor    `json:"flavor"`
	Tags              []Tag     `json:"tags" nullable:"false" doc:"Its tags, in the order of their ids"`
}

// TagsIds are the tags that a result gets. The name is the contract's.
type TagsIds struct { //nolint:revive // a schema's name in the contract
	TagsIDs []uuid.UUID `json:"tags_ids,omitempty" format:"uuid" nullable:"false" doc:"Ids of the tags; left out to change nothing" example:"[\"77e88a60-5d33-43d3-b802-27273278489e\"]"`
}

func toResult(r *domain.Result) Result {
	tags := make([]Tag, len(r.Tags))
	for i, tag := range r.Tags {
		tags[i] = toTag(tag)
	}
	return Result{
		ID: r.ID, JSON: Object{r.JSON}, ExecutionDatetime: DateTime(r.ExecutedAt), UploadDatetime: DateTime(r.UploadedAt),
		Benchmark: toBenchmark(r.Benchmark), Site: toSite(r.Site), Flavor: toFlavor(r.Flavor), Tags: tags,
	}
}

func toResults(p domain.Page[*domain.Result]) Results { return Results(toPage(p, toResult)) }

// results is what lists of results may be asked.
func (q query) results() ports.ResultQuery {
	return ports.ResultQuery{
		ListOptions: q.list("execution_datetime"),
		Uploaded:    q.window("upload"),
		Executed:    q.window("execution"),
		BenchmarkID: q.uuid("benchmark_id"),
		SiteID:      q.uuid("site_id"),
		FlavorID:    q.uuid("flavor_id"),
		TagIDs:      q.tagIDs(),
		Filters:     q.filters,
		Terms:       q.terms(),
	}
}

func (h *handlers) listResults(ctx context.Context, r *request, _ *none) (Results, error) {
	page, err := h.Results.List(ctx, r.caller, r.query.results())
	return answer(page, err, toResults)
}

func (h *handlers) searchResults(ctx context.Context, r *request, _ *none) (Results, error) {
	page, err := h.Results.Search(ctx, r.caller, r.query.results())
	return answer(page, err, toResults)
}

func (h *handlers) listUserResults(ctx context.Context, r *request, _ *none) (Results, error) {
	page, err := h.Results.ListOwn(ctx, r.caller, r.query.results())
	return answer(page, err, toResults)
}

func (h *handlers) createResult(ctx context.Context, r *request, in *body[Json]) (Result, error) {
	result, err := h.Results.Create(ctx, r.caller, service.NewResult{
		ExecutedAt:  r.query.executionTime(),
		BenchmarkID: *r.query.uuid("benchmark_id"),
		FlavorID:    *r.query.uuid("flavor_id"),
		TagIDs:      r.query.tagIDs(),
		JSON:        in.Body.RawMessage,
	})
	return answer(result, err, toResult)
}

func (h *handlers) getResult(ctx context.Context, r *request, _ *none) (Result, error) {
	result, err := h.Results.Get(ctx, r.caller, r.id)
	return answer(result, err, toResult)
}

func (h *handlers) deleteResult(ctx context.Context, r *request, _ *none) error {
	return h.Results.Delete(ctx, r.caller, r.id)
}

func (h *handlers) updateResult(ctx context.Context, r *request, in *body[TagsIds]) error {
	return h.Results.SetTags(ctx, r.caller, r.id, in.Body.TagsIDs)
}

func (h *handlers) resultUploader(ctx context.Context, r *request, _ *none) (User, error) {
	user, err := h.Results.Uploader(ctx, r.caller, r.id)
	return answer(user, err, toUser)
}
