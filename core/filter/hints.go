package filter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The methods of this file make errors that say what was probably meant.

const operandForm = "a named field, tag, or json.PATH"

func (p *parser) unknownOperand(at int, word string) error {
	chunk := p.chunk(at)
	if i := strings.IndexAny(chunk, "=<>!~"); i > 0 {
		chunk = chunk[:i]
	}
	switch {
	case at == len(p.text):
		return p.fail(at, "a comparison must follow: %s, an operator and a value", operandForm)
	case strings.HasPrefix(chunk, "$"):
		return p.fail(at, "%q is no field; did you mean %s?", clip(chunk), clip(JSONField+"."+strings.TrimLeft(chunk, "$.")))
	case len(chunk) > 5 && strings.EqualFold(chunk[:5], JSONField+"."):
		return p.fail(at, "%q is no field; did you mean %s?", clip(chunk), clip(JSONField+chunk[4:]))
	case strings.HasPrefix(chunk, `"`):
		if _, n, ok := scanString(p.text[at:]); ok {
			return p.fail(at, "a text cannot stand before the operator; did you mean %s.%s?", JSONField, clip(p.text[at:at+n]))
		}
		return p.fail(at, "a text cannot stand before the operator; write %s", operandForm)
	case isKeyword(word):
		return p.fail(at, "%s cannot stand here; a comparison must follow: %s, an operator and a value", word, operandForm)
	}
	for _, field := range slices.Sorted(maps.Keys(p.fields)) {
		if word == chunk && isSimilar(word, field) {
			return p.fail(at, "%q is no field; did you mean %s?", clip(word), field)
		}
	}
	if name, _, ok := strings.Cut(chunk, "["); ok && name != "" {
		return p.fail(at, "%q is no field; did you mean %s? If the array is under another key, name that key: for example %s",
			clip(chunk), clip(JSONField+"."+chunk), JSONField+".jobs"+clip(chunk[len(name):]))
	}
	if chunk == "" {
		return p.fail(at, "%q cannot stand here; a comparison begins with %s", p.text[at:at+1], operandForm)
	}
	return p.fail(at, "%q is no field; did you mean %s? The fields are: %s, tag, json.PATH",
		clip(chunk), clip(JSONField+"."+chunk), strings.Join(slices.Sorted(maps.Keys(p.fields)), ", "))
}

// otherOperators are operators of other languages, in upper case, and what to write instead.
var otherOperators = map[string]string{
	"=>": ">=", "=<": "<=", "<>": "!=", "===": "=", "!==": "!=", "=~": "~", "~=": "~", "~*": "~", "!": "!=",
	"REGEXP": "~", "RLIKE": "~", "SIMILAR": "~",
	"IS": "MISSING (is null) or EXISTS (is not null)", "LIKE": "~", "ILIKE": "~", "CONTAINS": "~",
	"MATCHES": "~", "EQ": "=", "NE": "!=", "GT": ">", "LT": "<", "GE": ">=", "LE": "<=",
}

func (p *parser) unknownOperator(at int) error {
	const form = "=, !=, <, <=, >, >=, ~, !~, IN, NOT IN, BETWEEN, NOT BETWEEN, EXISTS or MISSING"
	if at == len(p.text) {
		return p.fail(at, "an operator must follow: %s", form)
	}
	rest := p.text[at:]
	word := rest[:len(rest)-len(strings.TrimLeft(rest, "=<>!~&|"))]
	if word == "" {
		p.at = at
		word = p.peekWord()
	}
	if instead := otherOperators[strings.ToUpper(word)]; instead == string(Contains) {
		return p.fail(at, "%q is no operator; did you mean %s? It holds for a text that contains its value as it is: there are no patterns",
			word, instead)
	} else if instead != "" {
		return p.fail(at, "%q is no operator; did you mean %s?", word, instead)
	}
	if word == "" {
		word = clip(p.chunk(at))
	}
	if word == "" {
		word = rest[:1]
	}
	if meant := p.quotedOperand(at); meant != "" {
		return p.fail(at, "%q is no operator; a name with blanks or parentheses stands in quotes, did you mean %s? %s",
			word, clip(meant), plusForm)
	}
	return p.fail(at, "%q is no operator; the operators are %s. "+
		"A name with blanks or operators in a path stands in quotes: json.\"fio version\"", word, form)
}

