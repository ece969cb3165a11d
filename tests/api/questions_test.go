package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// upload uploads documents, at one execution time.
func upload(t *testing.T, s *harness.Server, g harness.Fixture, documents ...string) {
	t.Helper()
	for _, document := range documents {
		s.Post("alice", g.UploadPath(""), document).Want(t, http.StatusCreated)
	}
}

func TestConditionsOverHTTP(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g, other := s.NewFixture("asked"), s.NewFixture("other")
		upload(t, s, g, `{"v":1,"fio version":"fio-3.28","jobs":[{"jobname":"4k read","iops":100}],"freq":"4693.667 MHz"}`, `{"v":2}`)
		upload(t, s, other, `{"v":3}`)
		of := "/results?benchmark_id=" + g.Benchmark
		for query, want := range map[string]int{
			"&where=" + url.QueryEscape(`json.v = 1`):                              1,
			"&where=" + url.QueryEscape(`json.v >= 1`) + "&where=json.v%3C2":       1,
			"&where[]=" + url.QueryEscape(`json.v>=1`) + "&filters=v+%3E+1":        1,
			"&where=" + url.QueryEscape(`json."fio version" ~ "FIO"`):              1,
			"&where=" + url.QueryEscape(`json.jobs[jobname="4k read"].iops = 100`): 1,
			"&where=" + url.QueryEscape(`json.jobs[*].iops > 99`):                  1,
			"&where=" + url.QueryEscape(`json.freq between 4.6 GHz and 4.7 GHz`):   1,
			"&filters=" + url.QueryEscape(`"fio version" == fio-3.28`):             1,
			"&filters=" + url.QueryEscape(`jobs[0].iops == 100`):                   1,
			"&benchmark_id=" + other.Benchmark:                                     3,
			"&benchmark_id=" + other.Benchmark + "&site_id=" + other.Site:          1,
			"&as_of=2000-01-01T00:00:00":                                           0,
			"&as_of=2100-01-01T00:00:00%2B02:00":                                   2,
		} {
			if got := s.Total("", of+query); got != want {
				t.Errorf("%s: %d results, want %d", query, got, want)
			}
		}
		for query, want := range map[string]string{
			"where=json.cpu+%3D+Intel": `{"where":{"0":["at character 12: Intel is no value; a text stands in quotes, did you mean \"Intel\"?"]}}`,
			"where=json.a+%3D+1&where=": `{"where":{"1":["at the end: a comparison must follow: a named field, tag, or json.PATH, ` +
				`an operator and a value"]}}`,
			"benchmark_id=x":                   `{"benchmark_id":["Not a valid UUID."]}`,
			"site_id=" + g.Site + "&site_id=x": `{"site_id":{"1":["Not a valid UUID."]}}`,
			"as_of=yesterday":                  `{"as_of":["Not a valid datetime."]}`,
			"sort_by=%2Bjson.a[*]": `{"sort_by":["cannot sort by \"json.a[*]\": [*] stands for several values; name one, ` +
				`for example with [0]"]}`,
		} {
			if a := s.Get("/results?" + query); a.Status != 422 || !harness.SameJSON(t, a.Body, errorBody(422, `{"query":`+want+`}`)) {
				t.Errorf("%s: %s\nwant %s", query, a, want)
			}
		}
		many := strings.TrimSuffix(strings.Repeat("json.a=1 AND ", 21), " AND ")
		if a := s.Get("/results?where=" + url.QueryEscape(many)); a.Status != 422 ||
			!strings.Contains(a.Body, "at most 20 comparisons") {
			t.Errorf("21 comparisons: %s", a)
		}
		s.Get("/results:search?where="+url.QueryEscape("json.v=1")).Want(t, 422)
	})
}

var nextLink = regexp.MustCompile(`^<(\?[^>]*)>; rel="next"$`)

