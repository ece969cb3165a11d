package ui_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

var addressOf = regexp.MustCompile(`url = \{([^}]+)\}`)

// A list of results is a table to paste, a figure and a citation, too: of the results that it
// lists, in its order.
func TestListsAreFiles(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		var documents []string
		for i := range 110 {
			documents = append(documents, fmt.Sprintf(`{"score":%d.5,"cpu":{"count":%d,"name":"a|b"}}`, i, i%2+1))
		}
		f, ids := measured(t, s, "Listed", append(documents, `{"score":99999.25}`)...)
		b := s.Browse(t, "")
		list := func(format, query string) string { return "/ui/results" + format + "?benchmark=" + f.Benchmark + query }

		table := b.Get(list(".md", "&sort=-json.score&col=flavor&col=json.score&col=json.cpu.name")).
			Want(t, http.StatusOK, "# metric-listed: results", "| Flavor | Time, s | cpu.name | Result |", "| --- | ---: | --- | --- |",
				"| 99999.25 |  | "+ids[110]+" |", `| 109.5 | a\|b | `+ids[109]+" |",
				"The first 100 of 111 results; the CSV has all.", "111 results by time, largest first", "set ").HTML
		if rows := strings.Count(table, "\n| "); rows != 102 {
			t.Errorf("the table has %d lines, want head, line and 100 results", rows)
		}
		b.Get(list(".md", "&json.cpu.count=2")).Want(t, http.StatusOK, "All 55 results.", ", where cpu.count 2.")

		citation := b.Get(list(".bib", "&json.cpu.count=2")).
			Want(t, http.StatusOK, "metric-listed: results", "55 results, where cpu.count 2").HTML
		cited, err := url.Parse(addressOf.FindStringSubmatch(citation)[1])
		if err != nil {
			t.Fatal(err)
		}
		b.Get(cited.RequestURI()).Want(t, http.StatusOK, "55 results", "The same 55 results as cited.")
		if compared := b.Get("/ui/compare.bib?benchmark=" + f.Benchmark + "&json.cpu.count=2").HTML; setOf(compared) != setOf(citation) {
			t.Errorf("the list cites set %s, the comparison of the same results %s", setOf(citation), setOf(compared))
		}
		s.Post("alice", "/results/"+ids[1]+":withdraw", `{"reason":"test"}`).Want(t, http.StatusNoContent)
		b.Get(cited.RequestURI()).Want(t, http.StatusOK, "Cited with 55 results; 1 was withdrawn since")

		figure := b.Get(list(".svg", "&json.cpu.count=2")).Want(t, http.StatusOK,
			"metric-listed: time of 54 results by flavor", "Time", ", s", "lower is better", "Listed", "EOSC Perf", "set ").HTML
		if marks := strings.Count(figure, `<path`) + strings.Count(figure, "<line"); marks < 54 {
			t.Errorf("the figure has %d marks, want one for each of 54 results\n%s", marks, figure)
		}
		b.Get(list(".svg", "&col=json.cpu.count&json.score=10..12")).Want(t, http.StatusOK, "count of 2 results by flavor")
		b.Get(list(".svg", "")).Want(t, http.StatusOK, "time of 110 results by flavor")
		for _, format := range []string{".png", ".pdf"} {
			b.Get(list(format, "")).Want(t, http.StatusOK)
		}

		// What has no figure says why, on the page and to programs.
		for path, reason := range map[string]string{
			"/ui/results%s": "alues of several benchmarks have no common scale; choose one benchmark.",
			"/ui/results%s?benchmark=" + f.Benchmark + "&col=run&col=json.cpu.name": "o column of the list has numbers.",
		} {
			b.Get(fmt.Sprintf(path, "")).Want(t, http.StatusOK, "No figure: ", reason, "Markdown", "BibTeX").Lacks(t, ">PNG<")
			b.Get(fmt.Sprintf(path, ".svg")).Want(t, http.StatusUnprocessableEntity, `"query"`, reason)
			b.Get(fmt.Sprintf(path, ".md")).Want(t, http.StatusOK)
		}
		b.Get(list(".svg", "&json.score=77777")).Want(t, http.StatusUnprocessableEntity, "No result of the list has a number at score.")
		for _, format := range []string{".md", ".bib", ".svg", ".csv"} {
			b.Get(list(format, "&colour=red")).Want(t, http.StatusUnprocessableEntity, "colour")
			b.Get(list(format, "&after=50."+ids[0])).Want(t, http.StatusUnprocessableEntity, "A file begins with the first result.")
		}
		b.Get(list("", "")).Want(t, http.StatusOK, ">CSV<", ">Markdown<", ">SVG<", ">PNG<", ">PDF<", ">BibTeX<").Lacks(t, "No figure")
	})
}

