package sqlite

import (
	"encoding/binary"
	"encoding/json"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/filter"
)

// An outline has the keys of what is near the top of a large document, so that a list that is
// sorted by them does not read the document. It is a row of result_outline: entries one after
// the other, each for a value, from the top downwards.
const (
	// largeDocument is the length of documents that have no outline, in bytes.
	largeDocument = 16_000
	// smallValue is the length of a value that an outline holds as it is.
	smallValue = 256
	// maxOutlined bounds the members of an object whose members an outline has, and maxDepth how
	// deep these are.
	maxOutlined = 64
	maxDepth    = 4
	// maxOutlineKey and maxOutline bound the length of a key and of an outline, in bytes.
	maxOutlineKey = 16_000
	maxOutline    = 64_000
)

// The kinds of entries.
const (
	// inDocument: only the document has the value.
	inDocument = 'd'
	// wholeValue: the entry has the JSON text of the value.
	wholeValue = 'v'
	// keyOnly: the entry has the key of the value. The document has what is inside.
	keyOnly = 'k'
	// withMembers: the same, and entries for all members follow.
	withMembers = 'm'
	// membersOnly: entries for all members follow. The key of the object is too long.
	membersOnly = 'n'
)

// outlineOf returns the outline of a document, nil for a short one.
func outlineOf(document []byte) []byte {
	if len(document) <= largeDocument {
		return nil
	}
	value := find(document, nil)
	if value == nil {
		return nil
	}
	return appendOutline(nil, value, nil)
}

func appendOutline(outline []byte, value jsontext.Value, path []string) []byte {
	if len(value) <= smallValue {
		return appendEntry(outline, path, wholeValue, value)
	}
	kind, inside, key := byte(inDocument), byte(membersOnly), []byte(nil)
	if first := value.Kind(); first == '[' || first == '{' {
		if key = topKeyUpTo(value, maxOutlineKey); key != nil {
			kind, inside = keyOnly, withMembers
		}
	}
	if value.Kind() == '{' && len(path) < maxDepth {
		if members := membersUpTo(value, maxOutlined); len(members) <= maxOutlined {
			whole := appendEntry(outline, path, inside, key)
			for _, m := range sortedByName(members) {
				whole = appendOutline(whole, m.value, append(path[:len(path):len(path)], m.name))
			}
			if len(whole) <= maxOutline {
				return whole
			}
		}
	}
	return appendEntry(outline[:len(outline):len(outline)], path, kind, key)
}

// appendEntry appends the place, the kind and the content of an entry.
func appendEntry(outline []byte, path []string, kind byte, content []byte) []byte {
	place := placeOf(path)
	outline = append(binary.AppendUvarint(outline, uint64(len(place))), place...)
	outline = binary.AppendUvarint(append(outline, kind), uint64(len(content)))
	return append(outline, content...)
}

// placeOf writes names so that other names have another place.
func placeOf(names []string) []byte {
	var place []byte
	for _, name := range names {
		place = append(binary.AppendUvarint(place, uint64(len(name))), name...)
	}
	return place
}

// outlined returns the key of the value at the path, nil for no value. Unless found is true,
// only the document says what it is.
func outlined(outline []byte, path filter.Path) (key []byte, found bool) {
	if !path.IsPlain() {
		return nil, false
	}
	names := path.Names()
	for depth := 0; depth <= len(names); depth++ {
		kind, content := entryAt(outline, placeOf(names[:depth]))
		switch {
		case kind == wholeValue:
			return sortKey(content, path[depth:]), true
		case depth < len(names) && (kind == withMembers || kind == membersOnly):
		case depth == len(names) && (kind == withMembers || kind == keyOnly):
			return content, true
		case kind == 0 && depth > 0: // the object has no such member
			return nil, true
		default:
			return nil, false
		}
	}
	return nil, false
}

// leanDocument returns a short document that has the same value at the path as the large one, as far as
// conditions can tell; nil if the outline does not say enough. An array or object at the path is an
// empty one there: conditions compare none with values.
func leanDocument(outline []byte, path filter.Path) []byte {
	n := slices.IndexFunc(path, func(part filter.Part) bool { return part.Any || part.Match != nil })
	if n < 0 {
		n = len(path)
	}
	names := path[:n].Names()
	for depth := 0; depth <= n; depth++ {
		kind, content := entryAt(outline, placeOf(names[:depth]))
		switch {
		case kind == wholeValue:
			return within(names[:depth], content)
		case depth < n && (kind == withMembers || kind == membersOnly):
		case depth == n && n == len(path) && (kind == withMembers || kind == membersOnly || kind == keyOnly):
			return within(names, []byte("{}"))
		case kind == 0 && depth > 0: // the object has no such member
			return []byte("{}")
		default:
			return nil
		}
	}
	return nil
}

// within is a document with the value at the end of the names.
func within(names []string, value []byte) []byte {
	for _, name := range slices.Backward(names) {
		quoted, _ := json.Marshal(name) // a text is always encoded
		value = slices.Concat([]byte("{"), quoted, []byte(":"), value, []byte("}"))
	}
	return value
}

// entryAt returns the entry of a place, with kind 0 if there is none.
func entryAt(outline, place []byte) (kind byte, content []byte) {
	for len(outline) > 0 {
		at, rest := cutSized(outline)
		if len(rest) == 0 {
			return 0, nil
		}
		content, outline = cutSized(rest[1:])
		if string(at) == string(place) {
			return rest[0], content
		}
	}
	return 0, nil
}

// cutSized cuts off bytes whose number is written before them; none if there are too few.
func cutSized(text []byte) (first, rest []byte) {
	size, n := binary.Uvarint(text)
	if n <= 0 || size > uint64(len(text)-n) { //nolint:gosec // n is at most the length of text
		return nil, nil
	}
	end := n + int(size) //nolint:gosec // it is at most the length of text
	return text[n:end], text[end:]
}
