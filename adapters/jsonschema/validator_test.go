package jsonschema_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/eosc-perf/backend/adapters/jsonschema"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// cray is the schema of a real benchmark.
const cray = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "arguments": {"const": "Total Time - 4K, 16 Rays Per Pixel"},
    "machine": {"type": "object", "properties": {"cpu": {"type": "object", "properties": {
      "arch": {"type": "string", "suggestToUser": true, "description": "Processor architecture"},
      "bits": {"type": "number", "description": "Processor address size"},
      "brand_raw": {"type": "string", "description": "Human-readable processor branding"},
      "count": {"type": "number", "suggestToUser": true, "description": "Processor core count"},
      "hz_actual_friendly": {"type": "string"}
    }, "required": ["count"]}}},
    "result": {"description": "The execution results", "type": "object", "properties": {
      "all_results": {"type": "string"},
      "score": {"type": "number", "suggestToUser": true, "description": "Average time in seconds"}
    }, "required": ["all_results", "score"]},
    "test": {"const": "pts/c-ray-1.2.0"},
    "units": {"const": "Seconds"}
  },
  "required": ["arguments", "machine", "result", "test", "units"]
}`

func crayResult() string {
	flags := strings.Repeat(`"avx2",`, 120)
	return `{"arguments":"Total Time - 4K, 16 Rays Per Pixel","test":"pts/c-ray-1.2.0","units":"Seconds",
	"machine":{"cpu":{"arch":"X86_64","bits":64,"brand_raw":"AMD Opteron","count":8,"flags":[` + flags + `"x"],
	"hz_actual":[2300000000,0],"hz_actual_friendly":"2.3 GHz"}},"result":{"all_results":"28.1:28.0","score":28.08}}`
}

const (
	draft4    = `"$schema":"http://json-schema.org/draft-04/schema#"`
	draft6    = `"$schema":"http://json-schema.org/draft-06/schema#"`
	draft7    = `"$schema":"http://json-schema.org/draft-07/schema#"`
	draft2019 = `"$schema":"https://json-schema.org/draft/2019-09/schema"`
	draft2020 = `"$schema":"https://json-schema.org/draft/2020-12/schema"`
	unknown   = `"$schema":"https://schemas.example/my/meta"`
)

// invalid splits an error into what people see of it; ok is false for nil.
func invalid(t *testing.T, err error) (pointer, text string, ok bool) {
	t.Helper()
	if err == nil {
		return "", "", false
	}
	e, ok := errors.AsType[*domain.Error](err)
	if !ok || e.Kind != domain.Invalid {
		t.Fatalf("%v (%T) is no Invalid domain.Error", err, err)
	}
	if n := utf8.RuneCountInString(e.Message); n > 300 {
		t.Errorf("message of %d characters: %s", n, e.Message)
	}
	if strings.Contains(e.Message, "mem:///") {
		t.Errorf("the message shows an internal name: %s", e.Message)
	}
	pointer = "no pointer"
	if e.Pointer != nil {
		pointer = *e.Pointer
	}
	return pointer, e.Message, true
}

// limits are those of bodies.
var limits = document.Limits{Bytes: 1 << 20, Depth: 128, Exponent: 308}

// validateText parses and validates a document. What cannot be parsed is Invalid, too.
func validateText(t *testing.T, v *jsonschema.Validator, schema, text string) error {
	t.Helper()
	value, err := document.Parse(t.Context(), []byte(text), limits)
	if limit, ok := errors.AsType[*document.LimitError](err); ok {
		return domain.InvalidAt(limit.Pointer, limit.Reason)
	}
	if err != nil {
		return domain.InvalidAt("", err.Error())
	}
	return v.Validate(t.Context(), []byte(schema), value)
}

// validate fails the test unless the document gets the answer: at a place, with
// a part of the text; or none, if the text is empty.
func validate(t *testing.T, v *jsonschema.Validator, schema, document, pointer, text string) {
	t.Helper()
	gotPointer, gotText, refused := invalid(t, validateText(t, v, schema, document))
	if refused != (text != "") || refused && (gotPointer != pointer || !strings.Contains(gotText, text)) {
		t.Errorf("schema %.300s\ndocument %.300s\ngot  %q: %q\nwant %q: %q", schema, document, gotPointer, gotText, pointer, text)
	}
}

// check is validate for schemas.
func check(t *testing.T, v *jsonschema.Validator, schema, pointer, text string) {
	t.Helper()
	gotPointer, gotText, refused := invalid(t, v.Check(t.Context(), []byte(schema)))
	if refused != (text != "") || refused && (gotPointer != pointer || !strings.Contains(gotText, text)) {
		t.Errorf("schema %.300s\ngot  %q: %q\nwant %q: %q", schema, gotPointer, gotText, pointer, text)
	}
}

func TestDrafts(t *testing.T) {
	tests := []struct {
		name, schema, valid, invalid, pointer, text string
	}{
		{
			"draft 4 exclusiveMinimum", draft4 + `,"properties":{"a":{"minimum":1,"exclusiveMinimum":true}}`, `{"a":2}`,
			`{"a":1}`, "/a", "exclusiveMinimum",
		},
		{
			"draft 4 without const", draft4 + `,"properties":{"a":{"const":1,"type":"number"}}`, `{"a":2}`, `{"a":"x"}`,
			"/a", "got string, want number",
		},
		{
			"draft 4 id",
			draft4 + `,"id":"https://x.example/s","definitions":{"n":{"id":"#num","type":"number"}},"properties":{"a":{"$ref":"#num"}}`,
			`{"a":2}`, `{"a":"x"}`, "/a", "want number",
		},
		{"draft 4 integer", draft4 + `,"properties":{"a":{"type":"integer"}}`, `{"a":2}`, `{"a":2.5}`, "/a", "got number, want integer"},
		{
			"draft 6 const, contains", draft6 + `,"properties":{"a":{"contains":{"const":1}}}`, `{"a":[0,1.0]}`,
			`{"a":[0]}`, "/a", "no items match",
		},
		{"draft 6 propertyNames", draft6 + `,"propertyNames":{"maxLength":1}`, `{"a":1}`, `{"ab":1}`, "", "invalid propertyName 'ab': maxLength"},
		{"draft 6 without if", draft6 + `,"if":true,"then":false,"required":["a"]`, `{"a":1}`, `{}`, "", "missing property 'a'"},
		{"draft 7 if", draft7 + `,"if":{"required":["a"]},"then":{"required":["b"]}`, `{"a":1,"b":2}`, `{"a":1}`, "", "missing property 'b'"},
		{
			"draft 7 siblings of $ref are ignored",
			draft7 + `,"definitions":{"o":{"type":"object"}},"properties":{"a":{"$ref":"#/definitions/o","required":["x"]}}`,
			`{"a":{}}`, `{"a":1}`, "/a", "want object",
		},
		{
			"draft 7 dependencies", draft7 + `,"dependencies":{"a":["b"],"c":{"required":["d"]}}`,
			`{"a":1,"b":1,"c":1,"d":1}`, `{"c":1}`, "", "missing property 'd'",
		},
		{
			"draft 7 without empty fragment",
			`"$schema":"http://json-schema.org/draft-07/schema","items":[{"type":"string"}],"type":"array"`, `["x"]`, `[1]`,
			"/0", "want string",
		},
		{
			"draft 7 with https",
			`"$schema":"https://json-schema.org/draft-07/schema#","items":[{"type":"string"}],"type":"array"`, `["x"]`,
			`[1]`, "/0", "want string",
		},
		{"2019-09 dependentRequired", draft2019 + `,"dependentRequired":{"a":["b"]}`, `{"b":1}`, `{"a":1}`, "", "'b' required"},
		{
			"2019-09 siblings of $ref count",
			draft2019 + `,"$defs":{"o":{"type":"object"}},"properties":{"a":{"$ref":"#/$defs/o","required":["x"]}}`,
			`{"a":{"x":1}}`, `{"a":{}}`, "/a", "missing property 'x'",
		},
		{
			"2019-09 recursive",
			draft2019 + `,"$recursiveAnchor":true,"properties":{"next":{"$recursiveRef":"#"}},"required":["v"]`,
			`{"v":1,"next":{"v":2}}`, `{"v":1,"next":{}}`, "/next", "missing property 'v'",
		},
		{
			"2019-09 unevaluated", draft2019 + `,"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false`,
			`{"a":1}`, `{"b":1}`, "/b", "is not allowed here",
		},
		{
			"2020-12 prefixItems", draft2020 + `,"properties":{"a":{"prefixItems":[{"type":"string"}],"items":false}}`,
			`{"a":["x"]}`, `{"a":["x",1]}`, "/a/1", "is not allowed here",
		},
		{
			"2020-12 dynamic",
			draft2020 + `,"$dynamicAnchor":"n","properties":{"next":{"$dynamicRef":"#n"}},"required":["v"]`,
			`{"v":1,"next":{"v":2}}`, `{"v":1,"next":{}}`, "/next", "missing property 'v'",
		},
		{
			"2020-12 with empty fragment",
			`"$schema":"https://json-schema.org/draft/2020-12/schema#","dependentRequired":{"a":["b"]}`, `{"b":1}`,
			`{"a":1}`, "", "'b' required",
		},
		{"none is 2020-12", `"prefixItems":[{"type":"string"}]`, `["x"]`, `[1]`, "/0", "want string"},
		{"unknown is 2020-12", unknown + `,"prefixItems":[{"type":"string"}]`, `["x"]`, `[1]`, "/0", "want string"},
		{
			"draft 3 is unknown", `"$schema":"http://json-schema.org/draft-03/schema#","prefixItems":[{"type":"string"}]`,
			`["x"]`, `[1]`, "/0", "want string",
		},
		{
			"a vocabulary's metaschema is unknown",
			`"$schema":"https://json-schema.org/draft/2020-12/meta/core","required":["a"]`, `{"a":1}`, `{}`, "", "'a'",
		},
		{"no URL is unknown", `"$schema":"%%","required":["a"]`, `{"a":1}`, `{}`, "", "'a'"},
		{"unknown in a subschema", `"properties":{"a":{` + unknown + `,"type":"string"}}`, `{"a":"x"}`, `{"a":1}`, "/a", "want string"},
		{
			"unknown in a resource",
			draft7 + `,"properties":{"a":{"$id":"https://x.example/a",` + unknown + `,"type":"array","prefixItems":[{"type":"string"}]}}`,
			`{"a":["x"]}`, `{"a":[1]}`, "/a/0", "want string",
		},
		{
			"unknown at a custom place",
			`"x":{"y":[{` + unknown + `,"type":"string"}]},"properties":{"a":{"$ref":"#/x/y/0"}}`, `{"a":"x"}`, `{"a":1}`,
			"/a", "want string",
		},
		{
			"another draft in a resource",
			draft2020 + `,"$defs":{"a":{"$id":"a",` + draft7 + `,"type":"array","items":[{"type":"string"}]}},"properties":{"a":{"$ref":"a"}}`,
			`{"a":["x"]}`, `{"a":[1]}`, "/a/0", "want string",
		},
		{
			"$schema as data", `"properties":{"a":{"const":{` + unknown + `}}}`, `{"a":{` + unknown + `}}`,
			`{"a":{` + draft2020 + `}}`, "/a", "'const' failed",
		},
		{
			"$schema as a property", `"properties":{"$schema":{"type":"string"},"$ref":{"type":"number"}}`,
			`{"$schema":"x","$ref":1}`, `{"$schema":1}`, "/$schema", "want string",
		},
		{
			"the embedded metaschema of a draft", `"properties":{"a":{"$ref":"http://json-schema.org/draft-07/schema#"}}`,
			`{"a":{"type":"string","$id":"not a URI: %%"}}`, `{"a":{"type":"text"}}`, "/a/type", "'anyOf' failed",
		},
		{
			"a resource by its id",
			draft2020 + `,"$id":"https://x.example/s","$defs":{"n":{"$id":"n","type":"number"}},"properties":{"a":{"$ref":"https://x.example/n"}}`,
			`{"a":1}`, `{"a":"x"}`, "/a", "want number",
		},
		{
			"custom keywords",
			`"suggestToUser":true,"x-y":{"$vocabulary":7,"type":"nope"},"properties":{"a":{"type":"string","suggestToUser":{"format":"x"}}}`,
			`{"a":"x"}`, `{"a":1}`, "/a", "want string",
		},
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
			schema := fmt.Sprintf(
				`{%s,"properties":{"a":{"type":"string","format":%q,"contentEncoding":"base64","contentMediaType":"application/json"}}}`,
				draft, format,
			)
			check(t, v, schema, "", "")
			validate(t, v, schema, `{"a":"(%%"}`, "", "")
			validate(t, v, schema, `{"a":1}`, "/a", "want string")
		}
	}
}

