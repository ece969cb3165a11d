package web

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// ranking are the flavors of a benchmark, best first.
type ranking struct {
	*comparison.Comparison
	groups map[uuid.UUID]int
}

// mostRanked bounds the flavors that have a place.
const mostRanked = 1000

// ranking compares all flavors of a benchmark by its default metric; nil if it has none. The first one after
// a change of the results reads all of them.
func (s *Site) ranking(ctx context.Context, caller domain.Caller, benchmark *domain.Benchmark) (*ranking, error) {
	defer s.cache.rankings.Add(1)
	return rankingBy(benchmark, func() (*comparison.Comparison, error) {
		return s.config.Services.Comparisons.Compare(ctx, caller, compareAll(benchmark.ID, comparison.ByFlavor))
	})
}

// rankingAtHand is the ranking for a page that waits for none; nil if there are many results, which changed since
// somebody asked for it.
func (s *Site) rankingAtHand(ctx context.Context, caller domain.Caller, benchmark *domain.Benchmark) (*ranking, error) {
	return rankingBy(benchmark, func() (*comparison.Comparison, error) {
		return s.config.Services.Comparisons.CompareAtOnce(ctx, caller, compareAll(benchmark.ID, comparison.ByFlavor))
	})
}

// rankingAmong compares the flavors of some sites, or some flavors, and reads only their results.
func (s *Site) rankingAmong(
	ctx context.Context, caller domain.Caller, benchmark *domain.Benchmark, some ports.ResultQuery,
) (*ranking, error) {
	return rankingBy(benchmark, func() (*comparison.Comparison, error) {
		question := compareAll(benchmark.ID, comparison.ByFlavor)
		question.Results.SiteIDs, question.Results.FlavorIDs = some.SiteIDs, some.FlavorIDs
		question.Asked += " among " + idsText(some.SiteIDs) + " " + idsText(some.FlavorIDs)
		return s.config.Services.Comparisons.Compare(ctx, caller, question)
	})
}

func rankingBy(benchmark *domain.Benchmark, compare func() (*comparison.Comparison, error)) (*ranking, error) {
	if _, ok := metrics.Find(benchmark, ""); !ok {
		return nil, nil //nolint:nilnil // there is no order
	}
	answer, err := compare()
	if err != nil || answer == nil {
		return nil, err
	}
	found := &ranking{Comparison: answer, groups: map[uuid.UUID]int{}}
	for i, group := range answer.Groups.Items {
		if id, ok := idIn(group, "flavor_id"); ok {
			found.groups[id] = i
		}
	}
	return found, nil
}

// compareAll asks for all results of a benchmark by one dimension.
func compareAll(benchmarkID uuid.UUID, by comparison.Dimension) service.CompareQuestion {
	const alpha = 0.05
	q := service.CompareQuestion{}
	q.Results = ports.ResultQuery{BenchmarkIDs: []uuid.UUID{benchmarkID}}
	q.GroupBy = []comparison.Dimension{by}
	q.Asked = "pages: all by " + string(by) + " of " + benchmarkID.String()
	q.Alpha, q.Page = alpha, domain.PageRequest{Number: 1, Size: mostRanked}
	return q
}

// group is that of a flavor; nil if it has no result.
func (r *ranking) group(flavorID uuid.UUID) *comparison.Group {
	if i, ok := r.groups[flavorID]; ok {
		return r.Groups.Items[i]
	}
	return nil
}

// place says at which place a flavor is: 2 or 2-3; empty where there is no order.
func (r *ranking) place(flavorID uuid.UUID) string {
	i, ok := r.groups[flavorID]
	if !ok || r.Metric.Better == domain.NoneBetter {
		return ""
	}
	place := fmt.Sprint(i + 1)
	if rank := r.Groups.Items[i].Rank; rank != nil && rank.Low != rank.High {
		place = fmt.Sprintf("%d-%d", rank.Low, rank.High)
	}
	return place
}

// idIn is an id in the key of a group.
func idIn(group *comparison.Group, name string) (uuid.UUID, bool) {
	for _, field := range group.Key {
		var text string
		if field.Name == name && json.Unmarshal(field.Value, &text) == nil {
			id, err := uuid.Parse(text)
			return id, err == nil
		}
	}
	return uuid.Nil, false
}
