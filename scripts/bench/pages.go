package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
	"github.com/eosc-perf/backend/scripts/bench/load"
)

// readersRate is how many strangers open the front door in a second.
const readersRate = 200

// pages are the pages of the web interface. Their sizes are those of the compressed answers. The
// goals are the budget of the design at a million results.
func pages(size int) []request {
	compared := "benchmark=" + dataset.IDOf("benchmark", dataset.Compared).String()
	someResult := func(random *rand.Rand) load.Request {
		return pageOf("/ui/results/"+dataset.IDOf("result", random.IntN(size)).String(), "Provenance")
	}
	always := func(target, has string) func(*rand.Rand) load.Request {
		return func(*rand.Rand) load.Request { return pageOf(target, has) }
	}
	return []request{
		{name: "pagefront", title: "front door", connections: 1, next: always("/ui/", "Where does it run fastest?"), goal: "p95 50 ms, 4 KB"},
		{name: "pagefrontfirst", title: "front door, the first look", connections: 1, next: firstLook("/ui/?", "Newest results"),
			goal: "p95 50 ms"},
		{name: "pagecompare", title: "compare page, another question each time", connections: 1,
			next: func(random *rand.Rand) load.Request {
				return pageOf("/ui/compare?before="+someDay(random)+"&"+compared, `class="ranking"`)
			}, goal: "p95 250 ms, 12 KB"},
		{name: "pagecompareagain", title: "the same compare page again", connections: 1,
			next: always("/ui/compare?"+compared, `class="ranking"`), goal: "p95 10 ms, 12 KB"},
		{name: "pageplot", title: "plot of the same results again", connections: 1,
			next: always("/ui/compare?"+compared+"&view=plot", `class="plot"`), goal: "p95 250 ms, 14 KB"},
		{name: "pageresults", title: "list of results", connections: 1, next: always("/ui/results?"+compared, "newest upload first"),
			goal: "p95 60 ms, 9 KB"},
		{name: "pageresultsfirst", title: "list of all results, the first look", connections: 1,
			next: firstLook("/ui/results?", "newest upload first"), goal: "p95 60 ms"},
		{name: "pageresult", title: "page of a result", connections: 1, next: someResult, goal: "p95 20 ms, 8 KB"},
		{name: "pageflavor", title: "page of a flavor", connections: 1, next: func(random *rand.Rand) load.Request {
			return pageOf("/ui/flavors/"+dataset.IDOf("flavor", random.IntN(dataset.Flavors)).String(), "Newest results")
		}, goal: "p95 20 ms, 8 KB"},
		{name: "pagesite", title: "page of a site", connections: 1, next: func(random *rand.Rand) load.Request {
			return pageOf("/ui/sites/"+dataset.IDOf("site", random.IntN(dataset.Sites)).String(), "Newest results")
		}, goal: "p95 20 ms, 8 KB"},
		{name: "pagebenchmark", title: "page of a benchmark", connections: 1,
			next: always("/ui/benchmarks/"+dataset.IDOf("benchmark", dataset.Compared).String(), "Values of a result"), goal: "p95 20 ms, 8 KB"},
		{name: "pageupload", title: "upload form", connections: 1, next: always("/ui/upload", "Upload results"), goal: "p95 20 ms, 8 KB"},
		{name: "pageunchanged", title: "front door that the browser has (304)", connections: 1, next: func(*rand.Rand) load.Request {
			return load.Request{
				Method: http.MethodGet, Target: "/ui/", Status: http.StatusNotModified, Header: map[string]string{"If-None-Match": "*"}, Check: empty,
			}
		}, goal: "p95 10 ms, 0 KB"},
		{name: "pagereaders", title: fmt.Sprintf("front door, %d readers a second", readersRate), connections: many, rate: readersRate,
			next: always("/ui/", "Where does it run fastest?"), goal: "p95 50 ms, 200/s"},
	}
}

// listFiles are the files of a list of the compared results besides those of exports, another list each time.
func listFiles() []request {
	var files []request
	for format, begins := range map[string]string{"md": "# ", "bib": "@", "svg": "<svg", "png": "\x89PNG", "pdf": "%PDF"} {
		files = append(files, request{
			name: "list" + format, title: "list of results as " + format, connections: 1,
			next: func(random *rand.Rand) load.Request {
				request := get("/ui/results."+format+"?before="+someDay(random)+"&benchmark="+dataset.IDOf("benchmark", dataset.Compared).String(),
					func(body []byte) error {
						if !bytes.HasPrefix(body, []byte(begins)) {
							return fmt.Errorf("the file begins with %.20q, not %q", body, begins)
						}
						return nil
					})
				request.MayBeRefused = true // figures are drawn two at a time
				return request
			},
		})
	}
	slices.SortFunc(files, func(a, b request) int { return strings.Compare(a.name, b.name) })
	return files
}

// someDay is a day after all runs, another one each time.
func someDay(random *rand.Rand) string {
	const days = 2_000_000
	return dataset.End.AddDate(0, 0, 1+random.IntN(days)).Format(time.DateOnly)
}

// firstLook asks for a page that the server does not keep: with a key that has no effect, and another value each time.
func firstLook(target, has string) func(*rand.Rand) load.Request {
	return func(random *rand.Rand) load.Request {
		return pageOf(fmt.Sprintf("%slook=%d", target, random.Int64()), has)
	}
}

// pageOf asks for a compressed page, which must have this text.
func pageOf(target, has string) load.Request {
	return load.Request{
		Method: http.MethodGet, Target: target, Status: http.StatusOK, Header: map[string]string{"Accept-Encoding": "gzip"},
		Check: func(body []byte) error {
			reader, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				return fmt.Errorf("the page is not compressed: %w", err)
			}
			text, err := io.ReadAll(reader)
			switch {
			case err != nil:
				return err
			case !bytes.Contains(text, []byte(has)):
				return fmt.Errorf("the page has no %q", has)
			case !bytes.HasSuffix(bytes.TrimSpace(text), []byte("</html>")):
				return errors.New("the page has no end")
			}
			return nil
		},
	}
}

func empty(body []byte) error {
	if len(body) > 0 {
		return errors.New("the answer has a body")
	}
	return nil
}