func TestSchemasThatAreRefused(t *testing.T) {
	remote := func(keyword, target string) string {
		return fmt.Sprintf(`remote %s %q is not allowed; put the definitions under $defs`, keyword, target)
	}
	tests := []struct{ name, schema, pointer, text string }{
		{"type", `{"properties":{"a":{"type":"nope"}}}`, "/properties/a/type", "value must be one of"},
		{"type by draft 4", `{` + draft4 + `,"type":5}`, "/type", "'anyOf' failed"},
		{"required by draft 4", `{` + draft4 + `,"required":[]}`, "/required", "minItems"},
		{"required of draft 3", `{"properties":{"a":{"required":true}}}`, "/properties/a/required", "got boolean, want array"},
		{"exclusiveMinimum of draft 4", `{"minimum":1,"exclusiveMinimum":true}`, "/exclusiveMinimum", "got boolean, want number"},
		{
			"exclusiveMinimum in a later draft of a resource",
			`{` + draft4 + `,"definitions":{"a":{"id":"a","` + draft7[1:] + `,"$id":"a","minLength":-1}}}`,
			"/definitions/a/minLength", "minimum",
		},
		{"items of draft 7", `{"items":[{}]}`, "/items", "want boolean or object"},
		{"escaped place", `{"properties":{"a/b~c d%":{"minLength":-1}}}`, "/properties/a~1b~0c d%/minLength", "minimum"},
		{"place that a reference leads to", `{"x":{"y z":{"maxLength":"1"}},"$ref":"#/x/y%20z"}`, "/x/y z/maxLength", "want integer"},
		{"not an object", `5`, "", "want boolean or object"},
		{"not JSON", `{`, "", "not a JSON document"},
		{
			"remote $ref", `{"properties":{"a":{"$ref":"https://x.example/s.json#/a"}}}`, "/properties/a/$ref",
			remote("$ref", "https://x.example/s.json#/a"),
		},
		{"remote $ref by http", `{"$ref":"http://127.0.0.1:1/s"}`, "/$ref", remote("$ref", "http://127.0.0.1:1/s")},
		{
			"remote $ref to an unknown $schema", `{` + unknown + `,"allOf":[{"$ref":"https://schemas.example/my/meta"}]}`,
			"/allOf/0/$ref", remote("$ref", "https://schemas.example/my/meta"),
		},
		{"file", `{"$ref":"file:///etc/hostname"}`, "/$ref", remote("$ref", "file:///etc/hostname")},
		{"relative $ref", `{"anyOf":[{},{"$ref":"../other.json"}]}`, "/anyOf/1/$ref", remote("$ref", "../other.json")},
		{
			"remote $ref that nothing leads to", `{"definitions":{"a":{"items":{"$ref":"https://x.example/s"}}}}`,
			"/definitions/a/items/$ref", remote("$ref", "https://x.example/s"),
		},
		{
			"relative $ref under an id", `{"$id":"https://x.example/a/b","$defs":{"z":{"$ref":"c.json#/d"}}}`,
			"/$defs/z/$ref", remote("$ref", "c.json#/d"),
		},
		{"relative $ref with spaces", `{"$ref":"./a b\u00e9.json"}`, "/$ref", remote("$ref", "./a b\u00e9.json")},
		{"relative $ref that is no URL", `{"$ref":"%"}`, "/$ref", "is not valid uri-reference"},
		{"remote $dynamicRef", `{"$dynamicRef":"https://x.example/s#a"}`, "/$dynamicRef", remote("$dynamicRef", "https://x.example/s#a")},
		{
			"remote $recursiveRef", `{` + draft2019 + `,"$recursiveRef":"https://x.example/s"}`, "/$recursiveRef",
			remote("$recursiveRef", "https://x.example/s"),
		},
		{
			"place that is not there", `{"properties":{"a":{"$ref":"#/$defs/a b"}}}`, "/properties/a/$ref",
			`$ref "#/$defs/a b" leads to no place in the schema`,
		},
		{"anchor that is not there", `{"properties":{"a":{"$ref":"#x"}}}`, "/properties/a/$ref", `$ref "#x" leads to no place in the schema`},
		{"bad pointer", `{"$ref":"#/~2"}`, "/$ref", "leads to no place"},
		{"one id twice", `{"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}}`, "/$defs/b", "an id that another schema has, too"},
		{"one anchor twice", `{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}`, "/$defs/b", `anchor "x", which another schema has, too`},
		{"pattern", `{"properties":{"a":{"pattern":"("}}}`, "/properties/a/pattern", "'(' is not valid regex"},
		{"pattern by draft 4", `{` + draft4 + `,"patternProperties":{"*a":{}}}`, "/patternProperties/*a", "missing argument to repetition"},
		{"$ref to itself", `{"$defs":{"a":{"$ref":"#/$defs/a"}},"properties":{"x":{"$ref":"#/$defs/a"}}}`, "/$defs/a", "leads back to itself"},
		{"$ref to the schema around", `{"allOf":[{"$ref":"#"}]}`, "", "leads back to itself"},
		{"exponent", `{"properties":{"a":{"maximum":1e309}}}`, "/properties/a/maximum", "exponent of a number beyond the limit of 308"},
		{"huge exponent", `{"multipleOf":1e-10000000}`, "/multipleOf", "exponent"},
		{"digits", `{"maximum":` + strings.Repeat("9", 131073) + `}`, "/maximum", "more than 131072 digits before"},
		{"long message", `{"enum":5,"properties":{"a":{"type":"` + strings.Repeat("\u00e9", 1000) + `"}}}`, "/enum", "want array"},
		{"long remote $ref", `{"$ref":"https://x.example/` + strings.Repeat("y", 1000) + `"}`, "/$ref", "remote $ref"},
	}
	v := jsonschema.New()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, v, tt.schema, tt.pointer, tt.text)
			// An old benchmark may have such a schema.
			for range 2 {
				validate(t, v, tt.schema, `{}`, "no pointer", "The JSON Schema of the benchmark cannot be used: ")
			}
		})
	}
}

