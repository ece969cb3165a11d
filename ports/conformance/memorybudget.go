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
	"github.com/eosc-perf/backend/ports"
)

// memoryBudget counts the bytes that a storage takes.
type memoryBudget struct {
	mutex       sync.Mutex
	size, taken int
}

// Take implements ports.MemoryBudget.
func (b *memoryBudget) Take(bytes int) error {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.taken += bytes
	if b.taken > b.size {
		return ports.ErrOverBudget
	}
	return nil
}

// readsStayInTheMemoryBudget: every list ends at most one row after the budget is used up,
// whichever column is large.
func readsStayInTheMemoryBudget(t *testing.T, w *world) {
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
		small := &memoryBudget{size: 3 * large}
		_, err := list.read(ports.WithMemoryBudget(t.Context(), small), w.Repos())
		if !errors.Is(err, ports.ErrOverBudget) || small.taken > small.size+2*large {
			t.Errorf("%s: %v after %d bytes of a budget of %d, want ErrOverBudget", list.name, err, small.taken, small.size)
		}
		wide := &memoryBudget{size: 1 << 30}
		if n, err := list.read(ports.WithMemoryBudget(t.Context(), wide), w.Repos()); err != nil || n != count || wide.taken < count*large {
			t.Errorf("%s: %d (%v), and %d bytes were taken, want all and %d", list.name, n, err, wide.taken, count*large)
		}
	}
}