// quotedOperand is the path in front of the offset, whose last name goes on up to an operator
// behind the offset, with this name in quotes; "" if no operator follows, or no path is there.
func (p *parser) quotedOperand(at int) string {
	operand := p.text[p.operandAt:at]
	rest := p.text[at:]
	end := strings.IndexAny(rest, "=<>!~")
	for _, word := range strings.Fields(rest) {
		if i := strings.Index(rest, " "+word); slices.Contains(operatorWords, strings.ToUpper(word)) && i >= 0 && (end < 0 || i < end) {
			end = i
		}
	}
	start := strings.LastIndexByte(operand, '.') + 1
	if end < 0 || start == 0 || strings.ContainsAny(operand[start:], "\"[]") {
		return ""
	}
	return operand[:start] + quote(strings.TrimRight(operand[start:]+rest[:end], blanks))
}

// operatorWords are the operators that are words, and the beginning of a negated one.
var operatorWords = []string{"NOT", "IN", "BETWEEN", "EXISTS", "MISSING"}

// notAValue is the error of what is neither a number nor quoted.
func (p *parser) notAValue(at int) error {
	chunk := p.chunk(at)
	if number := strings.TrimLeft(chunk, "+"); IsNumber(number) {
		return p.fail(at, "%q is no number; did you mean %s?", clip(chunk), number)
	}
	if strings.HasPrefix(chunk, ".") && IsNumber("0"+chunk) {
		return p.fail(at, "%q is no number; did you mean 0%s?", clip(chunk), chunk)
	}
	if strings.EqualFold(chunk, "null") {
		return p.fail(at, "null is no value; did you mean MISSING, or EXISTS?")
	}
	if m := lostExponent.FindStringSubmatch(p.text[at:]); m != nil {
		return p.fail(at, "%q is no number; did you mean %s+%s? %s", clip(m[0]), clip(m[1]), clip(m[2]), plusForm)
	}
	text := strings.Trim(p.untilKeyword(at), typographicQuotes)
	if text == "" {
		return p.fail(at, "%q is no value: a number, a text in quotes, true or false must follow", p.text[at:at+1])
	}
	return p.fail(at, "%s is no value; a text stands in quotes, did you mean %s?", clip(text), clip(quote(text)))
}

// plusForm explains what became of a +.
const plusForm = "A + in a URL stands for a blank: send it as %2B"

// lostExponent is a number whose exponent has a blank in the place of its +.
var lostExponent = regexp.MustCompile(`^(-?\d+(?:\.\d+)?[eE]) (\d+)\b`)

// lostOffset is a date-time whose offset has a blank in the place of its +.
var lostOffset = regexp.MustCompile(`^(.*\d) (\d{2}:?\d{2})$`)

// WithLostPlus returns the two parts of a date-time that had a + between them: ok is false unless there is a blank
// in the place of the + of its offset, as there is after a + in a URL.
func WithLostPlus(text string) (dateTime, offset string, ok bool) {
	m := lostOffset.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	_, _, ok = ParseTime(m[1] + "+" + m[2])
	return m[1], m[2], ok
}

// typographicQuotes are those that word processors write.
const typographicQuotes = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb\u0060"

// untilKeyword returns the text up to the next AND, OR, comma or parenthesis.
func (p *parser) untilKeyword(at int) string {
	rest := p.text[at:]
	if i := strings.IndexAny(rest, "(),"); i >= 0 {
		rest = rest[:i]
	}
	words := strings.Fields(rest)
	if i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, "AND") || strings.EqualFold(w, "OR") }); i >= 0 {
		words = words[:i]
	}
	return strings.Join(words, " ")
}

// end marks the end of a symbol for unitSpellings.
const end = "\x00"