func TestViolations(t *testing.T) {
	tests := []struct{ name, schema, document, pointer, text string }{
		{"c-ray", cray, crayResult(), "", ""},
		{
			"missing property", cray,
			`{"machine":{"cpu":{}},"arguments":"Total Time - 4K, 16 Rays Per Pixel","result":{"all_results":"","score":1},` +
				`"test":"pts/c-ray-1.2.0","units":"Seconds"}`,
			"/machine/cpu", "missing property 'count'",
		},
		{"missing properties", cray, `{}`, "", "missing properties 'arguments', 'machine', 'result', 'test', 'units'"},
		{
			"escaped pointer", `{"properties":{"a/b":{"properties":{"~":{"items":{"type":"null"}}}}}}`,
			`{"a/b":{"~":[null,1]}}`, "/a~1b/~0/1", "got number, want null",
		},
		{
			"behind references",
			`{"$ref":"#/$defs/a","$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"properties":{"x":{"type":"string"}}}}}`,
			`{"x":1}`, "/x", "got number, want string",
		},
		{
			"anyOf", `{"properties":{"a":{"anyOf":[{"type":"string"},{"type":"object","required":["b"]}]}}}`, `{"a":{}}`,
			"/a", "'anyOf' failed: got object, want string; missing property 'b'",
		},
		{
			"anyOf, deeper", `{"anyOf":[{"properties":{"a":{"type":"string"}}},{"required":["b"]}]}`, `{"a":1}`, "",
			`'anyOf' failed: at "/a" got number, want string; missing property 'b'`,
		},
		{"oneOf, none", `{"oneOf":[{"type":"string"},{"type":"number"}]}`, `{}`, "", "'oneOf' failed, none matched: got object, want string"},
		{"oneOf, two", `{"oneOf":[{},{}]}`, `{}`, "", "subschemas 0, 1 matched"},
		{"not", `{"properties":{"a":{"not":{"type":"string"}}}}`, `{"a":"x"}`, "/a", "'not' failed"},
		{"additional", `{"additionalProperties":false}`, `{"c":1,"a":1,"b":1}`, "", "additional properties 'a', 'b', 'c' not allowed"},
		{"const", `{"properties":{"a":{"const":"x"}}}`, `{"a":"y"}`, "/a", "value must be 'x'"},
		{"unique", `{"properties":{"a":{"uniqueItems":true}}}`, `{"a":[1,2,1.0]}`, "/a", "items at 0 and 2 are equal"},
		{
			"numbers as people write them", `{"properties":{"a":{"minimum":9007199254740993}}}`, `{"a":9007199254740992}`,
			"/a", "minimum: got 9007199254740992, want 9007199254740993",
		},
		{"small numbers", `{"properties":{"a":{"multipleOf":1e-7}}}`, `{"a":12.50000005}`, "/a", "multipleOf: got 12.50000005, want 0.0000001"},
		{
			"large numbers", `{"properties":{"a":{"exclusiveMaximum":1e21}}}`, `{"a":1e21}`, "/a",
			"exclusiveMaximum: got 1000000000000000000000, want 1000000000000000000000",
		},
		{"null", `{"properties":{"a":{"enum":[null,true,"x",1.50]}}}`, `{"a":1}`, "/a", "value must be one of null, true, 'x', 1.50"},
		{"forbidden", `{"properties":{"a":false}}`, `{"a":1}`, "/a", "is not allowed here"},
		{
			"forbidden by a branch", `{"anyOf":[false,{"type":"string"}]}`, `{"a":1}`, "",
			"'anyOf' failed: is not allowed here; got object, want string",
		},
		{"order of places", `{"items":{"type":"string"}}`, `["a","b","c","d","e","f","g","h","i","j",1,"k",2]`, "/10", "got number, want string"},
		{"long value", `{"properties":{"a":{"pattern":"^x$"}}}`, `{"a":"` + strings.Repeat("\u00e9", 5000) + `"}`, "/a", "\u00e9\u00e9..."},
		{"long enum", `{"properties":{"a":{"enum":["` + strings.Repeat("x", 5000) + `"]}}}`, `{"a":1}`, "/a", "xxx..."},
		{"not JSON", `{}`, `{"a":`, "", "not a JSON document"},
	}
	v := jsonschema.New()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { validate(t, v, tt.schema, tt.document, tt.pointer, tt.text) })
	}
	t.Run("the place of a name", func(t *testing.T) {
		schema := `{"additionalProperties":{"propertyNames":{"maxLength":1},"additionalProperties":{"propertyNames":{"pattern":"x"}}}}`
		for range 50 {
			validate(t, v, schema, `{"a":{"x":{}},"b":{"xy":1},"c":{"x":{"x":2}},"d":{},"e":{"z":{}}}`, "/b", "invalid propertyName 'xy': maxLength")
			validate(
				t, v, schema, `{"a":{"x":{}},"b":{"x":{"y":1}},"c":{"x":{"x":2}},"d":{},"e":{"z":{}}}`, "/b/x",
				"invalid propertyName 'y': 'y' does not match",
			)
		}
	})
	t.Run("always the same of several", func(t *testing.T) {
		schema := `{"additionalProperties":{"type":"string"}}`
		for range 50 {
			validate(t, v, schema, `{"e":1,"d":1,"b":1,"c":1,"f":1}`, "/b", "want string")
		}
	})
}

