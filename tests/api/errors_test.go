package api_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

const unknownID = "77e88a60-5d33-43d3-b802-27273278489e"

// errorBody is the contract's form; detail is the JSON of `errors`, "" for none.
func errorBody(status int, detail string) string {
	if detail == "" {
		return fmt.Sprintf(`{"code":%d,"status":%q}`, status, http.StatusText(status))
	}
	return fmt.Sprintf(`{"code":%d,"status":%q,"errors":%s}`, status, http.StatusText(status), detail)
}

// TestPathErrorsHaveTheTextsOfTheContract: the rows of the contract's table that are about paths.
func TestPathErrorsHaveTheTextsOfTheContract(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
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
			a := s.Do(harness.Call{Method: tt.method, Path: tt.path, As: "raw:Bearer rubbish"})
			if a.Status != tt.status || !harness.SameJSON(t, a.Body, errorBody(tt.status, "")) || a.Header.Get("Allow") != tt.allow {
				t.Errorf("%s\nAllow %q; want %d, %q", a, a.Header.Get("Allow"), tt.status, tt.allow)
			}
		}
		site := s.Post("alice", "/sites", `{"name":"case","address":"a"}`).Want(t, 201).ID(t)
		s.Get("/sites/"+strings.ToUpper(site)).Want(t, 200)
		s.Get("//sites///"+site).Want(t, 200)
		for page, status := range map[string]int{"1": 200, "2": 404, "99999999999999999999999": 404} {
			a := s.Get("/sites?status=on_review&page="+page).Want(t, status)
			if status == 404 && !harness.SameJSON(t, a.Body, errorBody(404, "")) {
				t.Error(a)
			}
		}
	})
}

// TestUnknownIDsHaveTheTextsOfTheContract: the texts for what does not exist.
func TestUnknownIDsHaveTheTextsOfTheContract(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		for _, op := range harness.Operations {
			// Ids in queries have errors of their own.
			if ids, _, _ := strings.Cut(op.Path, "?"); !strings.Contains(ids, "_id}") {
				continue
			}
			path := regexp.MustCompile(`\{[a-z:_]+_id\}`).ReplaceAllString(op.Path, strings.ToUpper(unknownID))
			name := "Record"
			switch {
			case strings.HasPrefix(path, "/benchmarks"):
				name = "Benchmark"
			case strings.HasPrefix(path, "/results"):
				name = "Result"
			case strings.HasPrefix(path, "/reports"):
				name = "Claim"
			}
			a := s.Do(harness.Call{Method: op.Method, Path: path, As: "admin", Body: strings.ReplaceAll(op.Body, "{tag_id}", unknownID)})
			if want := errorBody(
				404, `{"error":"`+name+` `+unknownID+` not found in the database"}`,
			); a.Status != 404 || !harness.SameJSON(t, a.Body, want) {
				t.Errorf("%s\nwant %s", a, want)
			}
			for _, bad := range []string{"x", strings.ReplaceAll(unknownID, "-", ""), "%7B" + unknownID + "%7D"} {
				a := s.Do(harness.Call{Method: op.Method, Path: strings.ReplaceAll(path, strings.ToUpper(unknownID), bad), Body: "{"})
				if a.Status != 404 || !harness.SameJSON(t, a.Body, errorBody(404, "")) {
					t.Errorf("%s\nwant 404", a)
				}
			}
		}
	})
}

