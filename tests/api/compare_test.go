package api_test

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// bench is a benchmark with its metric in the schema, two flavors, and their results.
type bench struct {
	s                  *harness.Server
	benchmark, a, b, t string
}

const timeSchema = `{"properties": {"t": {"type": "number", "metric": {"name": "Time", "unit": "s", "better": "lower", "samples": "all",
	"separator": ":", "resource": "cores", "label": "cpu", "default": true}}, "cores": {"type": "integer", "suggestToUser": true}}}`

func newBench(t *testing.T, s *harness.Server, name string) bench {
	t.Helper()
	created := func(as, path, body string) string { return s.Post(as, path, body).Want(t, 201).ID(t) }
	approve := func(path string) { s.Post("admin", path+":approve", "").Want(t, 204) }
	w := bench{s: s}
	w.benchmark = created("alice", "/benchmarks",
		fmt.Sprintf(`{"docker_image":%q,"docker_tag":"1","url":"https://x","json_schema":%s}`, name, timeSchema))
	approve("/benchmarks/" + w.benchmark)
	site := created("alice", "/sites", fmt.Sprintf(`{"name":"%s site","address":"a"}`, name))
	approve("/sites/" + site)
	w.a = created("alice", "/sites/"+site+"/flavors", `{"name":"A"}`)
	w.b = created("alice", "/sites/"+site+"/flavors", `{"name":"B"}`)
	approve("/flavors/" + w.a)
	approve("/flavors/" + w.b)
	w.t = created("alice", "/tags", fmt.Sprintf(`{"name":"%s tag"}`, name))
	for i := range 6 {
		w.upload(t, w.a, i, fmt.Sprintf(`{"t":999,"all":"%d:%d:%d","cores":2,"cpu":"x"}`, 100+i, 90+i, 110+i))
		w.upload(t, w.b, i, fmt.Sprintf(`{"t":%d,"cores":4,"cpu":"x"}`, 200+2*i))
	}
	return w
}

func (w bench) upload(t *testing.T, flavor string, day int, body string) {
	t.Helper()
	w.s.Post("alice", fmt.Sprintf("/results?execution_datetime=2024-01-%02dT00:00:00Z&benchmark_id=%s&flavor_id=%s&tags_ids=%s",
		1+day, w.benchmark, flavor, w.t), body).Want(t, 201)
}

func (w bench) ask(operation, more string) harness.Answer {
	return w.s.Get("/results:" + operation + "?benchmark_id=" + w.benchmark + more)
}

func TestFlavorsAreCompared(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newBench(t, s, "compared")
		answer := w.ask("compare", "").Want(t, 200)
		items := answer.Items(t)
		if len(items) != 2 {
			t.Fatalf("%s", answer)
		}
		first, second := items[0], items[1]
		if first["median"] != 102.5 || harness.AsJSON(t, first["rank"]) != "[1,1]" || first["versus_baseline"] != nil ||
			harness.AsJSON(t, first["median_interval"]) != "[100,105]" || first["percentile"] != 25.0 {
			t.Errorf("first group %s", harness.AsJSON(t, first))
		}
		versus, _ := second["versus_baseline"].(map[string]any)
		if versus["verdict"] != "slower" || versus["sentence"] != "B is 2.00x slower than A (95 % CI 1.94-2.06, n = 6 and 6)." ||
			versus["superiority"] != 0.0 || versus["shift"] != 102.5 {
			t.Errorf("second group %s", harness.AsJSON(t, second))
		}
		whole := answer.Object(t)
		if whole["results"] != 12.0 || whole["groups_total"] != 2.0 || harness.AsJSON(t, whole["family"]) != `{"R":1,"level":0.95,"m":1}` {
			t.Errorf("%s", answer)
		}
		again := w.ask("compare", "").Want(t, 200)
		if again.Body != answer.Body || again.Header.Get("ETag") == "" || again.Header.Get("ETag") != answer.Header.Get("ETag") {
			t.Errorf("asked again: %s", again)
		}
		baseline := w.ask("compare", "&baseline="+w.b).Want(t, 200)
		if !strings.Contains(baseline.Body, `"sentence":"A is 2.00x faster than B (95 % CI 1.94-2.06, n = 6 and 6)."`) {
			t.Errorf("%s", baseline)
		}
		perCore := w.ask("compare", "&per=resource&group_by=json.cores").Want(t, 200).Items(t)
		if perCore[0]["median"] != 205.0 || perCore[1]["median"] != 820.0 || harness.AsJSON(t, perCore[0]["key"]) != `{"json.cores":2}` {
			t.Errorf("%s", harness.AsJSON(t, perCore))
		}
	})
}

