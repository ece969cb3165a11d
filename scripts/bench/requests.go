package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
	"github.com/eosc-perf/backend/scripts/bench/load"
)

// request is a kind of request.
type request struct {
	name, title string
	connections int
	// apart: each connection is another client.
	apart bool
	next  func(*rand.Rand) load.Request
	// statement is the file that pgbench runs, with the variables.
	statement string
	variables map[string]int
	// uploads tells whether the requests change the lists of other kinds.
	uploads bool
	// each is the number of results that a request uploads, 0 for one.
	each int
	// rate is the number of requests a second that are sent, however long answers take; 0 for as many as
	// possible.
	rate float64
	// goal is what the request should reach, for people.
	goal string
	// beside is a request that others send meanwhile, on so many connections; nil for none.
	beside            func(*rand.Rand) load.Request
	besideConnections int
	// first: the results of the benchmark for comparisons change before each request, so that the server
	// has kept nothing.
	first bool
	// untrailed tells whether the database drops the events of the audit trail.
	untrailed bool
}

// many is the number of connections of the kinds that measure the throughput.
const many = 16

// few is the number of connections of batches, which clients send one after the other.
const few = 4

// batchSize is the number of results of a batch.
const batchSize = 100

const (
	smallPage, largePage = 20, 100
	firstPages           = 50
	deepPage             = 1000
)

// requests returns all kinds. Kinds that change nothing come first.
func requests(size int, counts dataset.Counts, token string) []request {
	reads := lists(size, counts, token)
	goals := goalsOf(size)
	for i := range reads {
		reads[i].goal = goals[reads[i].name]
	}
	at := slices.IndexFunc(reads, func(r request) bool { return r.uploads })
	return slices.Insert(reads, at, slices.Concat(walks(), comparisons(counts), pages(size), listFiles())...)
}

// million is the size from which the goals of a million results count.
const million = 1_000_000

// goalsOf are the goals of lists and uploads: ratios to pgbench, or times.
func goalsOf(size int) map[string]string {
	goals := map[string]string{
		"page20": "0.45", "page1000": "0.45", "pagelast": "0.45", "page100": "0.6", "result": "0.5", "benchmarks": "0.5", "sites": "0.5",
		"upload": "0.5", "json": "p95 15 ms", "json4": "p95 40 ms", "filter": "p95 100 ms", "search": "p95 20 ms",
	}
	if size >= million {
		goals["json"], goals["json4"], goals["filter"], goals["search"] = "p95 50 ms", "p95 100 ms", "p95 300 ms", "p95 50 ms"
	}
	return goals
}

