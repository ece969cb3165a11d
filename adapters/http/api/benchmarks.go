package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// JSONSchema is the schema of a benchmark's results.
type JSONSchema Object

// exampleSchema is satisfied by exampleResult.
const exampleSchema = `{
  "type": "object", "required": ["result"],
  "properties": {"result": {"type": "object", "properties": {"score": {"type": "number"}}, "required": ["score"]}}
}`

// Schema implements huma.SchemaProvider.
func (JSONSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Examples: []any{json.RawMessage(exampleSchema)}}
}

// CreateBenchmark submits a benchmark.
//
//nolint:lll // a struct tag is one line
type CreateBenchmark struct {
	DockerImage string     `json:"docker_image" maxLength:"1000" doc:"Container image in the grammar of the OCI, with its registry where that is not Docker Hub" example:"severalnines/sysbench"`
	DockerTag   string     `json:"docker_tag" maxLength:"1000" doc:"Tag of the container image, in the grammar of the OCI" example:"latest"`
	URL         string     `json:"url" doc:"Where to read about the benchmark: an http or https URL" example:"https://hub.docker.com/r/severalnines/sysbench"`
	JSONSchema  JSONSchema `json:"json_schema" doc:"JSON Schema that results must satisfy, as it was sent"`
	Description *string    `json:"description,omitempty" doc:"What it measures" example:"Seconds to render a picture; lower is better"`
}

