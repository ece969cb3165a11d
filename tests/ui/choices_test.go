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
	for _, view := range []string{"", "&view=spread"} {
		b.Get(page+view).Want(t, http.StatusOK, "<bdi>"+name[:23]+"…</bdi> <b><bdi>"+name[:47]+"…</bdi>")
	}
	b.Get(page+"&view=plot").Want(t, http.StatusOK, name[:47]+"…")
	b.Get("/ui/compare.csv?benchmark="+f.Benchmark).Want(t, http.StatusOK, name)
}

// A form offers a part of many sites, tags and baselines, and always the chosen ones. The page of choices has all of them, finds them
// by their names, and keeps what is ticked and the question.
func TestManyChoicesHaveAPageOfTheirOwn(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	c.grow(t, 40, 160)
	b := c.s.Browse(t, "")
	question := "/ui/compare?benchmark=" + crowdBenchmark
	last, other := c.sites[39].Name, c.sites[20].Name

	b.Get(question+"&site="+last).Want(t, http.StatusOK, `name="site" value="`+last+`" checked`, `>All 40</a>`)
	b.Get("/ui/results?site="+last).Want(t, http.StatusOK, `name="site" value="`+last+`" checked`, `>All 40</a>`)
	for _, page := range []string{
		question + "&site=" + last + "&view=spread", "/ui/results?benchmark=" + crowdBenchmark + "&site=" + last, "/ui/results?site=" + last,
	} {
		form := b.Get(page)
		all := b.Get(follow(t, form, "All 40")).Want(t, http.StatusOK, "Find among 40", `name="site" value="`+last+`" checked`)
		if n := strings.Count(all.HTML, `type="checkbox"`); n < 30 || n > 31 {
			t.Errorf("%s: the first page has %d choices, want 30, and the chosen one", all.Path, n)
		}
		found := b.Get(all.Path+"&find="+other).Want(t, http.StatusOK, "Find among 1<", `value="`+other+`">`, `value="`+last+`" checked`)
		shown := b.Get(found.Path + "&site=" + other + "&show=1")
		const view = "view=spread"
		if strings.Contains(shown.Path, view) != strings.Contains(page, view) || strings.Contains(shown.Path, "find") ||
			!strings.HasPrefix(shown.Path, page[:len("/ui/compare")]) {
			t.Errorf("%s leads to %s", found.Path, shown.Path)
		}
		for _, site := range []string{last, other} {
			shown.Want(t, http.StatusOK, `value="`+site+`" checked`)
		}
	}
	rest := b.Get("/ui/choose?benchmark="+crowdBenchmark+"&for=compare&of=site&page=2").Want(t, http.StatusOK, `name="page" value="1"`)
	if n := strings.Count(rest.HTML, `type="checkbox"`); n != 10 {
		t.Errorf("the second page has %d choices, want 10", n)
	}
	b.Get("/ui/choose?find=nowhere&for=compare&of=site").Want(t, http.StatusOK, "Nothing has “<bdi>nowhere</bdi>”")
	b.Get("/ui/choose?for=compare&of=nothing").Want(t, http.StatusNotFound)

	base := b.Get(follow(t, b.Get(question), "All 125")).Want(t, http.StatusOK, `type="radio" name="base"`)
	b.Get(base.Path+"&base=crowd/"+c.flavors[40].Name+"&show=1").Want(t, http.StatusOK, "baseline")
}
