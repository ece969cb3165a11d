package sqlite

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
)

// Keys are bytes that compare as PostgreSQL compares jsonb in collation C: by
// type, strings by code point, numbers exactly, arrays and objects by count and
// then element by element. The first byte is the type's place in that order.
const (
	emptyArrayRank = iota // at the top only
	nullRank
	stringRank
	numberRank
	booleanRank
	arrayRank
	objectRank
)

// sortKey returns the key of the value at the path, nil if there is no such value.
func sortKey(text []byte, path filter.Path) []byte {
	value := find(text, path)
	if !value.IsValid(lenient...) {
		return nil
	}
	return topKey(value)
}

// topKey returns the key of a value at the top of what is sorted.
func topKey(value jsontext.Value) []byte { return topKeyUpTo(value, math.MaxInt) }

// topKeyUpTo is topKey for keys of so many bytes at most, nil for longer ones.
func topKeyUpTo(value jsontext.Value, most int) []byte {
	key, _, err := appendKey(nil, value, room{maxAtoms, most})
	if err != nil || len(key) > most {
		return nil
	}
	if bytes.Equal(key, []byte{arrayRank, 0, 0, 0, 0}) {
		return []byte{emptyArrayRank}
	}
	return key
}

// operandKey returns the key of the value at the path, nil if there is no value that
// compares with values of the kind. It has at least so many bytes of a longer key.
func operandKey(text []byte, path filter.Path, kind filter.Kind, bytes int) []byte {
	if value := find(text, path); value != nil {
		return appendComparable(nil, value, kind, bytes)
	}
	return nil
}

// appendComparable appends the key of the value to no key, and returns nil if it does not compare with
// values of the kind. Of a longer key it has at least so many bytes, by which the key compares with
// shorter ones.
func appendComparable(none []byte, value jsontext.Value, kind filter.Kind, bytes int) []byte {
	switch got := value.Kind(); {
	case got == '"' && kind == filter.Text:
		if value = cutString(value, bytes); isString(value) {
			return appendString(none, unquoted(value))
		}
	case got == '"' && kind == filter.Number:
		if first := value[1]; first != '-' && first != '\\' && (first < '0' || first > '9') {
			return nil
		}
		if text := unquoted(cutString(value, filter.NumericStringLength+1)); filter.IsNumericString(text) {
			return appendNumber(none, text)
		}
	case got == '0' && kind == filter.Number && filter.IsNumberText(value):
		return appendNumber(none, string(value))
	case (got == 't' || got == 'f') && kind == filter.Boolean:
		return appendBoolean(none, got == 't')
	}
	return nil
}

// isString tells whether the value is a JSON string: mostly one without escapes, in ASCII.
func isString(value jsontext.Value) bool {
	for _, c := range value {
		if c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			return value.IsValid(lenient...)
		}
	}
	return true
}

// cutString is the beginning of a long JSON string, with at least so many bytes of its text.
func cutString(value jsontext.Value, bytes int) jsontext.Value {
	// Half a character at the end may become another one.
	const half = 12
	if len(value) <= bytes {
		return value
	}
	i := 1
	for n := 0; n < bytes+half; n++ {
		if i >= len(value)-1 {
			return value
		}
		switch {
		case value[i] != '\\':
			i++
		case value[i+1] == 'u':
			i += len(`\u0000`)
		default:
			i += len(`\n`)
		}
	}
	if i >= len(value)-1 {
		return value
	}
	return append(value[:i:i], '"')
}

// unquoted is the text of a JSON string.
func unquoted(value jsontext.Value) string { return document.Name(value) }

// valueKey returns the key of a value to compare with, a quantity in its base unit.
func valueKey(v filter.Value) []byte {
	switch v.Kind {
	case filter.Number:
		return appendNumber(nil, v.Plain())
	case filter.Boolean:
		return appendBoolean(nil, v.Text == "true")
	default:
		return appendString(nil, v.Text)
	}
}

// maxAtoms bounds the key of an array or object, so that a large value costs a list little:
// the first values inside count, names of members included, and of an object with more members
// only that it has more.
const maxAtoms = 256

// room is how many values a key may still have, and how many bytes it may have. A longer one is an error,
// which spares the rest of a long text.
type room struct{ atoms, bytes int }

var errLongKey = errors.New("the key is too long")

// appendKey appends the key of one value, of at most so many values inside and itself, and
// returns what room is left.
func appendKey(key []byte, value jsontext.Value, left room) ([]byte, room, error) {
	left.atoms--
	switch value.Kind() {
	case '[':
		return appendArray(key, value, left)
	case '{':
		return appendObject(key, value, left)
	default:
		// An escape of six bytes has one character at least.
		if len(key)+len(value)/len(`\u0000`) > left.bytes {
			return nil, room{}, errLongKey
		}
		key, err := appendScalar(key, value)
		return key, left, err
	}
}

