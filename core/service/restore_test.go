package service_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

func TestADeletionIsTakenBack(t *testing.T) {
	for name, tt := range map[string]struct {
		before domain.Visibility
		claims int
		want   domain.Visibility
		err    domain.Kind
	}{
		"deleted here":                   {domain.Visibility{Hidden: true, Deleted: true}, 0, domain.Visibility{}, 0},
		"deleted by the earlier program": {domain.Visibility{Hidden: true}, 0, domain.Visibility{}, 0},
		"deleted and claimed":            {domain.Visibility{Hidden: true, Deleted: true}, 1, domain.Visibility{Hidden: true}, 0},
		"only claimed":                   {domain.Visibility{Hidden: true}, 1, domain.Visibility{Hidden: true}, domain.Invalid},
		"visible":                        {domain.Visibility{}, 0, domain.Visibility{}, domain.Invalid},
	} {
		w, id := newWorldWithResult(t)
		for range tt.claims {
			w.claim("bob", id)
		}
		if tt.before.Deleted {
			tt.before.DeletedAt = &w.now
		}
		w.setVisibility(id, tt.before)
		wouldHide, wouldFail := w.Results.TryRestore(t.Context(), id)
		if got := w.visibility(id); got.Hidden != tt.before.Hidden || got.Deleted != tt.before.Deleted {
			t.Errorf("%s: a try made it %+v", name, got)
		}
		hidden, err := w.Results.Restore(t.Context(), id)
		if wouldHide != hidden || domain.KindOf(wouldFail) != domain.KindOf(err) {
			t.Errorf("%s: a try said %t, %v; then it was %t, %v", name, wouldHide, wouldFail, hidden, err)
		}
		if domain.KindOf(err) != tt.err || err == nil && hidden != tt.want.Hidden {
			t.Errorf("%s: %t, %v", name, hidden, err)
		}
		if got := w.visibility(id); got.Hidden != tt.want.Hidden || got.Deleted != tt.want.Deleted || got.DeletedAt != nil {
			t.Errorf("%s: then it is %+v, want %+v", name, got, tt.want)
		}
	}
	if _, err := newWorld(t).Results.Restore(t.Context(), uuid.New()); domain.KindOf(err) != domain.NotFound {
		t.Errorf("no such result: %v", err)
	}
}