func TestNumbersAreExact(t *testing.T) {
	tests := []struct{ schema, document, pointer, text string }{
		{`{"properties":{"a":{"const":12345678901234567890}}}`, `{"a":12345678901234567890}`, "", ""},
		{`{"properties":{"a":{"const":12345678901234567890}}}`, `{"a":12345678901234567891}`, "/a", "value must be 12345678901234567890"},
		{`{"properties":{"a":{"maximum":12345678901234567890}}}`, `{"a":12345678901234567891}`, "/a", "maximum"},
		{`{"properties":{"a":{"multipleOf":0.1}}}`, `{"a":0.3}`, "", ""},
		{`{"properties":{"a":{"multipleOf":0.1}}}`, `{"a":0.30000000000000004}`, "/a", "multipleOf"},
		{`{"properties":{"a":{"enum":[0.1]}}}`, `{"a":1e-1}`, "", ""},
		{`{"properties":{"a":{"type":"integer"}}}`, `{"a":1e3}`, "", ""},
		{`{"properties":{"a":{"type":"integer"}}}`, `{"a":10.0}`, "", ""},
		{`{"properties":{"a":{"maximum":1e308}}}`, `{"a":1E+308}`, "", ""},
		{`{"properties":{"a":{"type":"number"}}}`, `{"a":1e309}`, "/a", "exponent"},
		{`{}`, `{"a":[0,1e10000000]}`, "/a/1", "exponent"},
		{`{}`, `{"a":[0,1E-99999999999999999999]}`, "/a/1", "exponent"},
		{`{}`, `{"a":` + strings.Repeat("9", 131073) + `}`, "/a", "digits"},
	}
	v := jsonschema.New()
	for _, tt := range tests {
		validate(t, v, tt.schema, tt.document, tt.pointer, tt.text)
	}
}

