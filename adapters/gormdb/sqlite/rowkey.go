package sqlite

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/filter"
)

const (
	// missingRank is the key of a path that is not in the document: it sorts last.
	missingRank = objectRank + 1
	// quantityRank begins the keys of texts of a number and a unit, in the base unit.
	quantityRank = missingRank + 1
	// moreRank is the key of a path with [*] that has more values in a document than the index holds.
	moreRank = quantityRank + 1
	// maxElements is how many different values such a path may have. Of more, the index holds none.
	maxElements = 50
	// maxKeyLength bounds the keys in rows of result_value, in bytes. No key is the beginning of
	// another one, so that a shorter key of a row is whole, and a longer one is compared with
	// shorter keys as if it were whole.
	maxKeyLength = 200
)

// rowKey is a row of result_value of one result.
type rowKey struct {
	// leaf is negative for the keys of a text by which it is compared with numbers and
	// quantities.
	leaf int64
	key  []byte
}

// rowKeys are the rows of a document. Each path that leads to one value has one row to sort by.
func (l *leaves) rowKeys(document []byte) []rowKey {
	var keys []rowKey
	for i, value := range l.find(document) {
		if leaf := l.all[i]; leaf.path.HasAny() {
			keys = append(keys, leaf.elementKeys(value)...)
			continue
		}
		keys = appendKeys(keys, l.all[i].id, value)
	}
	return keys
}

// appendKeys appends the rows of one value: first that to sort by.
func appendKeys(keys []rowKey, id int64, value jsontext.Value) []rowKey {
	keys = append(keys, rowKey{id, cut(sortKeyOf(value))})
	if value == nil || value.Kind() != '"' {
		return keys
	}
	text := unquoted(cutString(value, filter.NumericStringLength+1))
	if filter.IsNumericString(text) {
		keys = append(keys, rowKey{-id, cut(appendNumber(nil, text))})
	}
	if number, unit, ok := filter.ParseQuantity(text); ok {
		keys = append(keys, rowKey{-id, cut(quantityKey(unit.Kind, unit.InBase(number)))})
	}
	return keys
}

// elementKeys are the rows of a path with [*], whose array is found: those of its different values, or one
// for too many.
func (l leaf) elementKeys(array jsontext.Value) (keys []rowKey) {
	var seen distinct
	var values []jsontext.Value
	inside := l.path[len(beforeElements(l.path))+1:]
	elements(array, func(element []byte) bool {
		return eachAt(element, inside, func(value jsontext.Value) bool {
			if value != nil && seen.add(value) {
				values = append(values, value)
			}
			return len(values) <= maxElements
		})
	})
	if len(values) > maxElements {
		return []rowKey{{l.id, []byte{moreRank}}}
	}
	for _, value := range values {
		keys = appendKeys(keys, l.id, value)
	}
	return keys
}

// distinct are values with different keys, cut as in rows.
type distinct struct {
	// texts are short strings, which differ if their keys do: to compare them takes a tenth of the time.
	texts, keys map[string]bool
}

// maxShort is the length of short strings: their keys are whole, whatever characters they have.
const maxShort = maxKeyLength/2 - 2

// add adds a value, and tells whether its key is a new one.
func (d *distinct) add(value jsontext.Value) bool {
	if value.Kind() == '"' {
		if text := unquoted(value); len(text) <= maxShort {
			return addTo(&d.texts, text)
		}
	}
	return addTo(&d.keys, string(cut(sortKeyOf(value))))
}

func addTo(set *map[string]bool, text string) bool {
	if (*set)[text] {
		return false
	}
	if *set == nil {
		*set = make(map[string]bool, maxElements)
	}
	(*set)[text] = true
	return true
}

// eachAt calls yield with each of the values at the path, until yield returns false. It returns
// whether yield always returned true.
func eachAt(document []byte, path filter.Path, yield func(jsontext.Value) bool) bool {
	if len(path) == 0 {
		return yield(document)
	}
	i := slices.IndexFunc(path, func(part filter.Part) bool { return part.Any })
	if i < 0 {
		return yield(find(document, path))
	}
	return elements(find(document, path[:i]), func(element []byte) bool { return eachAt(element, path[i+1:], yield) })
}

// sortKeyOf is the key that the value at a path is sorted by, nil for no value.
func sortKeyOf(value jsontext.Value) []byte {
	if value == nil {
		return []byte{missingRank}
	}
	if key := topKey(value); key != nil {
		return key
	}
	return []byte{missingRank}
}

// quantityKey is the key of a number in the base unit of a kind.
func quantityKey(kind, number string) []byte { return appendNumber(quantityPrefix(kind), number) }

// quantityPrefix begins the keys of the quantities of a kind.
func quantityPrefix(kind string) []byte { return append(append([]byte{quantityRank}, kind...), 0) }

func cut(key []byte) []byte { return key[:min(len(key), maxKeyLength)] }

// packKeys writes rows as result_value_keys holds them: of each row the leaf, and the length of
// the key, as variable-length integers, and the key.
func packKeys(keys []rowKey) []byte {
	packed := []byte{}
	for _, k := range keys {
		packed = binary.AppendVarint(packed, k.leaf)
		packed = binary.AppendUvarint(packed, uint64(len(k.key)))
		packed = append(packed, k.key...)
	}
	return packed
}

// eachKey reads packed rows until yield returns false. What cannot be read ends them.
func eachKey(packed []byte, yield func(rowKey) bool) {
	for len(packed) > 0 {
		leaf, n := binary.Varint(packed)
		if n <= 0 {
			return
		}
		packed = packed[n:]
		length, n := binary.Uvarint(packed)
		if n <= 0 {
			return
		}
		packed = packed[n:]
		if length > uint64(len(packed)) {
			return
		}
		if !yield(rowKey{leaf, packed[:length]}) {
			return
		}
		packed = packed[length:]
	}
}

// valueIn returns the key to sort by of a path, nil for none.
func valueIn(packed []byte, leaf int64) (key []byte) {
	eachKey(packed, func(k rowKey) bool {
		if k.leaf == leaf {
			key = k.key
		}
		return key == nil
	})
	return key
}

// listKeys writes packed rows as a JSON array of pairs of the leaf and the key in hexadecimal
// digits.
func listKeys(packed []byte) string {
	pairs := [][2]any{}
	eachKey(packed, func(k rowKey) bool {
		pairs = append(pairs, [2]any{k.leaf, hex.EncodeToString(k.key)})
		return true
	})
	text, _ := json.Marshal(pairs) // numbers and texts only
	return string(text)
}

// without returns the rows that are not among others.
func without(keys, others []rowKey) (rest []rowKey) {
	if len(others) == 0 {
		return keys
	}
	for _, k := range keys {
		isThere := false
		for _, other := range others {
			isThere = isThere || k.leaf == other.leaf && bytes.Equal(k.key, other.key)
		}
		if !isThere {
			rest = append(rest, k)
		}
	}
	return rest
}