// TestBodyErrorsHaveTheTextsOfTheContract: the rows of the contract's table that are about bodies.
func TestBodyErrorsHaveTheTextsOfTheContract(t *testing.T) {
	const (
		image   = `{"docker_image":"i","docker_tag":"t","url":"https://example.org","json_schema":{}`
		invalid = `{"json":["Invalid JSON body."]}`
		schema  = `{"json":{"_schema":["Invalid input type."]}}`
	)
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
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
			{
				"nothing", ``, "text/plain", 422,
				`{"json":{"docker_image":["Missing data for required field."],"docker_tag":["Missing data for required field."],"url":["Missing ` +
					`data for required field."],"json_schema":["Missing data for required field."]}}`,
			},
			{"unknown fields", image + `,"foo":1,"a.b":2,"URL":"x","id":"` + unknownID + `","upload_datetime":"x"}`, "", 422,
				`{"json":{"foo":["Unknown field."],"a.b":["Unknown field."],"URL":["Unknown field."],"id":["Unknown ` +
					`field."],"upload_datetime":["Unknown field."]}}`},
			{"wrong types", `{"docker_image":1,"docker_tag":null,"url":["x"],"json_schema":[]}`, "", 422,
				`{"json":{"docker_image":["Not a valid string."],"docker_tag":["Field may not be null."],"url":["Not a valid ` +
					`string."],"json_schema":["Not a valid mapping type."]}}`},
			{"null where it is optional", image + `,"description":null}`, "", 422, `{"json":{"description":["Field may not be null."]}}`},
			{
				"long name", `{"docker_image":"` + strings.Repeat("x", 1001) + `","docker_tag":"t","url":"https://example.org","json_schema":{}}`,
				"", 422, `{"json":{"docker_image":["Longer than maximum length 1000 bytes: it has 1001."]}}`,
			},
			{
				"equal keys, the last of the wrong type",
				`{"docker_image":"x","docker_image":1,"docker_tag":"t","url":"https://example.org","json_schema":{}}`, "", 422,
				`{"json":{"docker_image":["Not a valid string."]}}`,
			},
			{
				"null schema", `{"docker_image":"i","docker_tag":"t","url":"https://example.org","json_schema":null}`, "", 422,
				`{"json":{"json_schema":["Field may not be null."]}}`,
			},
			{"too deep", image + `,"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, "", 422, "any"},
			{"exponent", `{"docker_image":"i","docker_tag":"t","url":"https://example.org","json_schema":{"minimum":1e309}}`, "", 422,
				`{"json":{"_schema":["exponent of a number beyond the limit of 308 at \"/json_schema/minimum\" (NUMBER_EXPONENT_LIMIT)"]}}`},
			{
				"too large", `{"docker_image":"` + strings.Repeat("x", 1<<20) + `"}`, "", 413,
				`{"error":"The body has 1048595 bytes; BODY_LIMIT is 1048576 bytes"}`,
			},
			{"too large in plain form", `{"json_schema":{"enum":[` + strings.Repeat("1e300,", 4000) + `1]}}`, "", 413,
				`{"error":"The body has 24028 bytes, and more than BODY_LIMIT, which is 1048576 bytes, when its numbers are written without ` +
					`exponents: up to the one at \"/json_schema/enum/3461\""}`},
			{"invalid schema", `{"docker_image":"i","docker_tag":"t","url":"https://example.org","json_schema":{"type":"nope"}}`, "", 422, "path"},
			{
				"remote reference",
				`{"docker_image":"i","docker_tag":"t","url":"https://example.org","json_schema":{"$ref":"http://127.0.0.1:1/x"}}`, "", 422, "path",
			},
		} {
			a := s.Do(harness.Call{Method: "POST", Path: "/benchmarks", As: "alice", Body: tt.body, ContentType: tt.contentType})
			if a.Status != tt.status {
				t.Errorf("%s: %s\nwant %d", tt.name, a, tt.status)
				continue
			}
			switch tt.detail {
			case "any":
			case "path":
				if a.Text("errors", "error") == "" || !strings.HasPrefix(a.Text("errors", "path"), "/") {
					t.Errorf("%s: %s\nwant error and path", tt.name, a)
				}
			default:
				if want := errorBody(tt.status, tt.detail); !harness.SameJSON(t, a.Body, want) {
					t.Errorf("%s: %s\nwant %s", tt.name, a, want)
				}
			}
		}
		for i, contentType := range []string{"", "application/json", "APPLICATION/JSON; charset=utf-8", "application/vnd.api+json"} {
			body := fmt.Sprintf(`{"docker_image":"ct","docker_tag":"%d","url":"https://example.org","json_schema":{}}`, i)
			s.Do(harness.Call{Method: "POST", Path: "/benchmarks", As: "alice", Body: body, ContentType: contentType}).Want(t, 201)
		}
	})
}

