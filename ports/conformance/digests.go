package conformance

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func digested(digest string) func(*domain.Result) {
	return func(r *domain.Result) { r.Digest = digest }
}

// holder returns the result of the person that holds the digest, uuid.Nil for none.
func (w *world) holder(t tester, by *domain.User, digest string) uuid.UUID {
	t.Helper()
	held, err := w.Repos().Results.Holders(t.Context(), by.UserID, digest, "another")
	if err != nil {
		t.Fatalf("holders of %s: %v", digest, err)
	}
	return held[digest].ID
}

func contentIsUnique(t *testing.T, w *world) {
	p := w.place(t)
	first := p.result(`{}`, digested("d"), func(r *domain.Result) { r.ImageDigest, r.Client = "sha256:1", "curl/8" })
	w.add(t, first)
	// Outside of a unit of work, and in one.
	if err := w.Repos().Results.Add(t.Context(), p.result(`{}`, digested("d"))); !isDuplicate(err) {
		t.Errorf("the same content again: %v, want a duplicate", err)
	}
	err := w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		return r.Results.Add(ctx, p.result(`{}`, digested("d")))
	})
	if !isDuplicate(err) {
		t.Errorf("the same content again in a unit of work: %v, want a duplicate", err)
	}
	other := p
	other.user = w.user(t)
	w.add(t, other.result(`{}`, digested("d")), p.result(`{}`, digested("e")), p.result(`{}`), p.result(`{}`))
	if got := w.holder(t, p.user, "d"); got != first.ID {
		t.Errorf("%s holds the digest, want %s", got, first.ID)
	}
	ids, err := w.Repos().Results.OfDigest(t.Context(), "d", 10)
	if err != nil || len(ids) != 2 {
		t.Errorf("%d results of everybody have the content (%v), want 2", len(ids), err)
	}
	record, err := w.Repos().Results.Record(t.Context(), first.ID)
	if err != nil || record.Digest != "d" || record.ImageDigest != "sha256:1" || record.Client != "curl/8" || record.State() != "" {
		t.Errorf("record %+v, %v", record, err)
	}
	if _, err := w.Repos().Results.Record(t.Context(), uuid.New()); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("record of nothing: %v", err)
	}
}

func contentRaces(t *testing.T, w *world) {
	p := w.place(t)
	var added, refused atomic.Int32
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			switch err := w.Repos().Results.Add(t.Context(), p.result(`{}`, digested("d"))); {
			case err == nil:
				added.Add(1)
			case isDuplicate(err):
				refused.Add(1)
			default:
				t.Errorf("add a result: %v", err)
			}
		})
	}
	group.Wait()
	if added.Load() != 1 || refused.Load() != 11 {
		t.Errorf("%d added and %d refused, want 1 and 11", added.Load(), refused.Load())
	}
}

func contentIsLeft(t *testing.T, w *world) {
	p := w.place(t)
	set := func(id uuid.UUID, v domain.Visibility) {
		w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Results.SetVisibility(ctx, id, v) })
	}
	claimID := w.claim(t, p.user, w.documents(t, p, `{}`)[0], noon).ID
	for name, c := range map[string]struct {
		visibility domain.Visibility
		holds      bool
		state      domain.ResultState
	}{
		"visible": {domain.Visibility{}, true, ""},
		"claimed": {domain.Visibility{Hidden: true, ClaimID: &claimID}, true, domain.ClaimedState},
		"withdrawn": {
			domain.Visibility{Hidden: true, Reason: "odd", Withdrawn: &domain.Withdrawal{At: noon, By: domain.UploaderRole}}, false,
			domain.WithdrawnState,
		},
		"deleted": {domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &noon}, false, domain.DeletedState},
		"deleted and withdrawn": {
			domain.Visibility{Hidden: true, Deleted: true, Withdrawn: &domain.Withdrawal{At: noon, By: domain.AdministratorRole}}, false,
			domain.DeletedState,
		},
	} {
		digest := "of " + name
		result := p.result(`{}`, digested(digest))
		w.add(t, result)
		set(result.ID, c.visibility)
		record, err := w.Repos().Results.Record(t.Context(), result.ID)
		if err != nil || record.State() != c.state {
			t.Fatalf("%s: state %q, %v, want %q", name, record.State(), err, c.state)
		}
		same(t, name, &record.Visibility, nil, &c.visibility)
		if holds := w.holder(t, p.user, digest) == result.ID; holds != c.holds {
			t.Errorf("%s: holds its digest %v, want %v", name, holds, c.holds)
		}
		again := p.result(`{}`, digested(digest))
		if err := w.Repos().Results.Add(t.Context(), again); isDuplicate(err) != c.holds {
			t.Errorf("%s: uploaded again: %v", name, err)
		}
		hold := func(ctx context.Context, r ports.Repos) error {
			return errors.Join(r.Results.SetVisibility(ctx, result.ID, domain.Visibility{}), r.Results.Hold(ctx, result.ID))
		}
		if err := w.Do(t.Context(), hold); isDuplicate(err) == c.holds {
			t.Errorf("%s: brought back: %v", name, err)
		}
	}
}

