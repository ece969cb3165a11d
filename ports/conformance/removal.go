package conformance

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func isDangling(err error) bool {
	_, ok := errors.AsType[*ports.ReferenceError](err)
	return ok
}

func updatesAreStored(t *testing.T, w *world) {
	p, tag := w.place(t), w.tag(t)
	untouched := w.place(t)
	for _, description := range []*string{ptr("of it"), ptr(""), nil} {
		b, s, f, tg := *p.benchmark, *p.site, *p.flavor, *tag
		b.DockerImage, b.DockerTag, b.URL, b.JSONSchema, b.Description = w.name("image"), "", "new", []byte(`{ "a":1e3 }`), description
		s.Name, s.Address, s.Description = w.name("site"), "", description
		f.Name, f.Description = w.name("flavor"), description
		tg.Name, tg.Description = w.name("tag"), description
		want := place{benchmark: &b, site: &s, flavor: &f}
		// Update does not write these fields.
		sentB, sentS, sentF := b, s, f
		nobody := domain.Upload{Uploader: domain.UserID{Subject: "nobody"}}
		sentB.Upload, sentS.Upload, sentF.Upload = nobody, nobody, nobody
		sentB.Status, sentS.Status, sentF.Status, sentF.SiteID = domain.OnReview, domain.OnReview, domain.OnReview, uuid.New()
		w.do(t, func(ctx context.Context, r ports.Repos) error {
			return errors.Join(r.Benchmarks.Update(ctx, &sentB), r.Sites.Update(ctx, &sentS), r.Flavors.Update(ctx, &sentF), r.Tags.Update(ctx, &tg))
		})
		w.expectPlace(t, want)
		got, err := w.Repos().Tags.Get(t.Context(), tag.ID)
		same(t, "tag", got, err, &tg)
	}
	w.expectPlace(t, untouched)
}

func (w *world) expectPlace(t *testing.T, want place) {
	t.Helper()
	b, err := w.Repos().Benchmarks.Get(t.Context(), want.benchmark.ID)
	same(t, "benchmark", b, err, want.benchmark)
	s, err := w.Repos().Sites.Get(t.Context(), want.site.ID)
	same(t, "site", s, err, want.site)
	f, err := w.Repos().Flavors.Get(t.Context(), want.flavor.ID)
	same(t, "flavor", f, err, want.flavor)
}

func updatesMayBeRefused(t *testing.T, w *world) {
	p, tag, otherTag := w.place(t), w.tag(t), w.tag(t)
	b, s, f, tg := *w.benchmark(t, p.user), *w.site(t, p.user), *w.flavor(t, p.user, p.site), *otherTag
	b.DockerImage, b.DockerTag, s.Name, f.Name, tg.Name = p.benchmark.DockerImage, p.benchmark.DockerTag, p.site.Name, p.flavor.Name, tag.Name
	update := func(b *domain.Benchmark, s *domain.Site, f *domain.Flavor, tag *domain.Tag) map[string]error {
		do := func(fn func(ctx context.Context, r ports.Repos) error) error { return w.Do(t.Context(), fn) }
		return map[string]error{
			"benchmark": do(func(ctx context.Context, r ports.Repos) error { return r.Benchmarks.Update(ctx, b) }),
			"site":      do(func(ctx context.Context, r ports.Repos) error { return r.Sites.Update(ctx, s) }),
			"flavor":    do(func(ctx context.Context, r ports.Repos) error { return r.Flavors.Update(ctx, f) }),
			"tag":       do(func(ctx context.Context, r ports.Repos) error { return r.Tags.Update(ctx, tag) }),
		}
	}
	for what, err := range update(&b, &s, &f, &tg) {
		if !isDuplicate(err) {
			t.Errorf("give a %s the name of another: got %v, want a DuplicateError", what, err)
		}
	}
	b.ID, s.ID, f.ID, tg.ID = uuid.New(), uuid.New(), uuid.New(), uuid.New()
	for what, err := range update(&b, &s, &f, &tg) {
		if !errors.Is(err, ports.ErrNotFound) {
			t.Errorf("update a %s that does not exist: got %v, want ErrNotFound", what, err)
		}
	}
}

