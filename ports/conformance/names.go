package conformance

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func lookalikesAreFound(t *testing.T, w *world) {
	by := w.user(t)
	site := func(name string, at time.Time, state domain.Review) *domain.Site {
		return w.site(t, by, func(s *domain.Site) { s.Name, s.UploadedAt, s.Review = name, at, state })
	}
	onReview := domain.Review{Status: domain.OnReview}
	late := site("cem", noon.Add(time.Hour), onReview)
	early := site("Cem", noon, onReview)
	approvedOne := site("CEM", noon.Add(2*time.Hour), approved())
	site("CESNET", noon, approved())
	wantAlike(t, w.Repos().Sites, &domain.Site{Name: "сem"}, 9, approvedOne.ID, early.ID, late.ID) // with a Cyrillic letter
	wantAlike(t, w.Repos().Sites, &domain.Site{Name: "сem"}, 2, approvedOne.ID, early.ID)
	wantAlike(t, w.Repos().Sites, approvedOne, 9, early.ID, late.ID)
	wantAlike(t, w.Repos().Sites, &domain.Site{Name: "KIT\x00\xff"}, 9)

	early.Name = "K1T"
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Sites.Update(ctx, early) })
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Sites.Remove(ctx, late.ID) })
	wantAlike(t, w.Repos().Sites, &domain.Site{Name: "Cem"}, 9, approvedOne.ID)
	wantAlike(t, w.Repos().Sites, &domain.Site{Name: "KlT"}, 9, early.ID)
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		early.Name = "another"
		if err := r.Sites.Update(ctx, early); err != nil {
			return err
		}
		wantAlike(t, r.Sites, &domain.Site{Name: "an0ther"}, 9, early.ID) // only this unit of work sees it
		return nil
	})
}

func lookalikesHaveAScope(t *testing.T, w *world) {
	by := w.user(t)
	first, second := w.site(t, by), w.site(t, by)
	named := func(name string) func(*domain.Flavor) { return func(f *domain.Flavor) { f.Name = name } }
	large := w.flavor(t, by, first, named("large"))
	w.flavor(t, by, second, named("large"))
	wantAlike(t, w.Repos().Flavors, &domain.Flavor{SiteID: first.ID, Name: "1arge"}, 9, large.ID)
	wantAlike(t, w.Repos().Flavors, &domain.Flavor{SiteID: uuid.New(), Name: "1arge"}, 9)
	benchmark := w.benchmark(t, by, func(b *domain.Benchmark) { b.DockerImage, b.DockerTag = "busybox", "1" })
	wantAlike(t, w.Repos().Benchmarks, &domain.Benchmark{DockerImage: "docker.io/library/busybox", DockerTag: "1"}, 9, benchmark.ID)
	tag := w.tag(t, func(tag *domain.Tag) { tag.Name = "gpu" })
	for _, name := range []string{"GPU", "gpu"} {
		found, err := w.Repos().Tags.Alike(t.Context(), name, 9)
		if err != nil || !slices.Equal(found, []ports.Named{{ID: tag.ID, Name: tag.Name}}) {
			t.Errorf("tags that look like %q: %v, %v", name, found, err)
		}
	}
}

func wantAlike[T, Q any](t *testing.T, repo ports.Reviewed[T, Q], of *T, limit int, want ...uuid.UUID) {
	t.Helper()
	found, err := repo.Alike(t.Context(), of, limit)
	var ids []uuid.UUID
	for _, one := range found {
		ids = append(ids, one.ID)
	}
	if err != nil || !slices.Equal(ids, want) {
		t.Errorf("%v look like %+v, %v; want %v", found, of, err, want)
	}
}
