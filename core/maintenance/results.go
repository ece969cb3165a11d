package maintenance

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// Results looks after results.
type Results struct {
	Storage ports.Storage
	// Documents and Schemas are needed by Revalidate alone.
	Documents ports.Documents
	Schemas   ports.SchemaValidator
	// Clock is needed by Restore and Purge.
	Clock ports.Clock
}

// Revalidate calls each with every result, hidden results included, whose document does
// not satisfy the schema of its benchmark, and counts them; of one benchmark, or of all
// if the id is nil. It changes nothing. Errors: NotFound for the benchmark; an error of
// each ends the job, and is returned.
func (r Results) Revalidate(
	ctx context.Context, caller domain.Caller, benchmarkID *uuid.UUID, each func(domain.Finding) error,
) (found domain.Findings, err error) {
	if err := caller.May(domain.RevalidateResults); err != nil {
		return found, err
	}
	add := found.Counting(each)
	err = r.Documents.EachResult(ctx, benchmarkID, func(result domain.StoredResult) error {
		invalid := r.validate(ctx, result)
		if invalid == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		return add(domain.Finding{
			Level: domain.Problem, Table: "result", ID: result.ID.String(),
			Problem: fmt.Sprintf("does not satisfy the schema of benchmark %s: %v", result.BenchmarkID, invalid),
			Remedy:  "delete it, or change the benchmark's schema",
		})
	})
	if errors.Is(err, ports.ErrNotFound) && benchmarkID != nil {
		err = domain.NotFoundf("there is no benchmark %s: GET /benchmarks lists them", *benchmarkID)
	}
	return found, err
}

func (r Results) validate(ctx context.Context, result domain.StoredResult) error {
	value, err := document.Parse(ctx, result.JSON, document.StoredLimits)
	if err != nil {
		return err
	}
	return r.Schemas.Validate(ctx, result.Schema, value)
}

// RestoredResult is a result whose deletion was taken back.
type RestoredResult struct {
	ID uuid.UUID
	// Hidden is true if a claim still hides the result.
	Hidden bool
}

// Restore takes back that results were deleted, here or by the earlier program, or
// withdrawn. Claims on a result still hide it. A dry run changes nothing. Results that cannot
// be restored do not stop the others: the error names each, NotFound, Invalid if it was
// neither deleted nor withdrawn, or was corrected, or Conflict if its uploader has uploaded
// the same content again.
func (r Results) Restore(ctx context.Context, caller domain.Caller, ids []uuid.UUID, dryRun bool) (restored []RestoredResult, err error) {
	if err := caller.May(domain.RestoreResults); err != nil {
		return nil, err
	}
	for _, id := range ids {
		hidden, failed := r.restore(ctx, id, dryRun)
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("result %s: %w", id, failed))
			continue
		}
		restored = append(restored, RestoredResult{ID: id, Hidden: hidden})
	}
	return restored, err
}

// errDryRun undoes what a dry run has tried.
var errDryRun = errors.New("dry run")

func (r Results) restore(ctx context.Context, id uuid.UUID, dryRun bool) (hidden bool, err error) {
	err = r.Storage.Do(ctx, func(ctx context.Context, repos ports.Repos) error {
		visibility, err := repos.Results.Lock(ctx, id)
		if errors.Is(err, ports.ErrNotFound) {
			return domain.NotFoundf("Result %s not found in the database", id)
		}
		if err != nil {
			return err
		}
		claims, err := repos.Claims.ActiveOf(ctx, id)
		if err != nil {
			return err
		}
		if visibility, err = visibility.Restore(claims); err != nil {
			return err
		}
		hidden = visibility.Hidden
		if err := service.ReturnToLists(ctx, repos, id, visibility); err != nil {
			return err
		}
		if dryRun {
			return errDryRun
		}
		return r.record(ctx, repos, domain.RestoreResults, id)
	})
	if errors.Is(err, errDryRun) {
		return hidden, nil
	}
	if _, taken := errors.AsType[*ports.DuplicateError](err); taken {
		err = service.SameContent(ctx, r.Storage.Repos(), id)
	}
	return hidden, err
}

// record adds an event about what the operator did to a result.
func (r Results) record(ctx context.Context, repos ports.Repos, operation domain.Operation, id uuid.UUID) error {
	return ports.Record(ctx, repos, domain.Event{
		At: r.Clock.Now(), Role: domain.OperatorRole, Action: operation.ID, Resource: domain.ResultResource, ResourceID: id,
	})
}
