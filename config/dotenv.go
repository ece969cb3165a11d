package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// dotenvSpace is what separates within a line of a .env file.
const dotenvSpace = " \t\v\f\r"

// What can be wrong with a line. None of these shows the line: it may hold a secret.
var (
	errNoAssignment = errors.New("is not of the form NAME=VALUE")
	errUnclosed     = errors.New("the quote that the value begins with is not closed on this line")
	errAfterQuote   = errors.New("text after the closing quote; only a comment may follow, after white space")
	errNUL          = errors.New("contains a NUL character; the file must be text in UTF-8")
)

// parseDotenv reads lines of the form [export] NAME=VALUE; the last of equal
// names counts. A value is plain, in 'single quotes', where everything is a
// character, or in "double quotes" with the escapes \n \r \t \" \\ \$. A # begins
// a comment only after white space or at the begin of a line, and $ is always a
// character: entitlements and passwords have both in them.
//
// godotenv would expand $NAME, read `NAME=  # why` as "# why", and show whole
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

// parseDotenvLine returns no name for a line without an assignment.
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

// unescape reads up to the closing double quote.
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