func TestComparisonAsCSVHasTheNumbersOfTheJSON(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newBench(t, s, "csv")
		w.s.Post("alice", "/sites", `{"name":"=1+1","address":"a"}`)
		answer := w.ask("compare", "&format=csv&group_by=flavor&group_by=json.cores").Want(t, 200)
		if got := answer.Header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
			t.Errorf("content type %q", got)
		}
		rows, err := csv.NewReader(strings.NewReader(answer.Body)).ReadAll()
		if err != nil || len(rows) != 3 || !strings.Contains(answer.Body, "\r\n") {
			t.Fatalf("%v: %s", err, answer)
		}
		items := w.ask("compare", "&group_by=flavor&group_by=json.cores").Items(t)
		for i, name := range rows[0] {
			name, unit, _ := strings.Cut(name, " ")
			value, ok := items[1][name].(float64)
			if got, err := strconv.ParseFloat(rows[2][i], 64); ok && (err != nil || got != value) {
				t.Errorf("%s %s: %s, want %g", name, unit, rows[2][i], value)
			}
		}
	})
}

func TestQuestionsThatCannotBeAnswered(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newBench(t, s, "refused")
		none := s.NewFixture("nometric").Benchmark
		for question, want := range map[string]string{
			"compare":                                `422 {"benchmark_id":["Missing data for required field."]}`,
			"compare?benchmark_id=x":                 `422 {"benchmark_id":["Not a valid UUID."]}`,
			"compare?&confidence=0.5":                `422 {"confidence":["Must be one of: 0.90, 0.95, 0.99."]}`,
			"compare?&materiality=1":                 `422 {"materiality":["Must be greater than or equal to 0 and less than or equal to 0.5."]}`,
			"compare?&materiality=x":                 `422 {"materiality":["Not a valid number."]}`,
			"compare?&group_by=site&group_by=person": `422 {"group_by":{"1":["Must be one of: site, flavor, benchmark, tag, month, json.PATH."]}}`,
			"compare?&baseline=Z":                    `422 {"baseline":["No group has this name or id."]}`,
			"compare?&unit=person":                   `422 {"unit":["Must be one of: result, uploader."]}`,
			"compare?&page=2":                        `404 null`,
			"compare?&metric=cores&per=resource":     `422 {"per":["The metric declares no resource."]}`,
			"compare?benchmark_id=NONE":              `422 {"metric":["The benchmark declares no metric: name the path of a number."]}`,
			"compare?benchmark_id=FLAVOR":            `404 null`,
			"distribution?&bins=201":                 `422 {"bins":["Must be greater than or equal to 1 and less than or equal to 200."]}`,
			"distribution?&log=maybe":                `422 {"log":["Not a valid boolean."]}`,
			"trend?&interval=year":                   `422 {"interval":["Must be one of: day, week, month, quarter."]}`,
			"series?&metric=t":                       `422 {"metric":["Unknown field."]}`,
		} {
			path := "/results:" + strings.NewReplacer("?&", "?benchmark_id="+w.benchmark+"&", "NONE", none, "FLAVOR", w.a).Replace(question)
			answer := s.Get(path)
			errs, _ := answer.Object(t)["errors"].(map[string]any)
			got := fmt.Sprintf("%d %s", answer.Status, harness.AsJSON(t, errs["query"]))
			if got != want {
				t.Errorf("GET %s\n got %s\nwant %s", path, got, want)
			}
		}
	})
}

func TestDistributionSeriesAndTrend(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newBench(t, s, "plots")
		distribution := w.ask("distribution", "&bins=2").Want(t, 200).Items(t)
		if got := harness.AsJSON(t, distribution[0]["histogram"]); got != `{"counts":[6,0],"edges":[100,155,210]}` {
			t.Errorf("histogram %s", got)
		}
		series := w.ask("series", "&x=json.cores&color=flavor&limit=3").Want(t, 200).Object(t)
		points, _ := series["points"].([]any)
		if series["total"] != 12.0 || len(points) != 3 || series["scaling"] == nil {
			t.Errorf("%s", harness.AsJSON(t, series))
		}
		texts := w.ask("series", "&x=upload_datetime&y=json.cpu").Want(t, 200).Object(t)
		if points, _ := texts["points"].([]any); len(points) != 12 {
			t.Errorf("%s", harness.AsJSON(t, texts))
		}
		trend := w.ask("trend", "&interval=week&group_by=site").Want(t, 200).Items(t)
		if got := harness.AsJSON(t, trend[0]["intervals"]); got != `[{"median":152.5,"n":12,"start":"2024-01-01"}]` {
			t.Errorf("trend %s", got)
		}
	})
}

