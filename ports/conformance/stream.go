package conformance

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// streamed returns all results of a query. Who leaves a stream may read it again.
func (w *world) streamed(t tester, q ports.ResultQuery) []*domain.Result {
	t.Helper()
	var all []*domain.Result
	err := w.Repos().Results.Stream(t.Context(), q, func(results iter.Seq2[*domain.Result, error]) (err error) {
		next, leave := iter.Pull2(results)
		_, err, _ = next()
		leave()
		if err == nil {
			all, err = collect(results)
		}
		return err
	})
	if err != nil {
		t.Fatalf("stream results %+v: %v", q, err)
	}
	return all
}

func collect(results iter.Seq2[*domain.Result, error]) (all []*domain.Result, err error) {
	for result, err := range results {
		if err != nil {
			return nil, err
		}
		all = append(all, result)
	}
	return all, nil
}

// streamsAreLists: a stream has the results of all pages of the list, with everything that
// they refer to. There are more of them than a storage reads at once.
func streamsAreLists(t *testing.T, w *world) {
	here, there := w.place(t), w.place(t)
	tags := []*domain.Tag{w.tag(t), w.tag(t)}
	slices.SortFunc(tags, func(a, b *domain.Tag) int { return byID(a.ID, b.ID) })
	const count = 1100
	results := make([]*domain.Result, count)
	for i := range results {
		place := []place{here, there}[i%2]
		results[i] = place.result(fmt.Sprintf(`{"n":%d,"text":"t%d"}`, i%7, i%3), func(r *domain.Result) {
			r.ExecutedAt = noon.Add(time.Duration(i%5) * time.Second)
			r.Tags = tags[:i%3]
		})
	}
	w.add(t, results...)
	hidden := results[0].ID
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return r.Results.SetVisibility(ctx, hidden, domain.Visibility{}.Delete(noon, ""))
	})
	for _, tt := range []struct {
		sort  string
		query ports.ResultQuery
	}{
		{"+execution_datetime", ports.ResultQuery{}},
		{"-id", ports.ResultQuery{}},
		{"+json.n,-execution_datetime", ports.ResultQuery{}},
		{"-json.text,+site_name,-benchmark_name", ports.ResultQuery{Filters: []filter.Condition{condition(t, "n >= 2")}}},
		{"+flavor_name", ports.ResultQuery{TagIDs: []uuid.UUID{tags[1].ID}}},
		{"+json", ports.ResultQuery{Terms: []string{here.site.Name}}},
		{"+id", ports.ResultQuery{Uploader: &there.user.UserID}},
		{"+id", ports.ResultQuery{Filters: []filter.Condition{condition(t, "n == nothing")}}},
	} {
		tt.query.Sort = sortBy(t, tt.sort, ports.ResultSort)
		var listed []*domain.Result
		for number := 1; ; number++ {
			tt.query.Page = domain.PageRequest{Number: number, Size: 100}
			page := w.results(t, tt.query)
			if listed = append(listed, page...); len(page) < tt.query.Page.Size {
				break
			}
		}
		got := w.streamed(t, tt.query)
		if len(got) != len(listed) {
			t.Errorf("sort by %s: %d results in the stream, %d in the list", tt.sort, len(got), len(listed))
			continue
		}
		for i := range got {
			if !reflect.DeepEqual(got[i], listed[i]) {
				t.Errorf("sort by %s: result %d is %+v in the stream, %+v in the list", tt.sort, i, got[i], listed[i])
				break
			}
		}
		slices.SortFunc(listed, func(a, b *domain.Result) int { return byID(a.ID, b.ID) })
		w.identified(t, tt.query, listed)
	}
}

// identified demands that the query identifies these results, in the order of their ids.
func (w *world) identified(t tester, q ports.ResultQuery, want []*domain.Result) {
	t.Helper()
	n := 0
	err := w.Repos().Results.Identify(t.Context(), q, func(id uuid.UUID, uploadedAt time.Time) error {
		if n < len(want) && (id != want[n].ID || !uploadedAt.Equal(want[n].UploadedAt)) {
			t.Errorf("result %d is %s of %s, want %s of %s", n, id, uploadedAt, want[n].ID, want[n].UploadedAt)
		}
		n++
		return nil
	})
	if err != nil || n != len(want) {
		t.Errorf("%d results are identified, want %d: %v", n, len(want), err)
	}
	if n == 0 {
		return
	}
	err = w.Repos().Results.Identify(t.Context(), q, func(uuid.UUID, time.Time) error { return errEnough })
	if !errors.Is(err, errEnough) {
		t.Errorf("the error is %v, want that of the reader", err)
	}
}

var errEnough = errors.New("enough")

// streamsSeeOneState: whatever others do meanwhile, also to what results refer to, a stream
// shows what was there when it began, each time that it is read.
func streamsSeeOneState(t *testing.T, w *world) {
	p := w.place(t)
	old := w.documents(t, p, `{"n":1}`, `{"n":2}`, `{"n":3}`)
	want := w.streamed(t, ports.ResultQuery{ListOptions: ports.ListOptions{Sort: sortBy(t, "+id", ports.ResultSort)}})
	q := ports.ResultQuery{ListOptions: ports.ListOptions{Sort: sortBy(t, "+id", ports.ResultSort)}}
	err := w.Repos().Results.Stream(t.Context(), q, func(results iter.Seq2[*domain.Result, error]) error {
		for _, err := range results { // a part only
			if err != nil {
				return err
			}
			break
		}
		w.documents(t, p, `{"n":4}`)
		w.do(t, func(ctx context.Context, r ports.Repos) error {
			changed := *p.site
			changed.Address = "elsewhere"
			return errors.Join(
				r.Results.RemoveAll(ctx, ports.ResultMatch{IDs: []uuid.UUID{old[0].ID}}),
				r.Sites.Update(ctx, &changed))
		})
		for range 2 {
			got, err := collect(results)
			if err != nil {
				return err
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("the stream has %d results, want the %d of before, at the old address", len(got), len(want))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if now := w.streamed(t, q); len(now) != 3 || now[0].Site.Address != "elsewhere" {
		t.Errorf("afterwards the stream has %d results, want 3 at the new address", len(now))
	}
}

// streamsEnd: with the error of the reader, and with the request.
func streamsEnd(t *testing.T, w *world) {
	w.documents(t, w.place(t), `{"n":1}`, `{"n":2}`)
	errOwn := errors.New("the disk is full")
	err := w.Repos().Results.Stream(t.Context(), ports.ResultQuery{}, func(results iter.Seq2[*domain.Result, error]) error {
		for _, err := range results {
			if err != nil {
				return err
			}
			return errOwn
		}
		return nil
	})
	if !errors.Is(err, errOwn) || domain.KindOf(err) != 0 {
		t.Errorf("the reader failed: got %v, want its error", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = w.Repos().Results.Stream(ctx, ports.ResultQuery{}, func(results iter.Seq2[*domain.Result, error]) error {
		cancel()
		_, err := collect(results)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the request was cancelled: got %v", err)
	}
	if got := w.streamed(t, ports.ResultQuery{}); len(got) != 2 {
		t.Errorf("afterwards the stream has %d results, want 2", len(got))
	}
}
