package service

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Benchmarks are the use cases of benchmarks.
type Benchmarks struct {
	storage ports.Storage
	clock   ports.Clock
	mails   *mailer
	images  ports.ImageRegistry
	schemas ports.SchemaValidator
}

var reviewedBenchmarks = reviewed[domain.Benchmark, ports.BenchmarkQuery]{
	name: "Benchmark", unknown: "Benchmark", resource: domain.BenchmarkResource,
	repo:  func(r ports.Repos) ports.Reviewed[domain.Benchmark, ports.BenchmarkQuery] { return r.Benchmarks },
	state: func(b *domain.Benchmark) (*domain.Review, domain.Upload) { return &b.Review, b.Upload },
	title: func(_ context.Context, _ ports.Repos, b *domain.Benchmark) (string, error) { return b.Name(), nil },
}

// NewBenchmark is what a user submits.
type NewBenchmark struct {
	DockerImage string
	DockerTag   string
	URL         string
	// JSONSchema is a JSON object.
	JSONSchema  json.RawMessage
	Description *string
}

// List returns a page of benchmarks. Error: ErrNoSuchPage.
func (s *Benchmarks) List(ctx context.Context, q ports.BenchmarkQuery) (domain.Page[*domain.Benchmark], error) {
	return existing(s.storage.Repos().Benchmarks.List(ctx, q))
}

// Get returns a benchmark of any status. Error: NotFound.
func (s *Benchmarks) Get(ctx context.Context, id uuid.UUID) (*domain.Benchmark, error) {
	benchmark, err := s.storage.Repos().Benchmarks.Get(ctx, id)
	return found(benchmark, err, "Benchmark", id)
}

// Create submits a benchmark for review. Errors: Invalid if the schema cannot be
// used or the image is not in its registry, Conflict if image and tag are taken,
// Unavailable if the registry is away.
func (s *Benchmarks) Create(ctx context.Context, by *domain.User, in NewBenchmark) (*domain.Benchmark, error) {
	if err := s.schemas.Check(in.JSONSchema); err != nil {
		return nil, err
	}
	if err := s.checkImage(ctx, in); err != nil {
		return nil, err
	}
	id, now := uuid.New(), s.clock.Now()
	review, report := domain.StartReview(domain.BenchmarkResource, id, by, now)
	benchmark := &domain.Benchmark{
		ID: id, Upload: domain.Upload{Uploader: by.UserID, UploadedAt: now}, Review: review,
		DockerImage: in.DockerImage, DockerTag: in.DockerTag, URL: in.URL,
		JSONSchema: in.JSONSchema, Description: in.Description,
	}
	err := submit(ctx, s.storage, s.mails, by, report, benchmark.Name(), func(ctx context.Context, r ports.Repos) error {
		return r.Benchmarks.Add(ctx, benchmark)
	})
	switch {
	case isDuplicate(err):
		return nil, domain.Conflictf("Benchmark %s already submitted/exists", benchmark.Name())
	case isDangling(err):
		return nil, errUnregistered
	}
	return benchmark, err
}

// Update changes a benchmark; an absent description stays. Errors: NotFound,
// Invalid as in Create, Conflict if image and tag are taken.
func (s *Benchmarks) Update(ctx context.Context, id uuid.UUID, in NewBenchmark) error {
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.schemas.Check(in.JSONSchema); err != nil {
		return err
	}
	if in.DockerImage != before.DockerImage || in.DockerTag != before.DockerTag {
		if err := s.checkImage(ctx, in); err != nil {
			return err
		}
	}
	err = s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		benchmark, err := reviewedBenchmarks.locked(ctx, r, id)
		if err != nil {
			return err
		}
		benchmark.DockerImage, benchmark.DockerTag, benchmark.URL = in.DockerImage, in.DockerTag, in.URL
		benchmark.JSONSchema, benchmark.Description = in.JSONSchema, orElse(in.Description, benchmark.Description)
		return r.Benchmarks.Update(ctx, benchmark)
	})
	return conflicting(err, "benchmark")
}

// checkImage asks the image's registry, outside of any unit of work: it may be slow.
func (s *Benchmarks) checkImage(ctx context.Context, in NewBenchmark) error {
	err := s.images.Exists(ctx, in.DockerImage, in.DockerTag)
	if missing, ok := errors.AsType[*domain.Error](err); ok && missing.Kind == domain.Invalid {
		return domain.Invalidf("Could not validate container image: %s", missing.Message)
	}
	return err
}

// Approve ends a benchmark's review. Errors: NotFound, Invalid if it ended before.
func (s *Benchmarks) Approve(ctx context.Context, id uuid.UUID) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return reviewedBenchmarks.approve(ctx, r, s.mails, id)
	})
}

// Reject removes a benchmark that is on review. Errors: NotFound, Invalid if it is approved.
func (s *Benchmarks) Reject(ctx context.Context, id uuid.UUID) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return reviewedBenchmarks.reject(ctx, r, s.mails, id, removeBenchmark)
	})
}

// Delete removes a benchmark with its results. Error: NotFound.
func (s *Benchmarks) Delete(ctx context.Context, id uuid.UUID) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return reviewedBenchmarks.remove(ctx, r, id, removeBenchmark)
	})
}

func removeBenchmark(ctx context.Context, r ports.Repos, id uuid.UUID) error {
	if err := r.Results.RemoveAll(ctx, ports.ResultMatch{BenchmarkID: &id}); err != nil {
		return err
	}
	return r.Benchmarks.Remove(ctx, id)
}
