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

const timeSchema = `{"title": "quick", "properties": {"t": {"type": "number", "metric": {"name": "Time", "unit": "s", "better": "lower",
	"samples": "all", "separator": ":", "resource": "cores", "label": "cpu", "default": true}}, "other": {"type": "number"}}}`

// ranking is a benchmark with flavors A, B and C: six results each on A (100 to 105 s) and B
// (200 to 205 s), one on C.
type ranking struct {
	s                        *harness.Server
	benchmark, name, a, b, c string
	site                     string
}

func newRanking(t *testing.T, s *harness.Server, name string) ranking {
	t.Helper()
	created := func(path, body string) string { return s.Post("alice", path, body).Want(t, 201).ID(t) }
	approve := func(path string) { s.Post("admin", path+":approve", "").Want(t, 204) }
	m := ranking{s: s, name: "test/" + name + ":1", site: name + " site"}
	m.benchmark = created("/benchmarks",
		fmt.Sprintf(`{"docker_image":"test/%s","docker_tag":"1","url":"https://x","json_schema":%s}`, name, timeSchema))
	approve("/benchmarks/" + m.benchmark)
	site := created("/sites", fmt.Sprintf(`{"name":%q,"address":"a"}`, m.site))
	approve("/sites/" + site)
	for flavor, id := range map[string]*string{"A": &m.a, "B": &m.b, "C": &m.c} {
		*id = created("/sites/"+site+"/flavors", fmt.Sprintf(`{"name":%q}`, flavor))
		approve("/flavors/" + *id)
	}
	for i := range 6 {
		m.upload(t, m.a, i, fmt.Sprintf(`{"t":%d,"cores":2,"cpu":"Intel(R) Fast"}`, 100+i))
		m.upload(t, m.b, i, fmt.Sprintf(`{"t":%d,"cores":4,"cpu":"Slow"}`, 200+i))
	}
	m.upload(t, m.c, 0, `{"t":999,"all":"300:310:305","cores":8,"cpu":"Slow"}`)
	return m
}

func (m ranking) upload(t *testing.T, flavor string, day int, body string) string {
	t.Helper()
	return m.s.Post("alice", fmt.Sprintf("/results?execution_datetime=2024-01-%02dT00:00:00Z&benchmark_id=%s&flavor_id=%s",
		1+day, m.benchmark, flavor), body).Want(t, 201).ID(t)
}

// page is the compare page of the benchmark with more in its address, as text without tags.
func (m ranking) page(t *testing.T, more string) string {
	t.Helper()
	answer := m.s.Get("/ui/compare?benchmark=" + m.name + more)
	if answer.Status == http.StatusSeeOther {
		answer = m.s.Get("/ui/" + strings.TrimPrefix(answer.Header.Get("Location"), "./"))
	}
	return plain(answer.Want(t, 200).Body)
}

var tags, blanks = regexp.MustCompile(`<[^>]*>`), regexp.MustCompile(`[\s\x{a0}]+`)

// plain is the text of a page: spaces of all kinds are one space.
func plain(page string) string {
	text := strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "\u202f", " ").Replace(tags.ReplaceAllString(page, " "))
	return blanks.ReplaceAllString(text, " ")
}

func wantTexts(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q:\n%s", text, page)
		}
	}
}

func TestRankingComparesFlavors(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		m := newRanking(t, s, "ranked")
		wantTexts(t, m.page(t, ""),
			"quick: time by flavor", "Fastest: ranked site A , 102 s on 2 cores.", "lower is better",
			"Intel Fast", "100 to 105", "300 to 310", "3 repeats", "Take away", "set ", "All results are from one uploader",
			"Flavors have 2 to 8 cores.")
		wantTexts(t, m.page(t, "&base=ranked%20site/B"),
			"Compared with ranked site B: 1 faster, 1 has too few results.", "▲ faster", "baseline", "too few results")
		wantTexts(t, m.page(t, "&site=NOWHERE&foo=1"), "Ignored: foo=1", "There is no site NOWHERE.", "102")
		wantTexts(t, m.page(t, "&json.cores=16"), "No result matches.", "Without cores 16 there are 13.")
		wantTexts(t, m.page(t, "&per=resource"), "core-seconds", "205")
		wantTexts(t, m.page(t, "&by=json.cpu"), "quick: time by processor", "Slow")
		for _, question := range []string{
			"&metric=other", "&by=json.nowhere", "&view=plot&x=json.nowhere", "&view=trend&by=json.nowhere", "&view=spread&metric=other",
			"&as_of=2020-01-01T00:00:00Z", "&by=json.nowhere&site=ranked%20site",
		} {
			wantTexts(t, m.page(t, question), "No result matches.", "The benchmark has 13 results.")
		}
		wantTexts(t, m.page(t, "&metric=cores"), "Whether lower or higher is better is not declared")
	})
}

