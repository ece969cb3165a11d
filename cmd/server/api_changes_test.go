package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// total is how many items a list has.
func (s *testServer) total(as, path string) int {
	s.t.Helper()
	n, ok := s.do(call{method: "GET", path: path, as: as}).want(s.t, 200).object(s.t)["total"].(float64)
	if !ok {
		s.t.Fatalf("%s: no total", path)
	}
	return int(n)
}

// TestChanges: PUT replaces what is sent, keeps an absent description, ignores
// what is read-only, and refuses conflicts.
func TestChanges(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		g, other := s.newGround("change"), s.newGround("other")
		for path, bodies := range map[string]struct{ full, partial, conflict, name string }{
			"/benchmarks/" + g.benchmark: {
				`{"docker_image":"changed","docker_tag":"2","url":"v","json_schema":{"z":0.10,"a":"<"},"description":"d"}`,
				`{"docker_image":"changed","docker_tag":"3","url":"v","json_schema":{"z":0.10,"a":"<"}}`,
				`{"docker_image":"other","docker_tag":"1","url":"v","json_schema":{}}`, "benchmark"},
			"/sites/" + g.site:     {`{"name":"changed","address":"b","description":"d"}`, `{"name":"changed","address":"c"}`, `{"name":"other","address":"b"}`, "site"},
			"/tags/" + g.tag:       {`{"name":"changed","description":"d"}`, `{"name":"again"}`, `{"name":"other"}`, "tag"},
			"/flavors/" + g.flavor: {`{"name":"changed","description":"d"}`, `{"name":"again"}`, "", "flavor"},
		} {
			put := func(body string) answer {
				return s.do(call{method: "PUT", path: path, as: "admin", body: body})
			}
			before := s.get(path).object(t)
			readOnly := `{"id":"zz","upload_datetime":5,` + bodies.full[1:]
			if strings.HasPrefix(path, "/tags") {
				readOnly = `{"id":"zz",` + bodies.full[1:]
			}
			put(readOnly).want(t, 204)
			after := s.get(path).object(t)
			if after["id"] != before["id"] || after["upload_datetime"] != before["upload_datetime"] || after["description"] != "d" {
				t.Errorf("PUT %s: before %v, after %v", path, before, after)
			}
			put(bodies.partial).want(t, 204)
			if got := s.get(path).object(t); got["description"] != "d" {
				t.Errorf("PUT %s without description: %v", path, got)
			}
			// What it sent itself is what it may send back.
			put(s.get(path).body).want(t, 204)
			if bodies.conflict != "" {
				a := put(bodies.conflict)
				if want := errorBody(409, `{"error":"Changes conflict submitted/existing `+bodies.name+`"}`); a.status != 409 || !sameJSON(t, a.body, want) {
					t.Errorf("%s\nwant %s", a, want)
				}
			}
		}
		if got := s.get("/benchmarks/" + g.benchmark).body; !strings.Contains(got, `{"z":0.10,"a":"<"}`) {
			t.Errorf("the schema was changed: %s", got)
		}
		second := s.post("alice", "/sites/"+other.site+"/flavors", `{"name":"second"}`).want(t, 201).id(t)
		if a := s.do(call{method: "PUT", path: "/flavors/" + second, as: "admin", body: `{"name":"other"}`}); a.status != 409 || a.object2("errors", "error") != "Changes conflict submitted/existing flavor" {
			t.Error(a)
		}
		if a := s.do(call{method: "PUT", path: "/benchmarks/" + g.benchmark, as: "admin", body: `{"docker_image":"x","docker_tag":"1","url":"u","json_schema":{"type":"nope"}}`}); a.status != 422 || a.object2("errors", "path") == "" {
			t.Error(a)
		}
	})
}

