// Package document reads JSON texts that strangers send. A text is parsed once, into
// a Value. The Value serves everything else: the fields of a request, the validation
// against a JSON Schema, and the canonical form that is stored. In canonical form
// numbers are in plain decimal notation with their exact value, of equal names the
// last member counts, and members are in the order of their names. Every database
// then stores and returns the same.
//
// It imports the standard library and a strict JSON tokenizer (RFC 8259 with
// I-JSON's demands on Unicode, RFC 7493).
package document

import (
	"sort"

	"github.com/go-json-experiment/json/jsontext"
)

// Kind is the type of a JSON value.
type Kind uint8

// The kinds of values. Null is the zero value.
const (
	Null Kind = iota
	False
	True
	Number
	String
	Array
	Object
)

// Value is a JSON value that is never changed: any number of goroutines may read
// it. The zero value is null.
type Value struct {
	kind Kind
	// position is the number of a member among its siblings in the text.
	position uint32
	// text is the content of a string, or the plain form of a number.
	text string
	// children are the items of an array; for an object, name and value of each
	// member in turn, sorted by name.
	children []Value
}

// Text returns a string with that content.
func Text(content string) Value { return Value{kind: String, text: content} }

// Kind returns the type of the value.
func (v Value) Kind() Kind { return v.kind }

// Text returns the content of a string, or a number in plain decimal notation;
// for all other kinds the empty text.
func (v Value) Text() string { return v.text }

// Decimal returns the exact value of a number.
func (v Value) Decimal() Decimal { return decimalOf(v.text) }

// Len returns the number of items of an array, or of members of an object; 0 for all
// other kinds.
func (v Value) Len() int {
	if v.kind == Object {
		return len(v.children) / 2
	}
	return len(v.children)
}

// Item returns the item at the index, or the value of the member at the index.
// Index is 0 to Len()-1.
func (v Value) Item(index int) Value {
	if v.kind == Object {
		return v.children[2*index+1]
	}
	return v.children[index]
}

// Name returns the name of the member at the index, 0 to Len()-1, in the order of
// code points.
func (v Value) Name(index int) string { return v.children[2*index].text }

// Find returns the index of the member with that name. ok is false if the value is no
// object or has no such member.
func (v Value) Find(name string) (index int, ok bool) {
	if v.kind != Object {
		return 0, false
	}
	return sort.Find(v.Len(), func(i int) int {
		switch have := v.Name(i); {
		case name < have:
			return -1
		case name > have:
			return 1
		}
		return 0
	})
}

// Get returns the value of the member with that name; null and false if there is none.
func (v Value) Get(name string) (Value, bool) {
	if i, ok := v.Find(name); ok {
		return v.Item(i), true
	}
	return Value{}, false
}

// Append appends the canonical form of the value to the buffer.
func (v Value) Append(buffer []byte) []byte {
	switch v.kind {
	case Null:
		return append(buffer, "null"...)
	case False:
		return append(buffer, "false"...)
	case True:
		return append(buffer, "true"...)
	case Number:
		return append(buffer, v.text...)
	case String:
		return appendString(buffer, v.text)
	case Array:
		buffer = append(buffer, '[')
		for i, item := range v.children {
			if i > 0 {
				buffer = append(buffer, ',')
			}
			buffer = item.Append(buffer)
		}
		return append(buffer, ']')
	case Object:
		buffer = append(buffer, '{')
		for i := range v.Len() {
			if i > 0 {
				buffer = append(buffer, ',')
			}
			buffer = append(appendString(buffer, v.Name(i)), ':')
			buffer = v.Item(i).Append(buffer)
		}
		return append(buffer, '}')
	}
	return buffer
}

// AppendText appends the text as a JSON string in the form of RFC 8785 to the buffer.
func AppendText(buffer []byte, text string) []byte { return appendString(buffer, text) }

func appendString(buffer []byte, text string) []byte {
	// The error is about bad UTF-8, which no parsed text has.
	buffer, _ = jsontext.AppendQuote(buffer, text)
	return buffer
}

// members sorts the members of an object, which are pairs of name and value.
type members []Value

func (m members) Len() int { return len(m) / 2 }

func (m members) Less(i, j int) bool {
	a, b := &m[2*i], &m[2*j]
	return a.text < b.text || a.text == b.text && a.position < b.position
}

func (m members) Swap(i, j int) {
	m[2*i], m[2*j] = m[2*j], m[2*i]
	m[2*i+1], m[2*j+1] = m[2*j+1], m[2*i+1]
}

// settle sorts the members by name, and of equal names leaves the last in the text.
func (m members) settle() []Value {
	ascending := true
	for i := 1; i < m.Len() && ascending; i++ {
		ascending = m[2*i-2].text < m[2*i].text
	}
	if ascending {
		return m
	}
	sort.Sort(m)
	last := 0
	for i := 1; i < m.Len(); i++ {
		if m[2*i].text != m[2*last].text {
			last++
		}
		m[2*last], m[2*last+1] = m[2*i], m[2*i+1]
	}
	return m[:2*last+2]
}
