package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// TestUpdateReplacesWhatIsSent: PUT replaces what is sent, keeps an absent description, ignores
// what is read-only, and refuses conflicts.
func TestUpdateReplacesWhatIsSent(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g, other := s.NewFixture("change"), s.NewFixture("other")
		for path, bodies := range map[string]struct{ full, partial, conflict, name string }{
			"/benchmarks/" + g.Benchmark: {
				`{"docker_image":"changed","docker_tag":"2","url":"https://example.org/v","json_schema":{"z":0.10,"a":"<"},"description":"d"}`,
				`{"docker_image":"changed","docker_tag":"3","url":"https://example.org/v","json_schema":{"z":0.10,"a":"<"}}`,
				`{"docker_image":"other","docker_tag":"1","url":"https://example.org/v","json_schema":{}}`, "benchmark"},
			"/sites/" + g.Site: {
				`{"name":"changed","address":"b","description":"d"}`, `{"name":"changed","address":"c"}`,
				`{"name":"other","address":"b"}`, "site",
			},
			"/tags/" + g.Tag:       {`{"name":"changed","description":"d"}`, `{"name":"again"}`, `{"name":"other"}`, "tag"},
			"/flavors/" + g.Flavor: {`{"name":"changed","description":"d"}`, `{"name":"again"}`, "", "flavor"},
		} {
			put := func(body string) harness.Answer {
				return s.Do(harness.Call{Method: "PUT", Path: path, As: "admin", Body: body})
			}
			before := s.Get(path).Object(t)
			readOnly := `{"id":"zz","upload_datetime":5,` + bodies.full[1:]
			if strings.HasPrefix(path, "/tags") {
				readOnly = `{"id":"zz",` + bodies.full[1:]
			}
			put(readOnly).Want(t, 204)
			after := s.Get(path).Object(t)
			if after["id"] != before["id"] || after["upload_datetime"] != before["upload_datetime"] || after["description"] != "d" {
				t.Errorf("PUT %s: before %v, after %v", path, before, after)
			}
			put(bodies.partial).Want(t, 204)
			if got := s.Get(path).Object(t); got["description"] != "d" {
				t.Errorf("PUT %s without description: %v", path, got)
			}
			// What it sent itself is what it may send back.
			put(s.Get(path).Body).Want(t, 204)
			if bodies.conflict != "" {
				a := put(bodies.conflict)
				if want := errorBody(
					409, `{"error":"Changes conflict submitted/existing `+bodies.name+`"}`,
				); a.Status != 409 || !harness.SameJSON(t, a.Body, want) {
					t.Errorf("%s\nwant %s", a, want)
				}
			}
		}
		if got := s.Get("/benchmarks/" + g.Benchmark).Body; !strings.Contains(got, `{"z":0.10,"a":"<"}`) {
			t.Errorf("the schema was changed: %s", got)
		}
		second := s.Post("alice", "/sites/"+other.Site+"/flavors", `{"name":"second"}`).Want(t, 201).ID(t)
		if a := s.Do(harness.Call{
			Method: "PUT", Path: "/flavors/" + second, As: "admin", Body: `{"name":"other"}`,
		}); a.Status != 409 || a.Text("errors", "error") != "Changes conflict submitted/existing flavor" {
			t.Error(a)
		}
		if a := s.Do(harness.Call{
			Method: "PUT", Path: "/benchmarks/" + g.Benchmark, As: "admin",
			Body: `{"docker_image":"x","docker_tag":"1","url":"https://example.org","json_schema":{"type":"nope"}}`,
		}); a.Status != 422 || a.Text("errors", "path") == "" {
			t.Error(a)
		}
	})
}

