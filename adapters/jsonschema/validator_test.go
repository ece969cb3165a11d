package jsonschema_test

import (
	"errors"
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
