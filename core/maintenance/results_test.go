package maintenance_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

func TestADeletionIsTakenBack(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada")
	benchmark, flavor := w.benchmark(ada), w.flavor(ada)
	at := started
	for name, c := range map[string]struct {
		before domain.Visibility
		claims int
		want   domain.Visibility
		err    domain.Kind
	}{
		"deleted here":                   {domain.Visibility{Hidden: true, Deleted: true, DeletedAt: &at}, 0, domain.Visibility{}, 0},
		"deleted by the earlier program": {domain.Visibility{Hidden: true}, 0, domain.Visibility{}, 0},
		"deleted and claimed":            {domain.Visibility{Hidden: true, Deleted: true}, 1, domain.Visibility{Hidden: true}, 0},
		"only claimed":                   {domain.Visibility{Hidden: true}, 1, domain.Visibility{Hidden: true}, domain.Invalid},
		"visible":                        {domain.Visibility{}, 0, domain.Visibility{}, domain.Invalid},
	} {
		id := w.result(benchmark, flavor, "{}", c.before, c.claims)
		before, _ := w.visibility(id)
		tried, triedErr := w.results().Restore(t.Context(), operator, []uuid.UUID{id}, true)
		if after, _ := w.visibility(id); after.Hidden != before.Hidden || after.Deleted != before.Deleted {
			t.Errorf("%s: a dry run made it %+v", name, after)
		}
		restored, err := w.results().Restore(t.Context(), operator, []uuid.UUID{id}, false)
		if !slices.Equal(tried, restored) || domain.KindOf(triedErr) != domain.KindOf(err) {
			t.Errorf("%s: a dry run returned %+v, %v; then it was %+v, %v", name, tried, triedErr, restored, err)
		}
		if domain.KindOf(err) != c.err || err == nil && restored[0].Hidden != c.want.Hidden {
			t.Errorf("%s: restored %+v, %v", name, restored, err)
		}
		if got, _ := w.visibility(id); got.Hidden != c.want.Hidden || got.Deleted != c.want.Deleted || got.DeletedAt != nil {
			t.Errorf("%s: then it is %+v, want %+v", name, got, c.want)
		}
	}
}

func TestResultsThatCannotBeRestoredDoNotStopOthers(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada")
	id, missing := w.result(w.benchmark(ada), w.flavor(ada), "{}", domain.Visibility{Hidden: true, Deleted: true}, 0), uuid.New()
	restored, err := w.results().Restore(t.Context(), operator, []uuid.UUID{missing, id}, false)
	if len(restored) != 1 || restored[0].ID != id || domain.KindOf(err) != domain.NotFound ||
		!strings.Contains(err.Error(), "result "+missing.String()) {
		t.Errorf("restored %+v, %v", restored, err)
	}
}

func TestRevalidationFindsDocumentsThatDoNotSatisfyTheirSchema(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada")
	flavor, one, other := w.flavor(ada), w.benchmark(ada), w.benchmark(ada)
	w.result(one, flavor, `{"score": 1}`, domain.Visibility{}, 0)
	wrong := w.result(one, flavor, `{"score": "high"}`, domain.Visibility{}, 0)
	hidden := w.result(other, flavor, `{"score": []}`, domain.Visibility{Hidden: true, Deleted: true}, 0)
	for _, c := range []struct {
		benchmark *uuid.UUID
		want      []uuid.UUID
	}{{nil, []uuid.UUID{wrong, hidden}}, {&one.ID, []uuid.UUID{wrong}}, {&other.ID, []uuid.UUID{hidden}}} {
		var ids []string
		found, err := w.results().Revalidate(t.Context(), operator, c.benchmark, func(f domain.Finding) error {
			if f.Level != domain.Problem || f.Table != "result" || !strings.Contains(f.Problem, "want number") {
				t.Errorf("the finding is %+v", f)
			}
			ids = append(ids, f.ID)
			return nil
		})
		var want []string
		for _, id := range c.want {
			want = append(want, id.String())
		}
		slices.Sort(ids)
		slices.Sort(want)
		if err != nil || !slices.Equal(ids, want) || found != (domain.Findings{Problems: len(want)}) {
			t.Errorf("of benchmark %v: found %v (%+v), %v; want %v", c.benchmark, ids, found, err, want)
		}
	}
}

func TestRevalidationEndsWithAnError(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada")
	w.result(w.benchmark(ada), w.flavor(ada), `[]`, domain.Visibility{}, 0)
	unknown, full := uuid.New(), errors.New("the disk is full")
	if _, err := w.results().Revalidate(t.Context(), operator, &unknown, nil); domain.KindOf(err) != domain.NotFound ||
		!strings.Contains(err.Error(), unknown.String()) {
		t.Errorf("of no benchmark: %v", err)
	}
	if _, err := w.results().Revalidate(t.Context(), operator, nil, func(domain.Finding) error { return full }); !errors.Is(err, full) {
		t.Errorf("the error is %v", err)
	}
}
