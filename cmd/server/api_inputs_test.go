package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// TestBadInputsOfEveryOperation makes, from the OpenAPI document, each bad input
// that an operation can get, and expects the contract's answer.
func TestBadInputsOfEveryOperation(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		document := s.get("/api-spec.json").object(t)
		g := s.fullGround("inputs")
		tried := 0
		for _, op := range operations {
			if op.id == "RegisterSelf" {
				continue
			}
			path, _, _ := strings.Cut(g.fill(op.path), "?")
			described := describedOperation(document, op.method, op.path)
			expect := func(what string, c call, status int, detail string) {
				t.Helper()
				tried++
				c.method, c.as = op.method, "admin"
				if a := s.do(c); a.status != status || !sameJSON(t, a.body, errorBody(status, detail)) {
					t.Errorf("%s, %s: %s\nwant %d %s", op.id, what, a, status, detail)
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
			expect("unknown key", call{path: query("foo", "1"), body: "{"}, 422, `{"query":{"foo":["Unknown field."]}}`)
			for _, p := range described.Parameters {
				if p.In != "query" {
					continue
				}
				for value, text := range badValues(p) {
					detail := fmt.Sprintf(`{"query":{%q:[%q]}}`, p.Name, text)
					if p.Schema.Type == "array" {
						detail = fmt.Sprintf(`{"query":{%q:{"0":[%q]}}}`, p.Name, text)
					}
					expect(p.Name+"="+value, call{path: query(p.Name, value)}, 422, detail)
				}
				if p.Required {
					rest := url.Values{}
					for k, v := range required {
						if k != p.Name {
							rest[k] = v
						}
					}
					expect("without "+p.Name, call{path: path + "?" + rest.Encode()}, 422, fmt.Sprintf(`{"query":{%q:["Missing data for required field."]}}`, p.Name))
				}
			}
			if described.RequestBody == nil {
				continue
			}
			good := path
			if len(required) > 0 {
				good += "?" + required.Encode()
			}
			expect("no JSON", call{path: good, body: "{"}, 400, `{"json":["Invalid JSON body."]}`)
			expect("another content type", call{path: good, body: "{}", contentType: "text/plain"}, 415, "")
			expect("no object", call{path: good, body: "[]"}, 422, `{"json":{"_schema":["Invalid input type."]}}`)
			expect("too large", call{path: good, body: strings.Repeat(" ", 1<<20) + "{}"}, 413,
				`{"error":"The body has 1048578 bytes; BODY_LIMIT is 1048576 bytes"}`)
			body := described.body(document)
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
				expect("nothing", call{path: good}, 422, `{"json":`+asJSON(t, missing)+`}`)
			}
			expect("nulls", call{path: good, body: "{" + strings.Join(fields, ",") + "}"}, 422, `{"json":`+asJSON(t, wrong)+`}`)
			missing["no.such"] = []string{"Unknown field."}
			expect("unknown field", call{path: good, body: `{"no.such":1}`}, 422, `{"json":`+asJSON(t, missing)+`}`)
		}
		t.Logf("%d bad inputs", tried)
	})
}

// badValues are values of a query key that are refused, and why.
func badValues(p parameter) map[string]string {
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
		names := make([]string, len(schema.Enum))
		for i, v := range schema.Enum {
			names[i] = fmt.Sprint(v)
		}
		bad["x"] = "Must be one of: " + strings.Join(names, ", ") + "."
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

func goodValue(p parameter, g ground) string {
	switch p.Name {
	case "benchmark_id":
		return g.benchmark
	case "flavor_id":
		return g.flavor
	default:
		return "2021-05-21T08:31:00Z"
	}
}
