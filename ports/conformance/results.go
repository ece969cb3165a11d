package conformance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

func resultsAreSelected(t *testing.T, w *world) {
	p := w.place(t)
	other := p
	other.benchmark, other.site = w.benchmark(t, p.user), w.site(t, p.user)
	other.flavor = w.flavor(t, p.user, other.site)
	red, blue, unused := w.tag(t), w.tag(t), w.tag(t)
	tagged := func(tags ...*domain.Tag) func(*domain.Result) {
		return func(r *domain.Result) { r.Tags = tags }
	}
	plain, onlyRed := p.result(`{}`), p.result(`{}`, tagged(red))
	both, elsewhere := p.result(`{}`, tagged(red, blue)), other.result(`{}`, tagged(blue))
	w.add(t, plain, onlyRed, both, elsewhere)
	nobody := uuid.New()
	for _, q := range []struct {
		name  string
		query ports.ResultQuery
		want  []*domain.Result
	}{
		{"all", ports.ResultQuery{}, []*domain.Result{plain, onlyRed, both, elsewhere}},
		{"benchmark", ports.ResultQuery{BenchmarkIDs: []uuid.UUID{p.benchmark.ID}}, []*domain.Result{plain, onlyRed, both}},
		{"site", ports.ResultQuery{SiteIDs: []uuid.UUID{other.site.ID}}, []*domain.Result{elsewhere}},
		{"flavor", ports.ResultQuery{FlavorIDs: []uuid.UUID{p.flavor.ID}}, []*domain.Result{plain, onlyRed, both}},
		{
			"benchmark of one, site of another",
			ports.ResultQuery{BenchmarkIDs: []uuid.UUID{p.benchmark.ID}, SiteIDs: []uuid.UUID{other.site.ID}}, nil,
		},
		{"no such benchmark", ports.ResultQuery{BenchmarkIDs: []uuid.UUID{nobody}}, nil},
		{"a tag", ports.ResultQuery{TagIDs: []uuid.UUID{red.ID}}, []*domain.Result{onlyRed, both}},
		{"all of the tags", ports.ResultQuery{TagIDs: []uuid.UUID{red.ID, blue.ID}}, []*domain.Result{both}},
		{"a tag twice", ports.ResultQuery{TagIDs: []uuid.UUID{blue.ID, blue.ID}}, []*domain.Result{both, elsewhere}},
		{"a tag that nothing bears", ports.ResultQuery{TagIDs: []uuid.UUID{red.ID, unused.ID}}, nil},
		{"a tag that does not exist", ports.ResultQuery{TagIDs: []uuid.UUID{nobody}}, nil},
		{"tag and benchmark", ports.ResultQuery{TagIDs: []uuid.UUID{blue.ID}, BenchmarkIDs: []uuid.UUID{p.benchmark.ID}}, []*domain.Result{both}},
	} {
		q.query.Page = wholeList
		page, err := w.Repos().Results.List(t.Context(), q.query)
		expectPage(t, q.name, page, err, func(r *domain.Result) uuid.UUID { return r.ID }, q.want...)
	}
}

func resultsSort(t *testing.T, w *world) {
	by := w.user(t)
	var places []place
	for i := range 3 {
		p := place{user: by}
		p.benchmark = w.benchmark(t, by, func(b *domain.Benchmark) {
			// Image:tag as one text sorts differently from image and tag as two.
			b.DockerImage, b.DockerTag = []string{"a", "a-b", "a"}[i], []string{"x", "a", "b"}[i]
		})
		p.site = w.site(t, by, func(s *domain.Site) { s.Name, s.Address = []string{"b", "a", "C"}[i], []string{"Way", "way", "Way"}[i] })
		p.flavor = w.flavor(t, by, p.site, func(f *domain.Flavor) { f.Name = []string{"m", "s", "m"}[i] })
		places = append(places, p)
	}
	var results []*domain.Result
	for i := range 12 {
		results = append(results, places[(i*5)%3].result(fmt.Sprintf(`{"n":%d}`, i%2), func(r *domain.Result) {
			r.UploadedAt, r.ExecutedAt = noon.Add(time.Duration(i%4)*time.Second), noon.Add(time.Duration(-i/3)*time.Second)
		}))
	}
	w.add(t, results...)
	expectSorted(t, ports.ResultSort, results, func(r *domain.Result) uuid.UUID { return r.ID }, map[string]func(a, b *domain.Result) int{
		"id":                 func(a, b *domain.Result) int { return byID(a.ID, b.ID) },
		"upload_datetime":    func(a, b *domain.Result) int { return a.UploadedAt.Compare(b.UploadedAt) },
		"execution_datetime": func(a, b *domain.Result) int { return a.ExecutedAt.Compare(b.ExecutedAt) },
		"benchmark_id":       func(a, b *domain.Result) int { return byID(a.Benchmark.ID, b.Benchmark.ID) },
		"benchmark_name":     byText(func(r *domain.Result) string { return r.Benchmark.Name() }),
		"site_id":            func(a, b *domain.Result) int { return byID(a.Site.ID, b.Site.ID) },
		"site_name":          byText(func(r *domain.Result) string { return r.Site.Name }),
		"site_address":       byText(func(r *domain.Result) string { return r.Site.Address }),
		"flavor_id":          func(a, b *domain.Result) int { return byID(a.Flavor.ID, b.Flavor.ID) },
		"flavor_name":        byText(func(r *domain.Result) string { return r.Flavor.Name }),
		filter.JSONField:     byText(func(r *domain.Result) string { return string(r.JSON) }),
	}, func(o ports.ListOptions) (domain.Page[*domain.Result], error) {
		return w.Repos().Results.List(t.Context(), ports.ResultQuery{ListOptions: o})
	})
}

