package maintenance_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/ports"
)

// deletedBefore is the rule at the time of the test.
func deletedBefore(t *testing.T, before time.Time, undated bool) domain.Purge {
	t.Helper()
	rule, err := domain.NewPurge(before, started, undated)
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

func TestOnlyResultsThatWereDeletedLongAgoArePurged(t *testing.T) {
	before := started.Add(-time.Hour)
	just, earlier := before.Add(-time.Microsecond), before.Add(-time.Hour)
	w := newWorld(t)
	ada := w.person("ada")
	benchmark, flavor := w.benchmark(ada), w.flavor(ada)
	for name, c := range map[string]struct {
		is                domain.Visibility
		claims            int
		dated, andUndated bool
	}{
		"deleted earlier":                    {domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &just}, 0, true, true},
		"deleted at the time":                {domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &before}, 0, false, false},
		"deleted and claimed":                {domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &earlier}, 1, true, true},
		"deleted at an unknown time":         {domain.Visibility{Hidden: true, Deleted: true}, 0, false, true},
		"hidden by a claim":                  {domain.Visibility{Hidden: true}, 1, false, false},
		"hidden by the earlier program":      {domain.Visibility{Hidden: true}, 0, false, false},
		"listed":                             {domain.Visibility{}, 0, false, false},
		"restored, but the date stayed":      {domain.Visibility{DeletedAt: &earlier}, 0, false, false},
		"claimed, and restored before that":  {domain.Visibility{Hidden: true, DeletedAt: &earlier}, 1, false, false},
		"listed, although marked as deleted": {domain.Visibility{Deleted: true, DeletedAt: &earlier}, 0, false, false},
	} {
		for undated, want := range map[bool]bool{false: c.dated, true: c.andUndated} {
			id := w.result(benchmark, flavor, "{}", c.is, c.claims)
			in := maintenance.PurgeResults{Rule: deletedBefore(t, before, undated), DryRun: true}
			found, err := w.results().Purge(t.Context(), operator, in, silent{})
			if _, exists := w.visibility(id); err != nil || slices.Contains(found.IDs, id) != want || !exists {
				t.Errorf("%s, undated %t: a dry run returned %v (%v), want %t", name, undated, found.IDs, err, want)
			}
			if missed := c.is.Hidden && c.is.Deleted && c.is.DeletedAt == nil && !undated; found.Undated == 1 != missed {
				t.Errorf("%s, undated %t: %d are said to have no date", name, undated, found.Undated)
			}
			in.DryRun = false
			purged, err := w.results().Purge(t.Context(), operator, in, silent{})
			if _, exists := w.visibility(id); err != nil || slices.Contains(purged.IDs, id) != want || exists == want {
				t.Errorf("%s, undated %t: purged %v (%v), want %t", name, undated, purged.IDs, err, want)
			}
			w.write(func(ctx context.Context, r ports.Repos) error {
				return r.Results.RemoveAll(ctx, ports.ResultMatch{IDs: []uuid.UUID{id}})
			})
		}
	}
	if mails, err := w.Repos().Outbox.List(t.Context()); err != nil || len(mails) > 0 {
		t.Errorf("%d mails (%v), want none", len(mails), err)
	}
}

// watched is a storage that counts the units of work, and changes something before the
// first one.
type watched struct {
	ports.Storage
	units  int
	before func()
}

// Do implements ports.Storage.
func (w *watched) Do(ctx context.Context, fn func(context.Context, ports.Repos) error) error {
	if w.units++; w.units == 1 {
		w.before()
	}
	return w.Storage.Do(ctx, fn)
}

