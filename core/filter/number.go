package filter

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits bound the filters and sorts of one request.
type Limits struct {
	// PathParts is the largest number of parts of a path.
	PathParts int
	// SortKeys is the largest number of fields to sort by.
	SortKeys int
	// Exponent is the largest absolute exponent of a number.
	Exponent int
	// NumberLength is the largest length of a number's spelling in bytes.
	NumberLength int
	// Comparisons is the largest number of comparisons in a condition.
	Comparisons int
}

// Limit names a member of Limits.
type Limit string

// The limits that a caller can change.
const (
	PathParts   Limit = "parts of a path"
	SortKeys    Limit = "fields to sort by"
	Exponent    Limit = "exponent"
	Comparisons Limit = "comparisons"
)

// LimitError says that a text is beyond a limit.
type LimitError struct {
	Limit Limit
	text  string
}

func beyond(limit Limit, format string, values ...any) error {
	return &LimitError{limit, fmt.Sprintf(format, values...)}
}

// Error implements error.
func (e *LimitError) Error() string { return e.text }

// IsNumber is true if s is a number by JSON's grammar (RFC 8259, section 6).
func IsNumber(s string) bool {
	_, ok := scanNumber(s)
	return ok
}

// scanNumber tells whether s is a number by JSON's grammar, and how many digits its exponent has. Arrays may
// have hundreds of thousands of numbers, and a regular expression takes ten times as long.
func scanNumber[T string | []byte](s T) (exponentDigits int, ok bool) {
	i := 0
	digits := func() int {
		start := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i - start
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	first := i
	if n := digits(); n == 0 || n > 1 && s[first] == '0' {
		return 0, false
	}
	if i < len(s) && s[i] == '.' {
		i++
		if digits() == 0 {
			return 0, false
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if exponentDigits = digits(); exponentDigits == 0 {
			return 0, false
		}
	}
	return exponentDigits, i == len(s)
}

// IsNumberText is IsNumber for a text that is still in bytes, and makes no copy of it.
func IsNumberText(s []byte) bool {
	_, ok := scanNumber(s)
	return ok
}

// NumericStringPattern and NumericStringLength define which strings inside documents
// compare as numbers: JSON's grammar with at most three digits of exponent, and at most
// NumericStringLength characters. All such numbers fit into PostgreSQL's numeric type (131072
// digits before the point, 16383 after it), so that no document can make a comparison fail.
// The pattern is in the syntax of PostgreSQL.
const (
	NumericStringPattern = `^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`
	NumericStringLength  = 1000
)

// maxExponentDigits is that of the pattern.
const maxExponentDigits = 3

// IsNumericString is true if a string inside a document compares as a number.
func IsNumericString(s string) bool {
	if len(s) > NumericStringLength {
		return false
	}
	exponentDigits, ok := scanNumber(s)
	return ok && exponentDigits <= maxExponentDigits
}

// checkNumber returns an error that names the limit which the number (by JSON's grammar) exceeds.
func (l Limits) checkNumber(s string) error {
	if len(s) > l.NumberLength {
		return fmt.Errorf("the number is %d characters long, at most %d are allowed", len(s), l.NumberLength)
	}
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return nil
	}
	if e, err := strconv.Atoi(s[i+1:]); err != nil || e > l.Exponent || -e > l.Exponent {
		return beyond(Exponent, "the exponent of the number is beyond the limit of %d", l.Exponent)
	}
	return nil
}
