package main

import (
	"net/http"
	"testing"
)

// TestEntityTags: who has the newest answer is told so; whatever changes it, its tag
// changes too.
func TestEntityTags(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		g := s.newGround("tags")
		s.post("alice", g.query(""), `{"score": 1}`).want(t, 201)
		for _, path := range []string{"/results", "/benchmarks/" + g.benchmark, "/sites:search?terms=tags", "/tags", "/api-spec.json"} {
			first := s.get(path).want(t, 200)
			tag := first.header.Get("ETag")
			if tag == "" || first.header.Get("Cache-Control") != "no-cache" {
				t.Fatalf("GET %s: headers %v, want a tag", path, first.header)
			}
			again := s.do(call{method: "GET", path: path, header: http.Header{"If-None-Match": {tag}}}).want(t, 304)
			if again.body != "" || again.header.Get("ETag") != tag || again.header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("GET %s again: %s %v", path, again, again.header)
			}
		}
		tag := s.get("/results").header.Get("ETag")
		s.post("alice", g.query(""), `{"score": 2}`).want(t, 201)
		s.do(call{method: "GET", path: "/results", header: http.Header{"If-None-Match": {tag}}}).want(t, 200)
		if a := s.post("alice", "/tags", `{"name":"one more"}`).want(t, 201); a.header.Get("ETag") != "" {
			t.Errorf("an answer to a POST has a tag: %v", a.header)
		}
	})
}
