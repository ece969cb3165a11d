package resultlist

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

func TestAnswersAreBoundedAndForgotten(t *testing.T) {
	ids := make([]tables.Key, 6)
	for i := range ids {
		ids[i] = tables.Key(uuid.New())
	}
	now := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	first, second := totalKey{1}, totalKey{2}
	a := newAnswers(10)
	known := func(key totalKey) int {
		_, open := a.of(key, now).among(ids)
		return len(ids) - len(open)
	}
	a.add(a.of(first, now), ids[:4], ids[1:2])
	holding, open := a.of(first, now).among(ids)
	if !slices.Equal(holding, ids[1:2]) || !slices.Equal(open, ids[4:]) {
		t.Errorf("holding %v, open %v of %v", holding, open, ids)
	}
	a.add(a.of(second, now), ids, nil)
	if known(first) != 4 || known(second) != 6 {
		t.Errorf("%d and %d answers are known, want 4 and 6", known(first), known(second))
	}
	// One more: the answers that were not used for longest are forgotten, also by who uses them still.
	old := a.of(first, now)
	_ = known(second)
	a.add(old, ids[4:5], nil)
	a.add(old, ids[5:], nil)
	if known(second) != 6 || known(first) != 0 || a.count != 6 {
		t.Errorf("%d and %d answers are known of %d, want none, 6 and 6", known(first), known(second), a.count)
	}
	now = now.Add(maxAnswerAge)
	if known(second) != 0 || a.count != 0 {
		t.Errorf("%d answers are known after an hour", a.count)
	}
}