func reviewedIsRemoved(t *testing.T, w *world) {
	p := w.place(t)
	w.add(t, p.result(`{}`))
	site, _ := w.submitSite(t, p.user, noon)
	flavor, benchmark := w.submitFlavor(t, p.user, site, noon), w.submitBenchmark(t, p.user, noon)
	removals := func(b, s, f uuid.UUID) []func(context.Context, ports.Repos) error {
		return []func(context.Context, ports.Repos) error{
			func(ctx context.Context, r ports.Repos) error { return r.Benchmarks.Remove(ctx, b) },
			func(ctx context.Context, r ports.Repos) error { return r.Flavors.Remove(ctx, f) },
			func(ctx context.Context, r ports.Repos) error { return r.Sites.Remove(ctx, s) },
		}
	}
	for i, remove := range removals(p.benchmark.ID, p.site.ID, p.flavor.ID) {
		if err := w.Do(t.Context(), remove); !isDangling(err) {
			t.Errorf("removal %d of an entity that is referred to: got %v, want a ReferenceError", i, err)
		}
	}
	for i, remove := range removals(benchmark.ResourceID, site.ID, flavor.ResourceID) {
		w.do(t, remove)
		if err := w.Do(t.Context(), remove); !errors.Is(err, ports.ErrNotFound) {
			t.Errorf("removal %d again: got %v, want ErrNotFound", i, err)
		}
	}
	if left := w.submits(t, ports.SubmitQuery{}); len(left) > 0 {
		t.Errorf("submits of what was removed are left: %+v", deref(left))
	}
	w.expectPlace(t, p)
}

func flavorsOfASiteAreRemoved(t *testing.T, w *world) {
	by := w.user(t)
	site, _ := w.submitSite(t, by, noon)
	other, _ := w.submitSite(t, by, noon)
	gone, stays := w.submitFlavor(t, by, site, noon), w.submitFlavor(t, by, other, noon)
	w.flavor(t, by, site)
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Flavors.RemoveOfSite(ctx, site.ID) })
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Sites.Remove(ctx, site.ID) })
	if _, err := w.Repos().Flavors.Get(t.Context(), gone.ResourceID); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("get a flavor of the site: got %v, want ErrNotFound", err)
	}
	if _, err := w.Repos().Flavors.Get(t.Context(), stays.ResourceID); err != nil {
		t.Errorf("get a flavor of another site: %v", err)
	}
	expectIDs(t, "submits that are left", w.submitted(t), sorted([]uuid.UUID{other.ID, stays.ResourceID}))
}

// submitted returns the ids of all entities that have a submit.
func (w *world) submitted(t tester) []uuid.UUID {
	t.Helper()
	return sorted(idsOf(w.submits(t, ports.SubmitQuery{}), func(s *domain.Submit) uuid.UUID { return s.ResourceID }))
}

func unusedIsRemoved(t *testing.T, w *world) {
	by, other := w.user(t), w.user(t)
	onReview := domain.Review{Status: domain.OnReview}
	usedSite, _ := w.submitSite(t, by, noon)
	freeSite, _ := w.submitSite(t, by, noon)
	usedFlavor := w.submitFlavor(t, by, usedSite, noon)
	freeFlavor := w.submitFlavor(t, by, usedSite, noon)
	freeBenchmark, theirs := w.submitBenchmark(t, by, noon), w.submitBenchmark(t, other, noon)
	approvedBenchmark := w.benchmark(t, by)
	usedBenchmark := w.benchmark(t, by, func(b *domain.Benchmark) { b.Review = onReview })
	plain := w.benchmark(t, by, func(b *domain.Benchmark) { b.Review = onReview })
	w.add(t, place{user: other, benchmark: usedBenchmark, site: usedSite, flavor: &domain.Flavor{ID: usedFlavor.ResourceID}}.result(`{}`))

	w.do(t, func(ctx context.Context, r ports.Repos) error {
		for _, remove := range []func(context.Context, domain.UserID, int) ([]uuid.UUID, error){
			r.Flavors.RemoveUnused, r.Sites.RemoveUnused, r.Benchmarks.RemoveUnused,
		} {
			if _, err := remove(ctx, by.UserID, 100); err != nil {
				return err
			}
		}
		return nil
	})
	r := w.Repos()
	benchmarks := func(id uuid.UUID) error { _, err := r.Benchmarks.Get(t.Context(), id); return err }
	sites := func(id uuid.UUID) error { _, err := r.Sites.Get(t.Context(), id); return err }
	flavors := func(id uuid.UUID) error { _, err := r.Flavors.Get(t.Context(), id); return err }
	for _, c := range []struct {
		name  string
		get   func(uuid.UUID) error
		id    uuid.UUID
		there bool
	}{
		{"site with a flavor", sites, usedSite.ID, true},
		{"site", sites, freeSite.ID, false},
		{"flavor with a result", flavors, usedFlavor.ResourceID, true},
		{"flavor", flavors, freeFlavor.ResourceID, false},
		{"benchmark", benchmarks, freeBenchmark.ResourceID, false},
		{"benchmark without submit", benchmarks, plain.ID, false},
		{"somebody else's benchmark", benchmarks, theirs.ResourceID, true},
		{"approved benchmark", benchmarks, approvedBenchmark.ID, true},
		{"benchmark with a result", benchmarks, usedBenchmark.ID, true},
	} {
		if err := c.get(c.id); (err == nil) != c.there || err != nil && !errors.Is(err, ports.ErrNotFound) {
			t.Errorf("%s: got %v, want it there: %v", c.name, err, c.there)
		}
	}
	expectIDs(t, "submits that are left", w.submitted(t), sorted([]uuid.UUID{usedSite.ID, usedFlavor.ResourceID, theirs.ResourceID}))
}

