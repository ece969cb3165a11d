package service

import (
	"context"
	"encoding/json"
	"errors"
	"maps"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// BenchmarkCheck is what would become of a submission.
type BenchmarkCheck struct {
	// Fields are what is wrong with fields, by the names of the API.
	Fields map[string][]string
	// Schema are the faults of the JSON Schema, by their place in it, and Example those of the
	// example by the schema; at most 100 each.
	Schema, Example []domain.Violation
	// Digest is that of the image, empty if no registry was asked.
	Digest string
	// Metrics are those that the schema declares or suggests.
	Metrics []domain.Metric
	// Alike are benchmarks whose names look like the new one.
	Alike []string
}

// IsGood is true if the submission would be accepted.
func (c BenchmarkCheck) IsGood() bool { return len(c.Fields) == 0 && len(c.Schema) == 0 }

// metaSchema is the schema of schemas that name no other.
const metaSchema = "https://json-schema.org/draft/2020-12/schema"

// Check tells everything that is wrong with a benchmark, without submitting it. The example is
// a result that the schema should accept, null for none. Error: Unavailable if the registry does
// not answer.
func (s *Benchmarks) Check(ctx context.Context, caller domain.Caller, in NewBenchmark, example document.Value) (BenchmarkCheck, error) {
	check := BenchmarkCheck{Fields: map[string][]string{}}
	if err := caller.May(domain.CheckBenchmark); err != nil {
		return check, err
	}
	maps.Copy(check.Fields, benchmarkFaults(in, nil))
	if err := check.checkImage(ctx, s, in); err != nil {
		return check, err
	}
	if err := check.checkSchema(ctx, s.schemas, in.JSONSchema, example); err != nil {
		return check, err
	}
	if len(check.Schema) == 0 {
		check.Metrics = metrics.FromSchema(in.JSONSchema)
	}
	entity := &domain.Benchmark{DockerImage: in.DockerImage, DockerTag: in.DockerTag}
	alike, err := s.lookalikes(ctx, entity)
	for _, other := range alike {
		check.Alike = append(check.Alike, other.Written)
	}
	return check, err
}

// checkImage looks whether the name is free, and asks the registry.
func (c *BenchmarkCheck) checkImage(ctx context.Context, s *Benchmarks, in NewBenchmark) error {
	if len(c.Fields["docker_image"])+len(c.Fields["docker_tag"]) > 0 {
		return nil
	}
	taken, err := s.storage.Repos().Benchmarks.List(ctx, ports.BenchmarkQuery{
		ReviewedOptions: ports.ReviewedOptions{
			ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 1}}, Status: domain.Approved,
		},
		DockerImage: &in.DockerImage, DockerTag: &in.DockerTag,
	})
	if err != nil {
		return err
	}
	if taken.Total > 0 {
		c.Fields["docker_image"] = []string{"There is a benchmark of this image and tag already."}
		return nil
	}
	image, err := s.lookUp(ctx, in)
	if refusal, ok := errors.AsType[*domain.Error](err); ok && refusal.Kind == domain.Invalid {
		c.Fields["docker_image"] = []string{refusal.Message}
		return nil
	}
	c.Digest = image.Digest
	return err
}

// checkSchema looks for the faults of the schema: those by the schema of schemas all at once, else
// the first one that keeps it from being used.
func (c *BenchmarkCheck) checkSchema(
	ctx context.Context, schemas ports.SchemaValidator, schema json.RawMessage, example document.Value,
) error {
	err := schemas.Check(ctx, schema)
	refusal, refused := errors.AsType[*domain.Error](err)
	if err != nil && !refused {
		return err
	}
	if refused {
		return c.explain(ctx, schemas, schema, refusal)
	}
	if example.Kind() == document.Null {
		return nil
	}
	c.Example, err = schemas.Violations(ctx, schema, example, maxViolations)
	return err
}

// explain lists the faults of a schema that was refused.
func (c *BenchmarkCheck) explain(ctx context.Context, schemas ports.SchemaValidator, schema json.RawMessage, refusal *domain.Error) error {
	first := domain.Violation{Rule: "schema", Message: refusal.Message}
	if refusal.Pointer != nil {
		first.Pointer = *refusal.Pointer
	}
	c.Schema = []domain.Violation{first}
	value, err := document.Parse(ctx, schema, document.StoredLimits)
	if err != nil {
		return ctx.Err()
	}
	meta := metaSchema
	if named, ok := value.Get("$schema"); ok && named.Kind() == document.String && named.Text() != "" {
		meta = named.Text()
	}
	text, err := json.Marshal(map[string]string{"$ref": meta})
	if err != nil {
		return err
	}
	all, err := schemas.Violations(ctx, text, value, maxViolations)
	if err == nil && len(all) > 0 {
		c.Schema = all
	}
	return ctx.Err()
}