// TestCascades: what is deleted takes with it what stands on it, and nothing else.
func TestCascades(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		kept := s.fullGround("kept")
		for _, kind := range []string{"benchmark", "site", "flavor"} {
			g := s.fullGround("cascade-" + kind)
			path := map[string]string{"benchmark": "/benchmarks/" + g.benchmark, "site": "/sites/" + g.site, "flavor": "/flavors/" + g.flavor}[kind]
			submits := s.total("admin", "/reports/submits")
			s.do(call{method: "DELETE", path: path, as: "admin"}).want(t, 204)
			s.do(call{method: "DELETE", path: path, as: "admin"}).want(t, 404)
			s.get(path).want(t, 404)
			s.get("/results/"+g.result).want(t, 404)
			s.do(call{method: "GET", path: "/reports/claims/" + g.claim, as: "admin"}).want(t, 404)
			gone := 1 // the claim's
			if kind == "site" {
				s.get("/flavors/"+g.flavor).want(t, 404)
				s.get("/flavors/"+g.reviewFlavor).want(t, 404)
				gone = 2
			}
			if got := s.total("admin", "/reports/submits"); got != submits-gone {
				t.Errorf("deleting a %s: %d submits, want %d", kind, got, submits-gone)
			}
		}
		s.get("/results/"+kept.result).want(t, 200)
		// A tag is only detached.
		tagged := s.post("alice", kept.query("&tags_ids="+kept.tag), `{"score":2}`).want(t, 201).id(t)
		s.do(call{method: "DELETE", path: "/tags/" + kept.tag, as: "admin"}).want(t, 204)
		if tags := s.get("/results/" + tagged).object(t)["tags"]; fmt.Sprint(tags) != "[]" {
			t.Errorf("tags %v", tags)
		}
		// Rejected ones are gone with their reports; approved ones cannot be.
		for _, path := range []string{"/benchmarks/" + kept.reviewBenchmark, "/sites/" + kept.reviewSite, "/flavors/" + kept.reviewFlavor} {
			submits := s.total("admin", "/reports/submits")
			s.post("admin", path+":reject", "").want(t, 204)
			s.get(path).want(t, 404)
			if got := s.total("admin", "/reports/submits"); got != submits-1 {
				t.Errorf("rejecting %s: %d submits, want %d", path, got, submits-1)
			}
		}
		if a := s.post("admin", "/sites/"+kept.site+":reject", "").want(t, 422); a.object2("errors", "error") != "Site "+kept.site+" was already approved" {
			t.Error(a)
		}
	})
}

// TestClaims walks a claim from report to settlement.
func TestClaims(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		g := s.newGround("claims")
		result := s.post("alice", g.query(""), `{"score":1}`).want(t, 201).id(t)
		visible := func(want bool) {
			t.Helper()
			if got := s.total("", "/results") == 1; got != want {
				t.Errorf("visible %t, want %t", got, want)
			}
			if got := s.total("", "/results:search?terms=claims") == 1; got != want {
				t.Errorf("found %t, want %t", got, want)
			}
			if s.total("alice", "/users/self/results") != 1 || s.total("bob", "/users/self/results") != 0 {
				t.Error("own results")
			}
			s.get("/results/"+result).want(t, 200)
		}
		claim := func(as string) string {
			a := s.post(as, "/results/"+result+":claim", `{"message":"odd"}`).want(t, 201)
			c := a.object(t)
			uploader, _ := c["uploader"].(map[string]any)
			if len(c) != 6 || c["resource_type"] != "result" || c["resource_id"] != result || c["message"] != "odd" || uploader["sub"] != as {
				t.Errorf("claim %s", a)
			}
			return a.id(t)
		}
		settle := func(id, verb string, status int) {
			t.Helper()
			s.post("admin", "/reports/claims/"+id+":"+verb, "").want(t, status)
		}
		visible(true)
		first, second := claim("bob"), claim("bob")
		visible(false)
		if s.total("admin", "/reports/claims?status=on_review") != 2 || s.total("alice", "/results/"+result+"/claims?status=on_review") != 2 ||
			s.total("bob", "/users/self/claims?status=on_review") != 2 || s.total("bob", "/users/self/claims") != 0 || s.total("admin", "/reports/submits?resource_type=claim") != 2 {
			t.Error("lists of claims")
		}
		settle(first, "reject", 204)
		settle(first, "reject", 404)
		visible(false)
		settle(second, "approve", 204)
		settle(second, "approve", 422)
		settle(second, "reject", 422)
		visible(false)
		if s.total("admin", "/reports/claims") != 1 || s.total("admin", "/reports/submits") != 0 {
			t.Error("lists after settlement")
		}

		other := s.post("alice", g.query(""), `{"score":2}`).want(t, 201).id(t)
		result = other
		rejected := claim("bob")
		settle(rejected, "reject", 204)
		if s.total("", "/results") != 1 {
			t.Error("a rejected claim does not bring the result back")
		}
		s.do(call{method: "DELETE", path: "/results/" + other, as: "admin"}).want(t, 204)
		s.do(call{method: "DELETE", path: "/results/" + other, as: "admin"}).want(t, 204)
		settle(claim("bob"), "reject", 204)
		if s.total("", "/results") != 0 {
			t.Error("a rejected claim brought a deleted result back")
		}
		uploader := s.do(call{method: "GET", path: "/results/" + other + "/uploader", as: "admin"}).want(t, 200).object(t)
		if uploader["sub"] != "alice" || len(uploader) != 4 {
			t.Errorf("uploader %v", uploader)
		}
		for _, subject := range []string{"Claim submitted on result: " + other, "Resource rejected: " + rejected, "Result restored: " + other, "Resource approved: " + second} {
			eventually(t, "a mail "+subject, func() bool { return strings.Contains(s.logs.tail(1<<20), subject) })
		}
	})
}