// unitSpellings are other spellings of units, a longer one before its beginning.
var unitSpellings = strings.NewReplacer(
	"bits/second"+end, "b/s", "bits/sec"+end, "b/s", "bits/s"+end, "b/s", "bit/s"+end, "b/s", "bps"+end, "b/s",
	"bits"+end, "b", "bit"+end, "b",
	"Bytes/sec"+end, "B/s", "bytes/sec"+end, "B/s", "Bytes/s"+end, "B/s", "bytes/s"+end, "B/s", "Bps"+end, "B/s",
	"Bytes"+end, "B", "bytes"+end, "B", "Byte"+end, "B", "byte"+end, "B", "b/sec"+end, "b/s", "B/sec"+end, "B/s", "ops/sec"+end, "op/s",
	"ops/s"+end, "op/s", "FLOP/sec"+end, "FLOP/s", "Flops"+end, "FLOPS", "flops"+end, "FLOPS",
	"seconds"+end, "s", "second"+end, "s", "secs"+end, "s", "sec"+end, "s", "minutes"+end, "min", "minute"+end, "min", "mins"+end, "min",
	"hours"+end, "h", "hour"+end, "h", "hrs"+end, "h", "hr"+end, "h", "percent"+end, "%",
)

func (p *parser) unknownUnit(at, unitAt int, symbol string) error {
	if strings.HasPrefix(symbol, "KB") || strings.HasPrefix(symbol, "Kb") {
		rest := symbol[1:]
		return p.fail(unitAt, "%q is no unit; did you mean k%s (1000) or Ki%s (1024)?", clip(symbol), clip(rest), clip(rest))
	}
	if meant := unitSpellings.Replace(symbol + end); meant != symbol+end {
		if _, ok := ParseUnit(strings.TrimSuffix(meant, end)); ok {
			return p.fail(unitAt, "%q is no unit; did you mean %s?", clip(symbol), strings.TrimSuffix(meant, end))
		}
	}
	for _, known := range slices.Sorted(maps.Keys(units)) {
		if strings.EqualFold(known, symbol) {
			return p.fail(unitAt, "%q is no unit; did you mean %s?", clip(symbol), known)
		}
	}
	if unitAt == at+len(numberStart.FindString(p.text[at:])) {
		return p.notAValue(at)
	}
	return p.fail(unitAt, "%q is no unit, and AND or OR must stand between comparisons; a text stands in quotes: %s",
		clip(symbol), clip(quote(p.untilKeyword(at))))
}

// unexpectedAfterComparison is the error of what cannot follow a comparison.
func (p *parser) unexpectedAfterComparison() error {
	at := p.skipBlanks()
	switch rest := p.text[at:]; {
	case rest[0] == ')':
		return p.fail(at, "this parenthesis was not opened")
	case strings.HasPrefix(rest, "&&") || rest[0] == ',' || rest[0] == ';':
		return p.fail(at, "did you mean AND?")
	case rest[0] == ']':
		return p.fail(at, "a selector has no blanks around its =, and its text stands in double quotes: json.jobs[name=\"4k read\"]")
	case strings.HasPrefix(rest, "||"):
		return p.fail(at, "did you mean OR?")
	default:
		return p.fail(at, "AND, OR or the end must follow, not %q", clip(rest))
	}
}

// isSimilar tells whether two names differ in case, or in one letter that is missing, too
// many, another, or exchanged with the next one.
func isSimilar(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return i == len(a) || a[i+1:] == b[i+1:] ||
			i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i:] == b[i+1:]
	default:
		return false
	}
}

// filterHint says what a word in the place of a filter's operator was probably meant to be, ""
// if nothing is probable.
func filterHint(path, word string) string {
	switch {
	case word == "":
		return "one blank too many; "
	case word == "=" || word == "===":
		return fmt.Sprintf("did you mean ==, not %q? ", word)
	case word == "=>" || word == "=<":
		return fmt.Sprintf("did you mean %s, not %q? ", otherOperators[word], word)
	case word == "!=" || word == "<>" || word == "~" || isKeyword(word):
		return fmt.Sprintf("only conditions (where) know %q; ", clip(word))
	case strings.ContainsAny(word[:1], "=<>!"):
		return fmt.Sprintf("a blank must follow the operator, not %q; ", clip(word[1:]))
	default:
		return fmt.Sprintf("a name with blanks stands in quotes, did you mean %s? %s; ", clip(quote(path+" "+word)), plusForm)
	}
}
