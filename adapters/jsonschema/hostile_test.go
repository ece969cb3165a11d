package jsonschema_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/jsonschema"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// numbers are so many numbers from the first on, separated by commas.
func numbers(first, n int) string {
	var list strings.Builder
	for i := range n {
		if i > 0 {
			list.WriteByte(',')
		}
		list.WriteString(strconv.Itoa(first + i))
	}
	return list.String()
}

// trees are all arrays that consist of so many empty arrays: many values that look alike.
func trees(brackets int) []string {
	if brackets == 0 {
		return []string{""}
	}
	var all []string
	for first := range brackets {
		for _, a := range trees(first) {
			for _, b := range trees(brackets - 1 - first) {
				all = append(all, strings.TrimSuffix("["+a+"],"+b, ","))
			}
		}
	}
	return all
}

func nestedObjects(levels int) string {
	return strings.Repeat(`{"x":`, levels) + "1" + strings.Repeat("}", levels)
}

// doubling is a schema that applies 2^40 schemas to one value.
func doubling(place string) string {
	var schemas strings.Builder
	for i := range 40 {
		fmt.Fprintf(&schemas, `"a%d":{"allOf":[{"$ref":"#/%s/a%d"},{"$ref":"#/%s/a%d"}]},`, i, place, i+1, place, i+1)
	}
	return fmt.Sprintf(`{"%s":{%s"a40":{"minLength":3}},"properties":{"x":{"$ref":"#/%s/a0"}}}`, place, schemas.String(), place)
}

