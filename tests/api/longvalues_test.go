package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// longAnswer is more than any answer needs that lists no document.
const longAnswer = 60_000

// Ten results with very long values cost nobody much who asks for others.
func TestQuestionsAboutVeryLongValues(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f := s.NewFixture("long-values")
		const plain, long = 12, 10
		for i := range plain {
			body := fmt.Sprintf(`{"score":%d,"x":"short","d":{"e":{"f":%d}},"a":[%d]}`, i+1, i, i)
			s.Post("alice", f.UploadPath(""), body).Want(t, http.StatusCreated)
		}
		deep := strings.Repeat(`{"d":`, 60) + "1" + strings.Repeat("}", 60)
		for i := range long {
			body := map[int]string{
				0: fmt.Sprintf(`{"score":%d,"x":%q}`, i+1, fmt.Sprint(i, strings.Repeat("x", 100_000))),
				1: fmt.Sprintf(`{"score":%d,"x":[%s{}],"a":[%s%d]}`, i+1, strings.Repeat("{},", 100_000), strings.Repeat("1,", 50_000), i),
				2: fmt.Sprintf(`{"score":%d,"x":%s,"d":%s}`, i+1, deep, deep),
				3: fmt.Sprintf(`{"score":%d,"x":{%s"z":%d}}`, i+1, members(10_000), i),
			}[i%4]
			s.Post("alice", f.UploadPath(""), body).Want(t, http.StatusCreated)
		}
		of := "benchmark_id=" + f.Benchmark
		for path, isLong := range map[string]bool{
			"/results?sort_by=-json.x&per_page=5&" + of:                                 true,
			"/results?sort_by=%2Bjson&per_page=5&" + of:                                 true,
			"/results?sort_by=%2Bjson.a.49999&per_page=5&" + of:                         true,
			"/results?sort_by=%2Bjson.a&per_page=5&" + of:                               false,
			"/results?sort_by=%2Bjson" + strings.Repeat(".d", 12) + "&per_page=5&" + of: true,
			"/results?where=json.x%20%3D%20%22short%22&per_page=5&" + of:                false,
			"/results?where=json.x%20~%20%22hort%22&per_page=5&" + of:                   false,
			"/results?where=json.a%5B*%5D%20%3D%207&per_page=5&" + of:                   false,
			"/results:export?format=csv&columns=json.x&" + of:                           true,
			"/results:export?format=parquet&columns=json.x&columns=json.a&" + of:        false,
			"/results:paths?values=100&" + of:                                           false,
			"/results:paths?prefix=x&" + of:                                             false,
			"/results:compare?metric=score&" + of:                                       false,
			"/results:compare?metric=score&group_by=json.x&" + of:                       false,
			"/results:compare?metric=score&group_by=json.x&format=csv&" + of:            false,
			"/results:distribution?metric=score&group_by=json.x&" + of:                  false,
			"/results:trend?metric=score&group_by=json.x&interval=day&" + of:            false,
			"/results:series?x=json.x&y=json.score&color=json.x&" + of:                  false,
			"/ui/results?col=json.x&benchmark=" + f.Benchmark:                           false,
			"/ui/compare?metric=score&by=json.x&benchmark=" + f.Benchmark:               false,
		} {
			a := s.Get(path) // what takes too long is refused
			if a.Status >= 400 || !isLong && len(a.Body) > longAnswer {
				t.Errorf("%s: %d with %d bytes", path, a.Status, len(a.Body))
			}
		}
		answer := s.Get("/results:compare?metric=score&group_by=json.x&"+of).Want(t, http.StatusOK).Object(t)
		if got := fmt.Sprint(answer["results"], answer["ungrouped"], answer["groups_total"]); got != "22 8 2" {
			t.Errorf("results, ungrouped, groups_total are %s, want 22 8 2", got)
		}
		for _, item := range s.Get("/results:paths?prefix=x&values=100&"+of).Want(t, http.StatusOK).Items(t) {
			if item["path"] != "x" {
				continue
			}
			if values, _ := item["values"].([]any); len(values) != 1 || fmt.Sprint(item["distinct"]) != "4" {
				t.Errorf("x has %v distinct values, and %d are listed, want 4 and 1", item["distinct"], len(values))
			}
		}
	})
}

// Ten results with as many names as an upload may have do not hide the paths of the others.
func TestResultsWithManyNamesHideNoPaths(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f := s.NewFixture("many-names")
		const hostile, plain = 10, 3
		for i := range hostile {
			names := strings.ReplaceAll(members(30_000), `"m`, fmt.Sprintf(`"a%d_`, i))
			s.Post("bob", f.UploadPath(""), `{`+names+`"score":-1}`).Want(t, http.StatusCreated)
		}
		for i := range plain {
			s.Post("alice", f.UploadPath(""), fmt.Sprintf(`{"score":%d,"zone":"z","result":{"time":%d}}`, i, i)).Want(t, http.StatusCreated)
		}
		for path, want := range map[string]int{"score": hostile + plain, "zone": plain, "result.time": plain} {
			items := s.Get("/results:paths?prefix="+path+"&benchmark_id="+f.Benchmark).Want(t, http.StatusOK).Items(t)
			if len(items) != 1 || fmt.Sprint(items[0]["results"]) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want it in %d results", path, items, want)
			}
		}
	})
}

// members are so many members of an object.
func members(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `"m%d":%d,`, i, i)
	}
	return text.String()
}