func TestPatternsAreThoseOfECMAScript(t *testing.T) {
	tests := []struct {
		pattern, text string
		match         bool
	}{
		{`^(?=.*\\d)(?!x)[a-z]+\\d$`, "ab1", true},
		{`^(?=.*\\d)(?!x)[a-z]+\\d$`, "xb1", false},
		{`(?<=a)b`, "ab", true},
		{`(?<n>a)\\k<n>`, "aa", true},
		{`b`, "abc", true},
		{`^\\d$`, "\u0663", false},
		{`^\\w$`, "\u00e9", false},
		{`^\\p{L}$`, "\u00e9", true},
		{`^\\P{Lu}$`, "\u00c9", false},
		{`^\\p{Greek}$`, "\u03b1", true},
		{`^.$`, "\U0001f600", true},
		{`^\\u{1F600}$`, "\U0001f600", true},
		{`^\\s$`, "\u00a0", true},
		{`^a$`, `a\n`, false},
		{`^a$`, `b\na`, false},
		{`^[\\w.-]+@[\\w.-]+$`, "a.b-c@d.e", true},
	}
	v := jsonschema.New()
	for _, tt := range tests {
		want := map[bool]string{false: "does not match pattern", true: ""}[tt.match]
		validate(t, v, `{"properties":{"a":{"pattern":"`+tt.pattern+`"}}}`, `{"a":"`+tt.text+`"}`, "/a", want)
		want = map[bool]string{false: "additional properties", true: ""}[tt.match]
		validate(t, v, `{"patternProperties":{"`+tt.pattern+`":{}},"additionalProperties":false}`, `{"`+tt.text+`":1}`, "", want)
	}
}

