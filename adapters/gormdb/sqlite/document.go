package sqlite

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
)

// Documents of other programs may have several members of one name, and bad UTF-8.
var lenient = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// find returns the text of the value at the path of the document, see document.Find.
func find(text []byte, path filter.Path) jsontext.Value { return document.Find(text, path) }

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

// membersUpTo returns the members of an object; what is no object has none. It stops behind
// that many different names: then it returns more members.
func membersUpTo(object []byte, most int) (members []member) {
	names := map[string]bool{}
	d := jsontext.NewDecoder(bytes.NewBuffer(object), lenient...)
	if d.PeekKind() != '{' {
		return nil
	}
	if _, err := d.ReadToken(); err != nil {
		return nil
	}
	for d.PeekKind() != '}' && len(names) <= most {
		name, err := d.ReadToken()
		if err != nil {
			return members
		}
		text := name.String()
		names[text] = true
		value, err := d.ReadValue()
		if err != nil {
			return members
		}
		end := d.InputOffset()
		members = append(members, member{text, object[end-int64(len(value)) : end]})
	}
	return members
}