// hostile are schemas with documents that took minutes or gigabytes, or would without
// limits. The answer to some depends on the speed of the machine: text is then the
// beginning of what a slow one says, while a fast one may say nothing.
func hostile() []struct{ name, schema, document, pointer, text string } {
	long := strings.Repeat("a", 60)
	names := `"` + strings.Repeat("a", 19) + `!":0`
	for i := range 400 {
		names += fmt.Sprintf(`,"%s!%d":0`, strings.Repeat("a", 19), i)
	}
	const tooSlow = "takes longer than"
	anchored := doubling("$defs")
	return []struct{ name, schema, document, pointer, text string }{
		{"enum under items", `{"items":{"enum":[` + numbers(0, 9000) + `]}}`, `[` + numbers(0, 5000) + `]`, "", ""},
		{"enum under items, violated", `{"items":{"enum":[` + numbers(0, 9000) + `]}}`, `[` + numbers(10_000, 5000) + `]`, "/0",
			"value must be one of 0, 1, 2"},
		{"uniqueItems of values that look alike", `{"uniqueItems":true}`, `[[` + strings.Join(trees(10), "],[") + `]]`, "", ""},
		{"uniqueItems at every level", `{"uniqueItems":true,"items":{"$ref":"#"}}`, `[[` + strings.Join(trees(9), "],[") + `]]`, "/0",
			"items at"},
		{"uniqueItems many times", `{"allOf":[` + strings.Repeat(`{"uniqueItems":true},`, 4000) + `{}]}`, `[` + numbers(0, 50_000) + `]`, "",
			tooSlow},
		{"contains in allOf", `{"allOf":[` + strings.Repeat(`{"contains":{"type":"string","minLength":5}},`, 2000) + `{}]}`, `[` + numbers(0,
			50_000) + `]`, "", "no items match contains schema"},
		{"contains in allOf, reasons of reasons", `{"allOf":[` +
			strings.Repeat(`{"contains":{"anyOf":[{"contains":{"const":1}},{"type":"null"}]}},`, 500) + `{}]}`,
			`[` + strings.Repeat(`["a","b"],`, 20_000) + `[]]`, "", "no items match contains schema"},
		{"unevaluatedItems", `{"allOf":[` + strings.Repeat(`{"prefixItems":[true],"unevaluatedItems":{"type":"number"}},`, 1500) +
			`{}],"unevaluatedItems":false}`,
			`[` + numbers(0, 100_000) + `]`, "", tooSlow},
		{"unevaluatedProperties", `{"anyOf":[` + strings.Repeat(`{"patternProperties":{"^x":true}},`, 1500) +
			`{}],"unevaluatedProperties":false}`,
			`{"x1":0` + members(20_000) + `}`, "", tooSlow},
		{"multipleOf of long numbers", `{"items":{"allOf":[` + strings.Repeat(`{"multipleOf":`+strings.Repeat("7", 100)+`},`, 1000) + `{}]}}`,
			`[` + strings.Repeat("9", 100_000) + `,` + strings.Repeat("8", 100_000) + `]`, "/0", "multipleOf"},
		{"pattern", `{"properties":{"a":{"pattern":"^(?=(a+)+$)"}}}`, `{"a":"` + long + `!"}`, "/a", tooSlow},
		{"pattern, linear", `{"properties":{"a":{"pattern":"^(a+)+$"}}}`, `{"a":"` + long + `!"}`, "/a", "does not match pattern"},
		{"pattern, negated", `{"properties":{"a":{"not":{"pattern":"^(?=(a+)+$)"}}}}`, `{"a":"` + long + `!"}`, "/a", tooSlow},
		{"pattern, much memory", `{"properties":{"a":{"pattern":"(?=((a|b)*)*c)"}}}`, `{"a":"` + strings.Repeat("a", 1<<20-20) + `"}`, "/a",
			"more than 65536 characters"},
		{"pattern, large and linear", `{"properties":{"a":{"pattern":"(a?){1000}b"}}}`, `{"a":"` + strings.Repeat("a", 1<<20-20) + `"}`, "",
			tooSlow},
		{"pattern of many names", `{"patternProperties":{"^(?=(a+)+$)":{}}}`, `{"` + long + `!":1,"` + long + `?":2,"` + long + `+":3}`, "",
			tooSlow},
		{"pattern, quick enough each time", `{"patternProperties":{"^(?=(a+)+$)":{}}}`, "{" + names + "}", "", tooSlow},
		{"patterns of names", `{"patternProperties":{"a1":{}` + patternMembers(2000) + `}}`, `{"x":0` + members(50_000) + `}`, "", tooSlow},
		{"doubling", doubling("$defs"), `{"x":"abc"}`, "", tooSlow},
		{"doubling, violated", doubling("$defs"), `{"x":"a"}`, "/x", "minLength: got 1, want at least 3"},
		{"doubling in data", doubling("default"), `{"x":"abc"}`, "", tooSlow},
		{"doubling in the anchored", `{"$id":"https://x.example/","$ref":"in","$defs":{` +
			`"in":{"$id":"in","properties":{"x":{"$dynamicRef":"#t"}},"$defs":{"t":{"$dynamicAnchor":"t"}}},` +
			`"t":{"$dynamicAnchor":"t","$ref":"out"},"out":{"$id":"out",` + anchored[1:len(anchored)-1] + `,"allOf":[{"$ref":"#/$defs/a0"}]}}}`,
			`{"x":"abc"}`, "", tooSlow},
		{"doubling with the depth", `{"properties":{"x":{"allOf":[{"$ref":"#"},{"$ref":"#"}]}}}`, nestedObjects(60), "", tooSlow},
		{"deep document", `{"additionalProperties":{"$ref":"#"}}`, nestedObjects(200), strings.Repeat("/x", 128),
			"nested deeper than 128 levels"},
		{"loop that is rarely reached", `{"properties":{"x":{"anyOf":[{"type":"number"},{"$ref":"#/properties/x"}]}}}`, `{"x":"a"}`, "/x",
			"leads back to itself"},
		{"loop that is not reached", `{"properties":{"x":{"anyOf":[{"type":"number"},{"$ref":"#/properties/x"}]}}}`, `{"x":1}`, "", ""},
		{"loop by a dynamic reference", `{"$dynamicAnchor":"a","$dynamicRef":"#a"}`, `1`, "", "leads back to itself"},
		{"loop by a recursive reference", `{` + draft2019 + `,"$recursiveAnchor":true,"$recursiveRef":"#"}`, `1`, "", "leads back to itself"},
		{"all violations of a large document", `{"items":{"type":"string","minLength":3,"pattern":"x"}}`, `[` + numbers(0, 100_000) + `]`, "/0",
			"got number, want string"},
	}
}

// members are members of an object with the names a0, a1 and so on, after a comma.
func members(n int) string {
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, `,"a%d":0`, i)
	}
	return list.String()
}

// patternMembers are members of patternProperties, after a comma.
func patternMembers(n int) string {
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, `,"^a*%d$":{}`, i)
	}
	return list.String()
}

