package jsonschema

import (
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/eosc-perf/backend/adapters/jsonschema/pattern"
	"github.com/eosc-perf/backend/core/document"
)

// typeSet has a bit for each name of a type.
type typeSet uint8

const (
	nullType typeSet = 1 << iota
	booleanType
	numberType
	integerType
	stringType
	arrayType
	objectType
)

// typesByName are in the order in which messages name them.
var typesByName = []struct {
	name string
	set  typeSet
}{
	{"null", nullType},
	{"boolean", booleanType},
	{"number", numberType},
	{"integer", integerType},
	{"string", stringType},
	{"array", arrayType},
	{"object", objectType},
}

var typesByKind = map[document.Kind]typeSet{
	document.Null: nullType, document.False: booleanType, document.True: booleanType, document.Number: numberType,
	document.String: stringType, document.Array: arrayType, document.Object: objectType,
}

// types is the keyword type.
type types typeSet

func compileType(p part, value document.Value) {
	names := textsOf(value)
	if value.Kind() == document.String {
		names = []string{value.Text()}
	}
	var set typeSet
	for _, t := range typesByName {
		for _, name := range names {
			if name == t.name {
				set |= t.set
			}
		}
	}
	if set != 0 {
		p.gate("type", types(set))
	}
}

func (t types) holds(_ *evaluation, value document.Value) bool {
	return typeSet(t)&typesByKind[value.Kind()] != 0 ||
		value.Kind() == document.Number && typeSet(t)&integerType != 0 && value.Decimal().IsInteger()
}

func (t types) message(_ *evaluation, value document.Value) string {
	names := make([]string, 0, bits.OnesCount8(uint8(t)))
	for _, known := range typesByName {
		if typeSet(t)&known.set != 0 {
			names = append(names, known.name)
		}
	}
	return fmt.Sprintf("got %s, want %s", nameOf(value), strings.Join(names, " or "))
}

// bound is one of the keywords minimum, maximum, exclusiveMinimum and exclusiveMaximum.
type bound struct {
	keyword string
	limit   document.Value
	decimal document.Decimal
	// allows tells which results of a comparison with the limit the keyword allows.
	allows func(order int) bool
}

func (p part) bound(keyword string, limit document.Value, allows func(order int) bool) {
	if limit.Kind() == document.Number {
		p.assert(keyword, &bound{keyword, limit, limit.Decimal(), allows})
	}
}

func less(order int) bool   { return order < 0 }
func atMost(order int) bool { return order <= 0 }

// inWords says which orders of a value and its limit are allowed.
func inWords(allows func(order int) bool) string {
	switch {
	case allows(0) && allows(1):
		return "at least"
	case allows(0):
		return "at most"
	case allows(1):
		return "more than"
	default:
		return "less than"
	}
}

func atLeast(order int) bool { return order >= 0 }
func greater(order int) bool { return order > 0 }

func compileMinimum(p part, limit document.Value) {
	// In Draft 4 exclusiveMinimum is true or false, and belongs to minimum.
	if p.flag("exclusiveMinimum") {
		p.bound("exclusiveMinimum", limit, greater)
		return
	}
	p.bound("minimum", limit, atLeast)
}

func compileMaximum(p part, limit document.Value) {
	if p.flag("exclusiveMaximum") {
		p.bound("exclusiveMaximum", limit, less)
		return
	}
	p.bound("maximum", limit, atMost)
}

func compileExclusiveMinimum(p part, limit document.Value) {
	p.bound("exclusiveMinimum", limit, greater)
}

func compileExclusiveMaximum(p part, limit document.Value) {
	p.bound("exclusiveMaximum", limit, less)
}

func (b *bound) holds(e *evaluation, value document.Value) bool {
	if value.Kind() != document.Number {
		return true
	}
	e.read(value.Text())
	return b.allows(value.Decimal().Compare(b.decimal))
}

