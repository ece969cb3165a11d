package operation_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// oddDocuments are SQL expressions of documents that another program may have stored, and whether they
// are JSON.
var oddDocuments = map[string]bool{
	`''`:                                  false,
	`' '`:                                 false,
	`'{"score": 1'`:                       false,
	`'nonsense'`:                          false,
	`x'ff00'`:                             false,
	`CAST(x'7b2261223a22ff227d' AS TEXT)`: false,
	`'{"a":1}{"b":2}'`:                    false,
	`'{"score":NaN}'`:                     false,
	`'{"score":1e999999}'`:                false,
	`'{"a":"' || char(0) || '"}'`:         false,
	`'{"a":"\u0000"}'`:                    false,
	`'{"a":"\ud800"}'`:                    false,
	`x'7b7d'`:                             true,
	`5`:                                   true,
	`1.5`:                                 true,
	`'[1,2]'`:                             true,
	`'"text"'`:                            true,
	`'{"score":1,"score":2}'`:             true,
}

// readsOfResults are questions whose answers hold documents, or depend on them.
var readsOfResults = []string{
	"/results", "/results?benchmark_id={b}&sort_by=-json.score", "/results?sort_by=%2Bjson", "/results?filters=score+%3E+0",
	"/results?where=json.score+MISSING", "/results?cursor=&sort_by=-json.score", "/results:search?terms=odd", "/results:paths",
	"/results:paths?benchmark_id={b}", "/results:export?format=csv&columns=json", "/results:export?format=ndjson",
	"/results:export?format=json", "/results:export?format=parquet&columns=json&columns=json.score",
	"/results:compare?benchmark_id={b}&metric=score", "/results:distribution?benchmark_id={b}&metric=score",
	"/results:series?benchmark_id={b}&x=execution_datetime&y=json.score", "/results:trend?benchmark_id={b}&metric=score", "/ui/results",
	"/ui/benchmarks/{b}", "/benchmarks", "/benchmarks/{b}", "/benchmarks:search?terms=odd", "/benchmarks/{b}/metrics",
}

// TestDocumentsThatAreNotJSONBreakNothing: SQLite stores any value as a document.
func TestDocumentsThatAreNotJSONBreakNothing(t *testing.T) {
	t.Parallel()
	settings := harness.SQLite(t)
	s := harness.Start(t, settings)
	f := s.NewFixture("Odd")
	damaged := s.NewFixture("Damaged").Benchmark
	ids := map[string]string{}
	for value := range oddDocuments {
		ids[value] = s.Post("alice", f.UploadPath(""), fmt.Sprintf(`{"score":%d}`, len(ids))).Want(t, http.StatusCreated).ID(t)
	}
	db := harness.OpenSQL(t, settings)
	for value, id := range ids {
		execute(t, db, "UPDATE result SET json = "+value+", digest = NULL, digest_holder = NULL WHERE id = '"+id+"'")
	}
	execute(t, db, "UPDATE benchmark SET json_schema = '{\"type\":' WHERE id = '"+damaged+"'")
	for value, id := range ids {
		document := s.Get("/results/"+id).Want(t, http.StatusOK).Object(t)["json"]
		object, _ := document.(map[string]any)
		if got := object["damaged"] == nil; got != oddDocuments[value] {
			t.Errorf("the document %s is shown as %v", value, document)
		}
		s.Get("/ui/results/"+id).Want(t, http.StatusOK)
		s.Get("/ui/results/"+id+".csv").Want(t, http.StatusOK)
	}
	for _, path := range readsOfResults {
		for _, benchmark := range []string{f.Benchmark, damaged} {
			a := s.Get(strings.ReplaceAll(path, "{b}", benchmark)).Want(t, http.StatusOK)
			isLines := strings.Contains(path, "ndjson")
			for line := range strings.Lines(a.Body) {
				if isLines && !json.Valid([]byte(line)) {
					t.Errorf("%s has the line %q", path, line)
				}
			}
			if strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") && !json.Valid([]byte(a.Body)) {
				t.Errorf("%s\nis not JSON", a)
			}
		}
	}
	query := "benchmark_id=" + url.QueryEscape(damaged) + "&flavor_id=" + f.Flavor + "&execution_datetime=2021-05-21T08:31:00Z"
	s.Post("alice", "/results?"+query, `{}`).Want(t, http.StatusUnprocessableEntity)
	environ := settings.With(harness.Settings{"APP_ENV": "development"}).Environ()
	check := process.Start(t, process.Program(t, "admin"), environ, "check", "--json")
	expectExit(t, check, 3)
	for value, id := range ids {
		if isNamed := check.Output.Contains(`"id":"` + id + `"`); isNamed == oddDocuments[value] && value != `x'7b7d'` {
			t.Errorf("admin check names the result with the document %s: %v", value, isNamed)
		}
	}
	if !check.Output.Contains(`"table":"benchmark","id":"` + damaged + `"`) {
		t.Error("admin check does not name the benchmark")
	}
}

func execute(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
