package document

import (
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/filter"
)

// Find returns the text of the value at the path of a stored JSON document, as it stands there. The
// path has no [*]. Find returns nil if there is no such value, or if it sees that the document is not JSON.
// An empty name is one that nothing has.
func Find(document []byte, path filter.Path) []byte {
	if path.LeadsNowhere() {
		return nil
	}
	document = document[skipSpace(document, 0):]
	if len(path) > 0 && len(document) > 0 {
		return find(document, path)
	}
	end := skipValue(document, 0)
	if end < 0 {
		return nil
	}
	return document[:end]
}

// find looks into a value, which has no blanks before it.
func find(value []byte, path filter.Path) []byte {
	for _, part := range path {
		isGood := true
		var found []byte
		switch {
		case part.Match != nil:
			found = firstMatch(value, *part.Match)
		case value[0] == '{':
			// Of several members with one name the last one counts.
			isGood = items(value, '{', '}', func(name, member []byte) bool {
				if isNamed(name, part.Name) {
					found = member
				}
				return true
			})
		case value[0] == '[':
			found = elementAt(value, part.Name)
		}
		if !isGood || found == nil {
			return nil
		}
		value = found
	}
	return value
}

// elementAt is an element of an array. The first element has the index 0.
func elementAt(array []byte, index string) (found []byte) {
	wanted, ok := ArrayIndex(index)
	if !ok {
		return nil
	}
	i := int64(0)
	isGood := items(array, '[', ']', func(_, element []byte) bool {
		if i == wanted {
			found = element
		}
		i++
		return true
	})
	if !isGood {
		return nil
	}
	return found
}

// firstMatch is the first object of an array whose member equals a value.
func firstMatch(array []byte, wanted filter.Match) (found []byte) {
	member := filter.Names(wanted.Member)
	isGood := items(array, '[', ']', func(_, element []byte) bool {
		if found == nil && element[0] == '{' && matches(find(element, member), wanted.Value) {
			found = element
		}
		return true
	})
	if !isGood {
		return nil
	}
	return found
}

// matches tells whether a value of a document equals the value as `==` of filters has it.
func matches(found jsontext.Value, wanted filter.Value) bool {
	if len(found) == 0 {
		return false
	}
	text := string(found)
	isString := found.Kind() == '"'
	if isString {
		text = Name(found)
	}
	if wanted.Kind != filter.Number {
		return text == wanted.Text && isString == (wanted.Kind == filter.Text)
	}
	if isString && !filter.IsNumericString(text) || !filter.IsNumber(text) {
		return false
	}
	got, err := plainForm(text, math.MaxInt32)
	want, errWanted := plainForm(wanted.Text, math.MaxInt32)
	return err == nil && errWanted == nil && decimalOf(got) == decimalOf(want)
}

// ArrayIndex reads the name of a path's part as the index of an element, a non-negative
// integer. It returns false for other names, and for a number beyond the size of any array.
func ArrayIndex(name string) (int64, bool) {
	for _, c := range []byte(name) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	i, err := strconv.ParseInt(name, 10, 32)
	return i, err == nil
}