func TestVersionsStandSideBySide(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		m, other := newRanking(t, s, "one"), newRanking(t, s, "two")
		page := m.page(t, "&benchmark="+other.name)
		wantTexts(t, page, "quick: time by flavor and version", "one site A · test/one:1", "two site A · test/two:1")
		f := s.NewFixture("unitless")
		metric := `{"metrics":[{"path":"score","unit":"B/s","better":"higher"}]}`
		path := "/benchmarks/" + f.Benchmark + "/metrics?force=true"
		s.Do(harness.Call{Method: http.MethodPut, Path: path, As: "admin", Body: metric}).Want(t, 204)
		wantTexts(t, m.page(t, "&benchmark="+f.Benchmark), "It measures in another unit.", "quick: time by flavor", "102")
	})
}

func TestOtherViewsDrawTheSameResults(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		m := newRanking(t, s, "viewed")
		wantTexts(t, m.page(t, "&view=plot"), "quick: time against cores", "13 results of 1 site.", "Figures")
		wantTexts(t, m.page(t, "&view=plot&x=run"), "quick: time against day of the run", "2024-01-06")
		wantTexts(t, m.page(t, "&view=plot&x=json.cpu&color=none"), "quick: time against processor", "Intel(R) Fast")
		wantTexts(t, m.page(t, "&view=spread"), "quick: spread of time by flavor", "varies most", "Deviation")
		wantTexts(t, m.page(t, "&view=trend"), "quick: time month by month, by flavor", "2024-01", "No lasting change was found")
		// 100 to 105 s on 2 cores are 205 core-seconds at the median.
		wantTexts(t, m.page(t, "&view=spread&per=resource"), "Median, core-seconds", "205")
		wantTexts(t, m.page(t, "&view=trend&per=resource"), "Median, core-seconds", "205")
		wantTexts(t, m.page(t, "&view=plot&per=resource"), "A plot shows the values as they were measured.")
	})
}

func TestAddressesAreCanonical(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		m := newRanking(t, s, "canonical")
		for sent, want := range map[string]string{
			"benchmark=" + url.QueryEscape(m.name) + "&by=flavor&view=ranking&metric=": "benchmark=" + m.name,
			"path=cores&value=2&benchmark=" + m.name:                                   "benchmark=" + m.name + "&json.cores=2",
			"benchmark=" + m.name + "&from.t=1&to.t=150":                               "benchmark=" + m.name + "&json.t=1..150",
		} {
			answer := s.Get("/ui/compare?" + sent)
			if got := answer.Header.Get("Location"); answer.Status != http.StatusSeeOther || got != "./compare?"+want {
				t.Errorf("%s: %d to %s, want 303 to ./compare?%s", sent, answer.Status, got, want)
			}
			if again := s.Get("/ui/compare?" + want); again.Status != http.StatusOK {
				t.Errorf("the canonical address is answered %s", again)
			}
		}
		// Without a benchmark a page leads to the busiest one and says what it ignores; a file refuses what it does not know.
		if got := s.Get("/ui/compare?foo=1").Header.Get("Location"); !strings.HasSuffix(got, "&foo=1") {
			t.Errorf("what is ignored is lost on the way to %q", got)
		}
		for _, format := range []string{"csv", "json", "ndjson", "md", "svg", "png", "pdf", "bib"} {
			s.Get("/ui/compare."+format+"?foo=1&scale=x").Want(t, http.StatusUnprocessableEntity)
			if got := s.Get("/ui/compare." + format).Header.Get("Location"); !strings.HasPrefix(got, "./compare."+format+"?benchmark=") {
				t.Errorf("a %s without a benchmark leads to %q", format, got)
			}
		}
		if got := s.Get("/ui/compare.csv?benchmark=a:1&benchmark=b:1").Want(t, http.StatusUnprocessableEntity).Body; !strings.Contains(got,
			"There is no benchmark a:1.") || !strings.Contains(got, "There is no benchmark b:1.") {
			t.Errorf("the refusal says %s", got)
		}
	})
}

