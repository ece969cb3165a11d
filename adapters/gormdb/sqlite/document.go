package sqlite

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/filter"
)

// Documents of other programs may have several members of one name, and bad UTF-8.
var lenient = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// find returns the text of the value at the path of the document, a path without [*]. It
// returns nil if there is no such value, or if the document is not JSON.
func find(document []byte, path filter.Path) jsontext.Value {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(document), lenient...)
	found, err := descend(decoder, document, path)
	if err != nil {
		return nil
	}
	return found
}

// descend reads one value and returns the value at the path inside, nil if there is none.
func descend(d *jsontext.Decoder, document []byte, path filter.Path) (jsontext.Value, error) {
	if len(path) == 0 {
		value, err := d.ReadValue()
		end := d.InputOffset()
		return document[end-int64(len(value)) : end], err
	}
	switch kind := d.PeekKind(); {
	case kind == '{' && path[0].Match == nil:
		return inObject(d, document, path)
	case kind == '[':
		return inArray(d, document, path)
	default:
		return nil, d.SkipValue()
	}
}

// inObject reads an object. Of several members with one name the last one counts.
func inObject(d *jsontext.Decoder, document []byte, path filter.Path) (found jsontext.Value, err error) {
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		if name.String() != path[0].Name {
			err = d.SkipValue()
		} else {
			found, err = descend(d, document, path[1:])
		}
		if err != nil {
			return nil, err
		}
	}
	_, err = d.ReadToken()
	return found, err
}

// inArray reads an array. The first element has the index 0.
func inArray(d *jsontext.Decoder, document []byte, path filter.Path) (found jsontext.Value, err error) {
	if path[0].Match != nil {
		return inMatch(d, document, path)
	}
	wanted, ok := index(path[0].Name)
	if !ok {
		return nil, d.SkipValue()
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for i := int64(0); d.PeekKind() != ']'; i++ {
		if i != wanted {
			err = d.SkipValue()
		} else {
			found, err = descend(d, document, path[1:])
		}
		if err != nil {
			return nil, err
		}
	}
	_, err = d.ReadToken()
	return found, err
}

// inMatch reads an array. The path goes on in the first element that matches its first part.
func inMatch(d *jsontext.Decoder, document []byte, path filter.Path) (found jsontext.Value, err error) {
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for isFound := false; d.PeekKind() != ']'; {
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		end := d.InputOffset()
		element := document[end-int64(len(value)) : end]
		if !isFound && value.Kind() == '{' && matches(element, *path[0].Match) {
			isFound, found = true, find(element, path[1:])
		}
	}
	_, err = d.ReadToken()
	return found, err
}

// elements calls yield with each element of an array, until yield returns false. It returns
// whether yield always returned true. What is no array has no elements.
func elements(array []byte, yield func(element []byte) bool) bool {
	d := jsontext.NewDecoder(bytes.NewBuffer(array), lenient...)
	if d.PeekKind() != '[' {
		return true
	}
	if _, err := d.ReadToken(); err != nil {
		return true
	}
	for d.PeekKind() != ']' {
		value, err := d.ReadValue()
		if err != nil {
			return true
		}
		end := d.InputOffset()
		if !yield(array[end-int64(len(value)) : end]) {
			return false
		}
	}
	return true
}

// membersOf returns the members of an object; what is no object has none.
func membersOf(object []byte) (members []member) {
	d := jsontext.NewDecoder(bytes.NewBuffer(object), lenient...)
	if d.PeekKind() != '{' {
		return nil
	}
	if _, err := d.ReadToken(); err != nil {
		return nil
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return members
		}
		text := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return members
		}
		end := d.InputOffset()
		members = append(members, member{text, object[end-int64(len(value)) : end]})
	}
	return members
}

// index reads a non-negative integer. A number beyond the size of any array is not an
// index.
func index(part string) (int64, bool) {
	for _, c := range []byte(part) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	i, err := strconv.ParseInt(part, 10, 32)
	return i, err == nil
}