// lists returns the kinds that list, search and upload results.
func lists(size int, counts dataset.Counts, token string) []request {
	pages := lastPage(counts.Visible, smallPage)
	deep := min(deepPage, pages)
	span := func(first, last, size int) map[string]int {
		return map[string]int{"first": first, "last": last, "size": size}
	}
	p := probes{size: size, counts: counts, token: token, uploaded: &atomic.Int64{}}
	jsonPages := map[string]int{"last": lastPage(least(counts.ManyCores[1:1+dataset.Usual]), smallPage)}
	return []request{
		{name: "page20", title: "results, 20 a page, pages 1 to 50", connections: many,
			next: p.list(1, min(firstPages, pages), smallPage), statement: "page.sql", variables: span(1, min(firstPages, pages), smallPage)},
		{name: "page1000", title: fmt.Sprintf("results, 20 a page, page %d", deep), connections: many,
			next: p.list(deep, deep, smallPage), statement: "page.sql", variables: span(deep, deep, smallPage)},
		{name: "pagelast", title: "results, 20 a page, last page", connections: many,
			next: p.list(pages, pages, smallPage), statement: "last.sql",
			variables: map[string]int{"items": itemsOn(pages, smallPage, counts.Visible)}},
		{name: "page100", title: "results, 100 a page", connections: many,
			next:      p.list(1, min(10, lastPage(counts.Visible, largePage)), largePage),
			statement: "page.sql", variables: span(1, min(10, lastPage(counts.Visible, largePage)), largePage)},
		{name: "json", title: "JSON filter and sort, alone", connections: 1, next: p.json, statement: "json.sql", variables: jsonPages},
		{name: "json4", title: "JSON filter and sort, four in flight", connections: 4, next: p.json, statement: "json.sql", variables: jsonPages},
		{name: "filter", title: "JSON filter over all results", connections: 1, next: p.filter, statement: "filter.sql"},
		{name: "search", title: "results:search, alone", connections: 1, next: p.search, statement: "search.sql"},
		{name: "search4", title: "results:search, four in flight", connections: 4, next: p.search, statement: "search.sql"},
		{
			name:        "result",
			title:       "result by id",
			connections: many,
			next:        p.result,
			statement:   "result.sql",
			variables:   map[string]int{"size": size},
		},
		{name: "benchmarks", title: "benchmarks", connections: many, next: p.benchmarks, statement: "benchmarks.sql"},
		{name: "sites", title: "sites:search", connections: many, next: p.sites, statement: "sites.sql"},
		{name: "upload", title: "upload", connections: many, next: p.upload, statement: "insert.sql", uploads: true},
		{
			name: "untrailed", title: "upload, without the audit trail", connections: many, next: p.upload, statement: "insert.sql",
			uploads: true, untrailed: true,
		},
		{
			name: "batch", title: fmt.Sprintf("upload of %d results together", batchSize), connections: few, next: p.batch,
			statement: "insert.sql", uploads: true, each: batchSize,
		},
		// An uploader with many results sends them one after the other, or together.
		{name: "upload1", title: "upload, one after the other", connections: 1, next: p.upload, statement: "insert.sql", uploads: true},
		{
			name: "batch1", title: fmt.Sprintf("%d results together, one batch after the other", batchSize), connections: 1, next: p.batch,
			statement: "insert.sql", uploads: true, each: batchSize,
		},
	}
}

func lastPage(items, perPage int) int { return max(1, (items+perPage-1)/perPage) }

func least(values []int) int {
	smallest := values[0]
	for _, v := range values[1:] {
		smallest = min(smallest, v)
	}
	return smallest
}

// probes make requests and know the expected answers.
type probes struct {
	size   int
	counts dataset.Counts
	token  string
	// uploaded is the number of results that were sent.
	uploaded *atomic.Int64
}

func get(target string, check func([]byte) error) load.Request {
	return load.Request{Method: "GET", Target: target, Status: 200, Check: check}
}

func between(random *rand.Rand, first, last int) int { return first + random.IntN(last-first+1) }

// itemsOn returns the number of items on a page.
func itemsOn(page, perPage, total int) int { return max(0, min(perPage, total-(page-1)*perPage)) }

func (p probes) list(first, last, perPage int) func(*rand.Rand) load.Request {
	total := p.counts.Visible
	return func(random *rand.Rand) load.Request {
		page := between(random, first, last)
		return get(fmt.Sprintf("/results?per_page=%d&page=%d", perPage, page), checkResults(func(r results) error {
			return r.is(itemsOn(page, perPage, total), total, byExecution)
		}))
	}
}

// usual is a benchmark that has a twentieth of the results.
func usual(random *rand.Rand) int { return 1 + random.IntN(dataset.Usual) }

func (p probes) json(random *rand.Rand) load.Request {
	benchmark := usual(random)
	total := p.counts.ManyCores[benchmark]
	page := between(random, 1, lastPage(total, smallPage))
	query := url.Values{
		"benchmark_id": {dataset.IDOf("benchmark", benchmark).String()}, "sort_by": {"+json.result.score"},
		"filters":  {fmt.Sprintf("machine.cpu.count > %d", dataset.ManyCores)},
		"per_page": {strconv.Itoa(smallPage)}, "page": {strconv.Itoa(page)},
	}
	return get("/results?"+query.Encode(), checkResults(func(r results) error {
		return r.is(itemsOn(page, smallPage, total), total, byScore, func(item result) bool {
			return item.Benchmark.DockerImage == dataset.Image(benchmark) && item.JSON.Machine.CPU.Count > dataset.ManyCores
		})
	}))
}

