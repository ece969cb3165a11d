package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// TestBadInputsOfEveryOperation makes, from the OpenAPI document, each bad input
// that an operation can get, and expects the contract's answer.
func TestBadInputsOfEveryOperation(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		document := harness.ReadDocument(s)
		g := s.FullFixture("inputs")
		tried := 0
		for _, op := range harness.Operations {
			if op.ID == "RegisterSelf" {
				continue
			}
			path, _, _ := strings.Cut(g.Fill(op.Path), "?")
			described := document.Operation(op)
			expect := func(what string, c harness.Call, status int, detail string) {
				t.Helper()
				tried++
				c.Method, c.As = op.Method, "admin"
				if a := s.Do(c); a.Status != status || !harness.SameJSON(t, a.Body, errorBody(status, detail)) {
					t.Errorf("%s, %s: %s\nwant %d %s", op.ID, what, a, status, detail)
				}
			}
			required := url.Values{}
			for _, p := range described.Parameters {
				if p.In == "query" && p.Required {
					required.Set(p.Name, goodValue(p, g))
				}
			}
			query := func(key, value string) string {
				values := url.Values{}
				for k, v := range required {
					values[k] = v
				}
				values.Set(key, value)
				return path + "?" + values.Encode()
			}
			expect("unknown key", harness.Call{Path: query("foo", "1"), Body: "{"}, 422, `{"query":{"foo":["Unknown field."]}}`)
			for _, p := range described.Parameters {
				if p.In != "query" {
					continue
				}
				for value, text := range badValues(p) {
					detail := fmt.Sprintf(`{"query":{%q:[%q]}}`, p.Name, text)
					if p.Schema.Type == "array" {
						detail = fmt.Sprintf(`{"query":{%q:{"0":[%q]}}}`, p.Name, text)
					}
					expect(p.Name+"="+value, harness.Call{Path: query(p.Name, value)}, 422, detail)
				}
				if p.Required {
					rest := url.Values{}
					for k, v := range required {
						if k != p.Name {
							rest[k] = v
						}
					}
					expect(
						"without "+p.Name, harness.Call{Path: path + "?" + rest.Encode()}, 422,
						fmt.Sprintf(`{"query":{%q:["Missing data for required field."]}}`, p.Name),
					)
				}
			}
			if described.RequestBody == nil {
				continue
			}
			good := path
			if len(required) > 0 {
				good += "?" + required.Encode()
			}
			if op.ID == "UploadResults" { // each line of its body is an upload, with errors of its own
				continue
			}
			expect("no JSON", harness.Call{Path: good, Body: "{"}, 400, `{"json":["Invalid JSON body."]}`)
			expect("another content type", harness.Call{Path: good, Body: "{}", ContentType: "text/plain"}, 415, "")
			expect("no object", harness.Call{Path: good, Body: "[]"}, 422, `{"json":{"_schema":["Invalid input type."]}}`)
			expect("too large", harness.Call{Path: good, Body: strings.Repeat(" ", 1<<20) + "{}"}, 413,
				`{"error":"The body has 1048578 bytes; BODY_LIMIT is 1048576 bytes"}`)
			body := document.Resolve(described.Body())
			if len(body.Properties) == 0 {
				continue
			}
			missing, wrong := map[string][]string{}, map[string][]string{}
			fields := []string{}
			for name, property := range body.Properties {
				if property.ReadOnly {
					continue
				}
				fields = append(fields, fmt.Sprintf("%q:null", name))
				wrong[name] = []string{"Field may not be null."}
			}
			for _, name := range body.Required {
				if !body.Properties[name].ReadOnly {
					missing[name] = []string{"Missing data for required field."}
				}
			}
			if len(missing) > 0 {
				expect("nothing", harness.Call{Path: good}, 422, `{"json":`+harness.AsJSON(t, missing)+`}`)
			}
			expect("nulls", harness.Call{Path: good, Body: "{" + strings.Join(fields, ",") + "}"}, 422, `{"json":`+harness.AsJSON(t, wrong)+`}`)
			missing["no.such"] = []string{"Unknown field."}
			expect("unknown field", harness.Call{Path: good, Body: `{"no.such":1}`}, 422, `{"json":`+harness.AsJSON(t, missing)+`}`)
		}
		t.Logf("%d bad inputs", tried)
	})
}

// badValues are values of a query key that are refused, and why.
func badValues(p harness.Parameter) map[string]string {
	schema := p.Schema
	if schema.Items != nil {
		schema = *schema.Items
	}
	bad := map[string]string{"\x00": "Not a valid string."}
	switch {
	case p.Name == "per_page":
		bad["0"] = "Must be greater than or equal to 1 and less than or equal to 100."
		bad["101"] = bad["0"]
		bad["x"] = "Not a valid integer."
	case p.Name == "page":
		bad["-1"] = "Must be greater than or equal to 1."
		bad[""] = "Not a valid integer."
	case len(schema.Enum) > 0:
		bad["x"] = "Must be one of: " + strings.Join(schema.Enum, ", ") + "."
		bad[""] = bad["x"]
	case schema.Format == "uuid":
		bad["x"], bad[""] = "Not a valid UUID.", "Not a valid UUID."
	case schema.Format == "date":
		bad["2020-02-30"], bad[""] = "Not a valid date.", "Not a valid date."
	case schema.Format == "date-time":
		bad["2020-02-30"], bad[""] = "Not a valid datetime.", "Not a valid datetime."
	}
	return bad
}

func goodValue(p harness.Parameter, g harness.Fixture) string {
	switch p.Name {
	case "benchmark_id":
		return g.Benchmark
	case "flavor_id":
		return g.Flavor
	default:
		return "2021-05-21T08:31:00Z"
	}
}
