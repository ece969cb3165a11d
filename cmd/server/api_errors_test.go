package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func parse(body string) map[string]any {
	var v map[string]any
	_ = json.Unmarshal([]byte(body), &v) // nil is what a body that is no object gives
	return v
}

// errorBody is the contract's form; detail is the JSON of `errors`, "" for none.
func errorBody(status int, detail string) string {
	if detail == "" {
		return fmt.Sprintf(`{"code":%d,"status":%q}`, status, http.StatusText(status))
	}
	return fmt.Sprintf(`{"code":%d,"status":%q,"errors":%s}`, status, http.StatusText(status), detail)
}

// TestPathErrors: the rows of the contract's table that are about paths.
func TestPathErrors(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		for _, tt := range []struct {
			method, path string
			status       int
			allow        string
		}{
			{"GET", "/nope", 404, ""},
			{"GET", "/sites/", 404, ""},
			{"GET", "/sites/x", 404, ""},
			{"GET", "/sites/77e88a605d3343d3b80227273278489e", 404, ""},
			{"GET", "/sites/%7B" + unknownID + "%7D", 404, ""},
			{"POST", "/sites/x:approve", 404, ""},
			{"POST", "/sites/x", 404, ""},
			{"POST", "/sites/" + unknownID + ":nope", 404, ""},
			{"GET", "/sites/~search", 404, ""},
			{"POST", "/sites/" + unknownID + "/~approve", 404, ""},
			{"GET", "/flavors", 404, ""},
			{"GET", "/users/other", 404, ""},
			{"PATCH", "/sites", 405, "GET, HEAD, POST, OPTIONS"},
			{"FOO", "/sites", 405, "GET, HEAD, POST, OPTIONS"},
			{"TRACE", "/sites", 405, "GET, HEAD, POST, OPTIONS"},
			{"GET", "/sites/" + unknownID + ":approve", 405, "POST, OPTIONS"},
			{"DELETE", "/users/self", 405, "GET, HEAD, OPTIONS"},
		} {
			a := s.do(call{method: tt.method, path: tt.path, as: "raw:Bearer rubbish"})
			if a.status != tt.status || !sameJSON(t, a.body, errorBody(tt.status, "")) || a.header.Get("Allow") != tt.allow {
				t.Errorf("%s\nAllow %q; want %d, %q", a, a.header.Get("Allow"), tt.status, tt.allow)
			}
		}
		site := s.post("alice", "/sites", `{"name":"case","address":"a"}`).want(t, 201).id(t)
		s.get("/sites/"+strings.ToUpper(site)).want(t, 200)
		s.get("//sites///"+site).want(t, 200)
		for page, status := range map[string]int{"1": 200, "2": 404, "99999999999999999999999": 404} {
			a := s.get("/sites?status=on_review&page="+page).want(t, status)
			if status == 404 && !sameJSON(t, a.body, errorBody(404, "")) {
				t.Error(a)
			}
		}
	})
}

// TestUnknownIDs: the texts for what does not exist.
func TestUnknownIDs(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		for _, op := range operations {
			if !strings.Contains(op.path, "_id}") || op.id == "CreateResult" {
				continue
			}
			path := regexp.MustCompile(`\{[a-z:_]+_id\}`).ReplaceAllString(op.path, strings.ToUpper(unknownID))
			name := "Record"
			switch {
			case strings.HasPrefix(path, "/benchmarks"):
				name = "Benchmark"
			case strings.HasPrefix(path, "/results"):
				name = "Result"
			case strings.HasPrefix(path, "/reports"):
				name = "Claim"
			}
			a := s.do(call{method: op.method, path: path, as: "admin", body: strings.ReplaceAll(op.body, "{tag_id}", unknownID)})
			if want := errorBody(404, `{"error":"`+name+` `+unknownID+` not found in the database"}`); a.status != 404 || !sameJSON(t, a.body, want) {
				t.Errorf("%s\nwant %s", a, want)
			}
			for _, bad := range []string{"x", strings.ReplaceAll(unknownID, "-", ""), "%7B" + unknownID + "%7D"} {
				a := s.do(call{method: op.method, path: strings.ReplaceAll(path, strings.ToUpper(unknownID), bad), body: "{"})
				if a.status != 404 || !sameJSON(t, a.body, errorBody(404, "")) {
					t.Errorf("%s\nwant 404", a)
				}
			}
		}
	})
}