func (p probes) filter(random *rand.Rand) load.Request {
	const mostPercent, mostPage = 50, 5
	threshold := dataset.Threshold(float64(between(random, 1, mostPercent)) / 100)
	query := url.Values{"filters": {fmt.Sprintf("result.score > %.3f", threshold)}, "per_page": {strconv.Itoa(smallPage)}}
	if p.size >= 100*smallPage*mostPage { // a smaller list may have fewer pages
		query.Set("page", strconv.Itoa(between(random, 1, mostPage)))
	}
	return get("/results?"+query.Encode(), checkResults(func(r results) error {
		return r.is(len(r.Items), r.Total, byExecution, func(item result) bool { return item.JSON.Result.Score > threshold-0.001 })
	}))
}

func (p probes) search(random *rand.Rand) load.Request {
	site, benchmark := random.IntN(dataset.Sites), usual(random)
	query := url.Values{"terms": {dataset.SiteTerm(site), fmt.Sprintf("app-%02d", benchmark)}, "per_page": {strconv.Itoa(smallPage)}}
	return get("/results:search?"+query.Encode(), checkResults(func(r results) error {
		return r.is(itemsOn(1, smallPage, r.Total), r.Total, byExecution, func(item result) bool {
			return item.Site.Name == dataset.SiteName(site) && item.Benchmark.DockerImage == dataset.Image(benchmark)
		})
	}))
}

func (p probes) result(random *rand.Rand) load.Request {
	n := random.IntN(p.size)
	return get("/results/"+dataset.IDOf("result", n).String(), func(body []byte) error { return isResult(body, dataset.At(n)) })
}

func (p probes) benchmarks(*rand.Rand) load.Request { return get("/benchmarks", isBenchmarks) }

func (p probes) sites(random *rand.Rand) load.Request {
	city := random.IntN(len(dataset.Cities))
	return get("/sites:search?terms="+dataset.Cities[city], func(body []byte) error { return isSites(body, dataset.Cities[city]) })
}

// upload sends the next results of the data set.
func (p probes) upload(random *rand.Rand) load.Request {
	r := dataset.At(p.size + int(p.uploaded.Add(1)))
	query := url.Values{
		"execution_datetime": {r.Executed.Format("2006-01-02T15:04:05.000000Z")},
		"benchmark_id":       {dataset.IDOf("benchmark", r.Benchmark).String()},
		"flavor_id":          {dataset.IDOf("flavor", r.Flavor).String()},
		"tags_ids":           {dataset.IDOf("tag", random.IntN(dataset.Tags)).String()},
	}
	return load.Request{
		Method: "POST", Target: "/results?" + query.Encode(), Token: p.token, Body: r.JSON, Status: 201,
		Check: func(body []byte) error { return isUpload(body, r) },
	}
}

// batch sends the next results of the data set together.
func (p probes) batch(*rand.Rand) load.Request {
	var body bytes.Buffer
	last := p.size + int(p.uploaded.Add(batchSize))
	for n := last - batchSize + 1; n <= last; n++ {
		r := dataset.At(n)
		fmt.Fprintf(&body, `{"execution_datetime":%q,"benchmark_id":%q,"flavor_id":%q,"json":`,
			r.Executed.Format("2006-01-02T15:04:05.000000Z"), dataset.IDOf("benchmark", r.Benchmark), dataset.IDOf("flavor", r.Flavor))
		body.Write(bytes.ReplaceAll(r.JSON, []byte("\n"), nil))
		body.WriteString("}\n")
	}
	return load.Request{
		Method: "POST", Target: "/results:batch", Token: p.token, Body: body.Bytes(), ContentType: "application/x-ndjson", Status: 200,
		Check: func(answer []byte) error {
			if !bytes.Contains(answer, []byte(fmt.Sprintf(`"created":%d,`, batchSize))) {
				return fmt.Errorf("not all of the batch was created: %.300s", answer)
			}
			return nil
		},
	}
}