// TestTagsOfResults: PUT replaces, {} changes nothing, hidden results too.
func TestTagsOfResults(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		g := s.fullGround("tags") // its result is hidden by a claim
		second := s.post("alice", "/tags", `{"name":"second"}`).want(t, 201).id(t)
		set := func(body string, status int) string {
			t.Helper()
			a := s.do(call{method: "PUT", path: "/results/" + g.result + "/tags", as: "alice", body: body}).want(t, status)
			if status != 204 {
				return a.object2("errors", "error")
			}
			tags, _ := s.get("/results/" + g.result).object(t)["tags"].([]any)
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
		both := []string{g.tag, second}
		slices.Sort(both)
		if got := set(`{"tags_ids":["`+g.tag+`","`+second+`","`+strings.ToUpper(g.tag)+`"]}`, 204); got != strings.Join(both, " ") {
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
		if a := s.do(call{method: "PUT", path: "/results/" + g.result + "/tags", as: "alice", body: `{"tags_ids":["x",5,null]}`}); !sameJSON(t, a.body,
			errorBody(422, `{"json":{"tags_ids":{"0":["Not a valid UUID."],"1":["Not a valid UUID."],"2":["Field may not be null."]}}}`)) {
			t.Error(a)
		}
		if a := s.do(call{method: "PUT", path: "/results/" + g.result + "/tags", as: "alice", body: `{"tags_ids":"x"}`}); !sameJSON(t, a.body,
			errorBody(422, `{"json":{"tags_ids":["Not a valid list."]}}`)) {
			t.Error(a)
		}
	})
}

