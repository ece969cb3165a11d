package service_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// purge is the rule, of the world's time.
func (w *world) purge(t *testing.T, before time.Time, undated bool) domain.Purge {
	t.Helper()
	rule, err := domain.NewPurge(before, w.now, undated)
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

func purge(t *testing.T, s *service.Services, rule domain.Purge, ids []uuid.UUID) (removed []uuid.UUID) {
	t.Helper()
	if err := s.Results.Purge(t.Context(), rule, ids, func(some []uuid.UUID) { removed = append(removed, some...) }); err != nil {
		t.Fatal(err)
	}
	return removed
}

func TestOnlyWhatWasDeletedLongAgoIsPurged(t *testing.T) {
	before := newWorld().now.Add(-time.Hour)
	just, earlier := before.Add(-time.Microsecond), before.Add(-time.Hour)
	for name, tt := range map[string]struct {
		is                domain.Visibility
		dated, andUndated bool
	}{
		"deleted earlier":                    {domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &just}, true, true},
		"deleted at the time":                {domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &before}, false, false},
		"deleted and claimed":                {domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &earlier, ClaimID: new(uuid.UUID)}, true, true},
		"deleted nobody knows when":          {domain.Visibility{Hidden: true, Deleted: true}, false, true},
		"hidden by a claim":                  {domain.Visibility{Hidden: true, ClaimID: new(uuid.UUID)}, false, false},
		"hidden by the earlier program":      {domain.Visibility{Hidden: true}, false, false},
		"listed":                             {domain.Visibility{}, false, false},
		"restored by who left the date":      {domain.Visibility{DeletedAt: &earlier}, false, false},
		"claimed, and restored before that":  {domain.Visibility{Hidden: true, DeletedAt: &earlier, ClaimID: new(uuid.UUID)}, false, false},
		"listed by others, although deleted": {domain.Visibility{Deleted: true, DeletedAt: &earlier}, false, false},
	} {
		for undated, want := range map[bool]bool{false: tt.dated, true: tt.andUndated} {
			w, s, id := aResult(t)
			w.visible[id] = tt.is
			rule := w.purge(t, before, undated)
			found, err := s.Results.Purgeable(t.Context(), rule, nil)
			if err != nil || slices.Contains(found.IDs, id) != want || w.results[id] == nil {
				t.Errorf("%s, undated %t: would purge %v (%v), want %t", name, undated, found.IDs, err, want)
			}
			if missed := tt.is.Hidden && tt.is.Deleted && tt.is.DeletedAt == nil && !undated; found.Undated == 1 != missed {
				t.Errorf("%s, undated %t: %d are told to have no date", name, undated, found.Undated)
			}
			removed := purge(t, s, rule, []uuid.UUID{id})
			if slices.Contains(removed, id) != want || w.results[id] == nil != want || len(w.mails) > 0 {
				t.Errorf("%s, undated %t: purged %v, %d mails, want %t", name, undated, removed, len(w.mails), want)
			}
		}
	}
}

func TestWhatIsToBeDeletedInTheFutureIsNotPurged(t *testing.T) {
	w := newWorld()
	if _, err := domain.NewPurge(w.now.Add(time.Microsecond), w.now, true); domain.KindOf(err) != domain.Invalid {
		t.Errorf("a purge of what is deleted before a time to come: %v", err)
	}
	w.purge(t, w.now, true)
	if (domain.Purge{}).Takes(domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &w.now}) {
		t.Error("a rule that was not made takes something")
	}
}