func uploadsAreHandedOver(t *testing.T, w *world) {
	p, others := w.place(t), w.place(t)
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		if err := r.Users.EnsureTombstone(ctx, noon); err != nil {
			return err
		}
		for _, handOver := range []func(ctx context.Context, from, to domain.UserID, limit int) (int, error){
			r.Benchmarks.HandOver, r.Sites.HandOver, r.Flavors.HandOver,
		} {
			if count, err := handOver(ctx, p.user.UserID, domain.Tombstone, 100); err != nil || count != 1 {
				t.Errorf("handed over %d (%v), want 1", count, err)
			}
		}
		return r.Users.Remove(ctx, p.user.UserID)
	})
	p.benchmark.Uploader, p.site.Uploader, p.flavor.Uploader = domain.Tombstone, domain.Tombstone, domain.Tombstone
	w.expectPlace(t, p)
	w.expectPlace(t, others)
}

func tagsAreRemoved(t *testing.T, w *world) {
	p, gone, stays := w.place(t), w.tag(t), w.tag(t)
	result := p.result(`{}`, func(r *domain.Result) { r.Tags = []*domain.Tag{gone, stays} })
	w.add(t, result)
	remove := func(ctx context.Context, r ports.Repos) error { return r.Tags.Remove(ctx, gone.ID) }
	w.do(t, remove)
	if err := w.Do(t.Context(), remove); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("remove a tag again: got %v, want ErrNotFound", err)
	}
	w.expectTags(t, result, stays)
}

func (w *world) expectTags(t *testing.T, of *domain.Result, want ...*domain.Tag) {
	t.Helper()
	got, err := w.Repos().Results.Get(t.Context(), of.ID)
	if err != nil {
		t.Fatal(err)
	}
	expectIDs(t, "tags", idsOf(got.Tags, tagID), sorted(idsOf(want, tagID)))
}

func tagsOfResultsAreReplaced(t *testing.T, w *world) {
	p, a, b, c := w.place(t), w.tag(t), w.tag(t), w.tag(t)
	tagged := func(r *domain.Result) { r.Tags = []*domain.Tag{a, b} }
	result, other := p.result(`{}`, tagged), p.result(`{}`, tagged)
	w.add(t, result, other)
	for _, want := range [][]*domain.Tag{{b, c}, {}, {a}, {a}} {
		w.do(t, func(ctx context.Context, r ports.Repos) error {
			return r.Results.SetTags(ctx, result.ID, idsOf(want, tagID))
		})
		w.expectTags(t, result, want...)
	}
	err := w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		return r.Results.SetTags(ctx, result.ID, []uuid.UUID{b.ID, uuid.New()})
	})
	if !isDangling(err) {
		t.Errorf("a tag that does not exist: got %v, want a ReferenceError", err)
	}
	w.expectTags(t, result, a)
	w.expectTags(t, other, a, b)
}

