package ui_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

const metricSchema = `{"type":"object","required":["score"],"properties":{
	"score":{"type":"number","metric":{"name":"Time","unit":"s","better":"lower","resource":"cpu.count","label":"cpu.name","samples":"all",
		"default":true}},
	"all":{"type":"array"},"cpu":{"type":"object","properties":{"count":{"type":"integer"},"name":{"type":"string"}}}}}`

// measured is a benchmark with a metric, and results on one flavor.
func measured(t *testing.T, s *harness.Server, name string, documents ...string) (f harness.Fixture, ids []string) {
	t.Helper()
	f = s.NewFixture(name)
	f.Benchmark = s.Post("alice", "/benchmarks", fmt.Sprintf(
		`{"docker_image":"metric-%s","docker_tag":"1","url":"https://example.org","json_schema":%s}`,
		strings.ToLower(name), metricSchema)).Want(t, http.StatusCreated).ID(t)
	s.Post("admin", "/benchmarks/"+f.Benchmark+":approve", "").Want(t, http.StatusNoContent)
	for _, document := range documents {
		ids = append(ids, s.Post("alice", f.UploadPath(""), document).Want(t, http.StatusCreated).ID(t))
	}
	return f, ids
}

var resultLink = regexp.MustCompile(`<th role="rowheader" scope="row"><a href="[./]*results/([0-9a-f-]{36})"`)

// listed are the ids of the results of a page, in order.
func listed(p harness.Sheet) (ids []string) {
	for _, found := range resultLink.FindAllStringSubmatch(p.HTML, -1) {
		ids = append(ids, found[1])
	}
	return ids
}

var linkTo = func(text string) *regexp.Regexp { return regexp.MustCompile(`<a href="([^"]+)"[^>]*>` + text) }

// follow is the address behind the link with the text.
func follow(t *testing.T, p harness.Sheet, text string) string {
	t.Helper()
	found := linkTo(regexp.QuoteMeta(text)).FindStringSubmatch(p.HTML)
	if found == nil {
		t.Fatalf("%s has no link %q", p.Path, text)
	}
	base, err := url.Parse(p.Path)
	if err != nil {
		t.Fatal(err)
	}
	to, err := base.Parse(strings.ReplaceAll(found[1], "&amp;", "&"))
	if err != nil {
		t.Fatal(err)
	}
	return to.String()
}

func TestResultsAreSortedFilteredAndPaged(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		var documents []string
		for i := range 120 {
			documents = append(documents, fmt.Sprintf(`{"score":%d,"cpu":{"count":%d,"name":"x y"}}`, i, i%2+1))
		}
		f, ids := measured(t, s, "paged", documents...)
		b := s.Browse(t, "")
		page := "/ui/results?benchmark=" + f.Benchmark

		first := b.Get(page+"&sort=json.score").Want(t, http.StatusOK, "120 results by time, smallest first", "1-50 of 120")
		if got := listed(first); !slices.Equal(got, ids[:50]) {
			t.Fatalf("the first page has %d results, not in order", len(got))
		}
		second := b.Get(follow(t, first, "Older")).Want(t, http.StatusOK, "51-100 of 120")
		third := b.Get(follow(t, second, "Older")).Want(t, http.StatusOK, "101-120 of 120").Lacks(t, "Older")
		if !slices.Equal(listed(second), ids[50:100]) || !slices.Equal(listed(third), ids[100:]) {
			t.Error("the second and third page are not in order")
		}
		back := b.Get(follow(t, third, "&lt; Newer")).Want(t, http.StatusOK, "51-100 of 120")
		if !slices.Equal(listed(back), ids[50:100]) {
			t.Error("back from the third page the second one differs")
		}
		if again := b.Get(follow(t, back, "&lt; Newer")); !slices.Equal(listed(again), ids[:50]) {
			t.Error("back from the second page the first one differs")
		}
		if down := b.Get(page + "&sort=-json.score"); listed(down)[0] != ids[119] {
			t.Error("the largest value is not first")
		}
		// A filter on the second page leads to the first one.
		_, form, _ := strings.Cut(second.HTML, `class="filters"`)
		form, _, _ = strings.Cut(form, "</form>")
		if strings.Contains(form, `name="after"`) || !strings.Contains(form, `name="sort" value="json.score"`) {
			t.Errorf("the filters of the second page keep the place, or lose the order\n%s", form)
		}
		b.Get(page+"&from.score=10&to.score=12").Want(t, http.StatusOK, "3 results", "json.score=10..12")
		b.Get(page+"&json.cpu.name=x+y&json.cpu.count=2").Want(t, http.StatusOK, "60 results")
		b.Get(page+"&json.score=77777").Want(t, http.StatusOK, "No result matches", "Without score 77777 there are 120.")
		b.Get(page+"&site=NOWHERE&colour=red").Want(t, http.StatusOK, "120 results", "There is no site NOWHERE.", "colour").
			Lacks(t, "site NOWHERE</bdi>")
		b.Get(page+"&json.score=a..b").Want(t, http.StatusOK, "120 results", "A range is one of numbers").Lacks(t, "score a..b</bdi>")
		b.Get(page+"&after=nonsense&sort=json.score").Want(t, http.StatusOK, "1-50 of 120", "It is no place in the list.")
		b.Get(page+"&since=2021-05-22").Want(t, http.StatusOK, "No result matches")
		b.Get(page+"&since=2021-05-21&before=2021-05-22").Want(t, http.StatusOK, "120 results")
	})
}