// TestDeletionTakesDependentsAlong: what is deleted takes with it what stands on it, and nothing else.
func TestDeletionTakesDependentsAlong(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		kept := s.FullFixture("kept")
		for _, kind := range []string{"benchmark", "site", "flavor"} {
			g := s.FullFixture("cascade-" + kind)
			path := map[string]string{"benchmark": "/benchmarks/" + g.Benchmark, "site": "/sites/" + g.Site, "flavor": "/flavors/" + g.Flavor}[kind]
			submits := s.Total("admin", "/reports/submits")
			s.Do(harness.Call{Method: "DELETE", Path: path, As: "admin"}).Want(t, 204)
			s.Do(harness.Call{Method: "DELETE", Path: path, As: "admin"}).Want(t, 404)
			s.Get(path).Want(t, 404)
			s.Get("/results/"+g.Result).Want(t, 404)
			s.Do(harness.Call{Method: "GET", Path: "/reports/claims/" + g.Claim, As: "admin"}).Want(t, 404)
			gone := 1 // the claim's
			if kind == "site" {
				s.Get("/flavors/"+g.Flavor).Want(t, 404)
				s.Get("/flavors/"+g.ReviewFlavor).Want(t, 404)
				gone = 2
			}
			if got := s.Total("admin", "/reports/submits"); got != submits-gone {
				t.Errorf("deleting a %s: %d submits, want %d", kind, got, submits-gone)
			}
		}
		s.Get("/results/"+kept.Result).Want(t, 200)
		// A tag is only detached.
		tagged := s.Post("alice", kept.UploadPath("&tags_ids="+kept.Tag), `{"score":2}`).Want(t, 201).ID(t)
		s.Do(harness.Call{Method: "DELETE", Path: "/tags/" + kept.Tag, As: "admin"}).Want(t, 204)
		if tags := s.Get("/results/" + tagged).Object(t)["tags"]; fmt.Sprint(tags) != "[]" {
			t.Errorf("tags %v", tags)
		}
		// Rejected ones are gone with their reports; approved ones cannot be.
		for _, path := range []string{"/benchmarks/" + kept.ReviewBenchmark, "/sites/" + kept.ReviewSite, "/flavors/" + kept.ReviewFlavor} {
			submits := s.Total("admin", "/reports/submits")
			s.Post("admin", path+":reject", "").Want(t, 204)
			s.Get(path).Want(t, 404)
			if got := s.Total("admin", "/reports/submits"); got != submits-1 {
				t.Errorf("rejecting %s: %d submits, want %d", path, got, submits-1)
			}
		}
		if a := s.Post(
			"admin", "/sites/"+kept.Site+":reject", "",
		).Want(t, 422); a.Text("errors", "error") != "Site "+kept.Site+" was already approved" {
			t.Error(a)
		}
	})
}