func TestOnceStoppedIsNotForeverStopped(t *testing.T) {
	v, schema := jsonschema.New(), `{"properties":{"a":{"pattern":"^(?=(a+)+$)"}}}`
	validate(t, v, schema, `{"a":"`+strings.Repeat("a", 60)+`!"}`, "/a", "takes longer than")
	validate(t, v, schema, `{"a":"aaa"}`, "", "")
	validate(t, v, schema, `{"a":"b"}`, "/a", "does not match pattern")
}

// TestLongChainsOfReferencesDoNotOverflowTheStack: whether time is enough does
// not matter, but a stack that is too deep ends the process.
func TestLongChainsOfReferencesDoNotOverflowTheStack(t *testing.T) {
	const links = 900
	var schemas strings.Builder
	for i := range links {
		fmt.Fprintf(&schemas, `"a%d":{"$ref":"#/$defs/a%d"},`, i, i+1)
	}
	schema := fmt.Sprintf(`{"$ref":"#/$defs/a0","$defs":{%s"a%d":{"properties":{"x":{"$ref":"#/$defs/a0"}}}}}`, schemas.String(), links)
	v := jsonschema.New()
	check(t, v, schema, "", "")
	document := strings.Repeat(`{"x":`, 128) + "1" + strings.Repeat("}", 128)
	if _, text, refused := invalid(t, validateText(t, v, schema, document)); refused && !strings.Contains(
		text, "more schemas inside each other than the limit of 10000",
	) {
		t.Errorf("got %q", text)
	}
}

