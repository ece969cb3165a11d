package api_test

import (
	"net/http"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// TestEntityTagsChangeWithTheAnswer: who has the newest answer learns so; whatever changes it, its tag
// changes too.
func TestEntityTagsChangeWithTheAnswer(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("tags")
		s.Post("alice", g.UploadPath(""), `{"score": 1}`).Want(t, 201)
		for _, path := range []string{"/results", "/benchmarks/" + g.Benchmark, "/sites:search?terms=tags", "/tags", "/api-spec.json"} {
			first := s.Get(path).Want(t, 200)
			tag := first.Header.Get("ETag")
			if tag == "" || first.Header.Get("Cache-Control") != "no-cache" {
				t.Fatalf("GET %s: headers %v, want a tag", path, first.Header)
			}
			again := s.Do(harness.Call{Method: "GET", Path: path, Header: http.Header{"If-None-Match": {tag}}}).Want(t, 304)
			if again.Body != "" || again.Header.Get("ETag") != tag || again.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("GET %s again: %s %v", path, again, again.Header)
			}
		}
		tag := s.Get("/results").Header.Get("ETag")
		s.Post("alice", g.UploadPath(""), `{"score": 2}`).Want(t, 201)
		s.Do(harness.Call{Method: "GET", Path: "/results", Header: http.Header{"If-None-Match": {tag}}}).Want(t, 200)
		if a := s.Post("alice", "/tags", `{"name":"one more"}`).Want(t, 201); a.Header.Get("ETag") != "" {
			t.Errorf("an answer to a POST has a tag: %v", a.Header)
		}
	})
}