// TestUsers: lists, search, update and removal of people.
func TestUsers(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		g := s.fullGround("people")
		s.post("newcomer", "/users:register", "").want(t, 201)
		names := func(path string) string {
			t.Helper()
			var subs []string
			for _, u := range s.do(call{method: "GET", path: path, as: "admin"}).items(t) {
				subs = append(subs, fmt.Sprint(u["sub"]))
			}
			return strings.Join(subs, " ")
		}
		iss := url.QueryEscape(s.base + "/dev/oidc")
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
		s.post("alice", "/users/self:update", "ignored").want(t, 204)
		if a := s.post("admin", "/users:remove", ""); a.status != 422 || a.object2("errors", "error") != "Cancelled, undefined users" {
			t.Error(a)
		}
		s.post("admin", "/users:remove?sub=&iss="+iss, "").want(t, 204)
		s.post("admin", "/users:remove?sub=removed&iss=urn%3Aeosc-perf%3Aremoved", "").want(t, 204)
		if got := names("/users"); got != "admin alice bob newcomer" {
			t.Errorf("nobody should have been removed: %s", got)
		}

		// bob built on what alice made; she goes, and it stays.
		bobs := s.post("bob", g.query(""), `{"score":2}`).want(t, 201).id(t)
		bobsFlavor := s.post("bob", "/sites/"+g.reviewSite+"/flavors", `{"name":"bobs"}`).want(t, 201).id(t)
		s.post("alice", "/results/"+bobs+":claim", `{"message":"odd"}`).want(t, 201)
		s.post("admin", "/users:remove?sub=alice", "").want(t, 204)
		if got := names("/users"); got != "admin bob newcomer" {
			t.Errorf("users %s", got)
		}
		for path, status := range map[string]int{
			"/results/" + g.result: 404, "/benchmarks/" + g.reviewBenchmark: 404, "/flavors/" + g.reviewFlavor: 404,
			"/benchmarks/" + g.benchmark: 200, "/sites/" + g.site: 200, "/flavors/" + g.flavor: 200, "/results/" + bobs: 200,
			"/sites/" + g.reviewSite: 200, "/flavors/" + bobsFlavor: 200, "/tags/" + g.tag: 200,
		} {
			if a := s.get(path); a.status != status {
				t.Errorf("%s\nwant %d", a, status)
			}
		}
		if got := s.total("", "/results"); got != 1 {
			t.Errorf("%d results, want bob's, alice's claim on which counts as rejected", got)
		}
		for _, submit := range s.do(call{method: "GET", path: "/reports/submits", as: "admin"}).items(t) {
			uploader, _ := submit["uploader"].(map[string]any)
			if submit["resource_id"] == g.reviewSite && (uploader["sub"] != "removed" || uploader["iss"] != "urn:eosc-perf:removed") {
				t.Errorf("submit %v", submit)
			}
		}
		s.post("alice", "/sites", `{"name":"again","address":"a"}`).want(t, 403)
		s.post("alice", "/users:register", "").want(t, 201)
		if got := s.total("alice", "/users/self/results"); got != 0 {
			t.Errorf("alice is back with %d results", got)
		}
	})
}

// TestSearch: every term in some field, whatever the case, no wildcards.
func TestSearch(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		for _, name := range []string{"Universität Köln", "UNIVERSITY of Kent", "100% percent", "under_score", `back\slash`, "ΑΘΗΝΑ"} {
			id := s.post("alice", "/sites", fmt.Sprintf(`{"name":%q,"address":"Street %d","description":"Rechenzentrum"}`, name, len(name))).want(t, 201).id(t)
			s.post("admin", "/sites/"+id+":approve", "").want(t, 204)
		}
		for terms, want := range map[string]int{
			"": 6, "universit": 2, "UNIVERSITÄT": 1, "köln": 1, "KÖLN": 1, "%": 1, "_": 1, `\`: 1, "αθηνα": 1, "rechen|street": 6,
			"universit|kent": 1, "universit|kent|nowhere": 0, "street 18": 2, "|": 6, "rsity of k": 1,
		} {
			values := url.Values{"terms": strings.Split(terms, "|")}
			if got := s.total("", "/sites:search?"+values.Encode()); got != want {
				t.Errorf("%q finds %d, want %d", terms, got, want)
			}
		}
		g := s.newGround("Fast-Ground")
		s.post("alice", g.query("&tags_ids="+g.tag), `{"score":1}`).want(t, 201)
		other := s.newGround("other")
		tag := s.post("alice", "/tags", `{"name":"Night Run","description":"in the dark"}`).want(t, 201).id(t)
		s.post("alice", other.query("&tags_ids="+tag), `{"score":1}`).want(t, 201)
		for path, want := range map[string]int{
			"/results:search": 2, "/results:search?terms=fast": 1, "/results:search?terms=OTHER:1": 1, "/results:search?terms=ight+r": 1,
			"/results:search?terms=dark": 0, "/results:search?terms=other&terms=night": 1, "/results:search?terms=fast&terms=night": 0,
			"/tags:search?terms=dark": 1, "/benchmarks:search?terms=fast": 1, "/benchmarks:search?terms=ground&status=on_review": 0,
			"/sites/" + g.site + "/flavors:search?terms=FAST": 1, "/sites/" + other.site + "/flavors:search?terms=fast": 0,
		} {
			if got := s.total("", path); got != want {
				t.Errorf("%s finds %d, want %d", path, got, want)
			}
		}
	})
}