// Whether an address has names or ids, people read names.
func TestConditionsAreReadByName(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f, _ := measured(t, s, "Named")
	s.Post("alice", f.UploadPath("&tags_ids="+f.Tag), `{"score":1}`).Want(t, http.StatusCreated)
	other := s.NewFixture("Other")
	b := s.Browse(t, "")
	byID := "?benchmark=" + f.Benchmark + "&flavor=" + f.Flavor + "&site=" + f.Site + "&tag=" + f.Tag
	b.Get("/ui/results"+byID).Want(t, http.StatusOK, "1 result", "<bdi>benchmark metric-named:1</bdi>", "<bdi>flavor Named/Named</bdi>",
		"<bdi>site Named</bdi>", "<bdi>tag Named</bdi>")
	none := strings.Replace(f.Flavor, f.Flavor[:8], "00000000", 1)
	b.Get("/ui/results?flavor="+none).Want(t, http.StatusOK, "There is no flavor "+none+".").Lacks(t, "<bdi>flavor")
	// The earlier program has results of what is on review.
	s.Post("alice", "/sites", `{"name":"Waiting","address":"w"}`).Want(t, http.StatusCreated)
	b.Get("/ui/results?site=Waiting").Want(t, http.StatusOK, "<bdi>site Waiting</bdi>").Lacks(t, "There is no site")
	b.Get("/ui/results"+byID+"&json.score=7").Want(t, http.StatusOK, "No result matches", "Without score 7 there is 1.")
	b.Get("/ui/compare?benchmark="+f.Benchmark+"&site="+other.Site).Want(t, http.StatusOK, "Without site Other")
	b.Get("/ui/compare?benchmark="+f.Benchmark+"&flavor="+other.Flavor).Want(t, http.StatusOK, "Without flavor Other/Other")
	b.Get("/ui/results.bib"+byID).Want(t, http.StatusOK, "flavor Named/Named", "site Named", "tag Named")
	// A form keeps what none of its boxes offers, and not what one of them does.
	for _, page := range []string{"results", "compare"} {
		shown := b.Get("/ui/"+page+"?benchmark="+f.Benchmark+"&site="+f.Site+"&site="+other.Site).Want(t, http.StatusOK).HTML
		_, fields, _ := strings.Cut(shown, `class="filters"`)
		fields, _, _ = strings.Cut(fields, "</form>")
		if !strings.Contains(fields, `name="site" value="`+other.Site+`"`) || strings.Contains(fields, `name="site" value="`+f.Site+`"`) {
			t.Errorf("the form of %s lacks the other site, or has the offered one twice\n%s", page, fields)
		}
	}
}

func TestColumnsAndMenusOfResults(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f, ids := measured(t, s, "columns", `{"score":1,"cpu":{"count":8,"name":"A"}}`, `{"score":2,"cpu":{"count":4,"name":"<b>"}}`,
		`{"score":3}`)
	b := s.Browse(t, "")
	page := "/ui/results?benchmark=" + f.Benchmark

	shown := b.Get(page).Want(t, http.StatusOK, "Run", "Site", "Flavor", "Cores", "Time, s", "–", "cpu.name", "67 %")
	shown.Lacks(t, "<bdi><b>")
	added := b.Get(follow(t, shown, "<bdi>cpu.name</bdi>")).Want(t, http.StatusOK, "&lt;b&gt;")
	b.Get(follow(t, added, "Remove")).Want(t, http.StatusOK).Lacks(t, `href="?sort=run`)
	picked := b.Get(page + "&pick=" + url.QueryEscape(ids[0]+" json.cpu.count"))
	picked.Want(t, http.StatusOK, "Only this", "Without it", "Plot by it").Lacks(t, "Ignored")
	if only := b.Get(follow(t, picked, "Only this")); !slices.Equal(listed(only), ids[:1]) {
		t.Errorf("only this value: %v", listed(only))
	}
	if without := b.Get(follow(t, picked, "Without it")); !slices.Equal(listed(without), ids[1:2]) {
		t.Errorf("without it: %v, want the one with another value", listed(without))
	}
}

