package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/paths"
	"github.com/eosc-perf/backend/ports"
)

// mostSampled is how many results are looked at for paths without a benchmark.
const mostSampled = 10_000

// PathsQuestion asks what the documents of results contain.
type PathsQuestion struct {
	// ResultQuery chooses the results, and the page of the paths.
	ports.ResultQuery
	// Prefix is the beginning of the paths.
	Prefix string
	// Values is how many values of a path are wanted.
	Values int
	// Newest bounds the results that are looked at to so many of those that ran last; 0 for
	// all results of a benchmark.
	Newest int
	// Asked is the same for the same choice of results only, whatever the page, the prefix and the number of
	// values are. What the documents contain is kept by it, as that of MetricQuestion.
	Asked string
}

// ResultPath is what the documents of results contain at a path.
type ResultPath struct {
	paths.Path
	// Share is the share of the results that have the path, 0 to 1.
	Share float64
	// Unit and Description are those of the benchmarks; empty for none.
	Unit, Description string
	// Indexed: an index answers filters and sorts by the path.
	Indexed bool
	// IsMetric: a benchmark declares a metric at the path.
	IsMetric bool
}

// ResultPaths is a page of paths.
type ResultPaths struct {
	domain.Page[ResultPath]
	// Sampled: only the newest results were looked at, or only a part of them.
	Sampled bool
}

// Paths returns a page of the paths of the results' documents, the most frequent first. Error:
// ErrNoSuchPage.
func (s *Results) Paths(ctx context.Context, caller domain.Caller, q PathsQuestion) (ResultPaths, error) {
	if err := caller.May(domain.ListPaths); err != nil {
		return ResultPaths{}, err
	}
	q.BenchmarkIDs = domain.DistinctIDs(q.BenchmarkIDs)
	newest := q.Newest
	if len(q.BenchmarkIDs) == 0 && (newest == 0 || newest > mostSampled) {
		newest = mostSampled
	}
	found, err := ask(ctx, s.answers, s.storage.Repos().Measurements, asking{domain.ListPaths, q.Asked, q.BenchmarkIDs}, surveyed.weight,
		func() (surveyed, error) { return s.survey(ctx, q.ResultQuery, newest) })
	if err != nil {
		return ResultPaths{}, err
	}
	page := domain.Page[ResultPath]{PageRequest: q.Page}
	some, total := found.Find(q.Prefix, q.Values, max(page.Offset(), 0), page.Size)
	page.Total = total
	for _, path := range some {
		page.Items = append(page.Items, ResultPath{Path: path, Share: float64(path.Documents) / float64(found.Documents())})
	}
	if page, err = existing(page, s.describe(ctx, q.ResultQuery, page.Items)); err != nil {
		return ResultPaths{}, err
	}
	return ResultPaths{page, newest > 0 || found.sampled}, nil
}

// surveyed is what documents contain.
type surveyed struct {
	*paths.Summary
	// sampled: a part of the documents was not looked at.
	sampled bool
}

// IsFinal: the documents are complete at any time.
func (surveyed) IsFinal() bool { return true }

func (s surveyed) weight() int { return s.Weight() }

// errEnough ends the reading of documents.
var errEnough = errors.New("enough documents")

// survey reads the documents.
func (s *Results) survey(ctx context.Context, q ports.ResultQuery, newest int) (surveyed, error) {
	sample := paths.NewSample()
	err := s.storage.Repos().Results.EachDocument(ctx, q, newest, func(text []byte) error {
		more, err := sample.Offer(ctx, text)
		if err == nil && !more {
			return errEnough
		}
		return err
	})
	if err != nil && !errors.Is(err, errEnough) {
		return surveyed{}, err
	}
	if err := sample.Finish(ctx); err != nil {
		return surveyed{}, err
	}
	summary, err := sample.Summarize(ctx)
	return surveyed{summary, sample.Skipped()}, err
}

// describe adds what is known of the paths besides the documents.
func (s *Results) describe(ctx context.Context, q ports.ResultQuery, items []ResultPath) error {
	if len(items) == 0 {
		return nil
	}
	repos := s.storage.Repos()
	wanted := make([]filter.Path, len(items))
	for i, item := range items {
		wanted[i] = item.Path.Path
	}
	indexed, err := repos.Results.Indexed(ctx, q.BenchmarkIDs, wanted)
	if err != nil {
		return err
	}
	for i := range items {
		items[i].Indexed = indexed[i]
	}
	for _, id := range q.BenchmarkIDs {
		benchmark, err := repos.Benchmarks.Get(ctx, id)
		if errors.Is(err, ports.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read benchmark %s: %w", id, err)
		}
		descriptions, declared := metrics.Descriptions(benchmark.JSONSchema), metrics.Of(benchmark)
		for i := range items {
			items[i].describe(declared, descriptions)
		}
	}
	return nil
}

func (p *ResultPath) describe(declared []domain.Metric, descriptions map[string]string) {
	path := p.Path.Path.String()
	if p.Description == "" {
		p.Description = descriptions[path]
	}
	for _, metric := range declared {
		if metric.Path == path && metric.Source != domain.SuggestedMetric {
			p.IsMetric = true
			if p.Unit == "" {
				p.Unit = metric.Unit
			}
		}
	}
}
