package ui_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// Pages of one thing do not wait for the ranking of a large benchmark whose results changed: they show what they
// know, and a link that waits. No place is older than the results.
func TestPagesDoNotWaitForPlaces(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f, ids := measured(t, s, "Placed", `{"score":2.5}`)
		other := s.NewFixture("Faster")
		upload := func(flavor string, n int, score float64) {
			t.Helper()
			items := make([]string, n)
			for i := range items {
				items[i] = fmt.Sprintf(`{"execution_datetime":"2021-05-21T08:31:00Z","benchmark_id":%q,"flavor_id":%q,"json":{"score":%g}}`,
					f.Benchmark, flavor, score+float64(i)/1e6)
			}
			answer := s.Post("alice", "/results:batch", "["+strings.Join(items, ",")+"]").Want(t, http.StatusOK)
			if !strings.Contains(answer.Body, fmt.Sprintf(`"created":%d,`, n)) {
				t.Fatalf("%.300s", answer.Body)
			}
		}
		b := s.Browse(t, "")
		result, flavor, site, benchmark := "/ui/results/"+ids[0], "/ui/flavors/"+f.Flavor, "/ui/sites/"+f.Site, "/ui/benchmarks/"+f.Benchmark
		const strip, noise = "2 flavors at 2 sites, 1.00 to ", "How much repeated runs vary"

		b.Get(result).Want(t, http.StatusOK, "1 of 1 flavor<")
		upload(other.Flavor, 100, 1)
		for _, page := range []string{result, flavor} {
			b.Get(page).Want(t, http.StatusOK, "2 of 2 flavors").Lacks(t, "data-later")
		}
		b.Get(site).Want(t, http.StatusOK, "<small>2 of 2</small>").Lacks(t, "data-later")
		b.Get(benchmark).Want(t, http.StatusOK, strip, noise).Lacks(t, "data-later")

		upload(f.Flavor, 1000, 3)
		for _, page := range []string{result, flavor, site} {
			b.Get(page).Want(t, http.StatusOK, `href="?places=1" data-later`).Lacks(t, "of 2 flavors", "<small>2 of 2")
		}
		b.Get(benchmark).Want(t, http.StatusOK, `href="?places=1" data-later`, ">1 101 results<").Lacks(t, strip, noise)
		b.Get(flavor).Want(t, http.StatusOK, "<b>3.00050</b>", ">1 001</a>")
		b.Get(site).Want(t, http.StatusOK, ">3.00 s<")
		b.Get(follow(t, b.Get(result), "among all flavors")).Want(t, http.StatusOK, "2 of 2 flavors")
		for _, page := range []string{result, flavor} {
			b.Get(page).Want(t, http.StatusOK, "2 of 2 flavors").Lacks(t, "data-later")
		}
		b.Get(site).Want(t, http.StatusOK, "<small>2 of 2</small>")

		s.Post("alice", f.UploadPath(""), `{"score":9}`).Want(t, http.StatusCreated)
		for i, page := range []string{result, flavor, site} {
			b.Get(page).Want(t, http.StatusOK, "data-later")
			b.Get(page+"?places=1").Want(t, http.StatusOK, "2 of 2").Lacks(t, "data-later")
			s.Post("alice", f.UploadPath(""), fmt.Sprintf(`{"score":9.%d}`, i+1)).Want(t, http.StatusCreated)
		}
		b.Get(benchmark).Want(t, http.StatusOK, "data-later")
		b.Get(benchmark+"?places=1").Want(t, http.StatusOK, strip, noise).Lacks(t, "data-later")

		// The values of so many results come later, too.
		upload(f.Flavor, 1000, 4)
		upload(f.Flavor, 1000, 5)
		b.Get(flavor).Want(t, http.StatusOK, `href="?places=1" data-later`, "All 3 005 results").Lacks(t, "Median", "No result yet")
		b.Get(site).Want(t, http.StatusOK, `href="?places=1" data-later`, "All 3 005 results").Lacks(t, "Results</th>", `data-head="metric`)
		b.Get(flavor+"?places=1").Want(t, http.StatusOK, "<b>4.0005</b>", "2 of 2 flavors").Lacks(t, "data-later")
		b.Get(site+"?places=1").Want(t, http.StatusOK, ">3 005</td>", ">4.0005 s<", "<small>2 of 2</small>").Lacks(t, "data-later")
	})
}

// A flavor and a site have lines for their four busiest benchmarks, and links to the results of the others. Sites count
// the results of all of them.
func TestPagesNameAllBenchmarksWithResults(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f, _ := measured(t, s, "Busiest", `{"score":1}`, `{"score":2}`)
		b := s.Browse(t, "")
		for i := range 4 {
			other, _ := measured(t, s, fmt.Sprintf("other-%d", i))
			other.Site, other.Flavor = f.Site, f.Flavor
			s.Post("alice", other.UploadPath(""), `{"score":1}`).Want(t, http.StatusCreated)
		}
		for _, page := range []string{"/ui/flavors/" + f.Flavor, "/ui/sites/" + f.Site} {
			answer := b.Get(page).Want(t, http.StatusOK, ">metric-busiest<")
			more := regexp.MustCompile(`Also: <a href="[^"]+">(<bdi>metric-other-.</bdi>)</a> \(1 result\)\.`).FindStringSubmatch(answer.HTML)
			if more == nil {
				t.Errorf("%s does not name one further benchmark", page)
				continue
			}
			b.Get(follow(t, answer, more[1])).Want(t, http.StatusOK, "1 result")
		}
		b.Get("/ui/sites/"+f.Site).Want(t, http.StatusOK, ">6</td>")
	})
}
