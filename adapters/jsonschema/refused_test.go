package jsonschema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/jsonschema"
)

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
		{"exclusiveMinimum in a later draft of a resource", `{` + draft4 + `,"definitions":{"a":{"id":"a","` + draft7[1:] +
			`,"$id":"a","minLength":-1}}}`, "/definitions/a/minLength", "minimum"},
		{"items of draft 7", `{"items":[{}]}`, "/items", "want boolean or object"},
		{"escaped place", `{"properties":{"a/b~c d%":{"minLength":-1}}}`, "/properties/a~1b~0c d%/minLength", "minimum"},
		{"place that a reference leads to", `{"x":{"y z":{"maxLength":"1"}},"$ref":"#/x/y%20z"}`, "/x/y z/maxLength", "want integer"},
		{"not an object", `5`, "", "want boolean or object"},
		{"not JSON", `{`, "", "not a JSON document"},
		{"remote $ref", `{"properties":{"a":{"$ref":"https://x.example/s.json#/a"}}}`, "/properties/a/$ref", remote("$ref",
			"https://x.example/s.json#/a")},
		{"remote $ref by http", `{"$ref":"http://127.0.0.1:1/s"}`, "/$ref", remote("$ref", "http://127.0.0.1:1/s")},
		{"remote $ref to an unknown $schema", `{` + unknown + `,"allOf":[{"$ref":"https://schemas.example/my/meta"}]}`, "/allOf/0/$ref",
			remote("$ref", "https://schemas.example/my/meta")},
		{"file", `{"$ref":"file:///etc/hostname"}`, "/$ref", remote("$ref", "file:///etc/hostname")},
		{"relative $ref", `{"anyOf":[{},{"$ref":"../other.json"}]}`, "/anyOf/1/$ref", remote("$ref", "../other.json")},
		{"remote $ref that nothing leads to", `{"definitions":{"a":{"items":{"$ref":"https://x.example/s"}}}}`, "/definitions/a/items/$ref",
			remote("$ref", "https://x.example/s")},
		{"relative $ref under an id", `{"$id":"https://x.example/a/b","$defs":{"z":{"$ref":"c.json#/d"}}}`, "/$defs/z/$ref", remote("$ref",
			"c.json#/d")},
		{"relative $ref with spaces", `{"$ref":"./a b\u00e9.json"}`, "/$ref", remote("$ref", "./a b\u00e9.json")},
		{"relative $ref that is no URL", `{"$ref":"%"}`, "/$ref", "is not valid uri-reference"},
		{"remote $dynamicRef", `{"$dynamicRef":"https://x.example/s#a"}`, "/$dynamicRef", remote("$dynamicRef", "https://x.example/s#a")},
		{"remote $recursiveRef", `{` + draft2019 + `,"$recursiveRef":"https://x.example/s"}`, "/$recursiveRef", remote("$recursiveRef",
			"https://x.example/s")},
		{"place that is not there", `{"properties":{"a":{"$ref":"#/$defs/a b"}}}`, "/properties/a/$ref",
			`$ref "#/$defs/a b" leads to no place in the schema`},
		{"anchor that is not there", `{"properties":{"a":{"$ref":"#x"}}}`, "/properties/a/$ref", `$ref "#x" leads to no place in the schema`},
		{"bad pointer", `{"$ref":"#/~2"}`, "/$ref", "leads to no place"},
		{"one id twice", `{"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}}`, "/$defs/b", "an id that another schema has, too"},
		{"one anchor twice", `{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}`, "/$defs/b", `anchor "x", which another schema has, too`},
		{"pattern", `{"properties":{"a":{"pattern":"("}}}`, "/properties/a/pattern", "'(' is not a valid regex"},
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
