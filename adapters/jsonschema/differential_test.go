package jsonschema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	santhosh "github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/jsonschema"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// TestValidateAgreesWithTheLibrary compares the answers for random schemas and
// documents with those of santhosh-tekuri/jsonschema.
func TestValidateAgreesWithTheLibrary(t *testing.T) {
	v := jsonschema.New()
	rapid.Check(t, func(t *rapid.T) {
		g := &schemaMaker{t, rapid.SampledFrom([]int{4, 6, 7, 2019, 2020}).Draw(t, "draft")}
		schema, err := json.Marshal(g.root())
		if err != nil {
			t.Fatal(err)
		}
		library, refused := compileByLibrary(schema)
		ours := v.Check(t.Context(), schema)
		if (refused == nil) != (ours == nil) && !isLoop(ours) {
			t.Fatalf("schema %s\nCheck: %v\nlibrary: %v", schema, ours, refused)
		}
		if ours != nil || refused != nil {
			return
		}
		for range 6 {
			text, err := json.Marshal(g.value(3))
			if err != nil {
				t.Fatal(err)
			}
			want := validateByLibrary(library, text)
			value, err := document.Parse(t.Context(), text, limits)
			if err != nil {
				t.Fatal(err)
			}
			got := v.Validate(t.Context(), schema, value)
			if (got == nil) != (want == nil) && !isLoop(got) {
				t.Fatalf("schema %s\ndocument %s\ngot %v\nlibrary: %v", schema, text, got, want)
			}
			if got != nil {
				checkPlace(t, value, got)
			}
		}
	})
}

// isLoop tells whether a schema applies itself. The library finds that only where it
// happens.
func isLoop(err error) bool {
	return err != nil && strings.Contains(err.Error(), "leads back to itself")
}

// checkPlace fails unless the pointer of a violation leads to a place of the document.
func checkPlace(t *rapid.T, value document.Value, err error) {
	t.Helper()
	violation, ok := errors.AsType[*domain.Error](err)
	if !ok || violation.Pointer == nil {
		t.Fatalf("%v has no place", err)
	}
	var tree any
	if err := json.Unmarshal(value.Append(nil), &tree); err != nil {
		t.Fatal(err)
	}
	for _, token := range strings.Split(*violation.Pointer, "/")[1:] {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch v := tree.(type) {
		case map[string]any:
			member, ok := v[token]
			if !ok {
				t.Fatalf("%q leads nowhere in %s", *violation.Pointer, value.Append(nil))
			}
			tree = member
		case []any:
			var index int
			if _, err := fmt.Sscan(token, &index); err != nil || index >= len(v) {
				t.Fatalf("%q leads nowhere in %s", *violation.Pointer, value.Append(nil))
			}
			tree = v[index]
		default:
			t.Fatalf("%q leads nowhere in %s", *violation.Pointer, value.Append(nil))
		}
	}
}

func compileByLibrary(schema []byte) (*santhosh.Schema, error) {
	tree, err := santhosh.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, err
	}
	compiler := santhosh.NewCompiler()
	compiler.UseLoader(denyAll{})
	compiler.UseRegexpEngine(func(text string) (santhosh.Regexp, error) {
		expression, err := regexp2.Compile(text, regexp2.ECMAScript|regexp2.Unicode)
		return matcher{expression}, err
	})
	if err := compiler.AddResource("mem:///schema", tree); err != nil {
		return nil, err
	}
	return compiler.Compile("mem:///schema")
}

