package filter

import (
	"fmt"
	"slices"
	"strings"
)

// JSONField is the field that sorts by the whole document, and the first part of the
// fields that sort by a path inside it.
const JSONField = "json"

// Key is one field to sort by.
type Key struct {
	// Field is one of the names that the list allows.
	Field string
	// Path is a path inside the document, only if Field is JSONField; nil is the whole
	// document.
	Path       Path
	Descending bool
}

// ParseSort parses a comma-separated list of `+field` or `-field`. A space instead of the
// `+` is accepted: an unescaped `+` in a query arrives as a space. Empty elements are
// skipped. The names in fields are allowed; if JSONField is one of them, so are paths below
// it. Errors say what is wrong and how a sort looks.
func ParseSort(s string, fields []string, limits Limits) ([]Key, error) {
	var keys []Key
	for s != "" {
		var element string
		if element, s = cutElement(s); element == "" {
			continue
		}
		key, err := parseKey(element, fields, limits)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(keys, key.sameField) {
			continue
		}
		if keys = append(keys, key); len(keys) > limits.SortKeys {
			count := len(keys)
			for ; s != ""; count++ {
				_, s = cutElement(s)
			}
			return nil, beyond(SortKeys, "at most %d fields to sort by are allowed; there are %d", limits.SortKeys, count)
		}
	}
	return keys, nil
}

func parseKey(element string, fields []string, limits Limits) (Key, error) {
	var key Key
	switch element[0] {
	case '+', ' ':
	case '-':
		key.Descending = true
	default:
		return key, fmt.Errorf("%q has no sign; write +%s to sort upwards or -%s to sort downwards", clip(element), clip(element), clip(element))
	}
	name := element[1:]
	if path, ok := strings.CutPrefix(name, JSONField+"."); ok && slices.Contains(fields, JSONField) {
		var err error
		if key.Path, err = ParsePath(path, limits.PathParts); err != nil {
			return key, err
		}
		if key.Path.HasAny() {
			return key, fmt.Errorf("cannot sort by %q: [*] stands for several values; name one, for example with [0]", clip(name))
		}
		key.Field = JSONField
		return key, nil
	}
	if meant := strings.Trim(name, "+- "); meant != name && slices.Contains(fields, meant) {
		sign := "+"
		if strings.Contains(element, "-") {
			sign = "-"
		}
		return key, fmt.Errorf("cannot sort by %q; did you mean %s%s? One sign stands before a field, and no blank", clip(name), sign, meant)
	}
	if !slices.Contains(fields, name) {
		return key, fmt.Errorf("cannot sort by %q; the fields are: %s", clip(name), describe(fields))
	}
	key.Field = name
	return key, nil
}

// sameField is true if both keys sort by the same field: the second one has no effect.
func (k Key) sameField(other Key) bool {
	return k.Field == other.Field && k.Path.Equal(other.Path) && (k.Path == nil) == (other.Path == nil)
}

// cutElement returns the first element of a list, and what follows the comma behind it.
// Commas in quotes and in selectors of a path do not separate.
func cutElement(s string) (element, rest string) {
	const prefix = "+" + JSONField + "."
	if len(s) > len(prefix) && s[1:len(prefix)] == prefix[1:] && strings.IndexByte("+- ", s[0]) >= 0 {
		if _, n, ok := scanPath(s[len(prefix):], ","); ok {
			n += len(prefix)
			return s[:n], strings.TrimPrefix(s[n:], ",")
		}
	}
	element, rest, _ = strings.Cut(s, ",")
	return element, rest
}

func describe(fields []string) string {
	s := strings.Join(fields, ", ")
	if slices.Contains(fields, JSONField) {
		s += ", json.PATH"
	}
	return s
}

// clip shortens a text of the request that an error message repeats.
func clip(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
