package filter

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Path leads to values inside a JSON document; the empty path leads to the document.
type Path []Part

// Part is one step of a path: a name, the first matching element of an array, or any
// element of an array.
type Part struct {
	// Name names a member of an object. A non-negative integer is also an index into an
	// array. Name is empty if Any or Match is set.
	Name string
	// Any stands for every element of an array.
	Any bool
	// Match stands for the first element of an array that it describes; nil for none.
	Match *Match
}

// Match describes elements of an array: objects whose member equals the value, as `==`
// of filters does.
type Match struct {
	Member string
	Value  Value
}

// Names is the path of these names.
func Names(names ...string) Path {
	path := make(Path, len(names))
	for i, name := range names {
		path[i].Name = name
	}
	return path
}

// ParsePath reads a path by the grammar of the package. A text that is not complete by the
// grammar is read as names between dots, so that any text is a path. Error: the path has
// more than maxParts parts.
func ParsePath(s string, maxParts int) (Path, error) {
	path, n, ok := scanPath(s, "")
	if !ok || n < len(s) {
		path = Names(strings.Split(s, ".")...)
	}
	return path, path.check(maxParts)
}

func (p Path) check(maxParts int) error {
	if len(p) > maxParts {
		return beyond(PathParts, "the path has %d parts, at most %d are allowed", len(p), maxParts)
	}
	for _, part := range p {
		if match := part.Match; match != nil && match.Value.Kind == Number {
			if err := matchLimits.checkNumber(match.Value.Text); err != nil {
				return err
			}
		}
	}
	return nil
}

// matchLimits bound the numbers in selectors.
var matchLimits = Limits{Exponent: 308, NumberLength: 1000}

// String is the canonical form: parts are quoted only where they must be in some place
// where a path may stand, and indexes are written as names.
func (p Path) String() string {
	var b strings.Builder
	for i, part := range p {
		switch {
		case part.Any:
			b.WriteString("[*]")
		case part.Match != nil:
			b.WriteString("[" + quoteName(part.Match.Member, "]") + "=" + part.Match.Value.String() + "]")
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(quoteName(part.Name, ""))
		}
	}
	return b.String()
}

// Equal tells whether both paths have the same parts.
func (p Path) Equal(other Path) bool {
	return slices.EqualFunc(p, other, func(a, b Part) bool {
		if a.Match == nil || b.Match == nil {
			return a == b
		}
		return *a.Match == *b.Match
	})
}

// LeadsNowhere is true if no document has this path: no member or index is the empty name.
func (p Path) LeadsNowhere() bool {
	return slices.ContainsFunc(p, func(part Part) bool { return part.Name == "" && !part.Any && part.Match == nil })
}

// IsPlain is true if the path consists of names only.
func (p Path) IsPlain() bool {
	return !slices.ContainsFunc(p, func(part Part) bool { return part.Any || part.Match != nil })
}

// HasAny is true if the path leads to every element of an array: to several values.
func (p Path) HasAny() bool { return slices.ContainsFunc(p, func(part Part) bool { return part.Any }) }

// Names returns the names of a plain path.
func (p Path) Names() []string {
	names := make([]string, len(p))
	for i, part := range p {
		names[i] = part.Name
	}
	return names
}

// special are the characters that end a bare word in some place where a path may stand:
// in filters, sorts, conditions or selectors.
const special = ".,()[]=<>!~\"' \t\r\n"

// quoteName writes a name as a bare word if that is possible everywhere. An empty name is
// the empty word.
func quoteName(name, emptyEnd string) string {
	if name == "" && emptyEnd == "" || name != "" && !strings.ContainsAny(name, special) && isPrintable(name) {
		return name
	}
	return quote(name)
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) })
}