// TestClaimFromReportToSettlement walks a claim from report to settlement.
func TestClaimFromReportToSettlement(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("claims")
		result := s.Post("alice", g.UploadPath(""), `{"score":1}`).Want(t, 201).ID(t)
		visible := func(want bool) {
			t.Helper()
			if got := s.Total("", "/results") == 1; got != want {
				t.Errorf("visible %t, want %t", got, want)
			}
			if got := s.Total("", "/results:search?terms=claims") == 1; got != want {
				t.Errorf("found %t, want %t", got, want)
			}
			if s.Total("alice", "/users/self/results") != 1 || s.Total("bob", "/users/self/results") != 0 {
				t.Error("own results")
			}
			s.Get("/results/"+result).Want(t, 200)
		}
		claim := func(as string) string {
			a := s.Post(as, "/results/"+result+":claim", `{"message":"odd"}`).Want(t, 201)
			c := a.Object(t)
			uploader, _ := c["uploader"].(map[string]any)
			if len(c) != 6 || c["resource_type"] != "result" || c["resource_id"] != result || c["message"] != "odd" || uploader["sub"] != as {
				t.Errorf("claim %s", a)
			}
			return a.ID(t)
		}
		settle := func(id, verb string, status int) {
			t.Helper()
			s.Post("admin", "/reports/claims/"+id+":"+verb, "").Want(t, status)
		}
		visible(true)
		first, second := claim("bob"), claim("bob")
		visible(false)
		if s.Total("admin", "/reports/claims?status=on_review") != 2 || s.Total("alice", "/results/"+result+"/claims?status=on_review") != 2 ||
			s.Total("bob", "/users/self/claims?status=on_review") != 2 || s.Total("bob", "/users/self/claims") != 0 || s.Total(
			"admin", "/reports/submits?resource_type=claim",
		) != 2 {
			t.Error("lists of claims")
		}
		settle(first, "reject", 204)
		settle(first, "reject", 404)
		visible(false)
		settle(second, "approve", 204)
		settle(second, "approve", 422)
		settle(second, "reject", 422)
		visible(false)
		if s.Total("admin", "/reports/claims") != 1 || s.Total("admin", "/reports/submits") != 0 {
			t.Error("lists after settlement")
		}

		other := s.Post("alice", g.UploadPath(""), `{"score":2}`).Want(t, 201).ID(t)
		result = other
		rejected := claim("bob")
		settle(rejected, "reject", 204)
		if s.Total("", "/results") != 1 {
			t.Error("a rejected claim does not bring the result back")
		}
		s.Do(harness.Call{Method: "DELETE", Path: "/results/" + other, As: "admin"}).Want(t, 204)
		s.Do(harness.Call{Method: "DELETE", Path: "/results/" + other, As: "admin"}).Want(t, 204)
		settle(claim("bob"), "reject", 204)
		if s.Total("", "/results") != 0 {
			t.Error("a rejected claim brought a deleted result back")
		}
		uploader := s.Do(harness.Call{Method: "GET", Path: "/results/" + other + "/uploader", As: "admin"}).Want(t, 200).Object(t)
		if uploader["sub"] != "alice" || len(uploader) != 4 {
			t.Errorf("uploader %v", uploader)
		}
		for _, subject := range []string{
			"Claim submitted on result: " + other, "Resource rejected: " + rejected, "Result restored: " + other,
			"Resource approved: " + second,
		} {
			process.Eventually(t, "a mail "+subject, func() bool { return s.Logs.Contains(subject) })
		}
	})
}

// TestUpdateResultReplacesTags: PUT replaces, {} changes nothing, hidden results too.
func TestUpdateResultReplacesTags(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.FullFixture("tags") // its result is hidden by a claim
		second := s.Post("alice", "/tags", `{"name":"second"}`).Want(t, 201).ID(t)
		set := func(body string, status int) string {
			t.Helper()
			a := s.Do(harness.Call{Method: "PUT", Path: "/results/" + g.Result + "/tags", As: "alice", Body: body}).Want(t, status)
			if status != 204 {
				return a.Text("errors", "error")
			}
			tags, _ := s.Get("/results/" + g.Result).Object(t)["tags"].([]any)
			ids := []string{}
			for _, tag := range tags {
				m, _ := tag.(map[string]any)
				ids = append(ids, fmt.Sprint(m["id"]))
			}
			if !slices.IsSorted(ids) {
				t.Errorf("tags are not in the order of their ids: %v", ids)
			}
			return strings.Join(ids, " ")
		}
		both := []string{g.Tag, second}
		slices.Sort(both)
		if got := set(`{"tags_ids":["`+g.Tag+`","`+second+`","`+strings.ToUpper(g.Tag)+`"]}`, 204); got != strings.Join(both, " ") {
			t.Errorf("tags %s", got)
		}
		if got := set(`{}`, 204); got != strings.Join(both, " ") {
			t.Errorf("{} changed the tags to %s", got)
		}
		if got := set(`{"tags_ids":["`+unknownID+`"]}`, 404); got != "Tag "+unknownID+" not in database" {
			t.Errorf("unknown tag: %s", got)
		}
		if got := set(`{"tags_ids":[]}`, 204); got != "" {
			t.Errorf("tags %s", got)
		}
		if a := s.Do(harness.Call{
			Method: "PUT", Path: "/results/" + g.Result + "/tags", As: "alice", Body: `{"tags_ids":["x",5,null]}`,
		}); !harness.SameJSON(t,
			a.Body,
			errorBody(422, `{"json":{"tags_ids":{"0":["Not a valid UUID."],"1":["Not a valid UUID."],"2":["Field may not be null."]}}}`)) {
			t.Error(a)
		}
		if a := s.Do(harness.Call{
			Method: "PUT", Path: "/results/" + g.Result + "/tags", As: "alice", Body: `{"tags_ids":"x"}`,
		}); !harness.SameJSON(t,
			a.Body,
			errorBody(422, `{"json":{"tags_ids":["Not a valid list."]}}`)) {
			t.Error(a)
		}
		many := `{"tags_ids":["` + g.Tag + `"` + strings.Repeat(`,"`+g.Tag+`"`, 100) + `]}`
		a := s.Do(harness.Call{Method: "PUT", Path: "/results/" + g.Result + "/tags", As: "alice", Body: many})
		if want := `"Longer than maximum length 100 (TAG_LIMIT): it has 101."`; a.Status != 422 || !strings.Contains(a.Body, want) {
			t.Errorf("%s\nwant %s", a, want)
		}
	})
}

