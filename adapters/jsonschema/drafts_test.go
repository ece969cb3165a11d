package jsonschema_test

import (
	"fmt"
	"testing"

	"github.com/eosc-perf/backend/adapters/jsonschema"
)

func TestDrafts(t *testing.T) {
	tests := []struct {
		name, schema, valid, invalid, pointer, text string
	}{
		{"draft 4 exclusiveMinimum", draft4 + `,"properties":{"a":{"minimum":1,"exclusiveMinimum":true}}`, `{"a":2}`, `{"a":1}`, "/a",
			"exclusiveMinimum"},
		{"draft 4 without const", draft4 + `,"properties":{"a":{"const":1,"type":"number"}}`, `{"a":2}`, `{"a":"x"}`, "/a",
			"got string, want number"},
		{"draft 4 id", draft4 +
			`,"id":"https://x.example/s","definitions":{"n":{"id":"#num","type":"number"}},"properties":{"a":{"$ref":"#num"}}`, `{"a":2}`,
			`{"a":"x"}`, "/a", "want number"},
		{"draft 4 integer", draft4 + `,"properties":{"a":{"type":"integer"}}`, `{"a":2}`, `{"a":2.5}`, "/a", "got number, want integer"},
		{"draft 6 const, contains", draft6 + `,"properties":{"a":{"contains":{"const":1}}}`, `{"a":[0,1.0]}`, `{"a":[0]}`, "/a",
			"no items match"},
		{"draft 6 propertyNames", draft6 + `,"propertyNames":{"maxLength":1}`, `{"a":1}`, `{"ab":1}`, "", "invalid propertyName 'ab': maxLength"},
		{"draft 6 without if", draft6 + `,"if":true,"then":false,"required":["a"]`, `{"a":1}`, `{}`, "", "missing property 'a'"},
		{"draft 7 if", draft7 + `,"if":{"required":["a"]},"then":{"required":["b"]}`, `{"a":1,"b":2}`, `{"a":1}`, "", "missing property 'b'"},
		{"draft 7 siblings of $ref are ignored", draft7 +
			`,"definitions":{"o":{"type":"object"}},"properties":{"a":{"$ref":"#/definitions/o","required":["x"]}}`, `{"a":{}}`, `{"a":1}`, "/a",
			"want object"},
		{"draft 7 dependencies", draft7 + `,"dependencies":{"a":["b"],"c":{"required":["d"]}}`, `{"a":1,"b":1,"c":1,"d":1}`, `{"c":1}`, "",
			"missing property 'd'"},
		{"draft 7 without empty fragment", `"$schema":"http://json-schema.org/draft-07/schema","items":[{"type":"string"}],"type":"array"`,
			`["x"]`, `[1]`, "/0", "want string"},
		{"draft 7 with https", `"$schema":"https://json-schema.org/draft-07/schema#","items":[{"type":"string"}],"type":"array"`, `["x"]`, `[1]`,
			"/0", "want string"},
		{"2019-09 dependentRequired", draft2019 + `,"dependentRequired":{"a":["b"]}`, `{"b":1}`, `{"a":1}`, "", "'b' required"},
		{"2019-09 siblings of $ref count", draft2019 +
			`,"$defs":{"o":{"type":"object"}},"properties":{"a":{"$ref":"#/$defs/o","required":["x"]}}`, `{"a":{"x":1}}`, `{"a":{}}`, "/a",
			"missing property 'x'"},
		{"2019-09 recursive", draft2019 + `,"$recursiveAnchor":true,"properties":{"next":{"$recursiveRef":"#"}},"required":["v"]`,
			`{"v":1,"next":{"v":2}}`, `{"v":1,"next":{}}`, "/next", "missing property 'v'"},
		{"2019-09 unevaluated", draft2019 + `,"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false`, `{"a":1}`, `{"b":1}`, "/b",
			"is not allowed here"},
		{"2020-12 prefixItems", draft2020 + `,"properties":{"a":{"prefixItems":[{"type":"string"}],"items":false}}`, `{"a":["x"]}`,
			`{"a":["x",1]}`, "/a/1", "is not allowed here"},
		{"2020-12 dynamic", draft2020 + `,"$dynamicAnchor":"n","properties":{"next":{"$dynamicRef":"#n"}},"required":["v"]`,
			`{"v":1,"next":{"v":2}}`, `{"v":1,"next":{}}`, "/next", "missing property 'v'"},
		{"2020-12 with empty fragment", `"$schema":"https://json-schema.org/draft/2020-12/schema#","dependentRequired":{"a":["b"]}`, `{"b":1}`,
			`{"a":1}`, "", "'b' required"},
		{"none is 2020-12", `"prefixItems":[{"type":"string"}]`, `["x"]`, `[1]`, "/0", "want string"},
		{"unknown is 2020-12", unknown + `,"prefixItems":[{"type":"string"}]`, `["x"]`, `[1]`, "/0", "want string"},
		{"draft 3 is unknown", `"$schema":"http://json-schema.org/draft-03/schema#","prefixItems":[{"type":"string"}]`, `["x"]`, `[1]`, "/0",
			"want string"},
		{"a vocabulary's metaschema is unknown", `"$schema":"https://json-schema.org/draft/2020-12/meta/core","required":["a"]`, `{"a":1}`, `{}`,
			"", "'a'"},
		{"no URL is unknown", `"$schema":"%%","required":["a"]`, `{"a":1}`, `{}`, "", "'a'"},
		{"unknown in a subschema", `"properties":{"a":{` + unknown + `,"type":"string"}}`, `{"a":"x"}`, `{"a":1}`, "/a", "want string"},
		{"unknown in a resource", draft7 + `,"properties":{"a":{"$id":"https://x.example/a",` + unknown +
			`,"type":"array","prefixItems":[{"type":"string"}]}}`, `{"a":["x"]}`, `{"a":[1]}`, "/a/0", "want string"},
		{"unknown at a custom place", `"x":{"y":[{` + unknown + `,"type":"string"}]},"properties":{"a":{"$ref":"#/x/y/0"}}`, `{"a":"x"}`,
			`{"a":1}`, "/a", "want string"},
		{"another draft in a resource", draft2020 + `,"$defs":{"a":{"$id":"a",` + draft7 +
			`,"type":"array","items":[{"type":"string"}]}},"properties":{"a":{"$ref":"a"}}`, `{"a":["x"]}`, `{"a":[1]}`, "/a/0", "want string"},
		{"$schema as data", `"properties":{"a":{"const":{` + unknown + `}}}`, `{"a":{` + unknown + `}}`, `{"a":{` + draft2020 + `}}`, "/a",
			"'const' failed"},
		{"$schema as a property", `"properties":{"$schema":{"type":"string"},"$ref":{"type":"number"}}`, `{"$schema":"x","$ref":1}`,
			`{"$schema":1}`, "/$schema", "want string"},
		{"the embedded metaschema of a draft", `"properties":{"a":{"$ref":"http://json-schema.org/draft-07/schema#"}}`,
			`{"a":{"type":"string","$id":"not a URI: %%"}}`, `{"a":{"type":"text"}}`, "/a/type", "'anyOf' failed"},
		{"a resource by its id", draft2020 +
			`,"$id":"https://x.example/s","$defs":{"n":{"$id":"n","type":"number"}},"properties":{"a":{"$ref":"https://x.example/n"}}`, `{"a":1}`,
			`{"a":"x"}`, "/a", "want number"},
		{"custom keywords",
			`"suggestToUser":true,"x-y":{"$vocabulary":7,"type":"nope"},"properties":{"a":{"type":"string","suggestToUser":{"format":"x"}}}`,
			`{"a":"x"}`, `{"a":1}`, "/a", "want string"},
		{"vocabularies", `"$vocabulary":{"https://x.example/v":true},"required":["a"]`, `{"a":1}`, `{}`, "", "'a'"},
	}
	v := jsonschema.New()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			schema := "{" + tt.schema + "}"
			check(t, v, schema, "", "")
			validate(t, v, schema, tt.valid, "", "")
			validate(t, v, schema, tt.invalid, tt.pointer, tt.text)
		})
	}
}

func TestFormatsAndContentsAreAnnotations(t *testing.T) {
	v := jsonschema.New()
	formats := []string{"date-time", "date", "time", "duration", "email", "idn-email", "hostname", "ipv4", "ipv6", "uri", "uri-reference",
		"iri", "uri-template", "uuid", "json-pointer", "relative-json-pointer", "regex", "semver", "period", "no such"}
	for _, draft := range []string{draft4, draft6, draft7, draft2019, draft2020, `"title":"none"`} {
		for _, format := range formats {
			schema := fmt.Sprintf(`{%s,"properties":{"a":{"type":"string","format":%q,
				"contentEncoding":"base64","contentMediaType":"application/json"}}}`, draft, format)
			check(t, v, schema, "", "")
			validate(t, v, schema, `{"a":"(%%"}`, "", "")
			validate(t, v, schema, `{"a":1}`, "/a", "want string")
		}
	}
}
