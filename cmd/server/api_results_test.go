package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestForms: every resource has exactly the contract's fields.
func TestForms(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		g := s.newGround("forms")
		moment := regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?$`)
		expect := func(path, want string) {
			t.Helper()
			a := s.get(path).want(t, 200)
			got := a.body
			if uploaded, ok := a.object(t)["upload_datetime"].(string); ok {
				if !moment.MatchString(uploaded) {
					t.Errorf("%s: upload_datetime %q", path, uploaded)
				}
				got = strings.ReplaceAll(got, uploaded, "T")
			}
			if !sameJSON(t, got, want) {
				t.Errorf("GET %s\n got %s\nwant %s", path, got, want)
			}
			if a.header.Get("Cache-Control") != "no-cache" || a.header.Get("Content-Type") != "application/json" {
				t.Errorf("GET %s: %v", path, a.header)
			}
		}
		// json_schema comes back as it was sent, unknown keywords and nulls included.
		site := fmt.Sprintf(`{"id":%q,"name":"forms","address":"a","upload_datetime":"T"}`, g.site)
		expect("/benchmarks/"+g.benchmark, fmt.Sprintf(`{"id":%q,"docker_image":"forms","docker_tag":"1","url":"u","json_schema":%s,"upload_datetime":"T"}`, g.benchmark, scoreSchema))
		expect("/sites/"+g.site, site)
		expect("/flavors/"+g.flavor, fmt.Sprintf(`{"id":%q,"name":"forms","upload_datetime":"T"}`, g.flavor))
		expect("/flavors/"+g.flavor+"/site", site)
		expect("/tags/"+g.tag, fmt.Sprintf(`{"id":%q,"name":"forms"}`, g.tag))

		const schema = `{"x-custom":null,"b":1,"a":12345678901234567890,"z":0.10}`
		benchmark := s.post("alice", "/benchmarks", `{"docker_image":"raw","docker_tag":"<&>","url":"u","description":"d","json_schema":`+schema+`}`).want(t, 201)
		if !strings.Contains(benchmark.body, schema) || !strings.Contains(benchmark.body, `"docker_tag":"<&>"`) || !strings.Contains(benchmark.body, `"description":"d"`) {
			t.Errorf("the schema was changed: %s", benchmark)
		}
		if stored := s.get("/benchmarks/" + benchmark.id(t)); !strings.Contains(stored.body, schema) {
			t.Errorf("the schema was changed: %s", stored)
		}
		submits := s.do(call{method: "GET", path: "/reports/submits", as: "admin"}).items(t)
		uploader, _ := submits[0]["uploader"].(map[string]any)
		if len(submits) != 1 || len(submits[0]) != 4 || submits[0]["resource_type"] != "benchmark" || submits[0]["resource_id"] != benchmark.id(t) || uploader["sub"] != "alice" || len(uploader) != 4 {
			t.Errorf("submits %v", submits)
		}
	})
}

func TestCreateResult(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		g := s.newGround("create")
		second := s.post("alice", "/tags", `{"name":"second","description":"d"}`).want(t, 201).id(t)
		const body = `{"score":1e3,"big":12345678901234567890,"small":0.1,"neg":-0.0,"null":null,"twice":1,"twice":2,"text":"ü<&>😀","empty":{},"list":[1.50e1]}`
		created := s.post("alice", g.query("&tags_ids="+second+"&tags_ids="+g.tag+"&tags_ids="+second), body).want(t, 201)
		for _, part := range []string{`"score":1000,`, `"big":12345678901234567890`, `"small":0.1,`, `"neg":0.0,`, `"null":null`, `"twice":2`, `"text":"ü<&>😀"`, `"empty":{}`, `"list":[15.0]`} {
			for _, a := range []answer{created, s.get("/results/" + created.id(t))} {
				if !strings.Contains(strings.ReplaceAll(a.body, ": ", ":")+",", strings.TrimSuffix(part, ",")) {
					t.Errorf("%s\nwant %s in it", a, part)
				}
			}
		}
		result := created.object(t)
		if len(result) != 8 || result["execution_datetime"] != "2021-05-21T08:31:00" {
			t.Errorf("created %v", result)
		}
		tags, _ := result["tags"].([]any)
		if len(tags) != 2 {
			t.Errorf("tags %v", tags)
		}
		site, _ := result["site"].(map[string]any)
		if site["id"] != g.site {
			t.Errorf("site %v", site)
		}
		if !sameJSON(t, created.body, s.get("/results/"+created.id(t)).body) {
			t.Errorf("created %s\nstored %s", created, s.get("/results/"+created.id(t)))
		}
		list := s.get("/results?tags_ids=" + second + "&tags_ids=" + g.tag)
		if items := list.items(t); len(items) != 1 || items[0]["id"] != created.id(t) {
			t.Errorf("by tags: %s", list)
		}

		future := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		review := s.post("alice", "/sites", `{"name":"review","address":"a"}`).want(t, 201).id(t)
		lateFlavor := s.post("alice", "/sites/"+review+"/flavors", `{"name":"review"}`).want(t, 201).id(t)
		query := func(when, benchmark, flavor, tag string) string {
			return "/results?execution_datetime=" + url.QueryEscape(when) + "&benchmark_id=" + benchmark + "&flavor_id=" + flavor + "&tags_ids=" + tag
		}
		const then = "2021-05-21T08:31:00+02:00"
		for _, tt := range []struct {
			path, body string
			status     int
			text       string
		}{
			{query("2021-05-21T08:31:00", g.benchmark, g.flavor, g.tag), "{}", 422, "Execution date must include timezone"},
			{query(future, g.benchmark, g.flavor, g.tag), "{}", 422, "Execution date cannot be in future"},
			{query(then, unknownID, g.flavor, g.tag), "{}", 404, "Benchmark " + unknownID + " not in database"},
			{query(then, g.benchmark, unknownID, g.tag), "{}", 404, "Flavor " + unknownID + " not in database"},
			{query(then, g.benchmark, lateFlavor, g.tag), "{}", 422, "Flavor " + lateFlavor + " not approved"},
			{query(then, g.benchmark, g.flavor, unknownID), "{}", 404, "Tag " + unknownID + " not in database"},
		} {
			a := s.post("alice", tt.path, tt.body)
			if want := errorBody(tt.status, fmt.Sprintf(`{"error":%q}`, tt.text)); a.status != tt.status || !sameJSON(t, a.body, want) {
				t.Errorf("%s\nwant %s", a, want)
			}
		}
		s.post("admin", "/flavors/"+lateFlavor+":approve", "").want(t, 204)
		if a := s.post("alice", query(then, g.benchmark, lateFlavor, g.tag), "{}"); a.status != 422 || a.object2("errors", "error") != "Site "+review+" not approved" {
			t.Error(a)
		}
		if a := s.post("alice", g.query(""), `{"score":"fast"}`); a.status != 422 || a.object2("errors", "path") != "/score" || a.object2("errors", "error") == "" {
			t.Error(a)
		}
		// No body counts as {}.
		s.post("alice", g.query("")+"&tags_ids[]="+g.tag, "").want(t, 201)
		if a := s.post("alice", query("2021-05-21T23:59:59.1234567-0200", g.benchmark, g.flavor, g.tag), "{}").want(t, 201); a.object(t)["execution_datetime"] != "2021-05-22T01:59:59.123456" {
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
	return fmt.Sprintf(`{"machine":{"cpu":{"brand_raw":%q,"count":%s}},"result":{"all_results":%q,"score":%s}}`, r.processor, r.cores, r.scores, r.score)
}

// TestFiltersSortsAndPages asks for the real results in every way.
func TestFiltersSortsAndPages(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		g, other := s.newGround("c-ray"), s.newGround("other")
		for i, r := range realRuns(t) {
			path := fmt.Sprintf("/results?execution_datetime=2020-12-%02dT12:00:00Z&benchmark_id=%s&flavor_id=%s", i+1, g.benchmark, g.flavor)
			s.post("alice", path, r.json()).want(t, 201)
		}
		s.post("alice", other.query(""), `{"machine":"none","a b":{"1":["x","y"]}}`).want(t, 201)
		count := func(values url.Values) int {
			t.Helper()
			return len(s.get("/results?" + values.Encode()).items(t))
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
			"benchmark_id=" + g.benchmark: 20, "site_id=" + g.site: 20, "flavor_id=" + other.flavor: 1,
			"benchmark_id=" + strings.ToUpper(strings.ReplaceAll(g.benchmark, "-", "")): 20,
			"benchmark_id=" + g.benchmark + "&flavor_id=" + other.flavor:                0,
			"benchmark_id=" + unknownID:                                                 0,
			"execution_after=2020-12-10":                                                12,
			"execution_before=2020-12-10":                                               9,
			"upload_after=2999-01-01":                                                   0,
			"upload_before=2999-01-01":                                                  21,
			"execution_before=2020-12-10&execution_after=2020-12-09":                    1,
		} {
			if a := s.get("/results?" + query); len(a.items(t)) != want {
				t.Errorf("%s finds %d, want %d", query, len(a.items(t)), want)
			}
		}
		first := func(sort string) any {
			t.Helper()
			item := s.get("/results?benchmark_id=" + g.benchmark + "&per_page=1&sort_by=" + sort).items(t)[0]
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
			a := s.get(fmt.Sprintf("/results?per_page=6&page=%d&sort_by=-site_name,+json.machine.cpu.count", page)).want(t, 200)
			for _, item := range a.items(t) {
				seen[item["id"]] = true
			}
			p := a.object(t)
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
		s.get("/results?per_page=6&page=5").want(t, 404)
		if a := s.get("/results?benchmark_id=" + unknownID); !sameJSON(t, a.body, `{"items":[],"page":1,"per_page":100,"pages":0,"total":0,"has_next":false,"has_prev":false}`) {
			t.Error(a)
		}
		for _, sort := range []string{"id", "upload_datetime", "execution_datetime", "benchmark_id", "benchmark_name", "site_id", "site_name", "site_address", "flavor_id", "flavor_name", "json"} {
			up, down := s.get("/results?sort_by=%2B"+sort+",%2Bid").items(t), s.get("/results?sort_by=-"+sort+",-id").items(t)
			for i := range up {
				if up[i]["id"] != down[len(down)-1-i]["id"] {
					t.Errorf("sorted by %s, up and down differ at %d", sort, i)
					break
				}
			}
		}
		for _, refused := range []string{"sort_by=score", "sort_by=%2Bdeleted", "sort_by=%2Buploader_sub", "filters=", "filters=a", "filters=a+%3D+1", "deleted=true"} {
			s.get("/results?"+refused).want(t, http.StatusUnprocessableEntity)
		}
	})
}

// TestListsOfResources: status, exact names, order, windows.
func TestListsOfResources(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		for _, name := range []string{"b", "B", "a", "ä", "Z", "😀", "z"} {
			id := s.post("alice", "/sites", fmt.Sprintf(`{"name":%q,"address":"here"}`, name)).want(t, 201).id(t)
			if name != "z" {
				s.post("admin", "/sites/"+id+":approve", "").want(t, 204)
			}
		}
		names := func(query string) string {
			t.Helper()
			var all []string
			for _, item := range s.get("/sites?" + query).items(t) {
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
