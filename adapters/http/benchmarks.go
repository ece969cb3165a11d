package http

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// CreateBenchmark is what submits a benchmark.
type CreateBenchmark struct {
	DockerImage string  `json:"docker_image" maxLength:"1000" doc:"Container image, with its registry where that is not Docker Hub" example:"severalnines/sysbench"`
	DockerTag   string  `json:"docker_tag" maxLength:"1000" doc:"Tag of the container image" example:"latest"`
	URL         string  `json:"url" doc:"Where to read about the benchmark" example:"https://hub.docker.com/r/severalnines/sysbench"`
	JSONSchema  Object  `json:"json_schema" doc:"JSON Schema that results must satisfy, as it was sent" example:"{\"type\": \"object\", \"properties\": {\"result\": {\"type\": \"object\", \"properties\": {\"score\": {\"type\": \"number\"}}, \"required\": [\"score\"]}}, \"required\": [\"result\"]}"`
	Description *string `json:"description,omitempty" doc:"What it measures" example:"Seconds to render a picture; lower is better"`
}

// Benchmark is a container image whose results are comparable.
type Benchmark struct {
	ID             uuid.UUID `json:"id" format:"uuid" readOnly:"true" doc:"Id of the benchmark" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	DockerImage    string    `json:"docker_image" maxLength:"1000" doc:"Container image, with its registry where that is not Docker Hub" example:"thechristophe/openbench-c-ray"`
	DockerTag      string    `json:"docker_tag" maxLength:"1000" doc:"Tag of the container image" example:"latest"`
	URL            string    `json:"url" doc:"Where to read about the benchmark" example:"https://hub.docker.com/r/thechristophe/openbench-c-ray"`
	JSONSchema     Object    `json:"json_schema" doc:"JSON Schema that results must satisfy, as it was sent" example:"{\"type\": \"object\", \"properties\": {\"result\": {\"type\": \"object\", \"properties\": {\"score\": {\"type\": \"number\"}}, \"required\": [\"score\"]}}, \"required\": [\"result\"]}"`
	Description    *string   `json:"description,omitempty" doc:"What it measures" example:"Seconds to render a picture; lower is better"`
	UploadDatetime DateTime  `json:"upload_datetime" readOnly:"true" doc:"When it was uploaded, in UTC without an offset"`
}

func toBenchmark(b *domain.Benchmark) Benchmark {
	return Benchmark{
		ID: b.ID, DockerImage: b.DockerImage, DockerTag: b.DockerTag, URL: b.URL,
		JSONSchema: Object{b.JSONSchema}, Description: b.Description, UploadDatetime: DateTime(b.UploadedAt),
	}
}

func toBenchmarks(p domain.Page[*domain.Benchmark]) Benchmarks {
	return Benchmarks(toPage(p, toBenchmark))
}

func (h *handlers) listBenchmarks(ctx context.Context, r *request, _ *none) (Benchmarks, error) {
	page, err := h.Benchmarks.List(ctx, r.caller, ports.BenchmarkQuery{
		ReviewedOptions: r.query.reviewed("docker_image"),
		DockerImage:     r.query.text("docker_image"),
		DockerTag:       r.query.text("docker_tag"),
	})
	return answer(page, err, toBenchmarks)
}

func (h *handlers) searchBenchmarks(ctx context.Context, r *request, _ *none) (Benchmarks, error) {
	page, err := h.Benchmarks.Search(ctx, r.caller, ports.BenchmarkQuery{
		ReviewedOptions: r.query.reviewed("docker_image"), Terms: r.query.terms(),
	})
	return answer(page, err, toBenchmarks)
}

func newBenchmark(b CreateBenchmark) service.NewBenchmark {
	return service.NewBenchmark{
		DockerImage: b.DockerImage, DockerTag: b.DockerTag, URL: b.URL,
		JSONSchema: b.JSONSchema.RawMessage, Description: b.Description,
	}
}

func (h *handlers) createBenchmark(ctx context.Context, r *request, in *body[CreateBenchmark]) (Benchmark, error) {
	benchmark, err := h.Benchmarks.Create(ctx, r.caller, newBenchmark(in.Body))
	return answer(benchmark, err, toBenchmark)
}

func (h *handlers) getBenchmark(ctx context.Context, r *request, _ *none) (Benchmark, error) {
	benchmark, err := h.Benchmarks.Get(ctx, r.caller, r.id)
	return answer(benchmark, err, toBenchmark)
}

func (h *handlers) updateBenchmark(ctx context.Context, r *request, in *body[Benchmark]) error {
	b := in.Body
	return h.Benchmarks.Update(ctx, r.caller, r.id, newBenchmark(CreateBenchmark{b.DockerImage, b.DockerTag, b.URL, b.JSONSchema, b.Description}))
}

func (h *handlers) deleteBenchmark(ctx context.Context, r *request, _ *none) error {
	return h.Benchmarks.Delete(ctx, r.caller, r.id)
}

func (h *handlers) approveBenchmark(ctx context.Context, r *request, _ *none) error {
	return h.Benchmarks.Approve(ctx, r.caller, r.id)
}

func (h *handlers) rejectBenchmark(ctx context.Context, r *request, _ *none) error {
	return h.Benchmarks.Reject(ctx, r.caller, r.id)
}