// A result is a row, a figure of its repeats and a citation; the suffixes of a benchmark, site and flavor are
// those of the list of its results.
func TestThingsAreFiles(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f, ids := measured(t, s, "Filed", `{"score":2.5,"all":[2,2.5,3],"cpu":{"count":8,"name":"A"}}`, `{"score":3.5}`)
		b := s.Browse(t, "")
		b.Get("/ui/results/"+ids[0]).Want(t, http.StatusOK, ">Markdown<", ">SVG<", ">PDF<", ">BibTeX<", ">JSON<")
		b.Get("/ui/results/"+ids[1]).Want(t, http.StatusOK, ">Markdown<", ">BibTeX<").Lacks(t, ">SVG<")
		b.Get("/ui/results/"+ids[0]+".md").Want(t, http.StatusOK,
			"| Cores | Time, s | Result |", "| 8 | 2.5 | "+ids[0]+" |", "SHA-256", "EOSC Perf")
		b.Get("/ui/results/"+ids[0]+".svg").Want(t, http.StatusOK, "repeats of one run", "3 repeats", "lower is better", "EOSC Perf")
		b.Get("/ui/results/"+ids[0]+".pdf").Want(t, http.StatusOK)
		b.Get("/ui/results/"+ids[1]+".png").Want(t, http.StatusUnprocessableEntity, "The result has no repeats to draw.")
		b.Get("/ui/results/"+ids[0]+".csv").Want(t, http.StatusOK, "Cores,\"Time, s\",Result", "8,2.5,"+ids[0])
		b.Get("/ui/results/"+ids[0]+".ndjson").Want(t, http.StatusOK, "2.5", ids[0])
		for page, figure := range map[string]int{
			"benchmarks/" + f.Benchmark: http.StatusOK, "sites/" + f.Site: http.StatusUnprocessableEntity,
			"flavors/" + f.Flavor: http.StatusUnprocessableEntity,
		} {
			shown := b.Get("/ui/"+page).Want(t, http.StatusOK, "Its results", ">CSV<", ">BibTeX<")
			if figure != http.StatusOK {
				shown.Lacks(t, ">SVG<")
			}
			b.Get(follow(t, shown, "CSV")).Want(t, http.StatusOK, ids[0], ids[1])
			b.Get("/ui/"+page+".md").Want(t, http.StatusOK, ids[0], ids[1], "All 2 results.")
			b.Get("/ui/"+page+".ndjson").Want(t, http.StatusOK, ids[0], ids[1])
			b.Get("/ui/"+page+".bib").Want(t, http.StatusOK, "2 results")
			b.Get("/ui/"+page+".svg").Want(t, figure)
		}
		for _, page := range []string{"results/" + ids[0], "benchmarks/" + f.Benchmark, "sites/" + f.Site, "flavors/" + f.Flavor} {
			for _, suffix := range []string{"csv", "json", "md", "svg"} {
				b.Get("/ui/"+page+"."+suffix+"?places=1").Want(t, http.StatusUnprocessableEntity, "Unknown field.")
				b.Get("/ui/"+page+"."+suffix+"?foo=1").Want(t, http.StatusUnprocessableEntity, `"foo":["Unknown field."]`)
			}
		}
	})
}

// A stranger sees at once which results bear which tags: pages about tags are kept as others are.
func TestTagsOfKeptPagesAreCurrent(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f, ids := measured(t, s, "Tagged", `{"score":2}`, `{"score":3}`)
		s.Post("alice", "/tags", `{"name":"kept"}`).Want(t, http.StatusCreated)
		alice, b := s.Browse(t, "alice"), s.Browse(t, "")
		pages := []string{
			"/ui/results?benchmark=" + f.Benchmark + "&tag=kept", "/ui/results?benchmark=" + f.Benchmark + "&col=run&col=tags",
			"/ui/compare?benchmark=" + f.Benchmark + "&by=tag", "/ui/compare.csv?benchmark=" + f.Benchmark + "&tag=kept",
		}
		tag := func(names string) {
			alice.Post("/ui/results/"+ids[1], url.Values{"do": {"tags"}, "tags": {names}}).Want(t, http.StatusOK)
		}
		var before []string
		for round, names := range []string{"", "kept", ""} {
			tag(names)
			for i, path := range pages {
				first, again := b.Get(path), b.Get(path)
				if first.HTML != again.HTML {
					t.Errorf("%s differs when it is asked for again", path)
				}
				switch {
				case round == 0:
					before = append(before, first.HTML)
				case (first.HTML == before[i]) != (names == ""):
					t.Errorf("%s in round %d, with the tags %q: the same as before %t", path, round, names, first.HTML == before[i])
				}
			}
		}
	})
}

// setOf is the set that a citation names.
func setOf(citation string) string {
	_, rest, _ := strings.Cut(citation, "eosc-perf-")
	set, _, _ := strings.Cut(rest, ",")
	return set
}

// A page names the keys of its address that have no effect.
func TestPagesNameWhatTheyIgnore(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f, ids := measured(t, s, "Ignoring", `{"score":2.5}`)
		b := s.Browse(t, "")
		for page, known := range map[string]string{
			"": "", "results/" + ids[0]: "?done=claimed", "benchmarks/" + f.Benchmark: "?places=1", "sites/" + f.Site: "?places=1",
			"flavors/" + f.Flavor: "?places=1", "benchmarks": "?terms=x&status=on_review", "sites": "?terms=x", "results": "?col=run",
			"compare": "?benchmark=metric-ignoring:1",
		} {
			b.Get("/ui/"+page+known).Want(t, http.StatusOK).Lacks(t, "Ignored:")
			separator := "?"
			if known != "" {
				separator = "&"
			}
			asked := b.Get("/ui/"+page+known+separator+"foo=%3Cb%3E").Want(t, http.StatusOK, "Ignored: <code", "foo")
			asked.Lacks(t, "<b>foo", "=<b>")
		}
	})
}
