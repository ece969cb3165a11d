package conformance

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// uploadsAtTheSameTime lets one person send results at once, which a storage may add together:
// each has its own outcome, as if it were alone, and its own event.
func uploadsAtTheSameTime(t *testing.T, w *world) {
	const (
		different = 40
		limit     = 30
	)
	p, tag := w.place(t), w.tag(t)
	var list []*domain.Result
	for i := range different {
		for range 1 + i%2 { // every other content is sent twice
			list = append(list, p.result(fmt.Sprintf(`{"n":%d}`, i), digested(fmt.Sprintf("%02d", i)),
				func(r *domain.Result) { r.Tags, r.Client = []*domain.Tag{tag}, fmt.Sprintf("client %d", i) }))
		}
	}
	lost := p.result(`{}`, digested("lost"))
	lost.Benchmark = &domain.Benchmark{ID: uuid.New()}
	list = append(list, lost)
	use := ports.Use{By: p.user.UserID, Kind: "uploads", Day: "2021-05-21", N: 1, Limit: limit}
	outcomes := make([]error, len(list))
	var all sync.WaitGroup
	for i, result := range list {
		all.Go(func() {
			e := event(result.ID, i, domain.CreateResult, &p.user.UserID, domain.UploaderRole, "")
			e.Resource, e.RequestID = domain.ResultResource, result.ID.String()
			outcomes[i] = w.Repos().Results.AddCounted(t.Context(), result, e, use)
		})
	}
	all.Wait()
	counts := map[string]int{}
	for i, result := range list {
		name := outcome(outcomes[i])
		counts[name]++
		events, _ := w.events(t, ports.EventQuery{
			Resource: domain.ResultResource, ResourceID: result.ID, Actions: []string{domain.CreateResult.ID}, Limit: 10,
		})
		if name != "added" {
			if len(events) > 0 {
				t.Errorf("result %d is %s, and has the event %+v", i, name, events[0])
			}
			continue
		}
		if len(events) != 1 || events[0].RequestID != result.ID.String() {
			t.Errorf("result %d has the events %+v", i, events)
		}
		stored, err := w.Repos().Results.Record(t.Context(), result.ID)
		if err != nil || stored.Client != result.Client || len(stored.Tags) != 1 || w.holder(t, p.user, result.Digest) != result.ID {
			t.Errorf("result %d is stored as %+v, %v", i, stored, err)
		}
	}
	if counts["added"] != limit || outcomes[len(list)-1] == nil ||
		counts["added"]+counts["held"]+counts["refused"]+counts["dangling"] != len(list) {
		t.Errorf("outcomes %v of %d, want %d added; the last: %v", counts, len(list), limit, outcomes[len(list)-1])
	}
	if got := len(w.results(t, ports.ResultQuery{})); got != limit {
		t.Errorf("%d results are stored, want %d", got, limit)
	}
}

// outcome names the outcome of an upload.
func outcome(err error) string {
	switch {
	case err == nil:
		return "added"
	case isDuplicate(err):
		return "held"
	case isDangling(err):
		return "dangling"
	case errors.Is(err, ports.ErrUsedUp):
		return "refused"
	}
	return err.Error()
}
