package jsonschema_test

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/jsonschema"
	"github.com/eosc-perf/backend/core/document"
)

func TestViolations(t *testing.T) {
	tests := []struct{ name, schema, document, pointer, text string }{
		{"c-ray", cray, crayResult(), "", ""},
		{"missing property", cray,
			`{"machine":{"cpu":{}},"arguments":"Total Time - 4K, 16 Rays Per Pixel","result":{"all_results":"","score":1},
			"test":"pts/c-ray-1.2.0","units":"Seconds"}`, "/machine/cpu", "missing property 'count'"},
		{"missing properties", cray, `{}`, "", "missing properties 'arguments', 'machine', 'result', 'test', 'units'"},
		{"escaped pointer", `{"properties":{"a/b":{"properties":{"~":{"items":{"type":"null"}}}}}}`, `{"a/b":{"~":[null,1]}}`, "/a~1b/~0/1",
			"got number, want null"},
		{"behind references", `{"$ref":"#/$defs/a","$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"properties":{"x":{"type":"string"}}}}}`,
			`{"x":1}`, "/x", "got number, want string"},
		{"anyOf", `{"properties":{"a":{"anyOf":[{"type":"string"},{"type":"object","required":["b"]}]}}}`, `{"a":{}}`, "/a",
			"'anyOf' failed: got object, want string; missing property 'b'"},
		{"anyOf, deeper", `{"anyOf":[{"properties":{"a":{"type":"string"}}},{"required":["b"]}]}`, `{"a":1}`, "",
			`'anyOf' failed: at "/a" got number, want string; missing property 'b'`},
		{"oneOf, none", `{"oneOf":[{"type":"string"},{"type":"number"}]}`, `{}`, "", "'oneOf' failed, none matched: got object, want string"},
		{"oneOf, two", `{"oneOf":[{},{}]}`, `{}`, "", "subschemas 0, 1 matched"},
		{"not", `{"properties":{"a":{"not":{"type":"string"}}}}`, `{"a":"x"}`, "/a", "'not' failed"},
		{"additional", `{"additionalProperties":false}`, `{"c":1,"a":1,"b":1}`, "", "additional properties 'a', 'b', 'c' not allowed"},
		{"const", `{"properties":{"a":{"const":"x"}}}`, `{"a":"y"}`, "/a", "value must be 'x'"},
		{"unique", `{"properties":{"a":{"uniqueItems":true}}}`, `{"a":[1,2,1.0]}`, "/a", "items at 0 and 2 are equal"},
		{"numbers as people write them", `{"properties":{"a":{"minimum":9007199254740993}}}`, `{"a":9007199254740992}`, "/a",
			"minimum: got 9007199254740992, want at least 9007199254740993"},
		{"numbers that are mostly zeros", `{"properties":{"a":{"maximum":-1e300}}}`, `{"a":-1.25e299}`, "/a",
			"maximum: got -1.25e299, want at most -1e300"},
		{"small numbers that are mostly zeros", `{"properties":{"a":{"minimum":1e-300}}}`, `{"a":0.15e-300}`, "/a",
			"minimum: got 1.5e-301, want at least 1e-300"},
		{"many digits", `{"properties":{"a":{"const":1234567890123456789012345678901234567890123}}}`, `{"a":1}`, "/a",
			"value must be 1234567890123456789012345678901234567890123"},
		{"one of numbers that are mostly zeros", `{"properties":{"a":{"enum":[1e100,2]}}}`, `{"a":1}`, "/a", "value must be one of 1e100, 2"},
		{"small numbers", `{"properties":{"a":{"multipleOf":1e-7}}}`, `{"a":12.50000005}`, "/a",
			"multipleOf: got 12.50000005, want a multiple of 0.0000001"},
		{"large numbers", `{"properties":{"a":{"exclusiveMaximum":1e21}}}`, `{"a":1e21}`, "/a",
			"exclusiveMaximum: got 1000000000000000000000, want less than 1000000000000000000000"},
		{"the limit itself", `{"properties":{"a":{"exclusiveMinimum":5}}}`, `{"a":5}`, "/a", "exclusiveMinimum: got 5, want more than 5"},
		{"the limit itself, Draft 4", `{"$schema":"http://json-schema.org/draft-04/schema#","minimum":5,"exclusiveMinimum":true}`, `5`, "",
			"exclusiveMinimum: got 5, want more than 5"},
		{"a long number", `{"properties":{"a":{"maximum":5}}}`, `{"a":` + strings.Repeat("7", 5000) + `}`, "/a", "7..., want at most 5"},
		{"null", `{"properties":{"a":{"enum":[null,true,"x",1.50]}}}`, `{"a":1}`, "/a", "value must be one of null, true, 'x', 1.50"},
		{"forbidden", `{"properties":{"a":false}}`, `{"a":1}`, "/a", "is not allowed here"},
		{"forbidden by a branch", `{"anyOf":[false,{"type":"string"}]}`, `{"a":1}`, "",
			"'anyOf' failed: is not allowed here; got object, want string"},
		{"order of places", `{"items":{"type":"string"}}`, `["a","b","c","d","e","f","g","h","i","j",1,"k",2]`, "/10", "got number, want string"},
		{"long value", `{"properties":{"a":{"pattern":"^x$"}}}`, `{"a":"` + strings.Repeat("\u00e9", 5000) + `"}`, "/a", "\u00e9\u00e9..."},
		{"long enum", `{"properties":{"a":{"enum":["` + strings.Repeat("x", 5000) + `"]}}}`, `{"a":1}`, "/a", "xxx..."},
		{"a long value in an enum", `{"properties":{"a":{"enum":["` + strings.Repeat("x", 5000) + `","last"]}}}`, `{"a":1}`, "/a",
			"xxx...', 'last'"},
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
			validate(t, v, schema, `{"a":{"x":{}},"b":{"x":{"y":1}},"c":{"x":{"x":2}},"d":{},"e":{"z":{}}}`, "/b/x",
				"invalid propertyName 'y': 'y' does not match")
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

// TestPlacesOfViolationsAreBounded: each of them may be as long as the document.
func TestPlacesOfViolationsAreBounded(t *testing.T) {
	name := strings.Repeat("n", 100_000)
	text := `{"` + name + `":["a"` + strings.Repeat(`,"a"`, 300) + `]}`
	value, err := document.Parse(t.Context(), []byte(text), document.StoredLimits)
	if err != nil {
		t.Fatal(err)
	}
	for schema, most := range map[string]int{
		`{"additionalProperties":{"items":{"type":"number"}}}`: 2, `{"additionalProperties":{"type":"number"}}`: 1,
	} {
		found, err := jsonschema.New().Violations(t.Context(), []byte(schema), value, 100)
		if err != nil || len(found) != most || !strings.HasPrefix(found[0].Pointer, "/"+name) {
			t.Errorf("%s: %d violations (%v), want %d", schema, len(found), err, most)
		}
	}
}
