package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// dotenvSpace are the characters of white space within a line of a .env file.
const dotenvSpace = " \t\v\f\r"

// The errors of a line. None shows the line, which may contain a secret.
var (
	errNoAssignment = errors.New("is not of the form NAME=VALUE")
	errUnclosed     = errors.New("the quote that the value begins with is not closed on this line")
	errAfterQuote   = errors.New("text after the closing quote; only a comment may follow, after white space")
	errNUL          = errors.New("contains a NUL character; the file must be text in UTF-8")
)

// parseDotenv reads lines of the form [export] NAME=VALUE. The last line of a name
// counts. A value is plain, in 'single quotes' without escapes, or in "double quotes"
// with the escapes \n \r \t \" \\ \$. A # begins a comment only at the start of a line or
// after white space, and $ is an ordinary character, because entitlements and passwords
// contain both.
//
// The library godotenv expands $NAME, reads `NAME=  # why` as "# why", and shows whole
// lines in its errors.
func parseDotenv(text []byte) (map[string]string, Problems) {
	values, problems := map[string]string{}, Problems(nil)
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for i, line := range strings.Split(string(text), "\n") {
		name, value, err := parseDotenvLine(line)
		switch {
		case err != nil:
			problems = append(problems, Problem{fmt.Sprintf(".env line %d", i+1), err.Error()})
		case name != "":
			values[name] = value
		}
	}
	return values, problems
}

// parseDotenvLine returns the name and the value of a line. The name is empty for an empty
// line and for a comment.
func parseDotenvLine(line string) (name, value string, err error) {
	line = strings.Trim(line, dotenvSpace)
	if line == "" || line[0] == '#' {
		return "", "", nil
	}
	if strings.ContainsRune(line, 0) {
		return "", "", errNUL
	}
	name, value, ok := strings.Cut(line, "=")
	name = strings.TrimRight(name, dotenvSpace)
	if rest, exported := strings.CutPrefix(name, "export"); exported && strings.TrimLeft(rest, dotenvSpace) != rest {
		name = strings.TrimLeft(rest, dotenvSpace)
	}
	if !ok || name == "" || strings.ContainsAny(name, dotenvSpace+`'"#`) {
		return "", "", errNoAssignment
	}
	value, err = parseDotenvValue(value)
	return name, value, err
}

func parseDotenvValue(s string) (string, error) {
	trimmed := strings.TrimLeft(s, dotenvSpace)
	switch {
	case strings.HasPrefix(trimmed, `'`):
		value, rest, closed := strings.Cut(trimmed[1:], `'`)
		return closeQuote(value, rest, closed)
	case strings.HasPrefix(trimmed, `"`):
		return closeQuote(unescape(trimmed[1:]))
	}
	for i := 1; i < len(s); i++ {
		if s[i] == '#' && strings.IndexByte(dotenvSpace, s[i-1]) >= 0 {
			s = s[:i]
			break
		}
	}
	return strings.Trim(s, dotenvSpace), nil
}

// unescape returns the text up to the closing double quote, and the rest of the line.
func unescape(s string) (value, rest string, closed bool) {
	escapes := map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\', '$': '$'}
	var text strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			return text.String(), s[i+1:], true
		}
		if s[i] == '\\' && i+1 < len(s) {
			if c, ok := escapes[s[i+1]]; ok {
				text.WriteByte(c)
				i++
				continue
			}
		}
		text.WriteByte(s[i])
	}
	return "", "", false
}

func closeQuote(value, rest string, closed bool) (string, error) {
	if !closed {
		return "", errUnclosed
	}
	comment := strings.TrimLeft(rest, dotenvSpace)
	if comment == "" || comment[0] == '#' && len(comment) < len(rest) {
		return value, nil
	}
	return "", errAfterQuote
}
