package web

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// withPlaces is the key of an address whose page waits for the places of flavors, even if the results of a
// benchmark changed since somebody asked for their ranking. The page without it shows a link instead.
const withPlaces = "places"

// awaitPlaces is the link to the page that waits for places.
const awaitPlaces Link = "?" + withPlaces + "=1"

func (r *Request) awaitsPlaces() bool { return r.URL.Query().Has(withPlaces) }

// place is that of a flavor among all that ran a benchmark.
type place struct {
	// Text is such as "2-3 of 20 flavors"; Link leads to the comparison.
	Text string
	Link Link
	// Later is true if the page did not wait for the place.
	Later bool
}

// placed is the ranking of a benchmark for the places of a page; nil if the page does not wait for it.
func (s *Site) placed(r *Request, benchmark *domain.Benchmark) (*ranking, error) {
	if r.awaitsPlaces() {
		return s.ranking(r.Context(), r.Caller(), benchmark)
	}
	found, err := s.rankingAtHand(r.Context(), r.Caller(), benchmark)
	r.isPassing = r.isPassing || found == nil
	return found, err
}

// placeIn is the place in a ranking; nil if the flavor has none. Without the ranking it comes later.
func placeIn(of *ranking, benchmark *domain.Benchmark, flavorID uuid.UUID, compare Link) *place {
	if of != nil {
		if text := of.place(flavorID); text != "" {
			return &place{Text: words.Place(text, of.Groups.Total), Link: compare}
		}
		return nil
	}
	if metric, ok := metrics.Find(benchmark, ""); !ok || metric.Better == domain.NoneBetter {
		return nil
	}
	return &place{Text: words.PlaceLater, Link: awaitPlaces, Later: true}
}

// standing is what some flavors have for a benchmark.
type standing struct {
	benchmark *domain.Benchmark
	metric    domain.Metric
	results   int
	// all has all flavors of the benchmark, nil if the page does not wait for them; some has at least those that
	// the standing is about.
	all, some *ranking
}

// standingsOf are the standings for the benchmarks that most of the results are of.
func (s *Site) standingsOf(r *Request, some ports.ResultQuery) ([]standing, error) {
	benchmarks, err := s.approvedBenchmarks(r)
	if err != nil {
		return nil, err
	}
	var found []standing
	for _, benchmark := range benchmarks {
		metric, ok := metrics.Find(benchmark, "")
		if !ok {
			continue
		}
		some.BenchmarkIDs = []uuid.UUID{benchmark.ID}
		results, err := s.countResults(r, some)
		if err != nil {
			return nil, err
		}
		if results > 0 {
			found = append(found, standing{benchmark: benchmark, metric: metric, results: results})
		}
	}
	slices.SortStableFunc(found, func(a, b standing) int { return cmp.Compare(b.results, a.results) })
	found = found[:min(len(found), shownBenchmarks)]
	for i := range found {
		of := &found[i]
		if of.all, err = s.placed(r, of.benchmark); err != nil {
			return nil, err
		}
		if of.some = of.all; of.all == nil {
			if of.some, err = s.rankingAmong(r.Context(), r.Caller(), of.benchmark, some); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// countResults is the number of results that a question chooses.
func (s *Site) countResults(r *Request, q ports.ResultQuery) (int, error) {
	q.Page, q.Sort = domain.PageRequest{Number: 1, Size: 1}, []filter.Key{{Field: "execution_datetime"}}
	page, err := s.config.Services.Results.List(r.Context(), r.Caller(), q)
	return page.Total, err
}

// group is that of a flavor; nil if it has no value of the metric.
func (of standing) group(flavorID uuid.UUID) *comparison.Group { return of.some.group(flavorID) }
