package filter

import (
	"fmt"
	"regexp"
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

var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// IsNumber is true if s is a number by JSON's grammar (RFC 8259, section 6).
func IsNumber(s string) bool { return number.MatchString(s) }

// NumericStringPattern and NumericStringLength define which strings inside documents
// compare as numbers: JSON's grammar with at most three digits of exponent, and at most
// NumericStringLength characters. All such numbers fit into PostgreSQL's numeric type (131072
// digits before the point, 16383 after it), so that no document can make a comparison fail.
// The pattern is in the syntax that Go and PostgreSQL share.
const (
	NumericStringPattern = `^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`
	NumericStringLength  = 1000
)

var numericString = regexp.MustCompile(NumericStringPattern)

// IsNumericString is true if a string inside a document compares as a number.
func IsNumericString(s string) bool {
	return len(s) <= NumericStringLength && numericString.MatchString(s)
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
		return fmt.Errorf("the exponent of the number is beyond the limit of %d", l.Exponent)
	}
	return nil
}
