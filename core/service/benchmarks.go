package service

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Benchmarks are the use cases of benchmarks.
type Benchmarks struct {
	reviews[domain.Benchmark, ports.BenchmarkQuery]
	images  ports.ImageRegistry
	schemas ports.SchemaValidator
}

func newBenchmarks(
	storage ports.Storage, clock ports.Clock, quotas quotas, mails *mailer, images ports.ImageRegistry, schemas ports.SchemaValidator,
) *Benchmarks {
	return &Benchmarks{images: images, schemas: schemas, reviews: reviews[domain.Benchmark, ports.BenchmarkQuery]{
		storage: storage, clock: clock, quotas: quotas, mails: mails,
		approval: domain.ApproveBenchmark, rejection: domain.RejectBenchmark, deletion: domain.DeleteBenchmark,
		submission: domain.CreateBenchmark, update: domain.UpdateBenchmark, histories: domain.GetBenchmarkHistory,
		resource: domain.BenchmarkResource, name: "Benchmark", recordName: "Benchmark",
		repo:    func(r ports.Repos) ports.Reviewed[domain.Benchmark, ports.BenchmarkQuery] { return r.Benchmarks },
		state:   func(b *domain.Benchmark) (*domain.Review, domain.Upload) { return &b.Review, b.Upload },
		ownName: func(b *domain.Benchmark) string { return b.Name() },
		title:   func(_ context.Context, _ ports.Repos, b *domain.Benchmark) (string, error) { return b.Name(), nil },
		remove:  removeBenchmark,
		match:   func(id *uuid.UUID) ports.ResultMatch { return ports.ResultMatch{BenchmarkID: id} },
		fields:  benchmarkFields,
	}}
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
func (s *Benchmarks) List(
	ctx context.Context, caller domain.Caller, q ports.BenchmarkQuery,
) (domain.Page[*domain.Benchmark], error) {
	if err := caller.May(domain.ListBenchmarks); err != nil {
		return domain.Page[*domain.Benchmark]{}, err
	}
	return existing(s.storage.Repos().Benchmarks.List(ctx, q))
}

// Search returns a page of the benchmarks that match search terms. Error: ErrNoSuchPage.
func (s *Benchmarks) Search(
	ctx context.Context, caller domain.Caller, q ports.BenchmarkQuery,
) (domain.Page[*domain.Benchmark], error) {
	if err := caller.May(domain.SearchBenchmarks); err != nil {
		return domain.Page[*domain.Benchmark]{}, err
	}
	return existing(s.storage.Repos().Benchmarks.List(ctx, q))
}

// Get returns a benchmark of any status. Error: NotFound.
func (s *Benchmarks) Get(ctx context.Context, caller domain.Caller, id uuid.UUID) (*domain.Benchmark, error) {
	if err := caller.May(domain.GetBenchmark); err != nil {
		return nil, err
	}
	return getBenchmark(ctx, s.storage.Repos(), id)
}

func getBenchmark(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Benchmark, error) {
	benchmark, err := r.Benchmarks.Get(ctx, id)
	return found(benchmark, err, "Benchmark", id)
}

// Create submits a benchmark for review. Errors: Invalid if image, tag or URL are none, the
// schema cannot be used or the registry does not have the image, Conflict if image and tag are taken,
// Unavailable if the registry does not answer.
func (s *Benchmarks) Create(ctx context.Context, caller domain.Caller, in NewBenchmark) (*domain.Benchmark, error) {
	if err := caller.May(domain.CreateBenchmark); err != nil {
		return nil, err
	}
	if err := s.checkNames(ctx, in, nil); err != nil {
		return nil, err
	}
	if err := s.schemas.Check(ctx, in.JSONSchema); err != nil {
		return nil, err
	}
	image, err := s.lookUp(ctx, in)
	if err != nil {
		return nil, err
	}
	id, now, by := uuid.New(), s.clock.Now(), caller.User()
	review, report := domain.StartReview(domain.BenchmarkResource, id, by, now)
	benchmark := &domain.Benchmark{
		ID: id, Upload: domain.Upload{Uploader: by.UserID, UploadedAt: now}, Review: review,
		DockerImage: in.DockerImage, DockerTag: in.DockerTag, URL: in.URL,
		JSONSchema: in.JSONSchema, Description: in.Description, Image: image,
	}
	err = s.submit(ctx, caller, report, benchmark.Name(), benchmark)
	switch {
	case isDuplicate(err):
		return nil, domain.Conflictf("Benchmark %s already submitted/exists", benchmark.Name())
	case isDangling(err):
		return nil, domain.ErrNotRegistered
	}
	return benchmark, err
}

// Update changes a benchmark. Without a description the stored one stays. Errors:
// NotFound, Invalid as in Create, but what is stored already is not refused; Conflict if
// image and tag are taken.
func (s *Benchmarks) Update(ctx context.Context, caller domain.Caller, id uuid.UUID, in NewBenchmark) error {
	if err := caller.May(domain.UpdateBenchmark); err != nil {
		return err
	}
	before, err := getBenchmark(ctx, s.storage.Repos(), id)
	if err != nil {
		return err
	}
	if err := s.checkNames(ctx, in, before); err != nil {
		return err
	}
	if err := s.schemas.Check(ctx, in.JSONSchema); err != nil {
		return err
	}
	changed, image := in.DockerImage != before.DockerImage || in.DockerTag != before.DockerTag, domain.Image{}
	if changed {
		if image, err = s.lookUp(ctx, in); err != nil {
			return err
		}
	}
	return s.change(ctx, caller, id, func(benchmark *domain.Benchmark) error {
		if err := benchmarkFaults(in, benchmark).err(); err != nil {
			return err
		}
		benchmark.DockerImage, benchmark.DockerTag, benchmark.URL = in.DockerImage, in.DockerTag, in.URL
		benchmark.JSONSchema, benchmark.Description = in.JSONSchema, orElse(in.Description, benchmark.Description)
		if changed {
			benchmark.Image = image
		}
		return nil
	})
}

// checkNames returns the error of image, tag and URL; stored is nil for a new benchmark. What
// is wrong with an image is also told as before there were rules for names: as the reason why
// the image cannot be looked up.
func (s *Benchmarks) checkNames(ctx context.Context, in NewBenchmark, stored *domain.Benchmark) error {
	faults := benchmarkFaults(in, stored)
	about := slices.Concat(faults["docker_image"], faults["docker_tag"])
	if len(about) == 0 {
		return faults.err()
	}
	message := "Could not validate container image: " + strings.Join(about, " ")
	_, err := s.lookUp(ctx, in)
	if refusal, ok := errors.AsType[*domain.Error](err); ok {
		message = refusal.Message
	}
	return domain.InvalidFields(message, faults)
}

// lookUp asks the image's registry. The registry may be slow: never call lookUp in a unit
// of work.
func (s *Benchmarks) lookUp(ctx context.Context, in NewBenchmark) (domain.Image, error) {
	digest, err := s.images.Digest(ctx, in.DockerImage, in.DockerTag)
	if refusal, ok := errors.AsType[*domain.Error](err); ok && refusal.Kind == domain.Invalid {
		return domain.Image{}, domain.Invalidf("Could not validate container image: %s", refusal.Message)
	}
	if err != nil || digest == "" {
		return domain.Image{}, err
	}
	now := s.clock.Now()
	return domain.Image{Digest: digest, CheckedAt: &now}, nil
}

// removeBenchmark removes a benchmark with its results.
func removeBenchmark(ctx context.Context, r ports.Repos, id uuid.UUID) error {
	if err := r.Results.RemoveAll(ctx, ports.ResultMatch{BenchmarkID: &id}); err != nil {
		return err
	}
	return r.Benchmarks.Remove(ctx, id)
}

// benchmarkFields are what events tell about a benchmark.
func benchmarkFields(b *domain.Benchmark) audit.Fields {
	return audit.Fields{
		"docker_image": b.DockerImage, "docker_tag": b.DockerTag, "url": b.URL, "json_schema": b.JSONSchema, "description": b.Description,
	}
}
