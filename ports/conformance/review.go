package conformance

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// submitSite adds a site with its submit.
func (w *world) submitSite(t tester, by *domain.User, at time.Time) (*domain.Site, *domain.Submit) {
	t.Helper()
	s := &domain.Site{ID: uuid.New(), Upload: domain.Upload{Uploader: by.UserID, UploadedAt: at}, Name: w.name("site")}
	review, submit := domain.StartReview(domain.SiteResource, s.ID, by, at)
	s.Review = review
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Submits.Add(ctx, &submit), r.Sites.Add(ctx, s))
	})
	return s, &submit
}

func (w *world) submitBenchmark(t tester, by *domain.User, at time.Time) *domain.Submit {
	t.Helper()
	b := &domain.Benchmark{
		ID: uuid.New(), Upload: domain.Upload{Uploader: by.UserID, UploadedAt: at}, DockerImage: w.name("image"), JSONSchema: []byte(`{}`),
	}
	review, submit := domain.StartReview(domain.BenchmarkResource, b.ID, by, at)
	b.Review = review
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Submits.Add(ctx, &submit), r.Benchmarks.Add(ctx, b))
	})
	return &submit
}

func (w *world) submitFlavor(t tester, by *domain.User, of *domain.Site, at time.Time) *domain.Submit {
	t.Helper()
	f := &domain.Flavor{ID: uuid.New(), Upload: domain.Upload{Uploader: by.UserID, UploadedAt: at}, SiteID: of.ID, Name: w.name("flavor")}
	review, submit := domain.StartReview(domain.FlavorResource, f.ID, by, at)
	f.Review = review
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Submits.Add(ctx, &submit), r.Flavors.Add(ctx, f))
	})
	return &submit
}

func reviewIsStored(t *testing.T, w *world) {
	by := w.user(t)
	p := place{user: by, benchmark: w.benchmark(t, by), site: w.site(t, by)}
	p.flavor = w.flavor(t, by, p.site)
	submit := &domain.Submit{ID: uuid.New(), ResourceType: domain.SiteResource, UploadedAt: noon}
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Submits.Add(ctx, submit) })
	untouched := w.site(t, by)
	for _, review := range []domain.Review{{Status: domain.OnReview, SubmitID: &submit.ID}, approved(), {Status: domain.OnReview}} {
		w.do(t, func(ctx context.Context, r ports.Repos) error {
			return errors.Join(
				r.Benchmarks.SetReview(ctx, p.benchmark.ID, review),
				r.Sites.SetReview(ctx, p.site.ID, review),
				r.Flavors.SetReview(ctx, p.flavor.ID, review),
			)
		})
		p.benchmark.Review, p.site.Review, p.flavor.Review = review, review, review
		w.do(t, func(ctx context.Context, r ports.Repos) error {
			b, err := r.Benchmarks.GetForReview(ctx, p.benchmark.ID)
			same(t, "benchmark", b, err, p.benchmark)
			s, err := r.Sites.GetForReview(ctx, p.site.ID)
			same(t, "site", s, err, p.site)
			f, err := r.Flavors.GetForReview(ctx, p.flavor.ID)
			same(t, "flavor", f, err, p.flavor)
			return nil
		})
	}
	got, err := w.Repos().Sites.Get(t.Context(), untouched.ID)
	same(t, "the other site", got, err, untouched)
}

var errApproved = errors.New("was already approved")

func approvalRaces(t *testing.T, w *world) {
	by := w.user(t)
	for round := range 5 {
		site, _ := w.submitSite(t, by, noon)
		won := race(t, func(ctx context.Context) error {
			return w.Do(ctx, func(ctx context.Context, r ports.Repos) error {
				s, err := r.Sites.GetForReview(ctx, site.ID)
				if err != nil {
					return err
				}
				if s.IsApproved() {
					return errApproved
				}
				if err := r.Sites.SetReview(ctx, site.ID, approved()); err != nil {
					return err
				}
				return r.Submits.Remove(ctx, *s.SubmitID)
			})
		}, func(err error) bool { return errors.Is(err, errApproved) })
		if won != 1 {
			t.Errorf("round %d: %d of %d approved, want one", round, won, racers)
		}
	}
	if left := w.submits(t, ports.SubmitQuery{}); len(left) > 0 {
		t.Errorf("submits of what is approved are left: %+v", left)
	}
}