// Benchmark is a container image whose results are comparable.
//
//nolint:lll // a struct tag is one line
type Benchmark struct {
	ID             uuid.UUID  `json:"id" format:"uuid" readOnly:"true" doc:"Id of the benchmark" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	DockerImage    string     `json:"docker_image" doc:"Container image in the grammar of the OCI, with its registry where that is not Docker Hub" example:"thechristophe/openbench-c-ray"`
	DockerTag      string     `json:"docker_tag" doc:"Tag of the container image, in the grammar of the OCI" example:"latest"`
	URL            string     `json:"url" doc:"Where to read about the benchmark: an http or https URL" example:"https://hub.docker.com/r/thechristophe/openbench-c-ray"`
	JSONSchema     JSONSchema `json:"json_schema" doc:"JSON Schema that results must satisfy, as it was sent"`
	Description    *string    `json:"description,omitempty" doc:"What it measures" example:"Seconds to render a picture; lower is better"`
	UploadDatetime DateTime   `json:"upload_datetime" readOnly:"true" doc:"When it was uploaded, in UTC without an offset"`
}

// Benchmarks is a page of benchmarks.
type Benchmarks Page[Benchmark]

func toBenchmark(b *domain.Benchmark) Benchmark {
	return Benchmark{
		ID: b.ID, DockerImage: b.DockerImage, DockerTag: b.DockerTag, URL: b.URL,
		JSONSchema: JSONSchema{b.JSONSchema}, Description: b.Description, UploadDatetime: DateTime(b.UploadedAt),
	}
}

func toBenchmarks(p domain.Page[*domain.Benchmark]) Benchmarks {
	return Benchmarks(toPage(p, toBenchmark))
}

// AppendJSON implements representation.Appender.
func (v Benchmark) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = representation.AppendText(b, `,"docker_image":`, v.DockerImage)
	b = representation.AppendText(b, `,"docker_tag":`, v.DockerTag)
	b = representation.AppendText(b, `,"url":`, v.URL)
	b = appendObject(b, `,"json_schema":`, Object(v.JSONSchema))
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

// AppendJSON implements representation.Appender.
func (p Benchmarks) AppendJSON(b []byte, flush representation.Flush) []byte {
	return Page[Benchmark](p).append(b, Benchmark.AppendJSON, flush)
}

// The parameters of benchmarks.
var (
	benchmarkID    = &openapi.PathID{Name: "benchmark_id", Description: "Id of the benchmark, as ListBenchmarks shows it", Record: "Benchmark"}
	benchmarkOrder = orderBy(ports.BenchmarkSort, "+docker_image")
	benchmarkTerms = searchTerms("image, tag and description", "c-ray")
	dockerImage    = parameter.Text("docker_image", "The image, exactly")
	dockerTag      = parameter.Text("docker_tag", "The image's tag, exactly")
)

// invalidBenchmark are errors of benchmarks that are submitted or changed.
var invalidBenchmark = []openapi.Example{
	openapi.Says("no such image", "Could not validate container image: the registry does not have it"),
	openapi.SaysAt("bad schema", "Invalid JSON Schema: 'anyOf' failed: value must be one of 'array', 'boolean', 'integer', "+
		"'null', 'number', 'object', 'string'; got string, want array", "/properties/score/type"),
}

type benchmarks struct{ service *service.Benchmarks }

func (h benchmarks) resource() resource {
	return resource{
		section:     "benchmarks",
		description: "Container images whose results are comparable, each with the JSON Schema of its results",
		schemas: map[string]string{
			"Benchmark":       "A container image whose results are comparable, with the JSON Schema that they satisfy",
			"Benchmarks":      "A page of benchmarks",
			"CreateBenchmark": "A benchmark to submit",
		},
		operations: h.operations(),
	}
}

func (h benchmarks) operations() []openapi.Operation {
	return []openapi.Operation{
		{
			Operation:   domain.ListBenchmarks,
			Method:      http.MethodGet,
			Path:        "/benchmarks",
			Summary:     "List benchmarks",
			Description: "Lists the approved benchmarks, or with `status=on_review` those that wait for review.",
			Parameters:  parameter.Join(status, uploaded, paging, dockerImage, dockerTag, benchmarkOrder),
			Handler:     ok(h.list, toBenchmarks),
		},
		{
			Operation: domain.CreateBenchmark,
			Method:    http.MethodPost,
			Path:      "/benchmarks",
			Summary:   "Submit a benchmark for review",
			Description: "Submits a benchmark. It is on review until an administrator approves it, takes no results before, " +
				"and its submitter gets a mail when that is decided.\n\n" +
				"The container image must exist in a registry that the server asks. The JSON Schema must be usable and refer to " +
				"nothing outside of itself; `$schema` chooses the draft, from 4 to 2020-12, which is also what counts without it. " +
				"Keywords that the draft does not know are kept and ignored.",
			Errors: openapi.Errors{
				Conflict: []openapi.Example{openapi.Says("taken", "Benchmark severalnines/sysbench:latest already submitted/exists")},
				Invalid:  invalidBenchmark,
			},
			Handler: createdFrom(h.create, toBenchmark),
		},
		{
			Operation:   domain.SearchBenchmarks,
			Method:      http.MethodGet,
			Path:        "/benchmarks:search",
			Summary:     "Search benchmarks",
			Description: "Finds the benchmarks in which every term occurs.",
			Parameters:  parameter.Join(benchmarkTerms, benchmarkOrder, status, uploaded, paging),
			Handler:     ok(h.search, toBenchmarks),
		},
		{
			Operation:   domain.GetBenchmark,
			Method:      http.MethodGet,
			Path:        "/benchmarks/{benchmark_id}",
			PathID:      benchmarkID,
			Summary:     "Get a benchmark of any status",
			Description: "Shows a benchmark, also one on review.",
			Handler:     ok(h.get, toBenchmark),
		},
		{
			Operation: domain.UpdateBenchmark,
			Method:    http.MethodPut,
			Path:      "/benchmarks/{benchmark_id}",
			PathID:    benchmarkID,
			Summary:   "Change a benchmark",
			Description: "Replaces what describes the benchmark; a description that is not sent stays. " +
				"Image and schema are checked as when it was created; results that are there already are not checked again.",
			Errors: openapi.Errors{
				Conflict: []openapi.Example{openapi.Says("taken", "Changes conflict submitted/existing benchmark")},
				Invalid:  invalidBenchmark,
			},
			Handler: noContentFrom(h.update),
		},
		{
			Operation:   domain.DeleteBenchmark,
			Method:      http.MethodDelete,
			Path:        "/benchmarks/{benchmark_id}",
			PathID:      benchmarkID,
			Summary:     "Delete a benchmark with its results",
			Description: "Deletes the benchmark and all its results, with their claims. This cannot be undone.",
			Parameters:  parameter.Join(givenReason),
			Handler:     noContent(h.delete),
		},
		{
			Operation:   domain.ApproveBenchmark,
			Method:      http.MethodPost,
			Path:        "/benchmarks/{benchmark_id}:approve",
			PathID:      benchmarkID,
			Summary:     "Approve a benchmark",
			Description: "Ends the review: the benchmark is listed and takes results, and its submitter gets a mail.",
			Errors:      openapi.Errors{Invalid: alreadyApproved("Benchmark")},
			Parameters:  parameter.Join(givenReason),
			Handler:     noContent(h.approve),
		},
		{
			Operation:   domain.RejectBenchmark,
			Method:      http.MethodPost,
			Path:        "/benchmarks/{benchmark_id}:reject",
			PathID:      benchmarkID,
			Summary:     "Reject a benchmark: it is deleted",
			Description: "Ends the review: the benchmark is deleted, and its submitter gets a mail.",
			Errors:      openapi.Errors{Invalid: alreadyApproved("Benchmark")},
			Parameters:  parameter.Join(givenReason),
			Handler:     noContent(h.reject),
		},
	}
}

func (h benchmarks) list(ctx context.Context, r *request) (domain.Page[*domain.Benchmark], error) {
	return h.service.List(ctx, r.caller, ports.BenchmarkQuery{
		ReviewedOptions: r.reviewedOptions(benchmarkOrder),
		DockerImage:     dockerImage.Optional(r.query),
		DockerTag:       dockerTag.Optional(r.query),
	})
}

func (h benchmarks) search(ctx context.Context, r *request) (domain.Page[*domain.Benchmark], error) {
	return h.service.Search(ctx, r.caller, ports.BenchmarkQuery{
		ReviewedOptions: r.reviewedOptions(benchmarkOrder),
		Terms:           benchmarkTerms.Of(r.query),
	})
}

func (h benchmarks) create(ctx context.Context, r *request, in CreateBenchmark) (*domain.Benchmark, error) {
	return h.service.Create(ctx, r.caller, service.NewBenchmark{
		DockerImage: in.DockerImage, DockerTag: in.DockerTag, URL: in.URL,
		JSONSchema: in.JSONSchema.RawMessage, Description: in.Description,
	})
}

func (h benchmarks) get(ctx context.Context, r *request) (*domain.Benchmark, error) {
	return h.service.Get(ctx, r.caller, r.id)
}

func (h benchmarks) update(ctx context.Context, r *request, in Benchmark) error {
	return h.service.Update(ctx, r.caller, r.id, service.NewBenchmark{
		DockerImage: in.DockerImage, DockerTag: in.DockerTag, URL: in.URL,
		JSONSchema: in.JSONSchema.RawMessage, Description: in.Description,
	})
}

func (h benchmarks) delete(ctx context.Context, r *request) error {
	return h.service.Delete(ctx, r.caller, r.id, givenReason.Of(r.query))
}

func (h benchmarks) approve(ctx context.Context, r *request) error {
	return h.service.Approve(ctx, r.caller, r.id, givenReason.Of(r.query))
}

func (h benchmarks) reject(ctx context.Context, r *request) error {
	return h.service.Reject(ctx, r.caller, r.id, givenReason.Of(r.query))
}
