package filter

import (
	"fmt"
	"slices"
	"strings"
)

// JSONField is the name of the field that sorts by the whole document, and the
// first part of those that sort by a place inside it.
const JSONField = "json"

// Key is one field to sort by.
type Key struct {
	// Field is one of the names that the list allows.
	Field string
	// Path is where inside the document, only if Field is JSONField; nil is
	// the whole document.
	Path       Path
	Descending bool
}

// ParseSort reads a comma-separated list of `+field` or `-field`. A space in
// place of the `+`, which is what an unescaped one arrives as, is accepted;
// empty elements are skipped. Fields are the names that are allowed; if
// JSONField is one of them, so are paths below it. Errors say what is wrong and
// how it should look.
func ParseSort(s string, fields []string, limits Limits) ([]Key, error) {
	var keys []Key
	for element := range strings.SplitSeq(s, ",") {
		if element == "" {
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
			return nil, fmt.Errorf("at most %d fields to sort by are allowed", limits.SortKeys)
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
		key.Field = JSONField
		return key, nil
	}
	if !slices.Contains(fields, name) {
		return key, fmt.Errorf("cannot sort by %q; the fields are: %s", clip(name), describe(fields))
	}
	key.Field = name
	return key, nil
}

// sameField: a field that was named before decides nothing more.
func (k Key) sameField(other Key) bool {
	return k.Field == other.Field && slices.Equal(k.Path, other.Path) && (k.Path == nil) == (other.Path == nil)
}

func describe(fields []string) string {
	s := strings.Join(fields, ", ")
	if slices.Contains(fields, JSONField) {
		s += ", json.PATH"
	}
	return s
}

// clip keeps what is repeated to a stranger short.
func clip(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
