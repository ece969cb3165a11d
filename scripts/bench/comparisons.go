package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
	"github.com/eosc-perf/backend/scripts/bench/load"
)

const (
	// heavyComparisons is the number of connections that compare beside light reads.
	heavyComparisons = 8
	// comparedBefore ends the first 20,000 of 50,000 runs of three years.
	comparedBefore = "2022-03-15"
)

// comparisons returns the kinds that ask about the results of one benchmark.
func comparisons(counts dataset.Counts) []request {
	results := counts.Compared
	flavors := url.Values{"group_by": {"flavor"}, "per_page": {"100"}}
	sites := url.Values{"group_by": {"site"}, "per_page": {"100"}}
	title := func(text string) string { return fmt.Sprintf("%s, %d results", text, results) }
	return []request{
		{name: "compareflavor", title: title("compare 500 flavors"), connections: 1, next: anew("compare", flavors, results), goal: "p95 400 ms"},
		{name: "comparesite", title: title("compare 50 sites, rank 30"), connections: 1, next: anew("compare", sites, results), goal: "p95 1 s"},
		{name: "compareflavorfirst", title: title("compare 500 flavors, nothing kept"), connections: 1, next: anew("compare", flavors, results),
			first: true, goal: "p95 400 ms"},
		{name: "comparesitefirst", title: title("compare 50 sites, rank 30, nothing kept"), connections: 1, next: anew("compare", sites, results),
			first: true, goal: "p95 1 s"},
		{name: "compareagain", title: "the same comparison again", connections: 1, next: asked("compare", flavors, results), goal: "p95 10 ms"},
		{name: "distribution", title: title("distribution of 50 sites"), connections: 1,
			next: anew("distribution", url.Values{"group_by": {"site"}}, results), goal: "p95 150 ms"},
		{name: "trend", title: title("trend of 50 sites by month"), connections: 1,
			next: anew("trend", url.Values{"group_by": {"site"}, "interval": {"month"}}, results), goal: "p95 150 ms"},
		{name: "series", title: "series, 2000 of about 20,000 points", connections: 1,
			next: anew("series", url.Values{"x": {"execution_datetime"}, "execution_before": {comparedBefore}}, -1), goal: "p95 100 ms"},
		{name: "light", title: "light reads alone", connections: few, apart: true, next: light(counts), goal: ""},
		{name: "lightbeside", title: fmt.Sprintf("light reads beside %d comparisons", heavyComparisons), connections: few, apart: true,
			next: light(counts), goal: "p95 twice that alone",
			beside: orRefused(anew("compare", sites, results)), besideConnections: heavyComparisons},
	}
}

// orRefused lets the server refuse the requests while it has too much to do.
func orRefused(next func(*rand.Rand) load.Request) func(*rand.Rand) load.Request {
	return func(random *rand.Rand) load.Request {
		request := next(random)
		request.MayBeRefused = true
		return request
	}
}

// asked asks the same question each time. results is the number of results that must count, -1 for
// any.
func asked(operation string, query url.Values, results int) func(*rand.Rand) load.Request {
	query = cloned(query)
	query.Set("benchmark_id", dataset.IDOf("benchmark", dataset.Compared).String())
	target := "/results:" + operation + "?" + query.Encode()
	return func(*rand.Rand) load.Request { return get(target, answers(results)) }
}

// anew asks a question that nobody asked before: until another day, after all runs.
func anew(operation string, query url.Values, results int) func(*rand.Rand) load.Request {
	return func(random *rand.Rand) load.Request {
		q := cloned(query)
		q.Set("upload_before", someDay(random))
		return asked(operation, q, results)(random)
	}
}

func cloned(query url.Values) url.Values {
	clone := url.Values{}
	for name, values := range query {
		clone[name] = values
	}
	return clone
}

// answers checks that so many results counted, and that the answer is final.
func answers(results int) func([]byte) error {
	return func(body []byte) error {
		var answer struct {
			Results  int
			Set      string
			Warnings []struct{ Code string }
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return err
		}
		if answer.Set == "" || results >= 0 && answer.Results != results {
			return fmt.Errorf("%d results, want %d: %.200s", answer.Results, results, body)
		}
		for _, warning := range answer.Warnings {
			if warning.Code == "deriving" {
				return fmt.Errorf("the values of the metric are still being derived")
			}
		}
		return nil
	}
}

// light sends reads that take little: a first page, a result, a search of sites.
func light(counts dataset.Counts) func(*rand.Rand) load.Request {
	p := probes{size: max(1, counts.Visible), counts: counts}
	page := p.list(1, min(firstPages, lastPage(counts.Visible, smallPage)), smallPage)
	return func(random *rand.Rand) load.Request {
		switch random.IntN(3) { //nolint:mnd // one of three
		case 0:
			return page(random)
		case 1:
			return p.result(random)
		default:
			return p.sites(random)
		}
	}
}
