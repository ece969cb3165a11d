package gormdb

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/measurements"
	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type benchmarks struct {
	reviewed[tables.Benchmark, domain.Benchmark]
}

var benchmarkColumns = map[string]query.Column{
	"id":              {SQL: "benchmark.id"},
	"upload_datetime": {SQL: "benchmark.upload_datetime"},
	"docker_image":    {SQL: "benchmark.docker_image", IsText: true},
	"docker_tag":      {SQL: "benchmark.docker_tag", IsText: true},
}

func newBenchmarks(in session.Session, cache *references.Cache, done *effects) benchmarks {
	return benchmarks{
		reviewed[tables.Benchmark, domain.Benchmark]{entities: entities[tables.Benchmark, domain.Benchmark]{
			Session:  in,
			Entities: cache.Benchmarks,
			columns:  benchmarkColumns,
			toRow:    tables.NewBenchmark,
			writable: []string{"docker_image", "docker_tag", "json_schema", "description", "url", "image_digest", "image_checked_at"},
			nameOf:   func(b *domain.Benchmark) references.Name { return references.Name{ID: b.ID, Text: b.Name()} },
			done:     done,
		}, unused: `NOT EXISTS (SELECT 1 FROM result WHERE result.benchmark_id = benchmark.id)`},
	}
}

// Add implements ports.Benchmarks.
func (b benchmarks) Add(ctx context.Context, benchmark *domain.Benchmark) error {
	if err := b.reviewed.Add(ctx, benchmark); err != nil {
		return err
	}
	return b.declareMetrics(ctx, benchmark.ID)
}

// Update implements ports.Benchmarks.
func (b benchmarks) Update(ctx context.Context, benchmark *domain.Benchmark) error {
	if err := b.reviewed.Update(ctx, benchmark); err != nil {
		return err
	}
	return b.declareMetrics(ctx, benchmark.ID)
}

// declareMetrics makes triggers derive the values of the metrics that the benchmark has now.
func (b benchmarks) declareMetrics(ctx context.Context, id uuid.UUID) error {
	if !b.InUnitOfWork() {
		return nil // the next derivation finds the difference
	}
	complete, err := measurements.Declare(ctx, b.Session, id)
	if err == nil && !complete {
		b.done.declared = true
	}
	return b.Failed(ctx, err, "declare the metrics of benchmark %s", id)
}

// List implements ports.Benchmarks.
func (b benchmarks) List(ctx context.Context, q ports.BenchmarkQuery) (domain.Page[*domain.Benchmark], error) {
	var where query.Conditions
	where.Reviewed(b.Table, q.ReviewedOptions)
	where.Text("benchmark.docker_image", q.DockerImage)
	where.Text("benchmark.docker_tag", q.DockerTag)
	err := where.Search(ctx, b.Session, q.Terms, "benchmark.docker_image", "benchmark.docker_tag", "benchmark.description")
	if err != nil {
		return domain.Page[*domain.Benchmark]{}, err
	}
	return b.list(ctx, where, q.ListOptions)
}

// SetMetrics implements ports.Benchmarks.
func (b benchmarks) SetMetrics(ctx context.Context, id uuid.UUID, declared []domain.Metric) error {
	done := b.Query(ctx).Model(&tables.Benchmark{}).Where("id = ?", id).UpdateColumn("metrics", tables.NewMetrics(declared))
	if err := b.RequireChanged(ctx, done, "set the metrics of benchmark %s", id); err != nil {
		return err
	}
	return b.declareMetrics(ctx, id)
}

// ClaimImage implements ports.Benchmarks.
func (b benchmarks) ClaimImage(ctx context.Context, id uuid.UUID, now, since time.Time) (ok bool, err error) {
	done := b.Query(ctx).Model(&tables.Benchmark{}).
		Where("id = ? AND (image_checked_at IS NULL OR image_checked_at < ?)", tables.Key(id), tables.TimestampOf(since)).
		Update("image_checked_at", tables.TimestampOf(now))
	return done.RowsAffected > 0, b.Failed(ctx, done.Error, "claim the look-up of the image of benchmark %s", id)
}

// SetImage implements ports.Benchmarks.
func (b benchmarks) SetImage(ctx context.Context, id uuid.UUID, image, tag, digest string) error {
	done := b.Query(ctx).Model(&tables.Benchmark{}).Where("id = ? AND docker_image = ? AND docker_tag = ?", tables.Key(id), image, tag).
		Update("image_digest", digest)
	return b.RequireChanged(ctx, done, "set the image of benchmark %s", id)
}
