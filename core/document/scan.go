package document

import (
	"bytes"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// The functions of this file go through stored documents, which were checked when they came. They only
// look for the ends of values, which takes a tenth of the time of reading them. What is inside of
// a value that they pass by may be no JSON.

// Elements calls yield with each element of an array, until yield returns false. It returns
// whether yield always returned true. What is no array has no elements.
func Elements(array []byte, yield func(element []byte) bool) bool {
	goesOn := true
	items(array, '[', ']', func(_, element []byte) bool {
		goesOn = yield(element)
		return goesOn
	})
	return goesOn
}

// Members calls yield with the name of each member of an object, as it is written, and its value, until
// yield returns false. What is no object has no members.
func Members(object []byte, yield func(name, value []byte) bool) { items(object, '{', '}', yield) }

// Name is the text of a name, or of another JSON string.
func Name(written []byte) string {
	if isPlain(written) {
		return string(written[1 : len(written)-1])
	}
	text, _ := jsontext.AppendUnquote(nil, written) // the error only says that some bytes became U+FFFD
	return string(text)
}

// isNamed tells whether the name, as it is written, is the text.
func isNamed(written []byte, text string) bool {
	if isPlain(written) {
		return string(written[1:len(written)-1]) == text
	}
	return Name(written) == text
}

// isPlain tells whether a string is written without escapes, in ASCII.
func isPlain(written []byte) bool {
	for _, c := range written {
		if c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// items goes through an array or object. It returns false if its text ends too early, or has something
// that cannot stand there.
func items(text []byte, opening, closing byte, yield func(name, value []byte) bool) bool {
	i := skipSpace(text, 0)
	if i >= len(text) || text[i] != opening {
		return false
	}
	if i = skipSpace(text, i+1); i < len(text) && text[i] == closing {
		return true
	}
	for {
		var name []byte
		if opening == '{' {
			start := i
			if i >= len(text) || text[i] != '"' {
				return false
			}
			if i = skipString(text, i); i < 0 {
				return false
			}
			name = text[start:i]
			if i = skipSpace(text, i); i >= len(text) || text[i] != ':' {
				return false
			}
			i = skipSpace(text, i+1)
		}
		end := skipValue(text, i)
		if end < 0 {
			return false
		}
		if !yield(name, text[i:end]) {
			return true
		}
		i = skipSpace(text, end)
		switch {
		case i < len(text) && text[i] == ',':
			i = skipSpace(text, i+1)
		case i < len(text) && text[i] == closing:
			return true
		default:
			return false
		}
	}
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the end of the value at i, -1 if there is none.
func skipValue(text []byte, i int) int {
	if i >= len(text) {
		return -1
	}
	switch text[i] {
	case '"':
		return skipString(text, i)
	case '{', '[':
		return skipContainer(text, i)
	case 't':
		return skipWord(text, i, "true")
	case 'f':
		return skipWord(text, i, "false")
	case 'n':
		return skipWord(text, i, "null")
	default:
		return skipNumber(text, i)
	}
}

func skipWord(text []byte, i int, word string) int {
	if end := i + len(word); end <= len(text) && string(text[i:end]) == word {
		return end
	}
	return -1
}

func skipNumber(text []byte, i int) int {
	start := i
	for i < len(text) && (text[i] >= '0' && text[i] <= '9' || text[i] == '-' || text[i] == '+' || text[i] == '.' || text[i]|0x20 == 'e') {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// skipString returns the end of a string: the place behind the next quote that has an even number of
// backslashes before it.
func skipString(text []byte, i int) int {
	for i++; ; i++ {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			return -1
		}
		i += n
		first := i
		for text[first-1] == '\\' {
			first--
		}
		if (i-first)%2 == 0 {
			return i + 1
		}
	}
}

func skipContainer(text []byte, i int) int {
	for depth := 0; i < len(text); {
		switch text[i] {
		case '"':
			if i = skipString(text, i); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}