// quote writes a text as a JSON string.
func quote(s string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		return strconv.Quote(s) // a string is always encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// scanPath reads a path at the beginning of a text, up to the end of the text or to one of
// the characters that end a bare word, and returns its length. ok is false if the text
// begins with no path: a quoted part has no end, or something else than a selector or a dot
// follows it.
func scanPath(s, ends string) (path Path, length int, ok bool) {
	i := 0
	for {
		name, n, ok := scanName(s[i:], ends)
		if !ok {
			return nil, i, false
		}
		path = append(path, Part{Name: name})
		i += n
		selectors, n := scanSelectors(s[i:], ends)
		path = append(path, selectors...)
		i += n
		if i == len(s) || strings.IndexByte(ends, s[i]) >= 0 {
			return path, i, true
		}
		if s[i] != '.' {
			return nil, i, false
		}
		i++
	}
}

// scanName reads a quoted part or a bare word without its selectors.
func scanName(s, ends string) (name string, length int, ok bool) {
	if strings.HasPrefix(s, `"`) {
		return scanString(s)
	}
	for i := range len(s) {
		switch {
		case s[i] == '.' || strings.IndexByte(ends, s[i]) >= 0:
			return s[:i], i, true
		case s[i] == '[':
			if _, n := scanSelectors(s[i:], ends); n > 0 {
				return s[:i], i, true
			}
		}
	}
	return s, len(s), true
}

// scanString reads a JSON string in double quotes.
func scanString(s string) (text string, length int, ok bool) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			if json.Unmarshal([]byte(s[:i+1]), &text) != nil {
				return "", 0, false
			}
			return text, i + 1, true
		}
	}
	return "", 0, false
}

// scanSelectors reads the selectors at the beginning of a text, up to the end of their part.
// Its length is 0 if there are none, or if something else follows them.
func scanSelectors(s, ends string) (parts []Part, length int) {
	for length < len(s) && s[length] == '[' {
		part, n, ok := scanSelector(s[length:])
		if !ok {
			return nil, 0
		}
		parts = append(parts, part)
		length += n
	}
	if length < len(s) && s[length] != '.' && strings.IndexByte(ends, s[length]) < 0 {
		return nil, 0
	}
	return parts, length
}

// scanSelector reads `[*]`, `[3]` or `[member=value]`.
func scanSelector(s string) (part Part, length int, ok bool) {
	if strings.HasPrefix(s, "[*]") {
		return Part{Any: true}, len("[*]"), true
	}
	if digits := len(s) - 1 - len(strings.TrimLeft(s[1:], "0123456789")); digits > 0 {
		return Part{Name: s[1 : 1+digits]}, digits + 2, strings.HasPrefix(s[1+digits:], "]")
	}
	var match Match
	i := 1
	if strings.HasPrefix(s[i:], `"`) {
		var n int
		if match.Member, n, ok = scanString(s[i:]); !ok {
			return Part{}, 0, false
		}
		i += n
	} else {
		n := strings.IndexAny(s[i:], special)
		if n <= 0 {
			return Part{}, 0, false
		}
		match.Member = s[i : i+n]
		i += n
	}
	if !strings.HasPrefix(s[i:], "=") {
		return Part{}, 0, false
	}
	i++
	if strings.HasPrefix(s[i:], `"`) {
		text, n, ok := scanString(s[i:])
		match.Value = Value{Kind: Text, Text: text}
		return Part{Match: &match}, i + n + 1, ok && strings.HasPrefix(s[i+n:], "]")
	}
	// The bound keeps the time linear for a text of many brackets that are never closed.
	n := strings.IndexByte(s[i:min(len(s), i+matchLimits.NumberLength+1)], ']')
	if n < 0 {
		return Part{}, 0, false
	}
	switch word := s[i : i+n]; {
	case word == "true" || word == "false":
		match.Value = Value{Kind: Boolean, Text: word}
	case IsNumber(word):
		match.Value = Value{Kind: Number, Text: word}
	default:
		return Part{}, 0, false
	}
	return Part{Match: &match}, i + n + 1, true
}