func (w *world) submits(t tester, q ports.SubmitQuery) []*domain.Submit {
	t.Helper()
	if q.Page.Size == 0 {
		q.Page = wholeList
	}
	page, err := w.Repos().Submits.List(t.Context(), q)
	if err != nil || page.Total != len(page.Items) {
		t.Fatalf("list submits %+v: got %+v (%v)", q, page, err)
	}
	return page.Items
}

func submitsAreListed(t *testing.T, w *world) {
	by, other := w.user(t), w.user(t)
	site, wantSite := w.submitSite(t, by, noon)
	wantFlavor := w.submitFlavor(t, other, site, noon.Add(time.Second))
	wantBenchmark := w.submitBenchmark(t, by, noon.Add(2*time.Second))
	orphan := &domain.Submit{ID: uuid.New(), ResourceType: domain.SiteResource, UploadedAt: noon}
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Submits.Add(ctx, orphan) })
	w.site(t, by)

	got := w.submits(t, ports.SubmitQuery{ListOptions: ports.ListOptions{Sort: sortBy(t, "+upload_datetime", ports.SubmitSort)}})
	if want := []*domain.Submit{wantSite, wantFlavor, wantBenchmark}; !reflect.DeepEqual(got, want) {
		t.Errorf("submits\n got %+v\nwant %+v", deref(got), deref(want))
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Sites.SetReview(ctx, site.ID, approved()), r.Submits.Remove(ctx, wantSite.ID), r.Submits.Remove(ctx, wantSite.ID))
	})
	got = w.submits(t, ports.SubmitQuery{ListOptions: ports.ListOptions{Sort: sortBy(t, "+upload_datetime", ports.SubmitSort)}})
	if want := []*domain.Submit{wantFlavor, wantBenchmark}; !reflect.DeepEqual(got, want) {
		t.Errorf("submits after an approval\n got %+v\nwant %+v", deref(got), deref(want))
	}
}

func deref[T any](pointers []*T) []T {
	values := make([]T, len(pointers))
	for i, p := range pointers {
		values[i] = *p
	}
	return values
}

func submitsAreSelectedAndSorted(t *testing.T, w *world) {
	by := w.user(t)
	var submits []*domain.Submit
	for i := range 3 {
		at := noon.Add(time.Duration(i%2) * time.Second)
		site, submit := w.submitSite(t, by, at)
		submits = append(submits, submit, w.submitFlavor(t, by, site, at), w.submitBenchmark(t, by, at))
	}
	id := func(s *domain.Submit) uuid.UUID { return s.ID }
	for _, resource := range []domain.Resource{domain.BenchmarkResource, domain.SiteResource, domain.FlavorResource, domain.ClaimResource} {
		want := where(submits, func(s *domain.Submit) bool { return s.ResourceType == resource })
		expectIDs(t, string(resource), idsOf(w.submits(t, ports.SubmitQuery{ResourceType: &resource}), id), sorted(idsOf(want, id)))
	}
	want := where(submits, func(s *domain.Submit) bool { return s.UploadedAt.After(noon) })
	got := w.submits(t, ports.SubmitQuery{Uploaded: ports.Window{After: &noon}})
	expectIDs(t, "after noon", idsOf(got, id), sorted(idsOf(want, id)))
	expectSorted(t, ports.SubmitSort, submits, id, map[string]func(a, b *domain.Submit) int{
		"id":              func(a, b *domain.Submit) int { return byID(a.ID, b.ID) },
		"upload_datetime": func(a, b *domain.Submit) int { return a.UploadedAt.Compare(b.UploadedAt) },
		"resource_type":   byText(func(s *domain.Submit) string { return string(s.ResourceType) }),
	}, func(o ports.ListOptions) (domain.Page[*domain.Submit], error) {
		return w.Repos().Submits.List(t.Context(), ports.SubmitQuery{ListOptions: o})
	})
}