// TestUsersAreListedSearchedUpdatedAndRemoved: lists, search, update and removal of people.
func TestUsersAreListedSearchedUpdatedAndRemoved(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.FullFixture("people")
		s.Post("newcomer", "/users:register", "").Want(t, 201)
		names := func(path string) string {
			t.Helper()
			var subs []string
			for _, u := range s.Do(harness.Call{Method: "GET", Path: path, As: "admin"}).Items(t) {
				subs = append(subs, fmt.Sprint(u["sub"]))
			}
			return strings.Join(subs, " ")
		}
		iss := url.QueryEscape(s.Base + "/dev/oidc")
		for path, want := range map[string]string{
			"/users":                                   "admin alice bob newcomer",
			"/users?sort_by=-sub":                      "newcomer bob alice admin",
			"/users?sub=alice":                         "alice",
			"/users?sub=":                              "",
			"/users?iss=" + iss + "&sub=bob":           "bob",
			"/users?email=bob%40example.org":           "bob",
			"/users?email=bob":                         "",
			"/users:search":                            "admin alice bob newcomer",
			"/users:search?terms=":                     "admin alice bob newcomer",
			"/users:search?terms=EXAMPLE.org&terms=Al": "alice",
			"/users:search?terms=%25":                  "",
			"/users:search?terms=_":                    "",
		} {
			if got := names(path); got != want {
				t.Errorf("GET %s lists %q, want %q", path, got, want)
			}
		}
		s.Post("alice", "/users/self:update", "ignored").Want(t, 204)
		if a := s.Post("admin", "/users:remove", ""); a.Status != 422 || a.Text("errors", "error") != "Cancelled, undefined users" {
			t.Error(a)
		}
		s.Post("admin", "/users:remove?sub=&iss="+iss, "").Want(t, 204)
		s.Post("admin", "/users:remove?sub=removed&iss=urn%3Aeosc-perf%3Aremoved", "").Want(t, 204)
		if got := names("/users"); got != "admin alice bob newcomer" {
			t.Errorf("nobody should have been removed: %s", got)
		}

		// bob built on what alice made; she goes, and it stays.
		bobs := s.Post("bob", g.UploadPath(""), `{"score":2}`).Want(t, 201).ID(t)
		bobsFlavor := s.Post("bob", "/sites/"+g.ReviewSite+"/flavors", `{"name":"bobs"}`).Want(t, 201).ID(t)
		s.Post("alice", "/results/"+bobs+":claim", `{"message":"odd"}`).Want(t, 201)
		s.Post("admin", "/users:remove?sub=alice", "").Want(t, 204)
		if got := names("/users"); got != "admin bob newcomer" {
			t.Errorf("users %s", got)
		}
		for path, status := range map[string]int{
			"/results/" + g.Result: 404, "/benchmarks/" + g.ReviewBenchmark: 404, "/flavors/" + g.ReviewFlavor: 404,
			"/benchmarks/" + g.Benchmark: 200, "/sites/" + g.Site: 200, "/flavors/" + g.Flavor: 200, "/results/" + bobs: 200,
			"/sites/" + g.ReviewSite: 200, "/flavors/" + bobsFlavor: 200, "/tags/" + g.Tag: 200,
		} {
			if a := s.Get(path); a.Status != status {
				t.Errorf("%s\nwant %d", a, status)
			}
		}
		if got := s.Total("", "/results"); got != 1 {
			t.Errorf("%d results, want bob's, alice's claim on which counts as rejected", got)
		}
		for _, submit := range s.Do(harness.Call{Method: "GET", Path: "/reports/submits", As: "admin"}).Items(t) {
			uploader, _ := submit["uploader"].(map[string]any)
			if submit["resource_id"] == g.ReviewSite && (uploader["sub"] != "removed" || uploader["iss"] != "urn:eosc-perf:removed") {
				t.Errorf("submit %v", submit)
			}
		}
		s.Post("alice", "/sites", `{"name":"again","address":"a"}`).Want(t, 403)
		s.Post("alice", "/users:register", "").Want(t, 201)
		if got := s.Total("alice", "/users/self/results"); got != 0 {
			t.Errorf("alice is back with %d results", got)
		}
	})
}