// TestFirstStageOfChecksWithErrorsAnswers sends requests with several things wrong: the first stage
// answers, and tells all of its errors.
func TestFirstStageOfChecksWithErrorsAnswers(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		for _, tt := range []struct {
			name   string
			call   harness.Call
			status int
			detail string
		}{
			{"route before identity", harness.Call{Method: "POST", Path: "/sites/x/flavors?foo=1", Body: "{"}, 404, ""},
			{"identity before query", harness.Call{Method: "POST", Path: "/sites?foo=1", Body: "{"}, 401, "any"},
			{"right before query", harness.Call{Method: "POST", Path: "/sites?foo=1", As: "newcomer", Body: "{"}, 403, "any"},
			{
				"query before body", harness.Call{Method: "POST", Path: "/sites?foo=1&bar=2", As: "alice", Body: "{"}, 422,
				`{"query":{"foo":["Unknown field."],"bar":["Unknown field."]}}`,
			},
			{"body before existence", harness.Call{Method: "POST", Path: "/sites/" + unknownID + "/flavors", As: "alice", Body: "{"}, 400, "any"},
			{"query of a result before its body",
				harness.Call{Method: "POST", Path: "/results?execution_datetime=x&tags_ids=1", As: "alice", Body: "["}, 422,
				`{"query":{"execution_datetime":["Not a valid datetime."],"benchmark_id":["Missing data for required ` +
					`field."],"flavor_id":["Missing data for required field."],"tags_ids":{"0":["Not a valid UUID."]}}}`},
			{"body of a result before its rules",
				harness.Call{
					Method: "POST",
					Path:   "/results?execution_datetime=2021-05-21T08:31:00&benchmark_id=" + unknownID + "&flavor_id=" + unknownID,
					As:     "alice", Body: "[]",
				},
				422,
				`{"json":{"_schema":["Invalid input type."]}}`},
			{"zone before existence",
				harness.Call{
					Method: "POST",
					Path:   "/results?execution_datetime=2021-05-21T08:31:00&benchmark_id=" + unknownID + "&flavor_id=" + unknownID,
					As:     "alice", Body: "{}",
				},
				422,
				`{"error":"Execution date must include timezone"}`},
			{
				"public operations ignore bodies and tokens",
				harness.Call{Method: "GET", Path: "/sites", As: "raw:Bearer x", Body: "{", ContentType: "text/plain"}, 200,
				"any",
			},
			{
				"operations without a body ignore it",
				harness.Call{Method: "POST", Path: "/sites/" + unknownID + ":approve", As: "admin", Body: "{", ContentType: "text/plain"},
				404, "any",
			},
		} {
			a := s.Do(tt.call)
			if a.Status != tt.status || tt.detail != "any" && !harness.SameJSON(t, a.Body, errorBody(tt.status, tt.detail)) {
				t.Errorf("%s: %s\nwant %d %s", tt.name, a, tt.status, tt.detail)
			}
		}
	})
}

// TestConflictsHaveTheTextsOfTheContract: the texts of 409.
func TestConflictsHaveTheTextsOfTheContract(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("taken")
		for _, tt := range []struct{ path, body, text string }{
			{
				"/benchmarks", `{"docker_image":"taken","docker_tag":"1","url":"https://example.org/other","json_schema":{}}`,
				"Benchmark taken:1 already submitted/exists",
			},
			{"/sites", `{"name":"taken","address":"other"}`, "Site taken already submitted/exists"},
			{"/sites/" + g.Site + "/flavors", `{"name":"taken"}`, "Flavor taken already submitted/exists"},
			{"/tags", `{"name":"taken"}`, "Tag taken already submitted/exists"},
		} {
			a := s.Post("bob", tt.path, tt.body)
			if want := errorBody(409, fmt.Sprintf(`{"error":%q}`, tt.text)); a.Status != 409 || !harness.SameJSON(t, a.Body, want) {
				t.Errorf("%s\nwant %s", a, want)
			}
		}
		for path, name := range map[string]string{
			"/benchmarks/" + g.Benchmark: "Benchmark " + g.Benchmark, "/sites/" + g.Site: "Site " + g.Site,
			"/flavors/" + g.Flavor: "Flavor " + g.Flavor,
		} {
			a := s.Post("admin", path+":approve", "")
			if want := errorBody(422, `{"error":"`+name+` was already approved"}`); a.Status != 422 || !harness.SameJSON(t, a.Body, want) {
				t.Errorf("%s\nwant %s", a, want)
			}
		}
		other := s.NewFixture("free")
		s.Post("alice", "/sites/"+other.Site+"/flavors", `{"name":"taken"}`).Want(t, 201)
	})
}