func resultsAreAddedTogether(t *testing.T, w *world) {
	p, tag := w.place(t), w.tag(t)
	tagged := func(r *domain.Result) { r.Tags = []*domain.Tag{tag} }
	known := p.result(`{"n":1}`, digested("b"))
	w.add(t, known)
	list := []*domain.Result{
		p.result(`{"n":0}`, digested("a"), tagged), p.result(`{"n":1}`, digested("b"), tagged), p.result(`{"n":2}`, digested("c")),
		p.result(`{"n":2}`, digested("c")),
	}
	held, err := w.Repos().Results.AddAll(t.Context(), list)
	if err != nil || held["a"].ID != list[0].ID || held["b"].ID != known.ID || held["c"].ID != list[2].ID {
		t.Fatalf("held %v, %v", held, err)
	}
	expectIDs(t, "results", sorted(resultIDs(w.results(t, ports.ResultQuery{}))), sorted([]uuid.UUID{known.ID, list[0].ID, list[2].ID}))
	expectIDs(t, "tagged", resultIDs(w.results(t, ports.ResultQuery{TagIDs: []uuid.UUID{tag.ID}})), []uuid.UUID{list[0].ID})
	within := []*domain.Result{p.result(`{"n":5}`, digested("w"), tagged), p.result(`{"n":1}`, digested("b"))}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		held, err := r.Results.AddAll(ctx, within)
		if held["w"].ID != within[0].ID || held["b"].ID != known.ID {
			t.Errorf("held in a unit of work %v", held)
		}
		return err
	})
	expectIDs(t, "tagged", sorted(resultIDs(w.results(t, ports.ResultQuery{TagIDs: []uuid.UUID{tag.ID}}))),
		sorted([]uuid.UUID{list[0].ID, within[0].ID}))
	lost := p.result(`{}`, digested("d"))
	lost.Benchmark = &domain.Benchmark{ID: uuid.New()}
	if _, err := w.Repos().Results.AddAll(t.Context(), []*domain.Result{p.result(`{}`, digested("e")), lost}); !isDangling(err) {
		t.Errorf("a benchmark that does not exist: %v", err)
	}
	if got := w.holder(t, p.user, "e"); got != uuid.Nil {
		t.Error("a part was added")
	}
}

func resultsAreAddedTogetherAndCounted(t *testing.T, w *world) {
	p := w.place(t)
	use := ports.Use{By: p.user.UserID, Kind: "uploads", Day: "2021-05-22", N: 1, Limit: 3}
	add := func(digests ...string) (map[string]ports.HeldDigest, []domain.Event, error) {
		var list []*domain.Result
		var about []domain.Event
		for i, digest := range digests {
			result := p.result(`{"of":"`+digest+`"}`, digested(digest))
			e := event(result.ID, i, domain.CreateResult, &p.user.UserID, domain.UploaderRole, "")
			e.Resource = domain.ResultResource
			list, about = append(list, result), append(about, e)
		}
		held, err := w.Repos().Results.AddAllCounted(t.Context(), list, about, use)
		return held, about, err
	}
	// What is held before counts nothing.
	for _, digests := range [][]string{{"a", "b"}, {"a", "b"}, {"a", "c"}, {"b", "c"}} {
		held, about, err := add(digests...)
		if err != nil || len(held) != len(digests) {
			t.Fatalf("%v: held %v, %v", digests, held, err)
		}
		for i, digest := range digests {
			events, _ := w.events(t, ports.EventQuery{
				Resource: domain.ResultResource, ResourceID: about[i].ResourceID, Actions: []string{domain.CreateResult.ID}, Limit: 10,
			})
			if isNew := held[digest].ID == about[i].ResourceID; isNew != (len(events) == 1) {
				t.Errorf("%v: %s is new: %v, and has the events %v", digests, digest, isNew, events)
			}
		}
	}
	if _, _, err := add("c", "d"); !errors.Is(err, ports.ErrUsedUp) {
		t.Errorf("one more than the limit: %v, want ErrUsedUp", err)
	}
	if w.holder(t, p.user, "c") == uuid.Nil || w.holder(t, p.user, "d") != uuid.Nil {
		t.Error("the result beyond the limit was added, or one within it was not")
	}
}

