package jsonschema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/jsonschema"
)

// TestLargeSchemasCompile: schemas near the limits, which took the library up to 39 s.
func TestLargeSchemasCompile(t *testing.T) {
	var chain, targets, ids strings.Builder
	for i := range 1900 {
		fmt.Fprintf(&chain, `"a%d":{"$ref":"#/x/a%d"},`, i, i+1)
		fmt.Fprintf(&targets, `,"p%d":{"$ref":"#/x/y/p%d"}`, i, i)
	}
	for i := range 2000 {
		fmt.Fprintf(&ids, `,"i%d":{"$id":"https://x.example/%d","$anchor":"a"}`, i, i)
	}
	v := jsonschema.New()
	for _, tt := range []struct{ name, schema string }{
		{"references to places of no keyword", `{"x":{` + chain.String() + `"a1900":{}},"properties":{"a":{"$ref":"#/x/a0"}}}`},
		{"references to places of no schema", `{"x":{"y":{"p":{}` + strings.ReplaceAll(targets.String(), `{"$ref":"#/x/y/`, `{"title":"`) +
			`}},"properties":{"p":{}` + targets.String() + `}}`},
		{"resources", `{"$defs":{"i":{}` + ids.String() + `}}`},
		{"alternatives", `{"anyOf":[` + strings.Repeat(`{"type":"object"},`, 4500) + `{}]}`},
		{"values", `{"enum":[` + numbers(0, 9990) + `]}`},
		{"draft 4 values, which are unique", `{` + draft4 + `,"enum":[` + numbers(0, 9990) + `]}`},
		{"patterns", `{"patternProperties":{"x":{}` + patternMembers(4000) + `}}`},
		{"depth", strings.Repeat(`{"not":`, 127) + `{}` + strings.Repeat(`}`, 127)},
	} {
		t.Run(tt.name, func(t *testing.T) { check(t, v, tt.schema, "", "") })
	}
}

// TestLimitsOfSchemasNameThePlace: each limit with its value, and where it is exceeded.
func TestLimitsOfSchemasNameThePlace(t *testing.T) {
	brackets := strings.Repeat("(", 500_000) + strings.Repeat(")", 500_000)
	var references strings.Builder
	for i := range 3300 {
		fmt.Fprintf(&references, `,"p%d":{"$ref":"#/x"}`, i)
	}
	tests := []struct{ name, schema, pointer, text string }{
		{"size", `{"title":"` + strings.Repeat("x", 1<<20) + `"}`, "", "document of 1048588 bytes exceeds the limit of 1048576 bytes"},
		{"values", `{"anyOf":[` + strings.Repeat(`{},`, 300_000) + `{}]}`, "/anyOf/9998", "the schema has more than 10000 values"},
		{"values of an enum", `{"properties":{"a":{"enum":[` + strings.Repeat(`1,`, 300_000) + `2]}}}`, "/properties/a/enum/9996",
			"more than 10000 values"},
		{"depth", strings.Repeat(`{"not":`, 200) + `{}` + strings.Repeat(`}`, 200), strings.Repeat("/not", 128), "nested deeper than 128 levels"},
		{"far too deep", strings.Repeat(`{"not":`, 20_000) + `{}` + strings.Repeat(`}`, 20_000), strings.Repeat("/not", 128),
			"nested deeper than 128 levels"},
		{"names", `{"properties":{"` + strings.Repeat("x", 500_000) + `":{"anyOf":[` + strings.Repeat(`{},`, 5000) + `{}]}}}`,
			"/properties/" + strings.Repeat("x", 500_000) + "/anyOf/6", "longer than the limit of 4194304 bytes together"},
		{"references", `{"x":{},"properties":{"p":{}` + references.String() + `}}`, "/properties/p2799/$ref",
			"more references than the limit of 2000"},
		{"length of a pattern", `{"properties":{"a/b":{"pattern":"` + brackets + `"}}}`, "/properties/a~1b/pattern",
			"pattern of 1000000 characters, where the limit is 10000"},
		{"length of a pattern of names", `{"patternProperties":{"` + strings.Repeat("x", 10_001) + `":{}}}`, "/patternProperties/" +
			strings.Repeat("x", 10_001), "pattern of 10001 characters"},
		{"nesting of a pattern", `{"pattern":"` + strings.Repeat("(", 5000) + strings.Repeat(")", 5000) + `"}`, "/pattern",
			"groups nested deeper than the limit of 100 at character 101"},
		{"count in a pattern", `{"pattern":"a{1000001}"}`, "/pattern", "a count larger than the limit of 1000000"},
		{"classes of a pattern", `{"pattern":"` + strings.Repeat(`\\p{L}`, 1600) + `"}`, "/pattern", "larger than the limit of 320000 ranges"},
		{"all patterns", `{"patternProperties":{"x":{}` + strings.ReplaceAll(patternMembers(60), "$", "(a{1000}b)*") + `}}`, "",
			"the patterns of the schema have more parts, with repetitions, than the limit of 50000"},
		{"exponent", `{"properties":{"a":{"maximum":1e309}}}`, "/properties/a/maximum", "exponent of a number beyond the limit of 308"},
	}
	v := jsonschema.New()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pointer, text, _ := invalid(t, v.Check(t.Context(), []byte(tt.schema)))
			if !strings.Contains(text, tt.text) || pointer != tt.pointer && tt.name != "all patterns" {
				t.Errorf("got %q at %.200q, want %q at %.200q", text, pointer, tt.text, tt.pointer)
			}
			validate(t, v, tt.schema, `{}`, "no pointer", "The JSON Schema of the benchmark cannot be used: ")
		})
	}
}