func resultsShare(t *testing.T, w *world) {
	p, tag := w.place(t), w.tag(t)
	another := p
	another.flavor = w.flavor(t, p.user, p.site)
	tagged := func(r *domain.Result) { r.Tags = []*domain.Tag{tag} }
	w.add(t, p.result(`{}`, tagged), p.result(`{}`, tagged), another.result(`{}`, tagged))
	results := w.results(t, ports.ResultQuery{})
	benchmarks, sites := map[*domain.Benchmark]bool{}, map[*domain.Site]bool{}
	flavors, tags := map[*domain.Flavor]bool{}, map[*domain.Tag]bool{}
	for _, r := range results {
		benchmarks[r.Benchmark], sites[r.Site], flavors[r.Flavor] = true, true, true
		for _, tag := range r.Tags {
			tags[tag] = true
		}
	}
	if len(results) != 3 || len(benchmarks) != 1 || len(sites) != 1 || len(flavors) != 2 || len(tags) != 1 {
		t.Errorf("%d results have %d benchmarks, %d sites, %d flavors, %d tags; want 3 with 1, 1, 2, 1",
			len(results), len(benchmarks), len(sites), len(flavors), len(tags))
	}
}

// deletedAreListed: results that this system deleted are listed, claimed or not.
func deletedAreListed(t *testing.T, w *world) {
	p, elsewhere := w.place(t), w.place(t)
	listed, claimed, byOthers, unhidden := p.result(`{}`), p.result(`{}`), p.result(`{}`), p.result(`{}`)
	w.add(t, listed, claimed, byOthers, unhidden)
	claim := w.claim(t, p.user, claimed, noon)
	want := map[uuid.UUID]domain.Visibility{}
	var all, ofPlace []uuid.UUID
	for i := range 5 {
		at, v := noon.Add(time.Duration(i)*time.Hour), domain.Visibility{Hidden: true, Deleted: true}
		if i > 0 {
			v.DeletedAt = &at
		}
		of := p
		if i == 3 {
			of = elsewhere
		}
		deleted := of.result(`{}`)
		w.add(t, deleted)
		if i == 4 {
			v.ClaimID = &w.claim(t, p.user, deleted, noon).ID
		}
		want[deleted.ID], all = v, append(all, deleted.ID)
		if i != 3 {
			ofPlace = append(ofPlace, deleted.ID)
		}
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		for id, v := range want {
			if err := r.Results.SetVisibility(ctx, id, v); err != nil {
				return err
			}
		}
		return errors.Join(
			r.Results.SetVisibility(ctx, listed.ID, domain.Visibility{}),
			r.Results.SetVisibility(ctx, claimed.ID, domain.Visibility{Hidden: true, ClaimID: &claim.ID}),
			r.Results.SetVisibility(ctx, byOthers.ID, domain.Visibility{Hidden: true}),
			r.Results.SetVisibility(ctx, unhidden.ID, domain.Visibility{Deleted: true, DeletedAt: &noon}))
	})
	read := func(q ports.DeletedQuery) (found []uuid.UUID) {
		t.Helper()
		deleted, err := w.Repos().Results.Deleted(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, result := range deleted {
			v := want[result.ID]
			same(t, "visibility", &result.Visibility, nil, &v)
			found = append(found, result.ID)
		}
		return found
	}
	all, ofPlace = sorted(all), sorted(ofPlace)
	expectIDs(t, "all", read(ports.DeletedQuery{Limit: 10}), all)
	expectIDs(t, "the first two", read(ports.DeletedQuery{Limit: 2}), all[:2])
	expectIDs(t, "those after the second", read(ports.DeletedQuery{After: all[1], Limit: 10}), all[2:])
	expectIDs(t, "those of a benchmark", read(ports.DeletedQuery{BenchmarkID: &p.benchmark.ID, Limit: 10}), ofPlace)
	expectIDs(t, "those after the last", read(ports.DeletedQuery{After: all[4], Limit: 1}), nil)
}
