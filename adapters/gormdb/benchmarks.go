package gormdb

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type benchmarks struct {
	reviewed[benchmarkRow, domain.Benchmark]
}

var benchmarkColumns = map[string]column{
	"id":              {sql: "benchmark.id"},
	"upload_datetime": {sql: "benchmark.upload_datetime"},
	"docker_image":    {sql: "benchmark.docker_image", text: true},
	"docker_tag":      {sql: "benchmark.docker_tag", text: true},
}

func newBenchmarks(in session) benchmarks {
	return benchmarks{reviewed[benchmarkRow, domain.Benchmark]{table: table[benchmarkRow, domain.Benchmark]{
		session:  in,
		name:     "benchmark",
		columns:  benchmarkColumns,
		kept:     in.store.shelf.benchmarks,
		row:      newBenchmarkRow,
		thing:    benchmarkRow.thing,
		writable: []string{"docker_image", "docker_tag", "json_schema", "description", "url"},
	}, unused: `NOT EXISTS (SELECT 1 FROM result WHERE result.benchmark_id = benchmark.id)`}}
}

// List implements ports.Benchmarks.
func (b benchmarks) List(ctx context.Context, q ports.BenchmarkQuery) (domain.Page[*domain.Benchmark], error) {
	var where conditions
	where.reviewed(b.name, q.ReviewedOptions)
	where.text("benchmark.docker_image", q.DockerImage)
	where.text("benchmark.docker_tag", q.DockerTag)
	if err := b.search(ctx, &where, q.Terms, place{text: "benchmark.docker_image"}, place{text: "benchmark.docker_tag"}, place{text: "benchmark.description"}); err != nil {
		return domain.Page[*domain.Benchmark]{}, err
	}
	return b.list(ctx, where, q.ListOptions)
}

func newBenchmarkRow(b *domain.Benchmark) benchmarkRow {
	return benchmarkRow{
		ID:          key(b.ID),
		Upload:      newUploadColumns(b.Upload),
		Review:      newReviewColumns(b.Review),
		DockerImage: b.DockerImage,
		DockerTag:   b.DockerTag,
		JSONSchema:  document(b.JSONSchema),
		Description: b.Description,
		URL:         b.URL,
	}
}

func (r benchmarkRow) thing() (uuid.UUID, *domain.Benchmark) {
	return uuid.UUID(r.ID), &domain.Benchmark{
		ID:          uuid.UUID(r.ID),
		Upload:      r.Upload.upload(),
		Review:      r.Review.review(),
		DockerImage: r.DockerImage,
		DockerTag:   r.DockerTag,
		URL:         r.URL,
		JSONSchema:  json.RawMessage(r.JSONSchema),
		Description: r.Description,
	}
}