func validateByLibrary(schema *santhosh.Schema, text []byte) error {
	value, err := santhosh.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

type denyAll struct{}

func (denyAll) Load(string) (any, error) { return nil, errors.New("nothing is fetched") }

type matcher struct{ *regexp2.Regexp }

func (m matcher) MatchString(text string) bool {
	found, _ := m.Regexp.MatchString(text)
	return found
}

// schemaMaker makes random schemas and values that have something to do with each
// other: few names, few numbers, few texts.
type schemaMaker struct {
	*rapid.T
	draft int
}

func (g *schemaMaker) pick(n int) int { return rapid.IntRange(0, n-1).Draw(g.T, "pick") }

func (g *schemaMaker) name() string {
	return rapid.SampledFrom([]string{"a", "b", "c", "a/b", "~"}).Draw(g.T, "name")
}

func (g *schemaMaker) number() json.Number {
	return json.Number(rapid.SampledFrom([]string{"0", "1", "1.0", "2", "3", "-1", "0.5", "1e0", "10e-1", "4.5", "9007199254740993"}).Draw(g.T,
		"number"))
}

func (g *schemaMaker) value(depth int) any {
	kinds := 5
	if depth > 0 {
		kinds = 9
	}
	switch g.pick(kinds) {
	case 0:
		return nil
	case 1:
		return g.pick(2) == 0
	case 2:
		return g.number()
	case 3, 4:
		return rapid.SampledFrom([]string{"", "a", "ab", "b1", "\u00e9"}).Draw(g.T, "text")
	case 5, 6:
		items := []any{}
		for range g.pick(4) {
			items = append(items, g.value(depth-1))
		}
		return items
	default:
		object := map[string]any{}
		for range g.pick(4) {
			object[g.name()] = g.value(depth - 1)
		}
		return object
	}
}

func (g *schemaMaker) root() any {
	urls := map[int]string{
		4: "http://json-schema.org/draft-04/schema#", 6: "http://json-schema.org/draft-06/schema#", 7: "http://json-schema.org/draft-07/schema#",
		2019: "https://json-schema.org/draft/2019-09/schema", 2020: "https://json-schema.org/draft/2020-12/schema",
	}
	schema, ok := g.schema(3).(map[string]any)
	if !ok {
		schema = map[string]any{}
	}
	schema["$schema"] = urls[g.draft]
	schema["definitions"] = map[string]any{"x": g.schema(2), "y": g.schema(1)}
	if g.draft >= 2019 && g.pick(3) == 0 {
		schema["$defs"] = map[string]any{"r": g.resource()}
	}
	return schema
}

// resource is a schema with a URL, and anchors that references may find.
func (g *schemaMaker) resource() any {
	schema, ok := g.schema(1).(map[string]any)
	if !ok {
		schema = map[string]any{}
	}
	schema["$id"] = "https://x.example/r"
	if g.draft == 2019 {
		schema["$recursiveAnchor"] = g.pick(2) == 0
	} else {
		schema["$dynamicAnchor"] = "d"
	}
	return schema
}

// schema is a schema of a few keywords of the draft.
func (g *schemaMaker) schema(depth int) any {
	if g.draft >= 6 && g.pick(8) == 0 {
		return g.pick(3) > 0
	}
	schema := map[string]any{}
	for range 1 + g.pick(4) {
		g.keyword(schema, depth)
	}
	if reference := schema["$ref"]; reference != nil && g.draft < 2019 {
		// The library does not ignore all keywords beside it, as these drafts want.
		return map[string]any{"$ref": reference}
	}
	return schema
}

func (g *schemaMaker) keyword(schema map[string]any, depth int) {
	if depth <= 0 || g.pick(3) == 0 {
		g.assertion(schema)
		return
	}
	sub := func() any { return g.schema(depth - 1) }
	list := func() []any {
		schemas := []any{sub()}
		for range g.pick(3) {
			schemas = append(schemas, sub())
		}
		return schemas
	}
	named := func() map[string]any { return map[string]any{g.name(): sub(), g.name(): sub()} }
	type keyword struct {
		name  string
		since int
		make  func() any
	}
	keywords := []keyword{
		{"allOf", 4, func() any { return list() }},
		{"anyOf", 4, func() any { return list() }},
		{"oneOf", 4, func() any { return list() }},
		{"not", 4, sub},
		{"properties", 4, func() any { return named() }},
		{"properties", 4, func() any { return named() }},
		{"patternProperties", 4, func() any { return map[string]any{g.patternText(): sub()} }},
		{"additionalProperties", 4, sub},
		{"items", 4, sub},
		{"dependencies", 4, func() any { return map[string]any{g.name(): sub(), g.name(): []any{g.name()}} }},
		{"contains", 6, sub},
		{"propertyNames", 6, sub},
		{"if", 7, sub},
		{"then", 7, sub},
		{"else", 7, sub},
		{"dependentSchemas", 2019, func() any { return named() }},
		{"unevaluatedProperties", 2019, sub},
		{"unevaluatedItems", 2019, sub},
		{"unevaluatedProperties", 2019, func() any { return false }},
		{"unevaluatedItems", 2019, func() any { return false }},
		{"prefixItems", 2020, func() any { return list() }},
	}
	if g.draft < 2020 {
		keywords = append(keywords, keyword{"items", 4, func() any { return list() }}, keyword{"additionalItems", 4, sub})
	}
	if k := keywords[g.pick(len(keywords))]; k.since <= g.draft {
		schema[k.name] = k.make()
	}
}

func (g *schemaMaker) patternText() string {
	return rapid.SampledFrom([]string{"a", "^a$", "^[a-b]", "[0-9]$", "^(?!a)", "/"}).Draw(g.T, "pattern")
}

func (g *schemaMaker) assertion(schema map[string]any) {
	small := func() any { return g.pick(4) }
	keywords := []struct {
		name  string
		since int
		make  func() any
	}{
		{"type", 4, func() any {
			return rapid.SampledFrom([]any{"object", "array", "string", "integer", "number", []any{"null", "boolean"}, []any{"array",
				"object"}}).Draw(g.T, "type")
		}},
		{"enum", 4, func() any { return []any{g.value(1), "distinct"} }},
		{"const", 6, func() any { return g.value(1) }},
		{"minimum", 4, func() any { return g.number() }},
		{"maximum", 4, func() any { return g.number() }},
		{"exclusiveMinimum", 6, func() any { return g.number() }},
		{"exclusiveMaximum", 6, func() any { return g.number() }},
		{"multipleOf", 4, func() any {
			return json.Number(rapid.SampledFrom([]string{"1", "0.5", "2", "1.5e0"}).Draw(g.T, "divisor"))
		}},
		{"minLength", 4, small},
		{"maxLength", 4, small},
		{"minItems", 4, small},
		{"maxItems", 4, small},
		{"minProperties", 4, small},
		{"maxProperties", 4, small},
		{"uniqueItems", 4, func() any { return true }},
		{"pattern", 4, func() any { return g.patternText() }},
		{"required", 4, func() any { return []any{g.name()} }},
		{"minContains", 2019, small},
		{"maxContains", 2019, small},
		{"dependentRequired", 2019, func() any { return map[string]any{g.name(): []any{g.name()}} }},
		{"$ref", 4, func() any {
			return rapid.SampledFrom([]string{"#/definitions/x", "#/definitions/y"}).Draw(g.T, "target")
		}},
		{"$recursiveRef", 2019, func() any { return "#" }},
		{"$dynamicRef", 2020, func() any { return "#/definitions/y" }},
	}
	if k := keywords[g.pick(len(keywords))]; k.since <= g.draft {
		schema[k.name] = k.make()
	}
}
