package conformance

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// insertsDoNotDisturbPages: results are uploaded that sort after the existing ones while the
// test reads page by page. The pages show every existing result, and none twice.
func insertsDoNotDisturbPages(t *testing.T, w *world) {
	p := w.place(t)
	var old []*domain.Result
	for i := range 30 {
		old = append(old, p.result(`{"n":1}`, func(r *domain.Result) {
			r.ID = uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
			r.ExecutedAt = noon.Add(time.Duration(i%3) * time.Second)
		}))
	}
	w.add(t, old...)
	end, inserting := make(chan struct{}), sync.WaitGroup{}
	inserting.Go(func() {
		for count := 0; ; count++ {
			select {
			case <-end:
				return
			default:
			}
			late := p.result(`{"n":2}`, func(r *domain.Result) {
				r.ID, r.ExecutedAt = uuid.MustParse(fmt.Sprintf("ffffffff-0000-4000-8000-%012d", count)), noon.Add(time.Hour)
			})
			if err := w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error { return r.Results.Add(ctx, late) }); err != nil {
				t.Errorf("insert meanwhile: %v", err)
				return
			}
		}
	})
	for _, wish := range []string{"+id", "+execution_datetime", "+json.n", "+json.n,-execution_datetime", "+site_name"} {
		var seen []uuid.UUID
		for number := 1; number <= 12; number++ {
			page := w.results(t, ports.ResultQuery{ListOptions: ports.ListOptions{
				Page: domain.PageRequest{Number: number, Size: 7}, Sort: sortBy(t, wish, ports.ResultSort),
			}})
			seen = append(seen, resultIDs(page)...)
		}
		different := sorted(seen)
		if len(slices.Compact(different)) != len(seen) {
			t.Errorf("sort by %s: a result came twice: %v", wish, seen)
		}
		for _, result := range old {
			if !slices.Contains(seen, result.ID) {
				t.Errorf("sort by %s: result %s was there all the time, and on no page: %v", wish, result.ID, seen)
			}
		}
	}
	close(end)
	inserting.Wait()
}
