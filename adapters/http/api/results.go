package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// Result is what one run of a benchmark measured.
//
//nolint:lll // a struct tag is one line
type Result struct {
	ID                uuid.UUID `json:"id" format:"uuid" readOnly:"true" doc:"Id of the result" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	JSON              Object    `json:"json" doc:"What was measured, as it was uploaded" example:"{\"machine\": {\"cpu\": {\"count\": 4}}, \"result\": {\"score\": 567.9}}"`
	ExecutionDatetime DateTime  `json:"execution_datetime" doc:"When the benchmark ran, in UTC without an offset"`
	UploadDatetime    DateTime  `json:"upload_datetime" readOnly:"true" doc:"When it was uploaded, in UTC without an offset"`
	Benchmark         Benchmark `json:"benchmark"`
	Site              Site      `json:"site"`
	Flavor            Flavor    `json:"flavor"`
	Tags              []Tag     `json:"tags" nullable:"false" doc:"Its tags, in the order of their ids"`

	// The other fields are in the answer of GetResult only.

	Digest       string     `json:"digest,omitempty" readOnly:"true" doc:"Identifies the content: SHA-256 over the form of RFC 8785 of benchmark_id, execution_datetime, flavor_id and json; only in GetResult"`
	State        string     `json:"state,omitempty" readOnly:"true" enum:"claimed,withdrawn,deleted" doc:"Why it is hidden; left out where it is not, and in lists"`
	StateReason  string     `json:"state_reason,omitempty" readOnly:"true" doc:"Why it was withdrawn or deleted, where a reason was given"`
	Supersedes   *uuid.UUID `json:"supersedes,omitempty" readOnly:"true" format:"uuid" doc:"Id of the result that it corrects"`
	SupersededBy *uuid.UUID `json:"superseded_by,omitempty" readOnly:"true" format:"uuid" doc:"Id of the result that corrects it"`
	ImageDigest  string     `json:"image_digest,omitempty" readOnly:"true" doc:"Digest that the tag of the benchmark's image had at the time of the upload, where it was looked up"`
}

// Results is a page of results.
type Results Page[Result]

// TagsIds are the tags that a result gets. The name is the contract's.
//
//nolint:revive,lll // a schema's name in the contract; a struct tag is one line
type TagsIds struct {
	TagsIDs []uuid.UUID `json:"tags_ids,omitempty" format:"uuid" nullable:"false" doc:"Ids of the tags; left out to change nothing" example:"[\"77e88a60-5d33-43d3-b802-27273278489e\"]"`
}

// exampleResult satisfies the schemas of both benchmarks of the demo data.
const exampleResult = `{
  "arguments": "Total Time - 4K, 16 Rays Per Pixel", "test": "pts/c-ray-1.2.0", "units": "Seconds",
  "machine": {"cpu": {"arch": "X86_64", "count": 4}},
  "result": {"all_results": "571.6:566.8:565.4", "score": 567.9, "triad": 36000}
}`

// Json is the body of CreateResult, any JSON object. The name is the contract's.
type Json Object //nolint:revive // a schema's name in the contract

// Schema implements huma.SchemaProvider.
func (Json) Schema(r huma.Registry) *huma.Schema {
	const name = "Json"
	if r.Map()[name] == nil {
		r.Map()[name] = &huma.Schema{
			Type: huma.TypeObject, AdditionalProperties: true,
			Examples: []any{json.RawMessage(exampleResult)},
		}
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
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

// toRecord converts a result with what no list shows.
func toRecord(r *domain.ResultRecord) Result {
	v := toResult(r.Result)
	v.Digest, v.State, v.ImageDigest = r.Digest, string(r.State()), r.ImageDigest
	if v.State != "" {
		v.StateReason = r.Reason
	}
	v.Supersedes, v.SupersededBy = r.Supersedes, r.SupersededBy
	return v
}

func toResults(p domain.Page[*domain.Result]) Results { return Results(toPage(p, toResult)) }

// appendParent appends the field of a result that refers to a parent: its benchmark,
// site or flavor.
type appendParent func(b []byte, id uuid.UUID, field string, parent representation.Appender) []byte

// AppendJSON implements representation.Appender.
func (v Result) AppendJSON(b []byte, flush representation.Flush) []byte {
	return v.append(b, func(b []byte, _ uuid.UUID, field string, parent representation.Appender) []byte {
		return flush(parent.AppendJSON(append(b, field...), representation.NoFlush))
	}, flush)
}

func (v Result) append(b []byte, parent appendParent, flush representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = flush(appendObject(b, `,"json":`, v.JSON))
	b = appendTime(b, `,"execution_datetime":`, v.ExecutionDatetime)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	b = parent(b, v.Benchmark.ID, `,"benchmark":`, v.Benchmark)
	b = parent(b, v.Site.ID, `,"site":`, v.Site)
	b = parent(b, v.Flavor.ID, `,"flavor":`, v.Flavor)
	b = append(b, `,"tags":`...)
	b = representation.AppendList(b, v.Tags, Tag.AppendJSON, flush)
	if v.Digest == "" {
		return append(b, '}')
	}
	for _, field := range []struct{ name, value string }{
		{`,"digest":`, v.Digest}, {`,"state":`, v.State}, {`,"state_reason":`, v.StateReason},
		{`,"supersedes":`, idText(v.Supersedes)}, {`,"superseded_by":`, idText(v.SupersededBy)}, {`,"image_digest":`, v.ImageDigest},
	} {
		if field.value != "" {
			b = representation.AppendText(b, field.name, field.value)
		}
	}
	return append(b, '}')
}

func idText(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}

// AppendJSON implements representation.Appender.
func (p Results) AppendJSON(b []byte, flush representation.Flush) []byte {
	return Page[Result](p).appendWith(b, p.appendItems, flush)
}

// appendItems appends the results as a list. It encodes each parent once, and copies it for
// the other results as long as it is in the buffer.
func (p Results) appendItems(b []byte, flush representation.Flush) []byte {
	type key struct {
		field string
		id    uuid.UUID
	}
	type span struct{ from, to int }
	encoded := map[key]span{}
	flushAll := func(b []byte) []byte {
		rest := flush(b)
		if len(rest) < len(b) {
			clear(encoded)
		}
		return rest
	}
	parent := func(b []byte, id uuid.UUID, field string, v representation.Appender) []byte {
		at, known := encoded[key{field, id}]
		if known {
			return flushAll(append(b, b[at.from:at.to]...))
		}
		from := len(b)
		b = v.AppendJSON(append(b, field...), representation.NoFlush)
		encoded[key{field, id}] = span{from, len(b)}
		return flushAll(b)
	}
	item := func(r Result, b []byte, flush representation.Flush) []byte { return r.append(b, parent, flush) }
	return representation.AppendList(b, p.Items, item, flushAll)
}

var resultID = &openapi.PathID{Name: "result_id", Description: "Id of the result, as ListResults shows it", Record: "Result"}

// The parameters of CreateResult.
var (
	executedAt = parameter.DateTime("execution_datetime", "When the benchmark ran, not in the future: ISO 8601 with an offset from UTC").
			Required().WithExample("2026-01-01T12:00:00+01:00")

	newBenchmarkID = parameter.ID("benchmark_id", "Id of the benchmark that ran").Required().WithExample(openapi.ExampleID)

	newFlavorID = parameter.ID("flavor_id", "Id of the machine type that it ran on").Required().WithExample(openapi.ExampleID)

	newTagIDs = parameter.IDs("tags_ids", "Ids of the tags that the result gets")
)

type results struct {
	service *service.Results
	exports exports
	// mostTags is how many tags a request may name.
	mostTags int
}

func (h results) resource() resource {
	return resource{
		section:     "results",
		description: "What runs of benchmarks measured, to upload, filter, sort, tag and claim",
		schemas: map[string]string{
			"Result":  "What one run of a benchmark measured, with the benchmark that ran, and the site and flavor on which",
			"Results": "A page of results",
			"Json":    "A result as it is uploaded: any JSON object that satisfies the JSON Schema of its benchmark",
			"TagsIds": "The tags that a result is to have",
		},
		operations: h.operations(),
	}
}

func (h results) operations() []openapi.Operation {
	unknownTag := openapi.Says("unknown tag", "Tag "+openapi.ExampleID+" not in database")
	return []openapi.Operation{
		{
			Operation: domain.ListResults,
			Method:    http.MethodGet,
			Path:      "/results",
			Summary:   "List, filter and sort results",
			Description: "Lists the results that are neither deleted nor claimed. All conditions that are given must hold; " +
				"`filters` look into the JSON of the results, and `sort_by` may name places in it as well.",
			Parameters: resultParameters,
			Handler:    listing(domain.ListResults.ID, h.service.List, h.service.ListAfter),
		},
		{
			Operation: domain.CreateResult,
			Method:    http.MethodPost,
			Path:      "/results",
			Summary:   "Upload a result",
			Description: "Uploads what a run of the benchmark measured, as the body. Benchmark, flavor and the flavor's site must be " +
				"approved, the run must not be in the future, and the body must satisfy the benchmark's JSON Schema. " +
				"Numbers keep their value exactly. The result is listed at once.\n\n" +
				"The same content again, by the same person, is not stored again: the answer is 200 and the result that is there, " +
				"unless it was withdrawn or deleted. So it is safe to send a request again whose answer was lost.",
			Parameters: parameter.Join(executedAt, newBenchmarkID, newFlavorID, newTagIDs),
			Errors: openapi.Errors{
				NotFound: []openapi.Example{
					openapi.Says("unknown benchmark", "Benchmark "+openapi.ExampleID+" not in database"),
					unknownTag,
				},
				Invalid: []openapi.Example{
					openapi.Says("no time zone", "Execution date must include timezone"),
					openapi.Says("in the future", "Execution date cannot be in future"),
					openapi.Says("on review", "Site "+openapi.ExampleID+" not approved"),
					openapi.SaysAt("against the schema", "got string, want number", "/result/score"),
				},
			},
			Handler: uploadedFrom(h.create),
		},
		{
			Operation:   domain.SearchResults,
			Method:      http.MethodGet,
			Path:        "/results:search",
			Summary:     "Search results",
			Description: "Finds the results in which every term occurs.",
			Parameters:  parameter.Join(resultTerms, resultOrder, uploaded, paging),
			Handler:     ok(h.search, toResults),
		},
		{
			Operation: domain.GetResult,
			Method:    http.MethodGet,
			Path:      "/results/{result_id}",
			PathID:    resultID,
			Summary:   "Get a result, hidden or not",
			Description: "Shows a result, also one that is deleted, withdrawn or claimed: then `state` says so. " +
				"Only this operation shows the fields from `digest` on.",
			Handler: ok(h.get, toRecord),
		},
		{
			Operation:   domain.DeleteResult,
			Method:      http.MethodDelete,
			Path:        "/results/{result_id}",
			PathID:      resultID,
			Summary:     "Hide a result for good",
			Description: "Hides the result from lists and searches for good. Doing so again changes nothing.",
			Parameters:  parameter.Join(givenReason),
			Handler:     noContent(h.delete),
		},
		{
			Operation: domain.UpdateResult,
			Method:    http.MethodPut,
			Path:      "/results/{result_id}/tags",
			PathID:    resultID,
			Summary:   "Replace the tags of a result",
			Description: "Replaces the tags of the result with those in the body; an empty list takes all, and a body without `tags_ids` " +
				"changes nothing. Only its uploader and administrators may.",
			Errors:  openapi.Errors{NotFound: []openapi.Example{unknownTag}},
			Handler: noContentFrom(h.setTags),
		},
		{
			Operation:   domain.ResultUploader,
			Method:      http.MethodGet,
			Path:        "/results/{result_id}/uploader",
			PathID:      resultID,
			Summary:     "Get the uploader of a result",
			Description: "Shows who uploaded the result, and in the header `Uploader-Client` the `User-Agent` of the request.",
			Handler: register(http.StatusOK, func(ctx context.Context, r *request, _ *none) (*uploaderAnswer, error) {
				origin, err := h.service.Uploader(ctx, r.caller, r.id)
				if err != nil {
					return nil, err
				}
				return &uploaderAnswer{Client: origin.Client, Body: toUser(origin.User)}, nil
			}),
		},
		{
			Operation:   domain.ListUserResults,
			Method:      http.MethodGet,
			Path:        "/users/self/results",
			Summary:     "List one's own results, hidden or not",
			Description: "Lists the user's own results, also the deleted and claimed ones. The conditions are those of ListResults.",
			Parameters:  resultParameters,
			Handler:     listing(domain.ListUserResults.ID, h.service.ListOwn, h.service.ListOwnAfter),
		},
		h.exports.operation(),
	}
}

func (h results) search(ctx context.Context, r *request) (domain.Page[*domain.Result], error) {
	return h.service.Search(ctx, r.caller, ports.ResultQuery{
		ListOptions: r.listOptions(resultOrder),
		Uploaded:    uploaded.of(r),
		Terms:       resultTerms.Of(r.query),
	})
}

func (h results) create(ctx context.Context, r *request, _ Json) (service.Uploaded, error) {
	return h.service.Create(ctx, r.caller, r.newResult())
}

// newResult returns the result that query and body describe.
func (r *request) newResult() service.NewResult {
	return service.NewResult{
		ExecutedAt:  service.ExecutionTime(executedAt.Of(r.query)),
		BenchmarkID: newBenchmarkID.Of(r.query),
		FlavorID:    newFlavorID.Of(r.query),
		TagIDs:      newTagIDs.Of(r.query),
		Document:    r.document,
	}
}

func (h results) get(ctx context.Context, r *request) (*domain.ResultRecord, error) {
	return h.service.Get(ctx, r.caller, r.id)
}

func (h results) delete(ctx context.Context, r *request) error {
	return h.service.Delete(ctx, r.caller, r.id, givenReason.Of(r.query))
}

func (h results) setTags(ctx context.Context, r *request, in TagsIds) error {
	if len(in.TagsIDs) > h.mostTags {
		errs := problem.FieldErrors{}
		errs.Add("tags_ids", manyTags(h.mostTags, len(in.TagsIDs)))
		return problem.New(http.StatusUnprocessableEntity, map[string]any{"json": errs})
	}
	return h.service.SetTags(ctx, r.caller, r.id, in.TagsIDs)
}

// uploaderAnswer is the answer of ResultUploader.
type uploaderAnswer struct {
	Client string `header:"Uploader-Client" doc:"What the uploader's client called itself (User-Agent), at most 200 characters; left out where it is not known"` //nolint:lll // A tag has one line.
	Body   User
}
