package sqlite

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
)

// Documents of other programs may have several members of one name, and bad UTF-8.
var lenient = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// find returns the text of the value at the path of the document, see document.Find.
func find(text []byte, path filter.Path) jsontext.Value { return document.Find(text, path) }

// elements goes through an array, see document.Elements.
func elements(array []byte, yield func(element []byte) bool) bool {
	return document.Elements(array, yield)
}

// membersUpTo returns the members of an object; what is no object has none. It stops behind
// that many different names: then it returns more members.
func membersUpTo(object []byte, most int) (members []member) {
	names := map[string]bool{}
	document.Members(object, func(name, value []byte) bool {
		text := document.Name(name)
		names[text] = true
		members = append(members, member{text, value})
		return len(names) <= most
	})
	return members
}
