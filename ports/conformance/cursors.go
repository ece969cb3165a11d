package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// parts reads a list by cursors, and calls between between the parts: nil if nobody else writes.
func (w *world) parts(t tester, q ports.ResultQuery, size int, between func()) (ids []uuid.UUID) {
	t.Helper()
	q.Page = domain.PageRequest{Number: 1, Size: size}
	c := ports.CursorQuery{ResultQuery: q, WithTotal: true}
	for range 1000 {
		part, err := w.Repos().Results.ListAfter(t.Context(), c)
		if err != nil {
			t.Fatalf("list results %+v after %+v: %v", q, c.After, err)
		}
		ids = append(ids, resultIDs(part.Items)...)
		if part.Next == nil {
			return ids
		}
		// Where others remove results, one may go between its id and its row.
		if len(part.Items) > size || len(part.Items) < size && between == nil {
			t.Fatalf("a part of %d results has %d", size, len(part.Items))
		}
		for _, v := range part.Next.Values {
			if len(v.Text) > ports.MaxSortValue {
				t.Errorf("a place holds %d bytes of a value", len(v.Text))
			}
		}
		c.After = part.Next
		if between != nil {
			between()
		}
	}
	t.Fatalf("the list %+v has no end", q)
	return nil
}

// cursorsReadEveryOrder compares parts with whole lists, for all kinds of values.
func cursorsReadEveryOrder(t *testing.T, w *world) {
	a, b := w.place(t), w.place(t)
	values := []string{
		`1`, `1`, `2`, `2.50`, `-1e300`, `"a"`, `"a"`, `"B"`, `"\u00e9"`, `null`, `null`, `true`, `false`, `[]`, `[1]`, `[1,2]`, `{}`, `{"x":1}`,
		`"` + strings.Repeat("x", 300) + `"`, `"` + strings.Repeat("x", 300) + `y"`, `[` + strings.Repeat("0,", 200) + `1]`,
		`12345678901234567891`,
	}
	var results []*domain.Result
	for i, value := range values {
		p := []place{a, b}[i%2]
		results = append(results, p.result(`{"v":`+value+fmt.Sprintf(`,"n":%d}`, i%3), func(r *domain.Result) {
			r.ExecutedAt = noon.Add(time.Duration(i%4) * time.Microsecond)
		}))
	}
	results = append(results, a.result(`{}`), b.result(`{"n":1}`), a.result(`{"n":1}`))
	w.add(t, results...)
	for _, sort := range []string{
		"", "+id", "-id", "+execution_datetime", "-execution_datetime", "+execution_datetime,-id", "+upload_datetime", "-benchmark_id,+json.v",
		"+benchmark_name", "-site_name,-execution_datetime", "+site_address", "+flavor_name,+id", "-flavor_id", "+site_id",
		"+json.v", "-json.v", "+json.n,-json.v", "-json.n,+execution_datetime", "+json.n,+json.v", "+json", "-json", "+json.a..b",
		"-json.nothing,+json.n",
	} {
		q := ports.ResultQuery{ListOptions: ports.ListOptions{Sort: sortBy(t, sort, ports.ResultSort)}}
		want := resultIDs(w.results(t, q))
		for _, size := range []int{1, 2, 7, 100} {
			expectIDs(t, fmt.Sprintf("sort by %q, %d at a time", sort, size), w.parts(t, q, size, nil), want)
		}
	}
	part, err := w.Repos().Results.ListAfter(t.Context(), ports.CursorQuery{
		ResultQuery: ports.ResultQuery{ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 2}}}, WithTotal: true,
	})
	if err != nil || part.Total != len(results) {
		t.Errorf("total %d (%v), want %d", part.Total, err, len(results))
	}
}

// cursorsSurviveRemovals: the result before a place may be gone, unless its value was elided.
func cursorsSurviveRemovals(t *testing.T, w *world) {
	p := w.place(t)
	short := []*domain.Result{p.result(`{"v":1}`), p.result(`{"v":2}`), p.result(`{"v":3}`)}
	long := []*domain.Result{p.result(`{"v":"` + strings.Repeat("x", 300) + `"}`), p.result(`{"v":"` + strings.Repeat("x", 301) + `"}`)}
	w.add(t, append(slices.Clone(short), long...)...)
	for _, c := range []struct {
		sort string
		of   []*domain.Result
		want error
	}{{"+json.v", long, ports.ErrPlaceGone}, {"-json.v", []*domain.Result{short[2], short[1]}, nil}} {
		q := ports.CursorQuery{ResultQuery: ports.ResultQuery{ListOptions: ports.ListOptions{
			Page: domain.PageRequest{Number: 1, Size: 1}, Sort: sortBy(t, c.sort, ports.ResultSort),
		}}}
		part, err := w.Repos().Results.ListAfter(t.Context(), q)
		if err != nil || len(part.Items) != 1 || part.Items[0].ID != c.of[0].ID {
			t.Fatalf("sort by %s: %+v, %v", c.sort, part, err)
		}
		q.After = part.Next
		remove := func(ctx context.Context, r ports.Repos) error {
			return r.Results.RemoveAll(ctx, ports.ResultMatch{IDs: []uuid.UUID{c.of[0].ID}})
		}
		if err := w.Do(t.Context(), remove); err != nil {
			t.Fatal(err)
		}
		part, err = w.Repos().Results.ListAfter(t.Context(), q)
		if !errors.Is(err, c.want) || c.want == nil && (len(part.Items) != 1 || part.Items[0].ID != c.of[1].ID) {
			t.Errorf("sort by %s, after a removed result: %+v, %v; want %v", c.sort, part, err, c.want)
		}
	}
}

// cursorsNeitherLoseNorDouble: what is there all the time is read once while others upload and
// remove.
func cursorsNeitherLoseNorDouble(t *testing.T, w *world) {
	p := w.place(t)
	var kept []*domain.Result
	for i := range 60 {
		kept = append(kept, p.result(fmt.Sprintf(`{"v":%d}`, i%7), func(r *domain.Result) {
			r.ExecutedAt = noon.Add(time.Duration(i%5) * time.Microsecond)
		}))
	}
	w.add(t, kept...)
	for _, sort := range []string{"+execution_datetime", "-json.v"} {
		stop := make(chan struct{})
		var writer sync.WaitGroup
		writer.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				r := p.result(fmt.Sprintf(`{"v":%d}`, i%9), func(r *domain.Result) { r.ExecutedAt = noon.Add(time.Duration(i%6) * time.Microsecond) })
				w.add(t, r)
				if i%2 == 0 {
					_ = w.Do(t.Context(), func(ctx context.Context, repos ports.Repos) error {
						return repos.Results.RemoveAll(ctx, ports.ResultMatch{IDs: []uuid.UUID{r.ID}})
					})
				}
			}
		})
		q := ports.ResultQuery{ListOptions: ports.ListOptions{Sort: sortBy(t, sort, ports.ResultSort)}}
		ids := w.parts(t, q, 5, func() { time.Sleep(time.Millisecond) })
		close(stop)
		writer.Wait()
		seen := map[uuid.UUID]int{}
		for _, id := range ids {
			if seen[id]++; seen[id] == 2 {
				t.Errorf("sort by %s: %s was read twice", sort, id)
			}
		}
		for _, r := range kept {
			if seen[r.ID] != 1 {
				t.Errorf("sort by %s: %s was there all the time, and was read %d times", sort, r.ID, seen[r.ID])
			}
		}
	}
}
