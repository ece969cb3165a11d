package maintenance

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

// PurgeResults chooses deleted results.
type PurgeResults struct {
	Rule domain.Purge
	// BenchmarkID chooses the results of one benchmark; nil of all.
	BenchmarkID *uuid.UUID
	// DryRun removes nothing.
	DryRun bool
}

// PurgedResults says what a purge has removed.
type PurgedResults struct {
	// IDs are those of the removed results.
	IDs []uuid.UUID
	// Undated counts the results that stay only because nobody noted when they were
	// deleted.
	Undated int
}

// Purge removes deleted results that the rule takes, for good: with their claims, open
// ones too, and their ties to tags. Nobody gets a mail. A hundred results are removed
// together: after an error those that are returned are gone, and the others untouched.
// Error: NotFound for the benchmark.
func (r Results) Purge(ctx context.Context, caller domain.Caller, in PurgeResults, progress Progress) (PurgedResults, error) {
	if err := caller.May(domain.PurgeResults); err != nil {
		return PurgedResults{}, err
	}
	purgeable, err := r.purgeable(ctx, in)
	if err != nil || in.DryRun {
		return purgeable, err
	}
	purged := PurgedResults{Undated: purgeable.Undated}
	for ids := range slices.Chunk(purgeable.IDs, purgeBatch) {
		removed, err := r.purgeSome(ctx, in.Rule, ids)
		if err != nil {
			return purged, err
		}
		purged.IDs = append(purged.IDs, removed...)
		progress.Advance(int64(len(purged.IDs)), int64(len(purgeable.IDs)))
	}
	return purged, nil
}

// purgeable returns the results that the rule takes, in the order of their ids.
func (r Results) purgeable(ctx context.Context, in PurgeResults) (found PurgedResults, err error) {
	repos := r.Storage.Repos()
	if in.BenchmarkID != nil {
		_, err := repos.Benchmarks.Get(ctx, *in.BenchmarkID)
		if errors.Is(err, ports.ErrNotFound) {
			return found, domain.NotFoundf("Benchmark %s not in database", *in.BenchmarkID)
		}
		if err != nil {
			return found, err
		}
	}
	for q := (ports.DeletedQuery{BenchmarkID: in.BenchmarkID, Limit: purgeBatch}); ; {
		deleted, err := repos.Results.Deleted(ctx, q)
		if err != nil {
			return found, err
		}
		for _, result := range deleted {
			q.After = result.ID
			switch {
			case in.Rule.Takes(result.Visibility):
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

// purgeSome removes those of the results that the rule takes.
func (r Results) purgeSome(ctx context.Context, rule domain.Purge, ids []uuid.UUID) (removed []uuid.UUID, err error) {
	err = r.Storage.Do(ctx, func(ctx context.Context, repos ports.Repos) (err error) {
		if removed, err = lockPurgeable(ctx, repos, rule, ids); err != nil || len(removed) == 0 {
			return err
		}
		for _, id := range removed {
			if err := r.record(ctx, repos, domain.PurgeResults, id); err != nil {
				return err
			}
		}
		return r.removeRecorded(ctx, repos, removed)
	})
	return removed, err
}

// removeRecorded removes results, with an event for each claim that goes with them.
func (r Results) removeRecorded(ctx context.Context, repos ports.Repos, ids []uuid.UUID) error {
	claims, err := repos.Claims.ActiveOfAll(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		for _, claim := range claims[id] {
			err := recordJob(ctx, repos, r.Clock, domain.Operator(), domain.PurgeResults, domain.Event{
				Resource: domain.ClaimResource, ResourceID: claim.ID,
			})
			if err != nil {
				return err
			}
		}
	}
	return repos.Results.RemoveAll(ctx, ports.ResultMatch{IDs: ids})
}

// lockPurgeable locks the results, and returns those that the rule takes now: some may
// have been restored, or removed, since they were listed.
func lockPurgeable(ctx context.Context, repos ports.Repos, rule domain.Purge, ids []uuid.UUID) (locked []uuid.UUID, err error) {
	for _, id := range ids {
		visibility, err := repos.Results.Lock(ctx, id)
		if errors.Is(err, ports.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if rule.Takes(visibility) {
			locked = append(locked, id)
		}
	}
	return locked, nil
}