func TestComparisonsAreFilesToo(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		m := newRanking(t, s, "filed")
		for format, want := range map[string]string{
			"csv": "verdict", "json": "sentence", "ndjson": `"median":102.5`, "md": "| ", "svg": "<svg", "png": "PNG", "pdf": "%PDF",
			"bib": "@misc{",
		} {
			for _, view := range []string{"", "&view=plot", "&view=spread", "&view=trend"} {
				answer := s.Get("/ui/compare." + format + "?benchmark=" + m.name + view)
				if answer.Status != http.StatusOK || view == "" && !strings.Contains(answer.Body, want) {
					t.Errorf("%s of %q: %.300s, want %s", format, view, answer, want)
				}
			}
		}
		if got := s.Get("/ui/compare.svg?benchmark=" + m.name).Header.Get("Cross-Origin-Resource-Policy"); got != "cross-origin" {
			t.Errorf("other sites may not show a figure: %q", got)
		}
	})
}

var permanentLink = regexp.MustCompile(`compare\?as_of=[^"<\s]*set=[0-9a-f]{8}-[0-9]+`)

func TestPermanentLinksSayWhetherTheResultsAreTheSame(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		m := newRanking(t, s, "cited")
		link := strings.ReplaceAll(permanentLink.FindString(s.Get("/ui/compare?benchmark="+m.name).Body), "&amp;", "&")
		if link == "" {
			t.Fatal("the page has no permanent link")
		}
		cited := func() string { return plain(s.Get("/ui/"+link).Want(t, 200).Body) }
		wantTexts(t, cited(), "The same 13 results as cited.")
		later := m.upload(t, m.c, 3, `{"t":50,"cores":8}`)
		wantTexts(t, cited(), "The same 13 results as cited.")
		first := s.Get("/results?benchmark_id=" + m.benchmark + "&flavor_id=" + m.a).Items(t)[0]["id"]
		s.Post("alice", fmt.Sprintf("/results/%s:withdraw", first), `{"reason":"wrong"}`).Want(t, 204)
		wantTexts(t, cited(), "Cited with 13 results; 1 was withdrawn since")
		s.Post("alice", "/results/"+later+":withdraw", `{"reason":"wrong"}`).Want(t, 204)
		wantTexts(t, cited(), "Cited with 13 results; 1 was withdrawn since")
	})
}

func TestReadsOfTheAPILeadToTheirPages(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f := s.NewFixture("bridge")
		for path, page := range map[string]string{
			"/benchmarks/" + f.Benchmark: "/ui/benchmarks/", "/sites/" + f.Site: "/ui/sites/", "/flavors/" + f.Flavor: "/ui/flavors/",
		} {
			id := path[strings.LastIndex(path, "/")+1:]
			want := "<" + page + id + `>; rel="alternate"; type="text/html"`
			if got := s.Get(path).Want(t, 200).Header.Get("Link"); got != want {
				t.Errorf("%s leads to %s, want %s", path, got, want)
			}
			s.Get(page+id).Want(t, 200)
		}
		if got := s.Get("/sites/"+strings.Replace(f.Site, f.Site[:8], "00000000", 1)).Want(t, 404).Header.Get("Link"); got != "" {
			t.Errorf("what does not exist leads to %s", got)
		}
	})
}

func TestPagesAreNeverOlderThanAWrite(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		m := newRanking(t, s, "fresh")
		path := "/ui/compare?benchmark=" + m.name
		before := s.Get(path).Want(t, 200)
		tag := before.Header.Get("ETag")
		same := s.Do(harness.Call{Method: http.MethodGet, Path: path, Header: http.Header{"If-None-Match": {tag}}})
		if same.Status != http.StatusNotModified {
			t.Errorf("a page that is the same: %s", same)
		}
		for i := range 3 {
			m.upload(t, m.c, 7+i, fmt.Sprintf(`{"t":%d,"cores":8}`, 40+i))
			wantTexts(t, m.page(t, ""), fmt.Sprintf("%d results", 14+i))
			wantTexts(t, plain(s.Get("/ui/").Want(t, 200).Body), fmt.Sprintf("quick, %d.0 s", 40+i))
		}
		list := "/ui/results?benchmark=" + m.name
		wantTexts(t, plain(s.Get(list).Want(t, 200).Body), "16 results, newest upload first")
		id := m.upload(t, m.c, 11, `{"t":50,"cores":8}`)
		wantTexts(t, plain(s.Get(list).Want(t, 200).Body), "17 results, newest upload first")
		s.Post("alice", "/results/"+id+":withdraw", `{"reason":"for the test"}`)
		wantTexts(t, plain(s.Get(list).Want(t, 200).Body), "16 results, newest upload first")
		wantTexts(t, plain(s.Get("/ui/benchmarks/"+m.benchmark).Want(t, 200).Body), "16 results")
		m.upload(t, m.c, 12, `{"t":51,"cores":8}`)
		wantTexts(t, plain(s.Get("/ui/benchmarks/"+m.benchmark).Want(t, 200).Body), "17 results")
		changed := s.Do(harness.Call{Method: http.MethodGet, Path: path, Header: http.Header{"If-None-Match": {tag}}})
		if changed.Status != http.StatusOK {
			t.Errorf("a page that changed: %s", changed)
		}
	})
}