func oldResultsGetDigests(t *testing.T, w *world) {
	p := w.place(t)
	old := w.documents(t, p, `{"n":1}`, `{"n":1}`, `{"n":1}`)
	w.add(t, p.result(`{"n":2}`, digested("new")))
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return r.Results.SetVisibility(ctx, old[0].ID, domain.Visibility{Hidden: true, Deleted: true})
	})
	found, err := w.Repos().Results.Undigested(t.Context(), 10)
	if err != nil || len(found) != 3 {
		t.Fatalf("%d results without a digest, %v, want 3", len(found), err)
	}
	for i, result := range found {
		if i > 0 && byID(found[i-1].ID, result.ID) >= 0 || result.BenchmarkID != p.benchmark.ID || result.FlavorID != p.flavor.ID ||
			!result.ExecutedAt.Equal(noon) {
			t.Errorf("result %d: %+v", i, result)
		}
	}
	digests := []string{"old", "old", "old"}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		for i, result := range old {
			if err := r.Results.SetDigest(ctx, result.ID, digests[i]); err != nil {
				return err
			}
		}
		return r.Results.SetDigest(ctx, old[1].ID, "another")
	})
	for _, result := range old {
		if record, err := w.Repos().Results.Record(t.Context(), result.ID); err != nil || record.Digest != "old" {
			t.Errorf("digest %+v, %v", record, err)
		}
	}
	if got := w.holder(t, p.user, "old"); got != old[1].ID {
		t.Errorf("%s holds the digest of three results, want %s: the first that counts", got, old[1].ID)
	}
}

func resultsAreCorrectedOnce(t *testing.T, w *world) {
	p := w.place(t)
	old := p.result(`{}`, digested("a"))
	supersedes := func(r *domain.Result) { r.Supersedes = &old.ID }
	correction := p.result(`{}`, digested("b"), supersedes)
	w.add(t, old, correction)
	if err := w.Repos().Results.Add(t.Context(), p.result(`{}`, digested("c"), supersedes)); !isDuplicate(err) {
		t.Errorf("corrected twice: %v", err)
	}
	first, err := w.Repos().Results.Record(t.Context(), old.ID)
	if err != nil || first.SupersededBy == nil || *first.SupersededBy != correction.ID || first.Supersedes != nil {
		t.Errorf("corrected: %+v, %v", first, err)
	}
	second, err := w.Repos().Results.Record(t.Context(), correction.ID)
	if err != nil || second.Supersedes == nil || *second.Supersedes != old.ID || second.SupersededBy != nil {
		t.Errorf("correction: %+v, %v", second, err)
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return r.Results.RemoveAll(ctx, ports.ResultMatch{IDs: []uuid.UUID{old.ID}})
	})
	if second, err = w.Repos().Results.Record(t.Context(), correction.ID); err != nil || second.Supersedes != nil {
		t.Errorf("correction of a result that was removed: %+v, %v", second, err)
	}
}

func requestsAreDoneOnce(t *testing.T, w *world) {
	p := w.place(t)
	order := []string{}
	step := func(name string, err error) func(context.Context, ports.Repos) error {
		return func(ctx context.Context, r ports.Repos) error {
			order = append(order, name)
			return errors.Join(err, r.Results.Add(ctx, p.result(`{}`, digested(name))))
		}
	}
	failure := errors.New("no")
	stored := func(names ...string) {
		t.Helper()
		for _, name := range []string{"claim", "first", "second", "finish"} {
			if got := w.holder(t, p.user, name) != uuid.Nil; got != slices.Contains(names, name) {
				t.Errorf("after %v: %s is stored: %v", order, name, got)
			}
		}
	}
	twice := func(ctx context.Context) error {
		if err := w.Do(ctx, step("first", nil)); err != nil {
			return err
		}
		stored() // others see nothing yet
		return w.Do(ctx, step("second", nil))
	}
	for _, c := range []struct {
		name  string
		once  ports.Once
		fails bool
	}{
		{"claim fails", ports.Once{Claim: step("claim", failure), Work: twice, Finish: step("finish", nil)}, true},
		{"finish fails", ports.Once{Claim: step("claim", nil), Work: twice, Finish: step("finish", failure)}, true},
		{"work fails", ports.Once{Claim: step("claim", nil), Work: func(ctx context.Context) error {
			return errors.Join(twice(ctx), failure)
		}, Finish: step("finish", nil)}, true},
		{"all is well", ports.Once{Claim: step("claim", nil), Work: twice, Finish: step("finish", nil)}, false},
	} {
		order = nil
		if err := w.DoOnce(t.Context(), c.once); errors.Is(err, failure) != c.fails || (err == nil) == c.fails {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.fails {
			stored()
		}
	}
	stored("claim", "first", "second", "finish")
	if want := []string{"claim", "first", "second", "finish"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	// After an error of Do the next call begins another unit of work.
	recovering := func(ctx context.Context) error {
		if err := w.Do(ctx, step("first", nil)); !isDuplicate(err) {
			return errors.Join(errors.New("no duplicate"), err)
		}
		return w.Repos().Results.Add(ctx, p.result(`{}`, digested("third")))
	}
	err := w.DoOnce(t.Context(), ports.Once{
		Claim:  func(context.Context, ports.Repos) error { return nil },
		Work:   recovering,
		Finish: func(context.Context, ports.Repos) error { return failure },
	})
	if !errors.Is(err, failure) || w.holder(t, p.user, "third") != uuid.Nil {
		t.Errorf("a result that was added alone is no part of the unit of work: %v", err)
	}
}
