package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// share counts the bytes that a storage takes, and the times that it asks for a place
// among the heavy requests.
type share struct {
	mutex              sync.Mutex
	size, taken, heavy int
	// refuses: there is no place among the heavy requests.
	refuses bool
}

var errNoShare = domain.UnavailableFor(time.Second, "no share", nil)

// Heavy implements ports.Share.
func (s *share) Heavy(context.Context) error {
	s.heavy++
	if s.refuses {
		return errNoShare
	}
	return nil
}

// Compute implements ports.Share.
func (s *share) Compute(ctx context.Context) error { return s.Heavy(ctx) }

// Take implements ports.Share.
func (s *share) Take(_ context.Context, bytes int) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.taken += bytes
	if s.taken > s.size {
		return errNoShare
	}
	return nil
}

// heavyListsAskFirst: before a list that may read many rows the storage asks for a place,
// and reads nothing without one; other lists do without.
func heavyListsAskFirst(t *testing.T, w *world) {
	p := w.place(t)
	w.documents(t, p, `{"n":1}`)
	options := ports.ListOptions{Page: wholeList}
	byName := ports.ListOptions{Page: wholeList, Sort: []filter.Key{{Field: "site_name"}}}
	newest := ports.ListOptions{Page: wholeList, Sort: []filter.Key{{Field: "upload_datetime", Descending: true}}}
	isOne := filter.Condition{Path: filter.Path{{Name: "n"}}, Operator: filter.Equal, Kind: filter.Number, Value: "1"}
	deep := ports.ListOptions{Page: domain.PageRequest{Number: 12, Size: 100}}
	for name, list := range map[string]struct {
		query ports.ResultQuery
		heavy bool
	}{
		"all":              {ports.ResultQuery{ListOptions: options}, false},
		"of a benchmark":   {ports.ResultQuery{ListOptions: options, BenchmarkIDs: []uuid.UUID{p.benchmark.ID}}, false},
		"of a site":        {ports.ResultQuery{ListOptions: options, SiteIDs: []uuid.UUID{p.site.ID}}, false},
		"filtered":         {ports.ResultQuery{ListOptions: options, Filters: []filter.Condition{isOne}}, true},
		"searched":         {ports.ResultQuery{ListOptions: options, Terms: []string{"x"}}, true},
		"one's own":        {ports.ResultQuery{ListOptions: options, Uploader: &p.user.UserID}, true},
		"deep":             {ports.ResultQuery{ListOptions: deep}, true},
		"the newest":       {ports.ResultQuery{ListOptions: newest}, false},
		"sorted by a name": {ports.ResultQuery{ListOptions: byName}, true},
	} {
		asked := &share{size: 1 << 30}
		if _, err := w.Repos().Results.List(ports.WithShare(t.Context(), asked), list.query); err != nil || asked.heavy > 0 != list.heavy {
			t.Errorf("%s: asked for a heavy place %d times (%v), want that it does: %t", name, asked.heavy, err, list.heavy)
		}
		refused := &share{size: 1 << 30, refuses: true}
		_, err := w.Repos().Results.List(ports.WithShare(t.Context(), refused), list.query)
		if list.heavy && (!errors.Is(err, errNoShare) || refused.taken > 0) {
			t.Errorf("%s without a place: %v after %d bytes, want the refusal", name, err, refused.taken)
		}
	}
}

// readsStayInTheShare: every list ends at most one row after there is no room, whichever
// column is large.
func readsStayInTheShare(t *testing.T, w *world) {
	const count, large = 10, 50_000
	text := strings.Repeat("0123456789", large/10)
	document := `{"text":"` + text + `"}`
	p := w.place(t)
	documents := make([]string, count)
	var tags []*domain.Tag
	for i := range documents {
		documents[i] = document
		tags = append(tags, w.tag(t, func(tag *domain.Tag) { tag.Description = &text }))
		w.site(t, p.user, func(s *domain.Site) { s.Description = &text })
	}
	results := w.documents(t, p, documents...)
	for i := range count {
		w.benchmark(t, p.user, func(b *domain.Benchmark) { b.JSONSchema = json.RawMessage(document) })
		w.claim(t, p.user, results[0], noon.Add(time.Duration(i)*time.Second), func(c *domain.Claim) { c.Message = text })
	}
	tagged := w.place(t)
	w.add(t, tagged.result(`{}`, func(r *domain.Result) { r.Tags = tags }))
	options := ports.ListOptions{Page: wholeList}
	for _, list := range []struct {
		name string
		read func(ctx context.Context, r ports.Repos) (int, error)
	}{
		{"results", func(ctx context.Context, r ports.Repos) (int, error) {
			page, err := r.Results.List(ctx, ports.ResultQuery{ListOptions: options, BenchmarkIDs: []uuid.UUID{p.benchmark.ID}})
			return len(page.Items), err
		}},
		{"tags of a result", func(ctx context.Context, r ports.Repos) (int, error) {
			page, err := r.Results.List(ctx, ports.ResultQuery{ListOptions: options, BenchmarkIDs: []uuid.UUID{tagged.benchmark.ID}})
			if err != nil {
				return 0, err
			}
			return len(page.Items[0].Tags), nil
		}},
		{"benchmarks", func(ctx context.Context, r ports.Repos) (int, error) {
			page, err := r.Benchmarks.List(ctx, ports.BenchmarkQuery{ReviewedOptions: allApproved(options)})
			return len(page.Items) - 2, err // without those of the two places
		}},
		{"sites", func(ctx context.Context, r ports.Repos) (int, error) {
			page, err := r.Sites.List(ctx, ports.SiteQuery{ReviewedOptions: allApproved(options)})
			return len(page.Items) - 2, err
		}},
		{"tags", func(ctx context.Context, r ports.Repos) (int, error) {
			page, err := r.Tags.List(ctx, ports.TagQuery{ListOptions: options})
			return len(page.Items), err
		}},
		{"claims", func(ctx context.Context, r ports.Repos) (int, error) {
			page, err := r.Claims.List(ctx, ports.ClaimQuery{ReviewedOptions: ports.ReviewedOptions{ListOptions: options, Status: domain.OnReview}})
			return len(page.Items), err
		}},
	} {
		small := &share{size: 3 * large}
		_, err := list.read(ports.WithShare(t.Context(), small), w.Repos())
		if !errors.Is(err, errNoShare) || small.taken > small.size+2*large {
			t.Errorf("%s: %v after %d bytes of a share of %d, want the refusal", list.name, err, small.taken, small.size)
		}
		wide := &share{size: 1 << 30}
		if n, err := list.read(ports.WithShare(t.Context(), wide), w.Repos()); err != nil || n != count || wide.taken < count*large {
			t.Errorf("%s: %d (%v), and %d bytes were taken, want all and %d", list.name, n, err, wide.taken, count*large)
		}
	}
}