func TestFrontDoorOfAnEmptyInstallationSaysWhatToDo(t *testing.T) {
	s := harness.Start(t, harness.Settings{"DB_DRIVER": "sqlite", "DATA_DIR": t.TempDir(), "START_PAGE": "ui", "BACKEND_ROUTE": "/api/v1"})
	wantTexts(t, plain(s.Get("/api/v1/ui/").Want(t, 200).Body), "No results yet", "Add your site", "Bring a benchmark", "Upload results")
	wantTexts(t, plain(s.Get("/ui/compare").Want(t, 200).Body), "There is no benchmark yet")
	for path, want := range map[string]string{"/api/v1": "/api/v1/ui/", "/api/v1/": "/api/v1/ui/", "/": "/api/v1/ui/"} {
		if answer := s.Get(path); answer.Status != http.StatusFound || answer.Header.Get("Location") != want {
			t.Errorf("%s: %d to %q, want 302 to %s", path, answer.Status, answer.Header.Get("Location"), want)
		}
	}
	if answer := s.Get("/api/v1/ui/api").Want(t, 200); !strings.Contains(answer.Body, "/api/v1/api-spec.json") {
		t.Errorf("the API page is %s", answer)
	}
}

// Without PUBLIC_URL, what is cited and copied has the address of the request, with its prefix.
func TestAddressesToCiteHaveThePrefixOfTheRequest(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"BACKEND_ROUTE": "/api/v1"}))
	measured(t, s, "Prefixed", `{"score":2.5}`)
	b := s.Browse(t, "")
	for prefix, other := range map[string]string{"/api/v1": "/ui/compare?as_of", "": "/api/v1/ui/compare?as_of"} {
		root := s.Base + prefix
		b.Get(prefix+"/ui/compare?benchmark=metric-prefixed:1").Want(t, http.StatusOK, root+"/ui/compare?as_of", root+"/ui/compare.csv?").
			Lacks(t, s.Base+other)
		b.Get(prefix+"/ui/feed.atom").Want(t, http.StatusOK, `href="`+root+`/ui/results"`)
	}
}

// A benchmark that declares no metric is compared by a number all the same: one that its schema names, or one
// that its results have.
func TestABenchmarkWithoutAMetricOffersItsNumbers(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	for name, schema := range map[string]string{
		"named": `{"type": "object", "properties": {"speed": {"type": "number"}, "host": {"type": "string"}}}`, "free": `{"type": "object"}`,
	} {
		f := s.NewFixtureWith(name, schema)
		s.Post("alice", f.UploadPath(""), `{"speed": 3, "host": "a"}`).Want(t, http.StatusCreated)
		page := s.Browse(t, "").Get("/ui/compare?benchmark=" + f.Benchmark)
		page.Want(t, http.StatusOK, "does not declare", "metric=speed").Lacks(t, "metric=host")
	}
}

// Perfect scaling is drawn from one number of cores to another: with one number there is nothing to draw.
func TestAPlotHasAGuideIfTheCoresDiffer(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	measured(t, s, "one", `{"score":2,"cpu":{"count":4}}`, `{"score":3,"cpu":{"count":4}}`)
	measured(t, s, "several", `{"score":2,"cpu":{"count":4}}`, `{"score":1,"cpu":{"count":8}}`)
	b := s.Browse(t, "")
	const guide = `class="guide"`
	b.Get("/ui/compare?benchmark=metric-several:1&view=plot&x=json.cpu.count").Want(t, http.StatusOK, guide)
	b.Get("/ui/compare?benchmark=metric-one:1&view=plot&x=json.cpu.count").Want(t, http.StatusOK, "4 cores").Lacks(t, guide)
}
