package conformance

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func namesAreListed(t *testing.T, w *world) {
	by, other := w.user(t), w.user(t)
	older, newer := noon.Add(-time.Hour), noon.Add(time.Hour)
	first, second := w.site(t, by), w.site(t, other)
	waiting, _ := w.submitSite(t, by, older)
	late, _ := w.submitSite(t, by, newer)
	benchmark := w.benchmark(t, by)
	named := func(name string) func(*domain.Flavor) { return func(f *domain.Flavor) { f.Name = name } }
	flavor := w.flavor(t, by, first, named("large"))
	w.flavor(t, by, second, named("large"))
	w.submitFlavor(t, by, first, older)

	wantNames(t, w.Repos().Sites, first, 10, []string{first.Name, second.Name, waiting.Name, late.Name}, late.ID)
	wantNames(t, w.Repos().Sites, first, 3, []string{first.Name, second.Name, waiting.Name}, waiting.ID)
	wantNames(t, w.Repos().Benchmarks, benchmark, 10, []string{benchmark.Name()}, benchmark.ID)
	var names []string
	err := w.Repos().Flavors.Names(t.Context(), flavor, 10, func(_ uuid.UUID, name string) { names = append(names, name) })
	if err != nil || len(names) != 2 || names[0] != "large" {
		t.Errorf("the flavors of a site are called %q, %v; want the approved one first, and none of another site", names, err)
	}
}

// wantNames compares the names, of which approved ones come in any order, since they were
// uploaded at the same time, and the id of the last one.
func wantNames[T, Q any](t *testing.T, repo ports.Reviewed[T, Q], of *T, limit int, want []string, lastID uuid.UUID) {
	t.Helper()
	var names []string
	var last uuid.UUID
	err := repo.Names(t.Context(), of, limit, func(id uuid.UUID, name string) { names, last = append(names, name), id })
	if len(names) > 1 {
		slices.Sort(names[:2])
	}
	if err != nil || !slices.Equal(names, want) || last != lastID {
		t.Errorf("the names are %q and the last is %s, %v; want %q and %s", names, last, err, want, lastID)
	}
}
