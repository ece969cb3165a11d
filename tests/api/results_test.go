package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/tests/harness"
)

// TestResourcesHaveTheFieldsOfTheContract: every resource has exactly the contract's fields.
func TestResourcesHaveTheFieldsOfTheContract(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("forms")
		moment := regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?$`)
		expect := func(path, want string) {
			t.Helper()
			a := s.Get(path).Want(t, 200)
			got := a.Body
			if uploaded, ok := a.Object(t)["upload_datetime"].(string); ok {
				if !moment.MatchString(uploaded) {
					t.Errorf("%s: upload_datetime %q", path, uploaded)
				}
				got = strings.ReplaceAll(got, uploaded, "T")
			}
			if !harness.SameJSON(t, got, want) {
				t.Errorf("GET %s\n got %s\nwant %s", path, got, want)
			}
			if a.Header.Get("Cache-Control") != "no-cache" || a.Header.Get("Content-Type") != "application/json" {
				t.Errorf("GET %s: %v", path, a.Header)
			}
		}
		// json_schema comes back as it was sent, unknown keywords and nulls included.
		site := fmt.Sprintf(`{"id":%q,"name":"forms","address":"a","upload_datetime":"T"}`, g.Site)
		expect(
			"/benchmarks/"+g.Benchmark,
			fmt.Sprintf(
				`{"id":%q,"docker_image":"forms","docker_tag":"1","url":"https://example.org","json_schema":%s,"upload_datetime":"T"}`,
				g.Benchmark, harness.ScoreSchema,
			),
		)
		expect("/sites/"+g.Site, site)
		expect("/flavors/"+g.Flavor, fmt.Sprintf(`{"id":%q,"name":"forms","upload_datetime":"T"}`, g.Flavor))
		expect("/flavors/"+g.Flavor+"/site", site)
		expect("/tags/"+g.Tag, fmt.Sprintf(`{"id":%q,"name":"forms"}`, g.Tag))

		const schema = `{"x-custom":null,"b":1,"a":12345678901234567890,"z":0.10}`
		benchmark := s.Post(
			"alice", "/benchmarks",
			`{"docker_image":"raw","docker_tag":"1","url":"https://example.org","description":"<&>","json_schema":`+schema+`}`,
		).Want(t, 201)
		if !strings.Contains(benchmark.Body, schema) || !strings.Contains(
			benchmark.Body, `"docker_tag":"1"`,
		) || !strings.Contains(benchmark.Body, `"description":"<&>"`) {
			t.Errorf("the schema was changed: %s", benchmark)
		}
		if stored := s.Get("/benchmarks/" + benchmark.ID(t)); !strings.Contains(stored.Body, schema) {
			t.Errorf("the schema was changed: %s", stored)
		}
		submits := s.Do(harness.Call{Method: "GET", Path: "/reports/submits", As: "admin"}).Items(t)
		uploader, _ := submits[0]["uploader"].(map[string]any)
		if len(submits) != 1 || len(
			submits[0],
		) != 4 || submits[0]["resource_type"] != "benchmark" || submits[0]["resource_id"] != benchmark.ID(t) || uploader["sub"] != "alice" || len(
			uploader,
		) != 4 {
			t.Errorf("submits %v", submits)
		}
	})
}

func TestCreateResultAnswersWithTheStoredResult(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("create")
		second := s.Post("alice", "/tags", `{"name":"second","description":"d"}`).Want(t, 201).ID(t)
		const body = `{"score":1e3,"big":12345678901234567890,"small":0.1,"neg":-0.0,"null":null,"twice":1,"twice":2,"text":"ü<&>😀",` +
			`"empty":{},"list":[1.50e1]}`
		created := s.Post("alice", g.UploadPath("&tags_ids="+second+"&tags_ids="+g.Tag+"&tags_ids="+second), body).Want(t, 201)
		for _, part := range []string{
			`"score":1000,`, `"big":12345678901234567890`, `"small":0.1,`, `"neg":0.0,`, `"null":null`, `"twice":2`,
			`"text":"ü<&>😀"`, `"empty":{}`, `"list":[15.0]`,
		} {
			for _, a := range []harness.Answer{created, s.Get("/results/" + created.ID(t))} {
				if !strings.Contains(strings.ReplaceAll(a.Body, ": ", ":")+",", strings.TrimSuffix(part, ",")) {
					t.Errorf("%s\nwant %s in it", a, part)
				}
			}
		}
		result := created.Object(t)
		if len(result) != 8 || result["execution_datetime"] != "2021-05-21T08:31:00" {
			t.Errorf("created %v", result)
		}
		tags, _ := result["tags"].([]any)
		if len(tags) != 2 {
			t.Errorf("tags %v", tags)
		}
		site, _ := result["site"].(map[string]any)
		if site["id"] != g.Site {
			t.Errorf("site %v", site)
		}
		stored := s.Get("/results/" + created.ID(t)).Object(t)
		if digest, _ := stored["digest"].(string); len(digest) != 64 {
			t.Errorf("stored %v, want a digest", stored)
		}
		if delete(stored, "digest"); !reflect.DeepEqual(result, stored) {
			t.Errorf("created %v\nstored %v", result, stored)
		}
		list := s.Get("/results?tags_ids=" + second + "&tags_ids=" + g.Tag)
		if items := list.Items(t); len(items) != 1 || items[0]["id"] != created.ID(t) {
			t.Errorf("by tags: %s", list)
		}

		future := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		review := s.Post("alice", "/sites", `{"name":"review","address":"a"}`).Want(t, 201).ID(t)
		lateFlavor := s.Post("alice", "/sites/"+review+"/flavors", `{"name":"review"}`).Want(t, 201).ID(t)
		query := func(when, benchmark, flavor, tag string) string {
			return "/results?execution_datetime=" + url.QueryEscape(
				when,
			) + "&benchmark_id=" + benchmark + "&flavor_id=" + flavor + "&tags_ids=" + tag
		}
		const then = "2021-05-21T08:31:00+02:00"
		for _, tt := range []struct {
			path, body string
			status     int
			text       string
		}{
			{query("2021-05-21T08:31:00", g.Benchmark, g.Flavor, g.Tag), "{}", 422, "Execution date must include timezone"},
			{query(future, g.Benchmark, g.Flavor, g.Tag), "{}", 422, "Execution date cannot be in future"},
			{query(then, unknownID, g.Flavor, g.Tag), "{}", 404, "Benchmark " + unknownID + " not in database"},
			{query(then, g.Benchmark, unknownID, g.Tag), "{}", 404, "Flavor " + unknownID + " not in database"},
			{query(then, g.Benchmark, lateFlavor, g.Tag), "{}", 422, "Flavor " + lateFlavor + " not approved"},
			{query(then, g.Benchmark, g.Flavor, unknownID), "{}", 404, "Tag " + unknownID + " not in database"},
		} {
			a := s.Post("alice", tt.path, tt.body)
			if want := errorBody(tt.status, fmt.Sprintf(`{"error":%q}`, tt.text)); a.Status != tt.status || !harness.SameJSON(t, a.Body, want) {
				t.Errorf("%s\nwant %s", a, want)
			}
		}
		s.Post("admin", "/flavors/"+lateFlavor+":approve", "").Want(t, 204)
		if a := s.Post(
			"alice", query(then, g.Benchmark, lateFlavor, g.Tag), "{}",
		); a.Status != 422 || a.Text("errors", "error") != "Site "+review+" not approved" {
			t.Error(a)
		}
		if a := s.Post(
			"alice", g.UploadPath(""), `{"score":"fast"}`,
		); a.Status != 422 || a.Text("errors", "path") != "/score" || a.Text("errors", "error") == "" {
			t.Error(a)
		}
		// No body counts as {}.
		s.Post("alice", g.UploadPath("")+"&tags_ids[]="+g.Tag, "").Want(t, 201)
		if a := s.Post(
			"alice", query("2021-05-21T23:59:59.1234567-0200", g.Benchmark, g.Flavor, g.Tag), "{}",
		).Want(t, 201); a.Object(t)["execution_datetime"] != "2021-05-22T01:59:59.123456" {
			t.Error(a)
		}
	})
}

// run is one of the real results that the tutorial uploads.
type realRun struct{ site, flavor, cores, processor, clock, scores, score string }

func realRuns(t *testing.T) []realRun {
	t.Helper()
	text, err := os.ReadFile("../../docs/tutorials/c-ray.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var runs []realRun
	for line := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		runs = append(runs, realRun{f[0], f[1], f[2], f[3], f[4], f[5], f[6]})
	}
	return runs
}

func (r realRun) json() string {
	return fmt.Sprintf(
		`{"machine":{"cpu":{"brand_raw":%q,"count":%s}},"result":{"all_results":%q,"score":%s}}`, r.processor, r.cores,
		r.scores, r.score,
	)
}

// TestFiltersSortsAndPages asks for the real results in every way.
func TestFiltersSortsAndPages(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g, other := s.NewFixture("c-ray"), s.NewFixture("other")
		for i, r := range realRuns(t) {
			path := fmt.Sprintf("/results?execution_datetime=2020-12-%02dT12:00:00Z&benchmark_id=%s&flavor_id=%s", i+1, g.Benchmark, g.Flavor)
			s.Post("alice", path, r.json()).Want(t, 201)
		}
		s.Post("alice", other.UploadPath(""), `{"machine":"none","a b":{"1":["x","y"]}}`).Want(t, 201)
		count := func(values url.Values) int {
			t.Helper()
			return len(s.Get("/results?" + values.Encode()).Items(t))
		}
		for filter, want := range map[string]int{
			"machine.cpu.count >= 8":                                  7,
			"machine.cpu.count > 8":                                   3,
			"machine.cpu.count == 8.0":                                4,
			"machine.cpu.count == 80e-1":                              4,
			"machine.cpu.count < 2":                                   5,
			"machine.cpu.count <= 2":                                  9,
			"machine.cpu.count >= eight":                              0,
			"machine.cpu.brand_raw == AMD EPYC Processor (with IBPB)": 6,
			"machine.cpu.brand_raw > AMD":                             20,
			"machine.cpu. >= 8":                                       0,
			"machine.cp >= 8":                                         0,
			"machine == none":                                         1,
			"machine == None":                                         0,
			"machine.cpu == 5":                                        0,
			" == 5":                                                   0,
		} {
			if got := count(url.Values{"filters": {filter}}); got != want {
				t.Errorf("%q finds %d, want %d", filter, got, want)
			}
		}
		both := url.Values{"filters": {"machine.cpu.count >= 8", "result.score < 100"}}
		if got := count(both); got != 3 {
			t.Errorf("two filters find %d, want 3", got)
		}
		for query, want := range map[string]int{
			"benchmark_id=" + g.Benchmark: 20, "site_id=" + g.Site: 20, "flavor_id=" + other.Flavor: 1,
			"benchmark_id=" + strings.ToUpper(strings.ReplaceAll(g.Benchmark, "-", "")): 20,
			"benchmark_id=" + g.Benchmark + "&flavor_id=" + other.Flavor:                0,
			"benchmark_id=" + unknownID:                                                 0,
			"execution_after=2020-12-10":                                                12,
			"execution_before=2020-12-10":                                               9,
			"upload_after=2999-01-01":                                                   0,
			"upload_before=2999-01-01":                                                  21,
			"execution_before=2020-12-10&execution_after=2020-12-09":                    1,
		} {
			if a := s.Get("/results?" + query); len(a.Items(t)) != want {
				t.Errorf("%s finds %d, want %d", query, len(a.Items(t)), want)
			}
		}
		first := func(sort string) any {
			t.Helper()
			item := s.Get("/results?benchmark_id=" + g.Benchmark + "&per_page=1&sort_by=" + sort).Items(t)[0]
			document, _ := item["json"].(map[string]any)
			result, _ := document["result"].(map[string]any)
			return result["score"]
		}
		for sort, want := range map[string]any{
			"%2Bjson.result.score": 28.08, "+json.result.score": 28.08, "-json.result.score": 2270.915,
			"": 1185.264, "-execution_datetime": 2270.915, "-json.machine.cpu.count,%2Bjson.result.score": 28.08,
			"+json.machine.cpu.count,-json.result.score": 2270.915, "+json.nowhere.,-execution_datetime": 2270.915,
		} {
			if got := first(sort); got != want {
				t.Errorf("sorted by %q the first is %v, want %v", sort, got, want)
			}
		}
		seen := map[any]bool{}
		for page := 1; page <= 4; page++ {
			a := s.Get(fmt.Sprintf("/results?per_page=6&page=%d&sort_by=-site_name,+json.machine.cpu.count", page)).Want(t, 200)
			for _, item := range a.Items(t) {
				seen[item["id"]] = true
			}
			p := a.Object(t)
			next, hasNext := p["next_num"]
			prev, hasPrev := p["prev_num"]
			if p["total"] != 21.0 || p["pages"] != 4.0 || p["per_page"] != 6.0 || p["page"] != float64(page) ||
				p["has_next"] != (page < 4) || p["has_prev"] != (page > 1) || hasNext != (page < 4) || hasPrev != (page > 1) ||
				hasNext && next != float64(page+1) || hasPrev && prev != float64(page-1) {
				t.Errorf("page %d: %v", page, a)
			}
		}
		if len(seen) != 21 {
			t.Errorf("the pages have %d results, want 21", len(seen))
		}
		s.Get("/results?per_page=6&page=5").Want(t, 404)
		if a := s.Get("/results?benchmark_id=" + unknownID); !harness.SameJSON(
			t, a.Body, `{"items":[],"page":1,"per_page":100,"pages":0,"total":0,"has_next":false,"has_prev":false}`,
		) {
			t.Error(a)
		}
		for _, sort := range []string{
			"id", "upload_datetime", "execution_datetime", "benchmark_id", "benchmark_name", "site_id", "site_name",
			"site_address", "flavor_id", "flavor_name", "json",
		} {
			up, down := s.Get("/results?sort_by=%2B"+sort+",%2Bid").Items(t), s.Get("/results?sort_by=-"+sort+",-id").Items(t)
			for i := range up {
				if up[i]["id"] != down[len(down)-1-i]["id"] {
					t.Errorf("sorted by %s, up and down differ at %d", sort, i)
					break
				}
			}
		}
		for _, refused := range []string{
			"sort_by=score", "sort_by=%2Bdeleted", "sort_by=%2Buploader_sub", "filters=", "filters=a", "filters=a+%3D+1",
			"deleted=true",
		} {
			s.Get("/results?"+refused).Want(t, http.StatusUnprocessableEntity)
		}
	})
}

// TestListsSelectAndOrderResources: status, exact names, order, windows.
func TestListsSelectAndOrderResources(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		for _, name := range []string{"b", "B", "a", "ä", "Z", "😀", "z"} {
			id := s.Post("alice", "/sites", fmt.Sprintf(`{"name":%q,"address":"here"}`, name)).Want(t, 201).ID(t)
			if name != "z" {
				s.Post("admin", "/sites/"+id+":approve", "").Want(t, 204)
			}
		}
		names := func(query string) string {
			t.Helper()
			var all []string
			for _, item := range s.Get("/sites?" + query).Items(t) {
				all = append(all, fmt.Sprint(item["name"]))
			}
			return strings.Join(all, " ")
		}
		for query, want := range map[string]string{
			"":                               "B Z a b ä 😀", // by code point
			"sort_by=-name":                  "😀 ä b a Z B",
			"status=on_review":               "z",
			"status=approved&name=b":         "b",
			"name=":                          "",
			"address=here&per_page=2&page=3": "ä 😀",
			"upload_before=2020-01-01":       "",
			"sort_by=,":                      "B Z a b ä 😀",
			"name=b&name=a":                  "b",
		} {
			if got := names(query); got != want {
				t.Errorf("?%s lists %q, want %q", query, got, want)
			}
		}
	})
}
