package web

import (
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
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

// standings are what a site or a flavor has for its busiest benchmarks.
type standings struct {
	shown []standing
	// more are further benchmarks with results, those with the most first; lists of results say what they have.
	more []standing
	// flavors are the numbers of results by flavor.
	flavors map[uuid.UUID]int
	// later is true if the page did not wait: nothing is known then.
	later bool
}

// mostAtOnce is the number of results of a site or a flavor up to which its page reads them at once.
const mostAtOnce = 1500

// standingsOf are the standings of some flavors, which have so many results, without rankings.
func (s *Site) standingsOf(r *Request, some ports.ResultQuery, results int) (found standings, err error) {
	if found.later = results > mostAtOnce && !r.awaitsPlaces(); found.later {
		r.isPassing = true
		return found, nil
	}
	tallies, err := s.config.Services.Results.Tally(r.Context(), r.Caller(), some)
	if err != nil {
		return found, err
	}
	found.flavors = tallies.Flavors
	offered, err := s.offeredBenchmarks(r)
	if err != nil {
		return found, err
	}
	for _, tally := range tallies.Benchmarks[:min(len(tallies.Benchmarks), mostBenchmarks)] {
		of := standing{results: tally.Results}
		if i := slices.IndexFunc(offered, func(b *domain.Benchmark) bool { return b.ID == tally.BenchmarkID }); i >= 0 {
			of.benchmark = offered[i]
		} else if of.benchmark, err = s.config.Services.Benchmarks.Get(r.Context(), r.Caller(), tally.BenchmarkID); err != nil {
			return found, err
		}
		if len(found.shown) < shownBenchmarks {
			var ok bool
			if of.metric, ok = metrics.Find(of.benchmark, ""); ok {
				found.shown = append(found.shown, of)
				continue
			}
		}
		found.more = append(found.more, of)
	}
	return found, nil
}

// rank adds the rankings of a standing of some flavors.
func (s *Site) rank(r *Request, of *standing, some ports.ResultQuery) (err error) {
	if of.all, err = s.placed(r, of.benchmark); err != nil {
		return err
	}
	if of.some = of.all; of.all == nil {
		of.some, err = s.rankingAmong(r.Context(), r.Caller(), of.benchmark, some)
	}
	return err
}

// moreLinks lead to the results of some flavors for the benchmarks that have no line of their own.
func (all standings) moreLinks(r *Request, of address.Query) []countedLink {
	var links []countedLink
	for _, one := range all.more {
		of.Benchmarks = []string{one.benchmark.Name()}
		links = append(links, countedLink{anchor{shortName(one.benchmark), r.On("results", of)}, words.Plural(one.results, "result")})
	}
	return links
}

// countedLink is a link with the number of what is behind it.
type countedLink struct {
	anchor

	Count string
}

// countResults is the number of results that a question chooses.
func (s *Site) countResults(r *Request, q ports.ResultQuery) (int, error) {
	q.Page, q.Sort = domain.PageRequest{Number: 1, Size: 1}, []filter.Key{{Field: "execution_datetime"}}
	page, err := s.config.Services.Results.List(r.Context(), r.Caller(), q)
	return page.Total, err
}

// group is that of a flavor; nil if it has no value of the metric.
func (of standing) group(flavorID uuid.UUID) *comparison.Group { return of.some.group(flavorID) }