// TestSearchFindsEveryTermInAnyField: every term in some field, whatever the case, no wildcards.
func TestSearchFindsEveryTermInAnyField(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		for _, name := range []string{"Universität Köln", "UNIVERSITY of Kent", "100% percent", "under_score", `back\slash`, "ΑΘΗΝΑ"} {
			id := s.Post(
				"alice", "/sites",
				fmt.Sprintf(`{"name":%q,"address":"Street %d","description":"Rechenzentrum"}`, name, len(name)),
			).Want(t, 201).ID(t)
			s.Post("admin", "/sites/"+id+":approve", "").Want(t, 204)
		}
		for terms, want := range map[string]int{
			"": 6, "universit": 2, "UNIVERSITÄT": 1, "köln": 1, "KÖLN": 1, "%": 1, "_": 1, `\`: 1, "αθηνα": 1, "rechen|street": 6,
			"universit|kent": 1, "universit|kent|nowhere": 0, "street 18": 2, "|": 6, "rsity of k": 1,
		} {
			values := url.Values{"terms": strings.Split(terms, "|")}
			if got := s.Total("", "/sites:search?"+values.Encode()); got != want {
				t.Errorf("%q finds %d, want %d", terms, got, want)
			}
		}
		g := s.NewFixture("Fast-Ground")
		s.Post("alice", g.UploadPath("&tags_ids="+g.Tag), `{"score":1}`).Want(t, 201)
		other := s.NewFixture("other")
		tag := s.Post("alice", "/tags", `{"name":"Night Run","description":"in the dark"}`).Want(t, 201).ID(t)
		s.Post("alice", other.UploadPath("&tags_ids="+tag), `{"score":1}`).Want(t, 201)
		for path, want := range map[string]int{
			"/results:search": 2, "/results:search?terms=fast": 1, "/results:search?terms=OTHER:1": 1, "/results:search?terms=ight+r": 1,
			"/results:search?terms=dark": 0, "/results:search?terms=other&terms=night": 1, "/results:search?terms=fast&terms=night": 0,
			"/tags:search?terms=dark": 1, "/benchmarks:search?terms=fast": 1, "/benchmarks:search?terms=ground&status=on_review": 0,
			"/sites/" + g.Site + "/flavors:search?terms=FAST": 1, "/sites/" + other.Site + "/flavors:search?terms=fast": 0,
		} {
			if got := s.Total("", path); got != want {
				t.Errorf("%s finds %d, want %d", path, got, want)
			}
		}
	})
}