func TestCursorsOverHTTP(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("cursors")
		for i := range 7 {
			upload(t, s, g, fmt.Sprintf(`{"v":%d}`, i))
		}
		for as, path := range map[string]string{"": "/results", "alice": "/users/self/results"} {
			get := func(query string) harness.Answer { return s.Do(harness.Call{Path: path + query, As: as}) }
			of := "?benchmark_id=" + g.Benchmark + "&sort_by=-json.v&per_page=3"
			var seen []string
			query := of + "&cursor="
			for query != "" {
				part := get(query).Want(t, 200)
				for _, item := range part.Items(t) {
					seen = append(seen, fmt.Sprint(item["json"]))
				}
				fields := part.Object(t)
				next, hasNext := fields["next_cursor"].(string)
				if fields["has_next"] != hasNext || fmt.Sprint(fields["per_page"]) != "3" || fields["page"] != nil || fields["total"] != nil {
					t.Errorf("%s: %s", query, part)
				}
				link := nextLink.FindStringSubmatch(part.Header.Get("Link"))
				if (link != nil) != hasNext || link != nil && !strings.Contains(link[1], next) {
					t.Errorf("%s: Link %q, next_cursor %q", query, part.Header.Get("Link"), next)
				}
				query = ""
				if link != nil {
					query = link[1]
				}
			}
			if got := strings.Join(seen, " "); got != "map[v:6] map[v:5] map[v:4] map[v:3] map[v:2] map[v:1] map[v:0]" {
				t.Errorf("%s: %s", path, got)
			}
			first := get(of+"&cursor=&count=true").Want(t, 200).Object(t)
			if fmt.Sprint(first["total"], first["pages"]) != "7 3" {
				t.Errorf("total and pages: %v", first)
			}
			next, _ := first["next_cursor"].(string)
			for query, want := range map[string]string{
				of + "&cursor=&page=1":                 `{"page":["Not allowed with cursor."]}`,
				of + "&cursor=" + next + "x":           `{"cursor":["Not a valid cursor."]}`,
				of + "&cursor=x":                       `{"cursor":["Not a valid cursor."]}`,
				"?sort_by=-json.v&cursor=" + next:      `{"cursor":["Cursor belongs to another query."]}`,
				of + "&filters=v+%3E+1&cursor=" + next: `{"cursor":["Cursor belongs to another query."]}`,
				"?benchmark_id=" + g.Benchmark + "&sort_by=%2Bjson.v&cursor=" + next: `{"cursor":["Cursor belongs to another query."]}`,
				of + "&cursor=&count=maybe": `{"count":["Not a valid boolean."]}`,
			} {
				if a := get(query); a.Status != 422 || !harness.SameJSON(t, a.Body, errorBody(422, `{"query":`+want+`}`)) {
					t.Errorf("%s: %s\nwant %s", query, a, want)
				}
			}
			get("?benchmark_id="+g.Benchmark+"&sort_by=-json.v&per_page=100&cursor="+next).Want(t, 200)
		}
	})
}

func TestPathsOverHTTP(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("paths")
		upload(t, s, g, `{"score":1,"machine":{"cpu":"x"}}`, `{"score":2.5,"machine":{"cpu":"x"}}`, `{"score":4,"jobs":[{"n":1}]}`)
		list := s.Get("/results:paths?benchmark_id="+g.Benchmark).Want(t, 200)
		items := list.Items(t)
		var got []string
		for _, item := range items {
			got = append(got, fmt.Sprint(item["path"], " ", item["results"], " ", item["types"], " ", item["distinct"], " ", item["metric"]))
		}
		want := "score 3 map[number:3] 3 false|machine.cpu 2 map[string:2] 1 false|jobs[*].n 1 map[number:1] 1 false"
		if strings.Join(got, "|") != want || list.Object(t)["sampled"] != nil {
			t.Errorf("%s\n got %s\nwant %s", list, strings.Join(got, "|"), want)
		}
		if first := items[0]; fmt.Sprint(first["min"], first["quartiles"], first["max"], first["share"]) != "1 [1.75 2.5 3.25] 4 1" {
			t.Errorf("score: %v", first)
		}
		for query, want := range map[string]int{
			"&prefix=mach": 1, "&where=json.score%3E3": 2, "&filters=score+%3E+3": 2, "&per_page=1&page=3&values=0": 1, "&terms=nothing": 0,
		} {
			if got := len(s.Get("/results:paths?benchmark_id="+g.Benchmark+query).Want(t, 200).Items(t)); got != want {
				t.Errorf("%s: %d paths, want %d", query, got, want)
			}
		}
		if all := s.Get("/results:paths?values=3").Want(t, 200).Object(t); all["sampled"] != true {
			t.Errorf("without a benchmark: %v", all)
		}
		s.Get("/results:paths?benchmark_id="+g.Benchmark+"&page=4&per_page=1").Want(t, 404)
		s.Get("/results:paths?values=101").Want(t, 422)
		want = errorBody(422, `{"query":{"benchmark_id":{"0":["Not a valid UUID."]}}}`)
		if a := s.Get("/results:paths?benchmark_id=x"); !harness.SameJSON(t, a.Body, want) {
			t.Errorf("bad id: %s", a)
		}
		// What was found is kept, but not beyond the next upload.
		before := len(s.Get("/results:paths").Want(t, 200).Items(t))
		upload(t, s, g, `{"score":8,"late":true}`)
		if n := len(s.Get("/results:paths").Want(t, 200).Items(t)); n != before+1 {
			t.Errorf("all results have %d paths after an upload of a new one, want %d", n, before+1)
		}
		again := s.Get("/results:paths?benchmark_id="+g.Benchmark).Want(t, 200)
		if n := len(again.Items(t)); n != 4 || again.Items(t)[0]["results"] != float64(4) {
			t.Errorf("after an upload: %s", again)
		}
	})
}
