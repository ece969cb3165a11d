package service_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// purgeRule is the rule at the world's time.
func (w *world) purgeRule(before time.Time, undated bool) domain.Purge {
	w.t.Helper()
	rule, err := domain.NewPurge(before, w.now, undated)
	if err != nil {
		w.t.Fatal(err)
	}
	return rule
}

func (w *world) purge(rule domain.Purge, ids []uuid.UUID) (removed []uuid.UUID) {
	w.t.Helper()
	if err := w.Results.Purge(w.t.Context(), rule, ids, func(some []uuid.UUID) { removed = append(removed, some...) }); err != nil {
		w.t.Fatal(err)
	}
	return removed
}

// hasResult is true if the result is stored.
func (w *world) hasResult(id uuid.UUID) bool {
	w.t.Helper()
	_, err := w.Results.Get(w.t.Context(), domain.Operator(), id)
	return exists(w.t, err)
}

func TestOnlyWhatWasDeletedLongAgoIsPurged(t *testing.T) {
	before := time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)
	just, earlier := before.Add(-time.Microsecond), before.Add(-time.Hour)
	for name, tt := range map[string]struct {
		is                domain.Visibility
		claimed           bool
		dated, andUndated bool
	}{
		"deleted earlier":                    {domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &just}, false, true, true},
		"deleted at the time":                {domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &before}, false, false, false},
		"deleted and claimed":                {domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &earlier}, true, true, true},
		"deleted at an unknown time":         {domain.Visibility{Hidden: true, Deleted: true}, false, false, true},
		"hidden by a claim":                  {domain.Visibility{Hidden: true}, true, false, false},
		"hidden by the earlier program":      {domain.Visibility{Hidden: true}, false, false, false},
		"listed":                             {domain.Visibility{}, false, false, false},
		"restored, but the date stayed":      {domain.Visibility{DeletedAt: &earlier}, false, false, false},
		"claimed, and restored before that":  {domain.Visibility{Hidden: true, DeletedAt: &earlier}, true, false, false},
		"listed, although marked as deleted": {domain.Visibility{Deleted: true, DeletedAt: &earlier}, false, false, false},
	} {
		for undated, want := range map[bool]bool{false: tt.dated, true: tt.andUndated} {
			w, id := newWorldWithResult(t)
			if tt.claimed {
				tt.is.ClaimID = &w.claim("bob", id).ID
			}
			w.setVisibility(id, tt.is)
			w.mails = nil
			rule := w.purgeRule(before, undated)
			found, err := w.Results.Purgeable(t.Context(), rule, nil)
			if err != nil || slices.Contains(found.IDs, id) != want || !w.hasResult(id) {
				t.Errorf("%s, undated %t: would purge %v (%v), want %t", name, undated, found.IDs, err, want)
			}
			if missed := tt.is.Hidden && tt.is.Deleted && tt.is.DeletedAt == nil && !undated; found.Undated == 1 != missed {
				t.Errorf("%s, undated %t: %d are said to have no date", name, undated, found.Undated)
			}
			removed := w.purge(rule, []uuid.UUID{id})
			if slices.Contains(removed, id) != want || w.hasResult(id) == want || len(w.mails) > 0 {
				t.Errorf("%s, undated %t: purged %v, %d mails, want %t", name, undated, removed, len(w.mails), want)
			}
		}
	}
}

func TestNoRuleTakesDeletionsOfTheFuture(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	if _, err := domain.NewPurge(now.Add(time.Microsecond), now, true); domain.KindOf(err) != domain.Invalid {
		t.Errorf("a rule for results deleted before a time in the future: %v", err)
	}
	if _, err := domain.NewPurge(now, now, true); err != nil {
		t.Errorf("a rule for results deleted before now: %v", err)
	}
	if (domain.Purge{}).Takes(domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &now}) {
		t.Error("the zero rule takes a result")
	}
}

func TestPurgeGoesInBatches(t *testing.T) {
	w, listed := newWorldWithResult(t)
	alice := w.caller("alice")
	at := w.now.Add(-time.Hour)
	most, other := w.place(alice, "most", "most", "most"), w.place(alice, "other", "other", "other")
	var want []uuid.UUID
	for i := range 250 {
		place := most
		if i%10 == 0 {
			place = other
		}
		id := w.result(alice, place)
		w.setVisibility(id, domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &at})
		if i%10 != 0 {
			want = append(want, id)
		}
	}
	rule := w.purgeRule(w.now, false)
	if found, err := w.Results.Purgeable(t.Context(), rule, &other.benchmark.ID); err != nil || len(found.IDs) != 25 {
		t.Errorf("of one benchmark: %d (%v)", len(found.IDs), err)
	} else if removed := w.purge(rule, found.IDs); len(removed) != 25 {
		t.Errorf("of one benchmark %d were purged", len(removed))
	}
	if _, err := w.Results.Purgeable(t.Context(), rule, &listed); domain.KindOf(err) != domain.NotFound {
		t.Errorf("of no benchmark: %v", err)
	}
	found, err := w.Results.Purgeable(t.Context(), rule, nil)
	slices.SortFunc(want, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	if err != nil || !slices.Equal(found.IDs, want) {
		t.Fatalf("%d found (%v), want %d", len(found.IDs), err, len(want))
	}
	// Since they were listed one is restored, and one removed.
	if _, err := w.Results.Restore(t.Context(), want[3]); err != nil {
		t.Fatal(err)
	}
	w.write(func(ctx context.Context, r ports.Repos) error {
		return r.Results.RemoveAll(ctx, ports.ResultMatch{IDs: want[150:151]})
	})
	w.units = 0
	removed := w.purge(rule, found.IDs)
	if len(removed) != len(want)-2 || slices.Contains(removed, want[3]) || slices.Contains(removed, want[150]) {
		t.Errorf("purged %d of %d", len(removed), len(want))
	}
	if w.units != 3 {
		t.Errorf("in %d units of work, want 3", w.units)
	}
	if !w.hasResult(want[3]) || !w.hasResult(listed) {
		t.Error("more was purged than was deleted")
	}
}

// stuck is a storage that cannot remove results.
type stuck struct{ *storage }

// Do implements ports.Storage.
func (s stuck) Do(ctx context.Context, fn func(context.Context, ports.Repos) error) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		r.Results = stuckResults{r.Results}
		return fn(ctx, r)
	})
}

type stuckResults struct{ ports.Results }

var errStuck = errors.New("the results cannot be removed")

func (stuckResults) RemoveAll(context.Context, ports.ResultMatch) error { return errStuck }

func TestAPurgeThatFailsTellsWhatIsGone(t *testing.T) {
	w, id := newWorldWithResult(t)
	w.setVisibility(id, domain.Visibility{Hidden: true, Deleted: true})
	services := service.New(service.Dependencies{Storage: stuck{w.storage}, Clock: w})
	err := services.Results.Purge(t.Context(), w.purgeRule(w.now, true), []uuid.UUID{id}, func(removed []uuid.UUID) {
		t.Errorf("%v are said to be gone", removed)
	})
	if !errors.Is(err, errStuck) || !w.hasResult(id) {
		t.Errorf("%v, the result is there: %t", err, w.hasResult(id))
	}
}
