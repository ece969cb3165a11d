package main

import (
	"encoding/json"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// movedRequests are asked before and after a move; words in braces are ids.
var movedRequests = []string{
	"/benchmarks", "/benchmarks?status=on_review", "/benchmarks?sort_by=-upload_datetime", "/benchmarks?docker_image=moved", "/benchmarks?per_page=1&page=2",
	"/benchmarks/{benchmark_id}", "/benchmarks/{review:benchmark_id}", "/benchmarks/00000000-0000-4000-8000-000000000000", "/benchmarks:search?terms=RAY",
	"/sites", "/sites?status=on_review", "/sites?sort_by=-name", "/sites?address=a", "/sites/{site_id}", "/sites/{review:site_id}", "/sites:search?terms=moved",
	"/sites/{site_id}/flavors", "/sites/{site_id}/flavors?status=on_review", "/sites/{site_id}/flavors:search?terms=mov",
	"/flavors/{flavor_id}", "/flavors/{review:flavor_id}", "/flavors/{flavor_id}/site",
	"/tags", "/tags?sort_by=-name", "/tags/{tag_id}", "/tags:search?terms=%C3%BC",
	"/results", "/results?per_page=100", "/results?per_page=7&page=3", "/results?sort_by=-execution_datetime", "/results?sort_by=-upload_datetime",
	"/results?sort_by=%2Bsite_name,-flavor_name", "/results?sort_by=-json.score", "/results?sort_by=%2Bjson", "/results?benchmark_id={benchmark_id}",
	"/results?site_id={site_id}", "/results?flavor_id={flavor_id}", "/results?tags_ids={tag_id}",
	"/results?filters=score%20%3E%2012345678901234567889", "/results?filters=score%20%3D%3D%2012345678901234567890", "/results?filters=deep.1.x%20%3D%3D%20%C3%BC",
	"/results?execution_after=2021-05-21T08:31:00Z", "/results?upload_before=2021-05-21T08:31:00Z", "/results:search?terms=moved", "/results:search?terms=ray",
	"/results/{result_id}", "/results/{result_id}/claims", "/results/{result_id}/uploader",
	"/reports/submits", "/reports/submits?resource_type=claim", "/reports/submits?sort_by=-upload_datetime",
	"/reports/claims", "/reports/claims?status=on_review", "/reports/claims/{report_id}",
	"/users", "/users?sort_by=-registration_datetime", "/users:search?terms=example", "/users/self", "/users/self/results", "/users/self/claims",
}

// answers to all of them, as an administrator gets them; numbers as they are spelled.
func (s *testServer) answers(g ground) map[string]string {
	s.t.Helper()
	found := map[string]string{}
	for _, path := range movedRequests {
		a := s.do(call{method: "GET", path: g.fill(path), as: "admin"})
		decoder := json.NewDecoder(strings.NewReader(a.body))
		decoder.UseNumber()
		var body any
		if err := decoder.Decode(&body); err != nil || a.status >= 500 {
			s.t.Fatalf("%s: %v", a, err)
		}
		found[path] = asJSON(s.t, []any{a.status, body})
	}
	return found
}

// moved fills a database with what there is of every kind.
func (s *testServer) moved() ground {
	t := s.t
	g := s.fullGround("moved")
	for _, document := range []string{
		`{"score":12345678901234567890,"z":[1,{"x":"ü"}],"a":null}`, `{"score":0.1000,"deep":[0,{"x":"ü"}]}`, `{"score":-1e-20,"text":"\u0001 \ud83e\uddea \\"}`, `{}`,
	} {
		s.post("alice", g.query("&tags_ids="+g.tag), document).want(t, 201)
	}
	deleted := s.post("admin", g.query(""), `{"score":2}`).want(t, 201).id(t)
	s.do(call{method: "DELETE", path: "/results/" + deleted, as: "admin"}).want(t, 204)
	s.post("newcomer", "/users:register", "").want(t, 201)
	approved := s.post("newcomer", "/results/"+deleted+":claim", `{"message":"it was ünfair"}`).want(t, 201).id(t)
	s.post("admin", "/reports/claims/"+approved+":approve", "").want(t, 204)
	s.post("alice", "/tags", `{"name":"Grün","description":"\"quoted\" 漢字"}`).want(t, 201)
	s.post("admin", "/users:remove?sub=newcomer", "").want(t, 204)
	return g
}

func TestAMoveToPostgresAndBackChangesNoAnswer(t *testing.T) {
	admin := filepath.Join(t.TempDir(), "admin")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", admin, "../admin").CombinedOutput(); err != nil { //nolint:gosec // our own program
		t.Fatalf("%v\n%s", err, out)
	}
	run := func(settings map[string]string, args ...string) {
		t.Helper()
		command := exec.CommandContext(t.Context(), admin, args...) //nolint:gosec // our own program
		command.Env = append(os.Environ(), "APP_ENV=development")
		for name, value := range settings {
			command.Env = append(command.Env, name+"="+value)
		}
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("admin %v: %v\n%s", args, err, out)
		}
	}
	// One address for all, since the issuer of the development accounts has it.
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	on := func(settings map[string]string) *testServer {
		all := map[string]string{"LISTEN_ADDRESS": address, "DEMO": "true"}
		maps.Copy(all, settings)
		return start(t, all)
	}

	here := databases["sqlite"](t)
	s := on(here)
	g := s.moved()
	want := s.answers(g)
	if len(want) < 50 {
		t.Fatalf("%d requests are too few", len(want))
	}
	for _, there := range []map[string]string{databases["postgres"](t), databases["sqlite"](t)} {
		file := filepath.Join(t.TempDir(), "backup")
		run(here, "backup", file) // while it serves
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		run(there, "restore", file)
		s, here = on(there), there
		got := s.answers(g)
		for path := range want {
			if got[path] != want[path] {
				t.Errorf("%s: after the move to %v\n%s\nbefore\n%s", path, there["DB_HOST"], got[path], want[path])
			}
		}
	}
}