func TestValidatorIsSafeForConcurrentUse(t *testing.T) {
	v := jsonschema.New()
	slow := `{"properties":{"a":{"pattern":"^(?=(a+)+$)"}}}`
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			if i%4 == 0 {
				validate(t, v, slow, `{"a":"`+strings.Repeat("a", 60)+`!"}`, "/a", "takes longer than")
				return
			}
			for range 20 {
				validate(t, v, cray, crayResult(), "", "")
				validate(t, v, cray, `[]`, "", "got array, want object")
				validate(t, v, slow, `{"a":"aaa"}`, "", "")
				check(t, v, cray, "", "")
			}
		})
	}
	group.Wait()
}

// FuzzValidate: whatever schema and document are, there is an answer, and it
// shows nothing of the inside.
func FuzzValidate(f *testing.F) {
	f.Add(cray, crayResult())
	for _, schema := range []string{
		`{"$ref":"#/$defs/a","$defs":{"a":{"$anchor":"x","type":["string","null"]}}}`,
		`{` + draft4 + `,"id":"http://x/y#","definitions":{"a":{"id":"b#c"}},"$ref":"b#c"}`,
		`{` + draft2019 + `,"$recursiveAnchor":true,"unevaluatedItems":{"$recursiveRef":"#"}}`,
		`{"$dynamicAnchor":"a","$dynamicRef":"#a"}`, `{"$id":"mem:///json-schema-of-the-benchmark","$ref":"file:///x"}`,
		`{"dependencies":{"a":["b"]},"patternProperties":{"^(?=a)":false},"propertyNames":{"pattern":"x"}}`,
		`{"multipleOf":0.1,"minLength":1e300,"contains":{},"minContains":0,"if":{},"then":{"const":[1]}}`,
		`{"multipleOf":0}`, `{"$schema":5}`, `{"$id":"%%"}`, `[]`, `true`, `{"$ref":"#/%"}`, `{"$ref":"\u0000"}`,
	} {
		f.Add(schema, `{"a":[1,"x",null,{"b":1e3}]}`)
	}
	v := jsonschema.New()
	f.Fuzz(func(t *testing.T, schema, text string) {
		_, _, refused := invalid(t, v.Check(t.Context(), []byte(schema)))
		value, err := document.Parse(t.Context(), []byte(text), limits)
		if err != nil {
			return
		}
		pointer, text, _ := invalid(t, v.Validate(t.Context(), []byte(schema), value))
		if refused != strings.HasPrefix(text, "The JSON Schema of the benchmark cannot be used") {
			t.Errorf("Check refuses %q: %v, but Validate says %q at %q", schema, refused, text, pointer)
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	v, schema := jsonschema.New(), []byte(cray)
	value, err := document.Parse(b.Context(), []byte(crayResult()), limits)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Validate(b.Context(), schema, value); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	v, schema := jsonschema.New(), []byte(cray)
	for b.Loop() {
		if err := v.Check(b.Context(), schema); err != nil {
			b.Fatal(err)
		}
	}
}
