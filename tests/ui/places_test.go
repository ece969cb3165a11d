package ui_test

import (
	"fmt"
	"net/http"
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
		result, flavor, site := "/ui/results/"+ids[0], "/ui/flavors/"+f.Flavor, "/ui/sites/"+f.Site

		b.Get(result).Want(t, http.StatusOK, "1 of 1 flavor<")
		upload(other.Flavor, 100, 1)
		for _, page := range []string{result, flavor} {
			b.Get(page).Want(t, http.StatusOK, "2 of 2 flavors").Lacks(t, "data-later")
		}
		b.Get(site).Want(t, http.StatusOK, "<small>2 of 2</small>").Lacks(t, "data-later")

		upload(f.Flavor, 1000, 3)
		for _, page := range []string{result, flavor, site} {
			b.Get(page).Want(t, http.StatusOK, `href="?places=1" data-later`).Lacks(t, "of 2 flavors", "<small>2 of 2")
		}
		b.Get(flavor).Want(t, http.StatusOK, "<b>3.00</b>", ">1001</a>")
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
	})
}
