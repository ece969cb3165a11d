package service

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// purgeBatch is how many results are removed together, and read together.
const purgeBatch = 100

// Purgeable are the deleted results that a rule takes, in the order of their ids.
type Purgeable struct {
	IDs []uuid.UUID
	// Undated counts those that stay only because nobody noted when they were deleted.
	Undated int
}

// Purgeable lists what Purge would remove, of a benchmark or, if that is nil, of all.
// Error: NotFound for the benchmark.
func (s *Results) Purgeable(ctx context.Context, rule domain.Purge, benchmarkID *uuid.UUID) (found Purgeable, err error) {
	r := s.storage.Repos()
	if benchmarkID != nil {
		if _, err := r.Benchmarks.Get(ctx, *benchmarkID); err != nil {
			return found, missing(err, "Benchmark", *benchmarkID)
		}
	}
	for q := (ports.DeletedQuery{BenchmarkID: benchmarkID, Limit: purgeBatch}); ; {
		deleted, err := r.Results.Deleted(ctx, q)
		if err != nil {
			return found, err
		}
		for _, result := range deleted {
			q.After = result.ID
			switch {
			case rule.Takes(result.Visibility):
				found.IDs = append(found.IDs, result.ID)
			case result.DeletedAt == nil:
				found.Undated++
			}
		}
		if len(deleted) < q.Limit {
			return found, nil
		}
	}
}

// Purge removes those of the results that the rule takes, for good: with their
// claims, open ones too, and their ties to tags; nobody gets a mail. It does so a
// hundred at a time, and tells done of each hundred: an error leaves what was told,
// and everything of the others.
func (s *Results) Purge(ctx context.Context, rule domain.Purge, ids []uuid.UUID, done func(removed []uuid.UUID)) error {
	for some := range slices.Chunk(ids, purgeBatch) {
		var chosen []uuid.UUID
		err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) (err error) {
			if chosen, err = lockPurgeable(ctx, r, rule, some); err != nil || len(chosen) == 0 {
				return err
			}
			return r.Results.RemoveAll(ctx, ports.ResultMatch{IDs: chosen})
		})
		if err != nil {
			return err
		}
		done(chosen)
	}
	return nil
}

// lockPurgeable locks the results, and returns those that the rule takes now: some
// may have been restored, or gone, since they were listed.
func lockPurgeable(ctx context.Context, r ports.Repos, rule domain.Purge, ids []uuid.UUID) (chosen []uuid.UUID, err error) {
	for _, id := range ids {
		visibility, err := r.Results.Lock(ctx, id)
		if errors.Is(err, ports.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if rule.Takes(visibility) {
			chosen = append(chosen, id)
		}
	}
	return chosen, nil
}
