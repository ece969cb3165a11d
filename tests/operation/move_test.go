package operation_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// movedRequests are asked before and after a move; words in braces are ids.
var movedRequests = []string{
	"/benchmarks", "/benchmarks?status=on_review", "/benchmarks?sort_by=-upload_datetime", "/benchmarks?docker_image=moved",
	"/benchmarks?per_page=1&page=2",
	"/benchmarks/{benchmark_id}", "/benchmarks/{review:benchmark_id}", "/benchmarks/00000000-0000-4000-8000-000000000000",
	"/benchmarks:search?terms=RAY",
	"/sites", "/sites?status=on_review", "/sites?sort_by=-name", "/sites?address=a", "/sites/{site_id}",
	"/sites/{review:site_id}", "/sites:search?terms=moved",
	"/sites/{site_id}/flavors", "/sites/{site_id}/flavors?status=on_review", "/sites/{site_id}/flavors:search?terms=mov",
	"/flavors/{flavor_id}", "/flavors/{review:flavor_id}", "/flavors/{flavor_id}/site",
	"/tags", "/tags?sort_by=-name", "/tags/{tag_id}", "/tags:search?terms=%C3%BC",
	"/results", "/results?per_page=100", "/results?per_page=7&page=3", "/results?sort_by=-execution_datetime",
	"/results?sort_by=-upload_datetime",
	"/results?sort_by=%2Bsite_name,-flavor_name", "/results?sort_by=-json.score", "/results?sort_by=%2Bjson",
	"/results?benchmark_id={benchmark_id}",
	"/results?site_id={site_id}", "/results?flavor_id={flavor_id}", "/results?tags_ids={tag_id}",
	"/results?filters=score%20%3E%2012345678901234567889", "/results?filters=score%20%3D%3D%2012345678901234567890",
	"/results?filters=deep.1.x%20%3D%3D%20%C3%BC",
	"/results?execution_after=2021-05-21T08:31:00Z", "/results?upload_before=2021-05-21T08:31:00Z",
	"/results:search?terms=moved", "/results:search?terms=ray",
	"/results/{result_id}", "/results/{result_id}/claims", "/results/{result_id}/uploader",
	"/reports/submits", "/reports/submits?resource_type=claim", "/reports/submits?sort_by=-upload_datetime",
	"/reports/claims", "/reports/claims?status=on_review", "/reports/claims/{report_id}",
	"/users", "/users?sort_by=-registration_datetime", "/users:search?terms=example", "/users/self", "/users/self/results",
	"/users/self/claims",
}

// movedAnswers are the answers to movedRequests, as an administrator gets them; numbers as
// they are spelled.
func movedAnswers(s *harness.Server, g harness.Fixture) map[string]string {
	s.T.Helper()
	found := map[string]string{}
	for _, path := range movedRequests {
		a := s.Do(harness.Call{Method: "GET", Path: g.Fill(path), As: "admin"})
		decoder := json.NewDecoder(strings.NewReader(a.Body))
		decoder.UseNumber()
		var body any
		if err := decoder.Decode(&body); err != nil || a.Status >= 500 {
			s.T.Fatalf("%s: %v", a, err)
		}
		found[path] = harness.AsJSON(s.T, []any{a.Status, body})
	}
	return found
}

// fillForMove fills a database with rows of every kind.
func fillForMove(s *harness.Server) harness.Fixture {
	t := s.T
	g := s.FullFixture("moved")
	for _, document := range []string{
		`{"score":12345678901234567890,"z":[1,{"x":"ü"}],"a":null}`, `{"score":0.1000,"deep":[0,{"x":"ü"}]}`,
		`{"score":-1e-20,"text":"\u0001 \ud83e\uddea \\"}`, `{}`,
	} {
		s.Post("alice", g.UploadPath("&tags_ids="+g.Tag), document).Want(t, 201)
	}
	deleted := s.Post("admin", g.UploadPath(""), `{"score":2}`).Want(t, 201).ID(t)
	s.Do(harness.Call{Method: "DELETE", Path: "/results/" + deleted, As: "admin"}).Want(t, 204)
	s.Post("newcomer", "/users:register", "").Want(t, 201)
	approved := s.Post("newcomer", "/results/"+deleted+":claim", `{"message":"it was ünfair"}`).Want(t, 201).ID(t)
	s.Post("admin", "/reports/claims/"+approved+":approve", "").Want(t, 204)
	s.Post("alice", "/tags", `{"name":"Grün","description":"\"quoted\" 漢字"}`).Want(t, 201)
	s.Post("admin", "/users:remove?sub=newcomer", "").Want(t, 204)
	return g
}

func TestMoveToPostgresAndBackChangesNoAnswer(t *testing.T) {
	// One address for all, since the issuer of the development accounts has it.
	common := harness.Settings{"LISTEN_ADDRESS": process.FreeAddress(t), "DEMO": "true"}
	admin := func(database harness.Settings, args ...string) {
		t.Helper()
		process.MustRun(t, process.Program(t, "admin"), database.With(harness.Settings{"APP_ENV": "development"}).Environ(), args...)
	}
	here := harness.SQLite(t)
	s := harness.Start(t, here.With(common))
	g := fillForMove(s)
	want := movedAnswers(s, g)
	if len(want) < 50 {
		t.Fatalf("%d requests are too few", len(want))
	}
	for _, there := range []harness.Settings{harness.EmptyPostgres(t), harness.EmptySQLite(t)} {
		file := filepath.Join(t.TempDir(), "backup")
		admin(here, "backup", file) // while it serves
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		admin(there, "restore", file)
		s, here = harness.Start(t, there.With(common)), there
		got := movedAnswers(s, g)
		for path := range want {
			if got[path] != want[path] {
				t.Errorf("%s: after the move to %v\n%s\nbefore\n%s", path, there["DB_HOST"], got[path], want[path])
			}
		}
	}
}