func (b *bound) message(_ *evaluation, value document.Value) string {
	return fmt.Sprintf("%s: got %s, want %s %s", b.keyword, display(value), inWords(b.allows), display(b.limit))
}

// multiple is the keyword multipleOf.
type multiple struct {
	divisor document.Value
	decimal document.Decimal
}

func compileMultipleOf(p part, divisor document.Value) {
	if divisor.Kind() == document.Number && divisor.Decimal() != (document.Decimal{}) {
		p.assert("multipleOf", &multiple{divisor, divisor.Decimal()})
	}
}

func (m *multiple) holds(e *evaluation, value document.Value) bool {
	if value.Kind() != document.Number {
		return true
	}
	const manyDigits = 1000
	if len(value.Text())+len(m.divisor.Text()) > manyDigits {
		e.look()
	}
	e.read(value.Text())
	return value.Decimal().IsMultipleOf(m.decimal)
}

func (m *multiple) message(_ *evaluation, value document.Value) string {
	return fmt.Sprintf("multipleOf: got %s, want a multiple of %s", display(value), display(m.divisor))
}

// size is a limit on the length of a text, or the number of items or members.
type size struct {
	keyword string
	kind    document.Kind
	limit   int
	allows  func(order int) bool
}

func (p part) size(keyword string, kind document.Kind, allows func(order int) bool) {
	if limit, ok := p.integer(keyword); ok {
		p.assert(keyword, &size{keyword, kind, limit, allows})
	}
}

func compileMinLength(p part, _ document.Value) { p.size("minLength", document.String, atLeast) }
func compileMaxLength(p part, _ document.Value) { p.size("maxLength", document.String, atMost) }
func compileMinItems(p part, _ document.Value)  { p.size("minItems", document.Array, atLeast) }
func compileMaxItems(p part, _ document.Value)  { p.size("maxItems", document.Array, atMost) }
func compileMinProperties(p part, _ document.Value) {
	p.size("minProperties", document.Object, atLeast)
}
func compileMaxProperties(p part, _ document.Value) { p.size("maxProperties", document.Object, atMost) }

func (s *size) of(value document.Value) int {
	if s.kind == document.String {
		return utf8.RuneCountInString(value.Text())
	}
	return value.Len()
}

func (s *size) holds(e *evaluation, value document.Value) bool {
	if value.Kind() != s.kind {
		return true
	}
	e.read(value.Text())
	return s.allows(s.of(value) - s.limit)
}

func (s *size) message(_ *evaluation, value document.Value) string {
	return fmt.Sprintf("%s: got %d, want %s %d", s.keyword, s.of(value), inWords(s.allows), s.limit)
}

// matching is the keyword pattern.
type matching struct{ pattern *pattern.Pattern }

func compilePattern(p part, value document.Value) {
	if value.Kind() != document.String {
		return
	}
	if compiled := p.pattern(p.schema.place+"/pattern", value.Text()); compiled != nil {
		p.assert("pattern", &matching{compiled})
	}
}

func (m *matching) holds(e *evaluation, value document.Value) bool {
	return value.Kind() != document.String || e.matches(m.pattern, value.Text())
}

func (m *matching) message(_ *evaluation, value document.Value) string {
	return fmt.Sprintf("%s does not match pattern %s", quote(beginning(value.Text())), quotePattern(m.pattern.String()))
}

// matches tells whether a pattern is found in a text. A match that exceeds the limits of
// patterns ends the evaluation.
func (e *evaluation) matches(p *pattern.Pattern, text string) bool {
	found, err := p.Match(text, e.step)
	if err != nil {
		panic(interruption{&fault{
			pointer: e.prefix + pointerOf(e.path),
			text:    fmt.Sprintf("matching the pattern %s %s", quotePattern(p.String()), err),
		}})
	}
	return found
}

// read counts the work of reading a text.
func (e *evaluation) read(text string) {
	const unit = 1024
	if len(text) > unit {
		e.step(len(text) / unit)
	}
}