// appendScalar appends the key of a value that is neither an array nor an object. A decoder of its own
// for each value would be a third of what an upload allocates.
func appendScalar(key []byte, value jsontext.Value) ([]byte, error) {
	if !value.IsValid(lenient...) {
		return nil, errNoJSON
	}
	switch kind := value.Kind(); kind {
	case '"':
		return appendString(key, unquoted(value)), nil
	case '0':
		return appendNumber(key, string(bytes.TrimSpace(value))), nil
	case 't', 'f':
		return appendBoolean(key, kind == 't'), nil
	default:
		return append(key, nullRank), nil
	}
}

var errNoJSON = errors.New("the text is not JSON")

func appendArray(key []byte, array jsontext.Value, left room) ([]byte, room, error) {
	start, count := len(key), 0
	key = appendCount(key, arrayRank, 0)
	var err error
	elements(array, func(element []byte) bool {
		count++
		if left.atoms > 0 {
			key, left, err = appendKey(key, element, left)
		}
		return err == nil
	})
	if err != nil {
		return nil, room{}, err
	}
	appendCount(key[:start], arrayRank, count)
	return key, left, nil
}

// member is a member of an object.
type member struct {
	name  string
	value jsontext.Value
}

func appendObject(key []byte, object jsontext.Value, left room) ([]byte, room, error) {
	members := sortedByName(membersUpTo(object, maxAtoms))
	if len(members) > maxAtoms {
		return appendCount(key, objectRank, maxAtoms+1), left, nil
	}
	key = appendCount(key, objectRank, len(members))
	for _, m := range members {
		if left.atoms--; left.atoms < 0 {
			break
		}
		key = appendString(key, m.name)
		if left.atoms == 0 {
			break
		}
		var err error
		if key, left, err = appendKey(key, m.value, left); err != nil {
			return nil, room{}, err
		}
	}
	left.atoms = max(left.atoms, 0)
	return key, left, nil
}

// sortedByName sorts the members as jsonb does, by the length of the name and then
// its bytes. Of several members with one name it returns the last.
func sortedByName(members []member) []member {
	slices.SortStableFunc(members, func(a, b member) int {
		return cmp.Or(cmp.Compare(len(a.name), len(b.name)), strings.Compare(a.name, b.name))
	})
	distinct := members[:0]
	for i, m := range members {
		if i+1 == len(members) || members[i+1].name != m.name {
			distinct = append(distinct, m)
		}
	}
	return distinct
}

func appendCount(key []byte, rank byte, count int) []byte {
	return binary.BigEndian.AppendUint32(append(key, rank), uint32(count)) //nolint:gosec // a document is far shorter
}

// appendString ends the string with two zero bytes, and escapes zero bytes inside.
func appendString(key []byte, s string) []byte {
	key = append(key, stringRank)
	key = append(key, strings.ReplaceAll(s, "\x00", "\x00\xff")...)
	return append(key, 0, 0)
}

func appendBoolean(key []byte, b bool) []byte {
	if b {
		return append(key, booleanRank, 1)
	}
	return append(key, booleanRank, 0)
}

// The signs of numbers, in their order.
const (
	negative = iota
	zero
	positive
)

// appendNumber writes a number of JSON's grammar as its sign, the position of its
// point, and its digits without leading and trailing zeros: equal numbers have equal keys.
func appendNumber(key []byte, spelling string) []byte {
	key = append(key, numberRank)
	mantissa, exponent := spelling, int64(0)
	if i := strings.IndexAny(spelling, "eE"); i >= 0 {
		mantissa = spelling[:i]
		exponent = boundedExponent(spelling[i+1:])
	}
	mantissa, isNegative := strings.CutPrefix(mantissa, "-")
	integer, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(integer+fraction, "0")
	// The number of digits before the point; negative if zeros follow the point.
	point := int64(len(integer)-(len(integer)+len(fraction)-len(digits))) + exponent
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return append(key, zero)
	}
	start := len(key)
	key = append(key, positive)
	key = binary.BigEndian.AppendUint64(key, uint64(point)^(1<<63)) //nolint:gosec // so that negative ones come first
	key = append(append(key, digits...), 0)
	if isNegative {
		key[start] = negative
		for i := start + 1; i < len(key); i++ {
			key[i] ^= 0xff
		}
	}
	return key
}

// boundedExponent reads an exponent. PostgreSQL cannot store a number whose exponent is out
// of bounds, so the order of such numbers need not be exact.
func boundedExponent(s string) int64 {
	const most = math.MaxInt64 / 2
	e, _ := strconv.ParseInt(s, 10, 64) // the nearest possible if out of range
	return min(max(e, -most), most)
}
