package document

import (
	"bytes"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/filter"
)

// Documents of other programs may have several members of one name, and bad UTF-8.
var lenient = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// Find returns the text of the value at the path of a JSON document, as it stands there. The
// path has no [*]. Find returns nil if there is no such value, or if the document is not JSON.
// An empty name is one that nothing has.
func Find(document []byte, path filter.Path) []byte {
	if path.LeadsNowhere() {
		return nil
	}
	return find(document, path)
}

func find(document []byte, path filter.Path) []byte {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(document), lenient...)
	found, err := descend(decoder, document, path)
	if err != nil {
		return nil
	}
	return found
}

// descend reads one value and returns the value at the path inside, nil if there is none.
func descend(d *jsontext.Decoder, document []byte, path filter.Path) ([]byte, error) {
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
func inObject(d *jsontext.Decoder, document []byte, path filter.Path) (found []byte, err error) {
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
func inArray(d *jsontext.Decoder, document []byte, path filter.Path) (found []byte, err error) {
	if path[0].Match != nil {
		return inMatch(d, document, path)
	}
	wanted, ok := ArrayIndex(path[0].Name)
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

// inMatch reads an array. The path goes on in the first object that matches its first part.
func inMatch(d *jsontext.Decoder, document []byte, path filter.Path) (found []byte, err error) {
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	wanted := path[0].Match
	for isFound := false; d.PeekKind() != ']'; {
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		end := d.InputOffset()
		element := document[end-int64(len(value)) : end]
		mayMatch := !isFound && len(value) > len("{}") && value.Kind() == '{'
		if mayMatch && matches(find(element, filter.Names(wanted.Member)), wanted.Value) {
			isFound, found = true, find(element, path[1:])
		}
	}
	_, err = d.ReadToken()
	return found, err
}

// matches tells whether a value of a document equals the value as `==` of filters has it.
func matches(found jsontext.Value, wanted filter.Value) bool {
	if len(found) == 0 {
		return false
	}
	text := string(found)
	isString := found.Kind() == '"'
	if isString {
		unquoted, _ := jsontext.AppendUnquote(nil, found) // the error only says that some bytes became U+FFFD
		text = string(unquoted)
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
