package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

func TestAReviewerCorrectsANameBeforeApproving(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	alice, admin := s.Browse(t, "alice"), s.Browse(t, "admin")
	site := alice.Post("/ui/sites/new", url.Values{"name": {"Nwe site"}, "address": {"Brno"}}).Path
	id := strings.TrimSuffix(strings.TrimPrefix(site, "/ui/sites/"), "?done=sent")
	review := "/ui/review/site/" + id
	admin.Get(review).Want(t, http.StatusOK, "Correct", `value="Nwe site"`)
	admin.Post(review, url.Values{"do": {"correct"}, "name": {"a\u200bb"}, "address": {"Brno"}}).
		Want(t, http.StatusUnprocessableEntity, "invisible", `<details class="more" open>`)
	admin.Post(review, url.Values{"do": {"correct"}, "name": {"New site"}, "address": {"Brno, CZ"}}).
		Want(t, http.StatusOK, "It is corrected.", "New site", "Brno, CZ", `name="do" value="approve"`)
	admin.Post(review, url.Values{"do": {"approve"}}).Want(t, http.StatusOK, "Approved.")
	admin.Post("/ui/sites/"+id, url.Values{"do": {"correct"}, "name": {"Newer site"}, "address": {"Brno"}}).
		Want(t, http.StatusOK, "It is corrected.", "Newer site")
	alice.Get("/ui/sites/"+id).Want(t, http.StatusOK, "Newer site").Lacks(t, "Correct")
	alice.Post("/ui/sites/"+id, url.Values{"do": {"correct"}, "name": {"Mine"}, "address": {"Brno"}}).Want(t, http.StatusForbidden)
}

func TestTheMetricsOfABenchmarkAreDeclaredOnItsPage(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f, _ := measured(t, s, "declared", `{"score": 2, "cpu": {"count": 4}}`)
	page := "/ui/benchmarks/" + f.Benchmark
	admin := s.Browse(t, "admin")
	s.Browse(t, "").Get(page).Want(t, http.StatusOK).Lacks(t, "Change the metrics")
	admin.Get(page).Want(t, http.StatusOK, "Change the metrics", "Another metric")
	form := func(path, better string) url.Values {
		return url.Values{
			"do": {"metrics"}, "path": {path, ""}, "name": {"duration", ""}, "unit": {"s", ""}, "better": {better, "none"}, "materiality": {"5", ""},
			"resource": {"cpu.count", ""}, "label": {"", ""}, "samples": {"", ""}, "separator": {"", ""}, "default": {"0"},
		}
	}
	admin.Post(page, form("nowhere", "lower")).
		Want(t, http.StatusUnprocessableEntity, `<a href="#path0">Metric 1, path: `, `value="nowhere"`, `value="duration"`)
	admin.Post(page, form("score", "lower")).
		Want(t, http.StatusOK, "The metrics are declared.", "<bdi>duration</bdi>", "lower is better", "compared first")
	admin.Get(page).Want(t, http.StatusOK, `name="materiality" value="5"`, `name="resource" value="cpu.count"`)
	s.Browse(t, "alice").Post(page, form("score", "higher")).Want(t, http.StatusForbidden)
}