func TestPurgeGoesInBatches(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada")
	flavor, most, other := w.flavor(ada), w.benchmark(ada), w.benchmark(ada)
	at := started.Add(-time.Hour)
	deleted := domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &at}
	listed := w.result(most, flavor, "{}", domain.Visibility{}, 0)
	var want, others []uuid.UUID
	for range 225 {
		want = append(want, w.result(most, flavor, "{}", deleted, 0))
	}
	for range 25 {
		others = append(others, w.result(other, flavor, "{}", deleted, 0))
	}
	rule := deletedBefore(t, started, false)
	var progress steps
	purged, err := w.results().Purge(t.Context(), operator, maintenance.PurgeResults{Rule: rule, BenchmarkID: &other.ID}, &progress)
	if err != nil || len(purged.IDs) != len(others) || !slices.Equal(progress, []int64{25, 25}) {
		t.Errorf("of one benchmark %d were purged (%v), in the steps %v", len(purged.IDs), err, progress)
	}
	slices.SortFunc(want, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	// After they were listed one is restored, and one removed.
	storage := &watched{Storage: w.Store, before: func() {
		if _, err := w.results().Restore(t.Context(), operator, want[3:4], false); err != nil {
			t.Error(err)
		}
		w.write(func(ctx context.Context, r ports.Repos) error {
			return r.Results.RemoveAll(ctx, ports.ResultMatch{IDs: want[150:151]})
		})
	}}
	progress = nil
	purge := maintenance.PurgeResults{Rule: rule}
	purged, err = maintenance.Results{Storage: storage, Clock: clock(started)}.Purge(t.Context(), operator, purge, &progress)
	if err != nil || !slices.Equal(purged.IDs, slices.Concat(want[:3], want[4:150], want[151:])) {
		t.Errorf("purged %d of %d (%v)", len(purged.IDs), len(want), err)
	}
	if storage.units != 3 || !slices.Equal(progress, []int64{99, 225, 198, 225, 223, 225}) {
		t.Errorf("in %d units of work with the steps %v, want 3", storage.units, progress)
	}
	for _, id := range []uuid.UUID{want[3], listed} {
		if _, exists := w.visibility(id); !exists {
			t.Errorf("%s was purged, which is not deleted", id)
		}
	}
}

func TestAPurgeOfNoBenchmarkIsAnError(t *testing.T) {
	unknown := uuid.New()
	_, err := newWorld(t).results().Purge(t.Context(), operator, maintenance.PurgeResults{BenchmarkID: &unknown}, silent{})
	if domain.KindOf(err) != domain.NotFound || err.Error() != "Benchmark "+unknown.String()+" not in database" {
		t.Errorf("the error is %v", err)
	}
}

// stuck is a storage that cannot remove the result.
type stuck struct {
	ports.Storage
	id uuid.UUID
}

// Do implements ports.Storage.
func (s stuck) Do(ctx context.Context, fn func(context.Context, ports.Repos) error) error {
	return s.Storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		r.Results = stuckResults{r.Results, s.id}
		return fn(ctx, r)
	})
}

type stuckResults struct {
	ports.Results
	id uuid.UUID
}

var errStuck = errors.New("the result cannot be removed")

// RemoveAll implements ports.Results.
func (r stuckResults) RemoveAll(ctx context.Context, match ports.ResultMatch) error {
	if slices.Contains(match.IDs, r.id) {
		return errStuck
	}
	return r.Results.RemoveAll(ctx, match)
}

func TestAPurgeThatFailsReturnsTheResultsThatAreGone(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada")
	benchmark, flavor := w.benchmark(ada), w.flavor(ada)
	var ids []uuid.UUID
	for range 150 {
		ids = append(ids, w.result(benchmark, flavor, "{}", domain.Visibility{Hidden: true, Deleted: true}, 0))
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	results := maintenance.Results{Storage: stuck{w.Store, ids[120]}, Clock: clock(started)}
	purged, err := results.Purge(t.Context(), operator, maintenance.PurgeResults{Rule: deletedBefore(t, started, true)}, silent{})
	if !errors.Is(err, errStuck) || !slices.Equal(purged.IDs, ids[:100]) {
		t.Errorf("purged %d (%v), want the first 100", len(purged.IDs), err)
	}
	for i, id := range ids {
		if _, exists := w.visibility(id); exists != (i >= 100) {
			t.Errorf("result %d of %d exists: %t", i, len(ids), exists)
		}
	}
}
