package jsonschema

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/eosc-perf/backend/core/document"
)

// violation says that a value does not satisfy a keyword.
type violation struct {
	path   []step
	schema *schema
	// keyword is the name of the keyword, or false.
	keyword string
	message string
}

func (v violation) pointer() string { return pointerOf(v.path) }

// pointerLength is the length of the pointer without escapes, about.
func (v violation) pointerLength() (length int) {
	for _, at := range v.path {
		length += len("/") + max(len(at.name), 1)
	}
	return length
}

// compare orders violations by their places in the document, then in the schema.
func (v violation) compare(other violation) int {
	return cmp.Or(
		slices.CompareFunc(v.path, other.path, func(a, b step) int {
			return cmp.Or(cmp.Compare(a.index, b.index), strings.Compare(a.name, b.name))
		}),
		strings.Compare(v.schema.place, other.schema.place),
		strings.Compare(v.keyword, other.keyword),
	)
}

// violated adds a violation, and returns false.
func (e *evaluation) violated(s *schema, keyword, format string, args ...any) bool {
	if !e.quiet() {
		e.violations = append(e.violations, violation{slices.Clone(e.path), s, keyword, fmt.Sprintf(format, args...)})
	}
	return false
}

// first returns the first violation in the order of compare.
func (e *evaluation) first() violation { return slices.MinFunc(e.violations, violation.compare) }

const (
	// explainedLevels bounds explanations of explanations.
	explainedLevels = 2
	// explainedCauses is how many causes a violation names.
	explainedCauses = 3
)

// violatedBecause adds a violation of a keyword that applies schemas, and then, for each
// of the first causes, what it violates. It returns false.
func (e *evaluation) violatedBecause(s *schema, keyword, text string, causes func() []func()) bool {
	if e.quiet() {
		return false
	}
	e.violated(s, keyword, "%s", text)
	if e.level >= explainedLevels {
		return false
	}
	// Without reasons the violation is right, too, if the time is over meanwhile.
	at := len(e.violations) - 1
	var reasons []string
	for _, cause := range causes() {
		if reason := e.reason(cause); reason != "" {
			reasons = append(reasons, reason)
		}
	}
	if len(reasons) > 0 {
		e.violations[at].message = text + ": " + strings.Join(reasons, "; ")
	}
	return false
}

// reason evaluates a cause and says what is violated first, "" if nothing is.
func (e *evaluation) reason(cause func()) string {
	found := e.violationsOf(cause)
	if len(found) == 0 {
		return ""
	}
	first := slices.MinFunc(found, violation.compare)
	if len(first.path) > len(e.path) {
		return fmt.Sprintf("at %q %s", first.pointer(), first.message)
	}
	return first.message
}

// violationsOf returns the first violations of what the function evaluates.
func (e *evaluation) violationsOf(evaluate func()) []violation {
	violations, most, muted := e.violations, e.most, e.muted
	e.violations, e.most, e.muted = nil, explainedCauses, 0
	e.level++
	defer func() { e.violations, e.most, e.muted = violations, most, muted }()
	evaluate()
	e.level--
	return e.violations
}

// quote writes a text in single quotes.
func quote(text string) string {
	quoted := fmt.Sprintf("%q", text)
	quoted = strings.ReplaceAll(strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`), `'`, `\'`)
	return "'" + quoted + "'"
}

// quotePattern writes the beginning of a pattern as the pattern is: backslashes are not doubled, so that people
// find it, and characters are counted as errors count them.
func quotePattern(text string) string {
	quoted := []byte{'\''}
	for _, c := range beginning(text) {
		if unicode.IsPrint(c) {
			quoted = utf8.AppendRune(quoted, c)
			continue
		}
		escaped := strconv.QuoteRune(c)
		quoted = append(quoted, escaped[1:len(escaped)-1]...)
	}
	return string(append(quoted, '\''))
}

// quoteAll writes the first of many texts.
func quoteAll(texts []string) string {
	const most = 20
	var quoted []string
	for _, text := range texts[:min(len(texts), most)] {
		quoted = append(quoted, quote(beginning(text)))
	}
	if len(texts) > most {
		quoted = append(quoted, "...")
	}
	return strings.Join(quoted, ", ")
}

// display writes a value in a message, and of a long one the beginning, so that the rest of the
// message has room. A value with parts is not written.
func display(value document.Value) string {
	switch value.Kind() {
	case document.String:
		return quote(beginning(value.Text()))
	case document.Array, document.Object:
		return "value"
	case document.Number:
		return beginning(numberText(string(value.Append(nil))))
	default:
		return string(value.Append(nil)) // null or a truth
	}
}

// nameOf is the name of a type in JSON Schema.
func nameOf(value document.Value) string { return typeNames[value.Kind()] }

var typeNames = map[document.Kind]string{
	document.Null: "null", document.False: "boolean", document.True: "boolean", document.Number: "number",
	document.String: "string", document.Array: "array", document.Object: "object",
}

// numberText writes a number as people do: its digits or, if these are mostly zeros, with an exponent.
func numberText(plain string) string {
	const readable = 40
	if len(plain) <= readable {
		return plain
	}
	digits, sign := strings.CutPrefix(plain, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	all := whole + fraction
	zeros := len(all) - len(strings.TrimLeft(all, "0"))
	all = strings.Trim(all, "0")
	if len(all) == 0 || len(all) > readable {
		return plain
	}
	text := all[:1]
	if len(all) > 1 {
		text += "." + all[1:]
	}
	if sign {
		text = "-" + text
	}
	return fmt.Sprintf("%se%d", text, len(whole)-zeros-1)
}