// TestBodyErrors: the rows of the contract's table that are about bodies.
func TestBodyErrors(t *testing.T) {
	const (
		image   = `{"docker_image":"i","docker_tag":"t","url":"u","json_schema":{}`
		invalid = `{"json":["Invalid JSON body."]}`
		schema  = `{"json":{"_schema":["Invalid input type."]}}`
	)
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		for _, tt := range []struct {
			name, body, contentType string
			status                  int
			detail                  string
		}{
			{"cut off", `{"docker_image":`, "", 400, invalid},
			{"white space", ` `, "", 400, invalid},
			{"two documents", image + `} {}`, "", 400, invalid},
			{"not UTF-8", "{\"docker_image\":\"\xff\"}", "", 400, invalid},
			{"lone surrogate", `{"docker_image":"\ud800"}`, "", 400, invalid},
			{"NUL", `{"docker_image":"\u0000"}`, "", 400, invalid},
			{"NaN", `{"docker_image":NaN}`, "", 400, `{"json":["Invalid JSON body.","NaN at byte 16"]}`},
			{"infinity behind a byte order mark", "\ufeff[1, -Infinity]", "", 400, `{"json":["Invalid JSON body.","-Infinity at byte 7"]}`},
			{"byte order mark", "\ufeff[]", "", 422, schema},
			{"byte order mark, good", "\ufeff" + image + `,"description":"é"}`, "", 201, "any"},
			{"plain text", image + `}`, "text/plain", 415, ""},
			{"form", image + `}`, "application/x-www-form-urlencoded", 415, ""},
			{"plain text, broken", `{`, "text/plain", 415, ""},
			{"array", `[]`, "", 422, schema},
			{"null", `null`, "", 422, schema},
			{"string", `"x"`, "", 422, schema},
			{"nothing", ``, "text/plain", 422, `{"json":{"docker_image":["Missing data for required field."],"docker_tag":["Missing data for required field."],"url":["Missing data for required field."],"json_schema":["Missing data for required field."]}}`},
			{"unknown fields", image + `,"foo":1,"a.b":2,"URL":"x","id":"` + unknownID + `","upload_datetime":"x"}`, "", 422,
				`{"json":{"foo":["Unknown field."],"a.b":["Unknown field."],"URL":["Unknown field."],"id":["Unknown field."],"upload_datetime":["Unknown field."]}}`},
			{"wrong types", `{"docker_image":1,"docker_tag":null,"url":["x"],"json_schema":[]}`, "", 422,
				`{"json":{"docker_image":["Not a valid string."],"docker_tag":["Field may not be null."],"url":["Not a valid string."],"json_schema":["Not a valid mapping type."]}}`},
			{"null where it is optional", image + `,"description":null}`, "", 422, `{"json":{"description":["Field may not be null."]}}`},
			{"long name", `{"docker_image":"` + strings.Repeat("x", 1001) + `","docker_tag":"t","url":"u","json_schema":{}}`, "", 422, `{"json":{"docker_image":["Longer than maximum length 1000."]}}`},
			{"equal keys, the last of the wrong type", `{"docker_image":"x","docker_image":1,"docker_tag":"t","url":"u","json_schema":{}}`, "", 422, `{"json":{"docker_image":["Not a valid string."]}}`},
			{"null schema", `{"docker_image":"i","docker_tag":"t","url":"u","json_schema":null}`, "", 422, `{"json":{"json_schema":["Field may not be null."]}}`},
			{"too deep", image + `,"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, "", 422, "any"},
			{"exponent", `{"docker_image":"i","docker_tag":"t","url":"u","json_schema":{"minimum":1e309}}`, "", 422,
				`{"json":{"_schema":["exponent of a number beyond the limit of 308 at \"/json_schema/minimum\""]}}`},
			{"too large", `{"docker_image":"` + strings.Repeat("x", 1<<20) + `"}`, "", 413, `{"error":"The body has 1048595 bytes; BODY_LIMIT is 1048576 bytes"}`},
			{"too large in plain form", `{"json_schema":{"enum":[` + strings.Repeat("1e300,", 4000) + `1]}}`, "", 413,
				`{"error":"The body has 24028 bytes, and more than BODY_LIMIT, which is 1048576 bytes, when its numbers are written without exponents: up to the one at \"/json_schema/enum/3461\""}`},
			{"invalid schema", `{"docker_image":"i","docker_tag":"t","url":"u","json_schema":{"type":"nope"}}`, "", 422, "path"},
			{"remote reference", `{"docker_image":"i","docker_tag":"t","url":"u","json_schema":{"$ref":"http://127.0.0.1:1/x"}}`, "", 422, "path"},
		} {
			a := s.do(call{method: "POST", path: "/benchmarks", as: "alice", body: tt.body, contentType: tt.contentType})
			if a.status != tt.status {
				t.Errorf("%s: %s\nwant %d", tt.name, a, tt.status)
				continue
			}
			switch tt.detail {
			case "any":
			case "path":
				if a.object2("errors", "error") == "" || !strings.HasPrefix(a.object2("errors", "path"), "/") {
					t.Errorf("%s: %s\nwant error and path", tt.name, a)
				}
			default:
				if want := errorBody(tt.status, tt.detail); !sameJSON(t, a.body, want) {
					t.Errorf("%s: %s\nwant %s", tt.name, a, want)
				}
			}
		}
		for i, contentType := range []string{"", "application/json", "APPLICATION/JSON; charset=utf-8", "application/vnd.api+json"} {
			body := fmt.Sprintf(`{"docker_image":"ct","docker_tag":"%d","url":"u","json_schema":{}}`, i)
			s.do(call{method: "POST", path: "/benchmarks", as: "alice", body: body, contentType: contentType}).want(t, 201)
		}
	})
}

// TestOrderOfChecks sends requests with several things wrong: the first stage
// answers, and tells all of its errors.
func TestOrderOfChecks(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		for _, tt := range []struct {
			name   string
			call   call
			status int
			detail string
		}{
			{"route before identity", call{method: "POST", path: "/sites/x/flavors?foo=1", body: "{"}, 404, ""},
			{"identity before query", call{method: "POST", path: "/sites?foo=1", body: "{"}, 401, "any"},
			{"right before query", call{method: "POST", path: "/sites?foo=1", as: "newcomer", body: "{"}, 403, "any"},
			{"query before body", call{method: "POST", path: "/sites?foo=1&bar=2", as: "alice", body: "{"}, 422, `{"query":{"foo":["Unknown field."],"bar":["Unknown field."]}}`},
			{"body before existence", call{method: "POST", path: "/sites/" + unknownID + "/flavors", as: "alice", body: "{"}, 400, "any"},
			{"query of a result before its body", call{method: "POST", path: "/results?execution_datetime=x&tags_ids=1", as: "alice", body: "["}, 422,
				`{"query":{"execution_datetime":["Not a valid datetime."],"benchmark_id":["Missing data for required field."],"flavor_id":["Missing data for required field."],"tags_ids":{"0":["Not a valid UUID."]}}}`},
			{"body of a result before its rules", call{method: "POST", path: "/results?execution_datetime=2021-05-21T08:31:00&benchmark_id=" + unknownID + "&flavor_id=" + unknownID, as: "alice", body: "[]"}, 422,
				`{"json":{"_schema":["Invalid input type."]}}`},
			{"zone before existence", call{method: "POST", path: "/results?execution_datetime=2021-05-21T08:31:00&benchmark_id=" + unknownID + "&flavor_id=" + unknownID, as: "alice", body: "{}"}, 422,
				`{"error":"Execution date must include timezone"}`},
			{"public operations ignore bodies and tokens", call{method: "GET", path: "/sites", as: "raw:Bearer x", body: "{", contentType: "text/plain"}, 200, "any"},
			{"operations without a body ignore it", call{method: "POST", path: "/sites/" + unknownID + ":approve", as: "admin", body: "{", contentType: "text/plain"}, 404, "any"},
		} {
			a := s.do(tt.call)
			if a.status != tt.status || tt.detail != "any" && !sameJSON(t, a.body, errorBody(tt.status, tt.detail)) {
				t.Errorf("%s: %s\nwant %d %s", tt.name, a, tt.status, tt.detail)
			}
		}
	})
}

// TestConflicts: the texts of 409.
func TestConflicts(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		g := s.newGround("taken")
		for _, tt := range []struct{ path, body, text string }{
			{"/benchmarks", `{"docker_image":"taken","docker_tag":"1","url":"other","json_schema":{}}`, "Benchmark taken:1 already submitted/exists"},
			{"/sites", `{"name":"taken","address":"other"}`, "Site taken already submitted/exists"},
			{"/sites/" + g.site + "/flavors", `{"name":"taken"}`, "Flavor taken already submitted/exists"},
			{"/tags", `{"name":"taken"}`, "Tag taken already submitted/exists"},
		} {
			a := s.post("bob", tt.path, tt.body)
			if want := errorBody(409, fmt.Sprintf(`{"error":%q}`, tt.text)); a.status != 409 || !sameJSON(t, a.body, want) {
				t.Errorf("%s\nwant %s", a, want)
			}
		}
		for path, name := range map[string]string{"/benchmarks/" + g.benchmark: "Benchmark " + g.benchmark, "/sites/" + g.site: "Site " + g.site, "/flavors/" + g.flavor: "Flavor " + g.flavor} {
			a := s.post("admin", path+":approve", "")
			if want := errorBody(422, `{"error":"`+name+` was already approved"}`); a.status != 422 || !sameJSON(t, a.body, want) {
				t.Errorf("%s\nwant %s", a, want)
			}
		}
		other := s.newGround("free")
		s.post("alice", "/sites/"+other.site+"/flavors", `{"name":"taken"}`).want(t, 201)
	})
}
