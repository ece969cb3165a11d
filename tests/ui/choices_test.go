package ui_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

var benchmarkChoice = regexp.MustCompile(`<option value="[^"]+"[^>]*>([^<]* \(metric-[^<]*\))</option>`)

// Every list of choices has the benchmarks in one order, whatever their results.
func TestBenchmarksAreOfferedInOneOrder(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	measured(t, s, "beta", `{"score":1}`, `{"score":2}`)
	measured(t, s, "gamma", `{"score":1}`, `{"score":2}`, `{"score":3}`)
	measured(t, s, "alpha", `{"score":1}`)
	want := []string{"metric-alpha (metric-alpha:1)", "metric-beta (metric-beta:1)", "metric-gamma (metric-gamma:1)"}
	alice := s.Browse(t, "alice")
	for _, page := range []string{"/ui/", "/ui/compare?benchmark=metric-beta:1", "/ui/results", "/ui/upload"} {
		var got []string
		for _, choice := range benchmarkChoice.FindAllStringSubmatch(alice.Get(page).Want(t, http.StatusOK).HTML, -1) {
			got = append(got, choice[1])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s offers %q, want %q", page, got, want)
		}
	}
}

// The name of a flavor is seen in a ranking even if that of its site is long.
func TestALongNameOfASiteLeavesRoomForItsFlavor(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	name := strings.Repeat("Very-long-name-", 6) + "end"
	f, _ := measured(t, s, name, `{"score":1,"cpu":{"count":2}}`)
	b := s.Browse(t, "")
	page := "/ui/compare?benchmark=" + f.Benchmark
	short := name[:47] + "…"
	for _, view := range []string{"", "&view=spread"} {
		b.Get(page+view).Want(t, http.StatusOK, "<bdi>"+short+"</bdi> <b><bdi>"+name+"</bdi>")
	}
	b.Get(page+"&view=plot").Want(t, http.StatusOK, short)
	b.Get("/ui/compare.csv?benchmark="+f.Benchmark).Want(t, http.StatusOK, name)
}