// watchHeap begins to watch the heap. The function that it returns says by how much the
// heap has grown at most since then.
func watchHeap() (peak func() uint64) {
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	runtime.GC()
	before := heap()
	most, done := before, make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				most = max(most, heap())
			case <-done:
				return
			}
		}
	})
	return func() uint64 {
		close(done)
		watching.Wait()
		return max(most, heap()) - before
	}
}

// TestHostileInputEnds: the bound of time is far above what the machine needs, so that
// only work without a clock exceeds it; that of memory is a multiple of what is used.
func TestHostileInputEnds(t *testing.T) {
	v := jsonschema.New()
	for _, tt := range hostile() {
		t.Run(tt.name, func(t *testing.T) {
			peak := watchHeap()
			started := time.Now()
			pointer, text, refused := invalid(t, v.Check(t.Context(), []byte(tt.schema)))
			if !refused {
				pointer, text, refused = invalid(t, validateText(t, v, tt.schema, tt.document))
			}
			// A busy machine may be late where an idle one is not, in a compilation too.
			late := strings.Contains(text, "the schema takes longer than")
			if refused && !late && (pointer != tt.pointer || !strings.Contains(text,
				tt.text)) || !refused && tt.text != "" && !strings.HasPrefix(tt.text, "takes") {
				t.Errorf("got %.200q at %q, want %q at %q", text, pointer, tt.text, tt.pointer)
			}
			if took := time.Since(started); took > 3*time.Minute {
				t.Errorf("took %s", took)
			}
			if used := peak() >> 20; used > 200 {
				t.Errorf("used %d MB", used)
			}
		})
	}
}

// TestWorkEndsWithTheRequest: however much there is to do, nothing is done for a request
// that has ended.
func TestWorkEndsWithTheRequest(t *testing.T) {
	v := jsonschema.New()
	for _, tt := range hostile() {
		value, err := document.Parse(t.Context(), []byte(tt.document), limits)
		if err != nil || !strings.HasPrefix(tt.text, "takes longer") {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			check(t, v, tt.schema, "", "")
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if err := v.Check(ended, []byte(tt.schema)); !errors.Is(err, context.Canceled) {
				t.Errorf("Check: %v", err)
			}
			if err := v.Validate(ended, []byte(tt.schema), value); !errors.Is(err, context.Canceled) {
				t.Errorf("Validate: %v", err)
			}
			// The answer of an ended request is not remembered.
			under, cancel := context.WithCancel(t.Context())
			timer := time.AfterFunc(time.Millisecond, cancel)
			defer timer.Stop()
			err := v.Validate(under, []byte(tt.schema), value)
			if e, ok := errors.AsType[*domain.Error](err); ok && !strings.Contains(e.Message, tt.text) {
				t.Errorf("Validate: %v", err)
			}
		})
	}
}

// counting is a context that counts how often somebody looks whether it has ended.
type counting struct {
	context.Context

	looks int
}

func (c *counting) Err() error {
	c.looks++
	return c.Context.Err()
}

// TestEachReferenceToALongAddressLooksAtTheClock: to resolve and write an address of 1 MB takes a millisecond or two.
func TestEachReferenceToALongAddressLooksAtTheClock(t *testing.T) {
	const references = 150
	for _, reference := range []string{"#", ".", "?x"} {
		schema := `{"$id":"https://x.example/` + strings.Repeat("a/", 10_000) + `","$defs":{"b":{"$id":"?x"}},"prefixItems":[` +
			strings.Repeat(`{"$ref":"`+reference+`"},`, references-1) + `{}]}`
		ctx := &counting{Context: t.Context()}
		if err := jsonschema.New().Check(ctx, []byte(schema)); ctx.looks < references {
			t.Errorf("%d references %q: looked %d times at the clock (%v)", references, reference, ctx.looks, err)
		}
	}
}

// TestCompilationsWaitForEachOther: no more than two are under way, and who waits gives
// up with the request.
func TestCompilationsWaitForEachOther(t *testing.T) {
	v := jsonschema.New()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			if i%2 == 0 {
				cancel()
			}
			defer cancel()
			err := v.Check(ctx, []byte(cray))
			if i%2 == 0 && !errors.Is(err, context.Canceled) || i%2 == 1 && err != nil {
				t.Errorf("Check: %v", err)
			}
		})
	}
	group.Wait()
}

