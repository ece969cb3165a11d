package jsonschema

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/eosc-perf/backend/core/document"
)

// The limits of what strangers may ask for. docs/reference/limits.md describes them.
const (
	// defaultMaxTime is the time limit of a Validator.
	defaultMaxTime = 900 * time.Millisecond
	// maxBytes is the size of a schema.
	maxBytes = 1 << 20
	// maxDepth of arrays and objects in a schema.
	maxDepth = 128
	// maxExponent of numbers in a schema, either way.
	maxExponent = 308
	// maxValues are all JSON values of a schema together.
	maxValues = 10_000
	// maxPlaces is the length in bytes of the JSON Pointers to all values of a schema
	// together: each subschema has one.
	maxPlaces = 4 << 20
	// maxReferences are all $ref, $dynamicRef and $recursiveRef of a schema.
	maxReferences = 2000
	// maxPatterns is the weight of all patterns of a schema together, see
	// pattern.Pattern.Weight. They take about 100 bytes for each unit.
	maxPatterns = 50_000
	// maxApplied is how many schemas may be applied inside each other.
	maxApplied = 10_000
	// maxViolations is how many violations of a document are collected.
	maxViolations = 100
	// maxPointers is the length in bytes of the places of these violations together. One is
	// told in any case.
	maxPointers = 256 << 10
	// maxText is the length in characters of an error's message.
	maxText = 300
	// cacheEntries and cacheBytes bound the schemas that are kept compiled; the bytes
	// are those of their texts.
	cacheEntries = 256
	cacheBytes   = 4 << 20
	// maxCompilations is how many schemas are compiled at the same time.
	maxCompilations = 2
)

// schemaLimits are for the text of a schema.
var schemaLimits = document.Limits{Bytes: maxBytes, Depth: maxDepth, Exponent: maxExponent}

// fault is what is wrong with a schema or a document, and where.
type fault struct {
	// pointer is a JSON Pointer (RFC 6901).
	pointer string
	text    string
	// lost tells that a reference leads to no schema; late, that the time is over.
	lost, late bool
}

// Error returns the text.
func (f *fault) Error() string { return f.text }

// escape makes a name a token of a JSON Pointer.
func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// measure returns the first limit on its size that a schema exceeds.
func measure(schema document.Value) *fault {
	m := &measurement{}
	m.add(schema, "")
	return m.exceeded
}

// measurement counts the values of a schema in the order of their places.
type measurement struct {
	values, places int
	exceeded       *fault
}

func (m *measurement) add(value document.Value, place string) {
	m.values++
	m.places += len(place)
	switch {
	case m.values > maxValues:
		m.exceeded = &fault{pointer: place, text: fmt.Sprintf("the schema has more than %d values", maxValues)}
		return
	case m.places > maxPlaces:
		m.exceeded = &fault{pointer: place, text: fmt.Sprintf(
			"the JSON Pointers to all values of the schema are longer than the limit of %d bytes together", maxPlaces)}
		return
	}
	for i := range value.Len() {
		if m.exceeded != nil {
			return
		}
		token := strconv.Itoa(i)
		if value.Kind() == document.Object {
			token = escape(value.Name(i))
		}
		m.add(value.Item(i), place+"/"+token)
	}
}

// shorten cuts a message to maxText characters.
func shorten(text string) string {
	const ellipsis = "..."
	if first(text, maxText) == text {
		return text
	}
	return first(text, maxText-len(ellipsis)) + ellipsis
}

// first returns the first characters of a text, in a time that does not depend on the rest.
func first(text string, characters int) string {
	for i := range text {
		if characters == 0 {
			return text[:i]
		}
		characters--
	}
	return text
}

// patternFault says what is wrong with a pattern.
func patternFault(pointer, source string, err error) *fault {
	return &fault{pointer: pointer, text: fmt.Sprintf("%s is not a valid regex: %s", quotePattern(source), err)}
}

// beginning returns the first characters of a text that may be long.
func beginning(text string) string {
	const most = 100
	if short := first(text, most); short != text {
		return short + "..."
	}
	return text
}