func TestPagesOfThings(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f, ids := measured(t, s, "Things", `{"score":2,"all":[1,2,3],"cpu":{"count":8,"name":"A"}}`, `{"score":3,"cpu":{"count":8,"name":"B"}}`)
	b := s.Browse(t, "")
	b.Get("/ui/results?benchmark="+f.Benchmark).Want(t, http.StatusOK, `data-paths="./../results:paths?benchmark_id=`+f.Benchmark+`"`,
		`<datalist id="paths"><option>`)
	result := b.Get("/ui/results/"+ids[0]).Want(t, http.StatusOK, `<time datetime="2021-05-21T08:31:00Z">`, `" title="20`,
		"2.00 s", "8 cores", ">1 of 1 flavor<", "1, 2, 3 s", "Digest of the content", "submitted by its uploader", "/results/"+ids[0])
	result.Lacks(t, "alice", "Withdraw", "Save the tags")
	b.Get("/ui/results/"+ids[0]+".bib").Want(t, http.StatusOK, "@", ids[0])
	picked := b.Get("/ui/results/"+ids[0]+"?pick=cpu.count").Want(t, http.StatusOK, "Only results with this value")
	if only := b.Get(follow(t, picked, "Only results with this value")); len(listed(only)) != 2 {
		t.Errorf("%s lists %v", only.Path, listed(only))
	}
	b.Get("/ui/benchmarks/"+f.Benchmark).Want(t, http.StatusOK, "lower is better", "cpu.count", "100 %", "50 %", "2 results", "docker run")
	b.Get("/ui/sites/"+f.Site).Want(t, http.StatusOK, "1 of 1", "2.50 s").Lacks(t, "Type the name")
	flavor := b.Get("/ui/flavors/"+f.Flavor).Want(t, http.StatusOK, "2 different processors under this name", "2.50", "Upload a result")
	if beside := b.Get(follow(t, flavor, "1 of 1")).Want(t, http.StatusOK, "baseline"); !strings.Contains(beside.Path, "base=") {
		t.Errorf("the place leads to %s", beside.Path)
	}
	b.Get("/ui/sites?terms=THING").Want(t, http.StatusOK, "Things", "1 site")
	b.Get("/ui/benchmarks?terms=things").Want(t, http.StatusOK, `href="./results?benchmark=metric-things:1">2 results</a>`)
	b.Get("/ui/benchmarks?terms=nothing").Want(t, http.StatusOK, "Nothing here.")
	for _, path := range []string{
		"results/" + f.Site, "benchmarks/" + f.Site, "sites/x", "flavors/" + f.Site, "review/x/" + f.Site, "upload?sent=x",
	} {
		if page := b.Get("/ui/" + path); page.Status != http.StatusNotFound && page.Status != http.StatusForbidden {
			t.Errorf("%s: %d", path, page.Status)
		}
	}
	alice := s.Browse(t, "alice")
	alice.Post("/ui/results/"+ids[0], url.Values{"do": {"tags"}, "tags": {"one,  two words , one"}}).
		Want(t, http.StatusOK, "The tags are changed.", "two words")
	alice.Post("/ui/results/"+ids[0], url.Values{"do": {"tags"}}).Want(t, http.StatusOK).Lacks(t, "two words")
	s.Browse(t, "bob").Post("/ui/results/"+ids[0], url.Values{"do": {"tags"}, "tags": {"mine"}}).Want(t, http.StatusForbidden)
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	for _, path := range []string{"/ui/sites/new", "/ui/upload", "/ui/admin/outbox"} {
		s.Do(harness.Call{
			Method: http.MethodPost, Path: path, Body: "name=x", ContentType: "application/x-www-form-urlencoded",
			Header: http.Header{"Origin": {"https://elsewhere.example"}, "Sec-Fetch-Site": {"cross-site"}},
		}).Want(t, http.StatusForbidden)
	}
}