// harmless are ordinary schemas with documents of about 1 MiB that satisfy them.
func harmless() []struct{ name, schema, document string } {
	values := make([]string, 90_000)
	for i := range values {
		values[i] = `"v` + strconv.Itoa(i%20) + `"`
	}
	list := strings.Join(values, ",")
	return []struct{ name, schema, document string }{
		{"20 allowed values, 90,000 items", `{"items":{"enum":[` + strings.Join(values[:20], ",") + `]}}`, `[` + list + `]`},
		{"unique numbers", `{"uniqueItems":true,"items":{"type":"integer","minimum":0}}`, `[` + numbers(0, 150_000) + `]`},
		{"patterns", `{"items":{"pattern":"^v[0-9]+$","maxLength":3}}`, `[` + list + `]`},
		{"contains", `{"contains":{"const":"v19"},"maxContains":5000}`, `[` + list + `]`},
		{"unevaluated", `{"allOf":[{"prefixItems":[true]},{"contains":{"type":"string"}}],"unevaluatedItems":false}`, `[` + list + `]`},
		{"a long text", `{"properties":{"log":{"type":"string","pattern":"[0-9]$"}}}`, `{"log":"` + strings.Repeat("all is well\\n", 80_000) +
			`1"}`},
		{"many members", `{"patternProperties":{"^a[0-9]+$":{"type":"integer"}},"additionalProperties":false}`, `{` + members(60_000)[1:] + `}`},
	}
}

// TestHarmlessLargeDocumentsAreChecked: the time limit is far above what slow machines need.
// BenchmarkHarmlessLargeDocuments measures the time.
func TestHarmlessLargeDocumentsAreChecked(t *testing.T) {
	v := jsonschema.NewWithTimeLimit(time.Minute)
	for _, tt := range harmless() {
		t.Run(tt.name, func(t *testing.T) { validate(t, v, tt.schema, tt.document, "", "") })
	}
}

func BenchmarkHarmlessLargeDocuments(b *testing.B) {
	v := jsonschema.New()
	for _, tt := range harmless() {
		value, err := document.Parse(b.Context(), []byte(tt.document), limits)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(tt.name, func(b *testing.B) {
			for b.Loop() {
				if err := v.Validate(b.Context(), []byte(tt.schema), value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestSchemasAtOnceNeedABoundedMemory: what killed a server with 512 MB.
func TestSchemasAtOnceNeedABoundedMemory(t *testing.T) {
	brackets := []byte(`{"pattern":"` + strings.Repeat("(", 500_000) + strings.Repeat(")", 500_000) + `"}`)
	v := jsonschema.New()
	peak := watchHeap()
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			if err := v.Check(t.Context(), brackets); err == nil {
				t.Error("a pattern of a million characters is taken")
			}
		})
	}
	group.Wait()
	if used := peak() >> 20; used > 50 {
		t.Errorf("used %d MB", used)
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
	if _, text, refused := invalid(t, validateText(t, v, schema, document)); refused && !strings.Contains(text,
		"more schemas inside each other than the limit of 10000") {
		t.Errorf("got %q", text)
	}
}

// TestMessagesAboutLongValuesCostLittle: a message has room for the beginning of a value, and nothing
// more is written, however many violations there are.
func TestMessagesAboutLongValuesCostLittle(t *testing.T) {
	const limit = 100
	for name, schema := range map[string]string{
		"text":          `{"items":{"enum":["` + strings.Repeat("a", 400_000) + `"]}}`,
		"escaped":       `{"items":{"const":"` + strings.Repeat(`\n`, 400_000) + `"}}`,
		"many texts":    `{"items":{"enum":["` + strings.Repeat("é", 40_000) + `","` + strings.Repeat("b", 400_000) + `"]}}`,
		"long property": `{"items":{"required":["` + strings.Repeat("a", 400_000) + `"],"type":["object","null"],"minProperties":1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			v := jsonschema.New()
			value, err := document.Parse(t.Context(), []byte(`[`+strings.Repeat(`{},`, limit)+`{}]`), limits)
			if err != nil {
				t.Fatal(err)
			}
			check(t, v, schema, "", "")
			if err := v.Validate(t.Context(), []byte(schema), value); err == nil { // it compiles the schema
				t.Fatal("the document is valid")
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			found, err := v.Violations(t.Context(), []byte(schema), value, limit)
			runtime.ReadMemStats(&after)
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; err != nil || len(found) != limit || used > 10 {
				t.Errorf("%d violations took %d MB (%v)", len(found), used, err)
			}
		})
	}
}