func TestPurgeGoesInBatches(t *testing.T) {
	w, s, first := aResult(t)
	at := w.now.Add(-time.Hour)
	other := uuid.New()
	w.benchmarks[other] = &domain.Benchmark{ID: other}
	var want []uuid.UUID
	for i := range 250 {
		result := *w.results[first]
		result.ID = uuid.New()
		if i%10 == 0 {
			result.Benchmark = w.benchmarks[other]
		} else {
			want = append(want, result.ID)
		}
		w.results[result.ID], w.visible[result.ID] = &result, domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &at}
	}
	rule := w.purge(t, w.now, false)
	if found, err := s.Results.Purgeable(t.Context(), rule, &other); err != nil || len(found.IDs) != 25 {
		t.Errorf("of one benchmark: %d (%v)", len(found.IDs), err)
	} else if removed := purge(t, s, rule, found.IDs); len(removed) != 25 {
		t.Errorf("of one benchmark %d were purged", len(removed))
	}
	if _, err := s.Results.Purgeable(t.Context(), rule, &first); domain.KindOf(err) != domain.NotFound {
		t.Errorf("of no benchmark: %v", err)
	}
	found, err := s.Results.Purgeable(t.Context(), rule, nil)
	slices.SortFunc(want, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	if err != nil || !slices.Equal(found.IDs, want) {
		t.Fatalf("%d found (%v), want %d", len(found.IDs), err, len(want))
	}
	// One is restored, and one removed, since they were listed.
	if _, err := s.Results.Restore(t.Context(), want[3]); err != nil {
		t.Fatal(err)
	}
	delete(w.results, want[150])
	w.done = nil
	if removed := purge(t, s, rule, found.IDs); len(removed) != len(want)-2 || slices.Contains(removed, want[3]) || slices.Contains(removed, want[150]) {
		t.Errorf("purged %d of %d", len(removed), len(want))
	}
	if len(w.done) != 3 {
		t.Errorf("in %d pieces, want 3", len(w.done))
	}
	if w.results[want[3]] == nil || w.results[first] == nil {
		t.Error("more was purged than was deleted")
	}
}

func TestDeletionsAreDated(t *testing.T) {
	w, s, id := aResult(t)
	first := w.now
	for range 2 {
		if err := s.Results.Delete(t.Context(), domain.Operator(), id); err != nil {
			t.Fatal(err)
		}
		if v := w.visible[id]; v.DeletedAt == nil || !v.DeletedAt.Equal(first) {
			t.Fatalf("deleted: %+v, want it since %s", v, first)
		}
		w.now = w.now.Add(time.Hour)
	}
	claim, err := s.Claims.Create(t.Context(), w.caller("bob"), id, "odd")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Claims.Reject(t.Context(), domain.Operator(), claim.ID); err != nil || w.visible[id].DeletedAt == nil {
		t.Errorf("claimed and rejected: %+v (%v)", w.visible[id], err)
	}
	if _, err := s.Results.Restore(t.Context(), id); err != nil || w.visible[id].DeletedAt != nil {
		t.Errorf("restored: %+v (%v)", w.visible[id], err)
	}
	for name, before := range map[string]domain.Visibility{
		"deleted nobody knows when":      {Hidden: true, Deleted: true},
		"deleted by the earlier program": {Hidden: true},
		"restored by who left the date":  {DeletedAt: &first},
	} {
		w.visible[id] = before
		if err := s.Results.Delete(t.Context(), domain.Operator(), id); err != nil || w.visible[id].DeletedAt == nil || !w.visible[id].DeletedAt.Equal(w.now) {
			t.Errorf("%s, and deleted: %+v (%v), want it since %s", name, w.visible[id], err, w.now)
		}
	}
	w.visible[id] = domain.Visibility{DeletedAt: &first}
	if _, err := s.Claims.Create(t.Context(), w.caller("bob"), id, "odd"); err != nil || w.visible[id].DeletedAt != nil {
		t.Errorf("claimed, with a date that was left: %+v (%v)", w.visible[id], err)
	}
}

// failing refuses to remove anything.
type failing struct{ *world }

func (f failing) Do(ctx context.Context, fn func(context.Context, ports.Repos) error) error {
	r := f.Repos()
	r.Results = failingResults{r.Results}
	return fn(ctx, r)
}

type failingResults struct{ ports.Results }

func (failingResults) RemoveAll(context.Context, ports.ResultMatch) error { return errNobody }

func TestAPurgeThatFailsTellsWhatIsGone(t *testing.T) {
	w, _, id := aResult(t)
	w.visible[id] = domain.Visibility{Hidden: true, Deleted: true}
	s := service.New(service.Dependencies{Storage: failing{w}, Clock: w})
	err := s.Results.Purge(t.Context(), w.purge(t, w.now, true), []uuid.UUID{id}, func(removed []uuid.UUID) {
		t.Errorf("%v are told to be gone", removed)
	})
	if err == nil {
		t.Error("it did not fail")
	}
}