// resultsAreRemoved: results are removed with their claims, submits and ties, and nothing
// else is removed.
func resultsAreRemoved(t *testing.T, w *world) {
	for _, c := range []struct {
		name  string
		match func(place, claimedResults) ports.ResultMatch
	}{
		{"benchmark", func(p place, _ claimedResults) ports.ResultMatch {
			return ports.ResultMatch{BenchmarkID: &p.benchmark.ID}
		}},
		{"site", func(p place, _ claimedResults) ports.ResultMatch { return ports.ResultMatch{SiteID: &p.site.ID} }},
		{"flavor", func(p place, _ claimedResults) ports.ResultMatch { return ports.ResultMatch{FlavorID: &p.flavor.ID} }},
		{"uploader", func(p place, _ claimedResults) ports.ResultMatch { return ports.ResultMatch{Uploader: &p.user.UserID} }},
		{"id", func(_ place, d claimedResults) ports.ResultMatch { return ports.ResultMatch{IDs: resultIDs(d.results)} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, others := w.place(t), w.place(t)
			gone, stays := w.claimedResults(t, p, others.user), w.claimedResults(t, others, p.user)
			before := w.submitted(t)
			w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Results.RemoveAll(ctx, c.match(p, gone)) })
			for _, claim := range gone.claims {
				if _, err := w.Repos().Claims.Get(t.Context(), claim.ID); !errors.Is(err, ports.ErrNotFound) {
					t.Errorf("get a claim of a result that was removed: got %v, want ErrNotFound", err)
				}
			}
			for _, result := range gone.results {
				if _, err := w.Repos().Results.Get(t.Context(), result.ID); !errors.Is(err, ports.ErrNotFound) {
					t.Errorf("get a result that was removed: got %v, want ErrNotFound", err)
				}
			}
			left := slices.DeleteFunc(before, func(id uuid.UUID) bool { return slices.Contains(idsOf(gone.claims, claimID), id) })
			expectIDs(t, "submits that are left", w.submitted(t), left)
			stays.expect(t, w)
			w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Benchmarks.Remove(ctx, p.benchmark.ID) })
			w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Flavors.RemoveOfSite(ctx, p.site.ID) })
			w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Sites.Remove(ctx, p.site.ID) })
			w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Results.RemoveAll(ctx, c.match(p, gone)) })
		})
	}
	p := w.place(t)
	stays := w.claimedResults(t, p, p.user)
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Results.RemoveAll(ctx, ports.ResultMatch{}) })
	stays.expect(t, w)
}

// claimedResults are a plain result, a hidden one with two claims, one of them approved,
// and a deleted one with a claim. All of them have a tag.
type claimedResults struct {
	results []*domain.Result
	claims  []*domain.Claim
	tag     *domain.Tag
}

func (w *world) claimedResults(t *testing.T, p place, by *domain.User) claimedResults {
	t.Helper()
	d := claimedResults{tag: w.tag(t)}
	for range 3 {
		d.results = append(d.results, p.result(`{}`, func(r *domain.Result) { r.Tags = []*domain.Tag{d.tag} }))
	}
	// No correct program writes a result whose site is not that of its flavor.
	d.results[0].Site = w.site(t, p.user)
	w.add(t, d.results...)
	for _, result := range []*domain.Result{d.results[1], d.results[1], d.results[2]} {
		d.claims = append(d.claims, w.claim(t, by, result, noon))
	}
	w.approve(t, d.claims[1])
	w.hide(t, d.results[1], d.claims[0])
	w.hide(t, d.results[2], d.claims[2])
	return d
}

func (d claimedResults) expect(t *testing.T, w *world) {
	t.Helper()
	for _, want := range d.claims {
		got, err := w.Repos().Claims.Get(t.Context(), want.ID)
		same(t, "claim", got, err, want)
	}
	for i, want := range []domain.Visibility{{}, {Hidden: true, ClaimID: &d.claims[0].ID}, {Hidden: true, ClaimID: &d.claims[2].ID}} {
		w.expectTags(t, d.results[i], d.tag)
		w.do(t, func(ctx context.Context, r ports.Repos) error {
			if got, err := r.Results.Lock(ctx, d.results[i].ID); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("visibility of result %d: got %+v (%v), want %+v", i, got, err, want)
			}
			return nil
		})
	}
}