func TestMetricsAreDeclared(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newBench(t, s, "declared")
		path := "/benchmarks/" + w.benchmark + "/metrics"
		put := func(as, path, body string) harness.Answer {
			return s.Do(harness.Call{Method: "PUT", Path: path, As: as, Body: body})
		}
		before := s.Get(path).Items(t)
		if got := before; len(got) != 2 || got[0]["path"] != "t" || got[0]["source"] != "schema" || got[1]["source"] != "suggested" {
			t.Errorf("%v", got)
		}
		put("alice", path, `{"metrics":[]}`).Want(t, 403)
		put("", path, `{"metrics":[]}`).Want(t, 401)
		put("admin", path, `{"metrics":[{"path":"t","unit":"ms","better":"higher"},{"path":"cores","default":true}]}`).Want(t, 204)
		got := s.Get(path).Items(t)
		if len(got) != 2 || got[0]["path"] != "cores" || got[0]["default"] != true || got[1]["unit"] != "ms" || got[1]["source"] != "declared" {
			t.Errorf("%v", got)
		}
		for body, want := range map[string]string{
			`{"metrics":[{"path":"nowhere"}]}`:               "/metrics/0/path",
			`{"metrics":[{"path":"t","samples":"nowhere"}]}`: "/metrics/0/samples",
			`{"metrics":[{"path":"t","better":"x"}]}`:        "/metrics/0/better",
			`{"metrics":[{"unit":"s"}]}`:                     "/metrics/0/path",
			`{"metrics":[{"path":"t","name":"a\u202eb"}]}`:   "/metrics/0/name",
		} {
			answer := put("admin", path, body).Want(t, 422)
			if errs, _ := answer.Object(t)["errors"].(map[string]any); errs["path"] != want {
				t.Errorf("%s: %s, want %s", body, answer, want)
			}
		}
		put("admin", path+"?force=true", `{"metrics":[{"path":"nowhere"}]}`).Want(t, 204)
		put("admin", path, `{}`).Want(t, 422)
		put("admin", path, `{"metrics":[]}`).Want(t, 204)
		if got := s.Get(path).Items(t); got[0]["path"] != "t" || got[0]["source"] != "schema" {
			t.Errorf("after the declarations were withdrawn: %v", got)
		}
		onReview := s.Post("alice", "/benchmarks",
			`{"docker_image":"review","docker_tag":"1","url":"https://x","json_schema":{}}`).Want(t, 201).ID(t)
		put("alice", "/benchmarks/"+onReview+"/metrics", `{"metrics":[{"path":"a.b"}]}`).Want(t, 204)
		put("bob", "/benchmarks/"+onReview+"/metrics", `{"metrics":[]}`).Want(t, 403)
	})
}

func TestHiddenAndLaterResultsDoNotCount(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newBench(t, s, "hidden")
		before := w.ask("compare", "").Object(t)
		asOf, _ := before["as_of"].(string)
		w.upload(t, w.a, 20, `{"t":1}`)
		if got := w.ask("compare", "").Object(t); got["results"] != 13.0 || got["set"] == before["set"] {
			t.Errorf("after an upload: %v %v", got["results"], got["set"])
		}
		if got := w.ask("compare", "&as_of="+url.QueryEscape(asOf)).Object(t); got["set"] != before["set"] || got["as_of"] != asOf {
			t.Errorf("as of %s: %v, want %v", asOf, got["set"], before["set"])
		}
		last := s.Get("/results?sort_by=-upload_datetime&per_page=1&benchmark_id=" + w.benchmark).Items(t)[0]["id"]
		s.Do(harness.Call{Method: "DELETE", Path: fmt.Sprint("/results/", last), As: "admin"}).Want(t, 204)
		if got := w.ask("compare", "").Object(t); got["set"] != before["set"] {
			t.Errorf("after the result was deleted: %v, want %v", got["set"], before["set"])
		}
	})
}
