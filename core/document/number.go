package document

import (
	"fmt"
	"strconv"
	"strings"
)

// What PostgreSQL's numeric type holds: digits before and after the decimal
// point (PostgreSQL documentation, section 8.1.2).
const (
	maxIntegerDigits  = 131072
	maxFractionDigits = 16383
	maxExponent       = maxFractionDigits
)

// decimal is a number by JSON's grammar, taken apart.
type decimal struct {
	spelling string
	negative bool
	// digits before the exponent moved the point, both parts without the point.
	digits string
	// point is how many of the digits come before the decimal point; it may be
	// negative or larger than their number.
	point int
}

func parseNumber(s string, largestExponent int) (decimal, error) {
	n := decimal{spelling: s}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e > largestExponent || -e > largestExponent {
			return n, fmt.Errorf("exponent of a number beyond the limit of %d", largestExponent)
		}
		mantissa, exponent = s[:i], e
	}
	mantissa, n.negative = strings.CutPrefix(mantissa, "-")
	integer, fraction, _ := strings.Cut(mantissa, ".")
	n.digits, n.point = integer+fraction, len(integer)+exponent
	if n.point > maxIntegerDigits || len(n.digits)-n.point > maxFractionDigits {
		return n, fmt.Errorf("number with more than %d digits before or %d after the decimal point", maxIntegerDigits, maxFractionDigits)
	}
	return n, nil
}

// plain is the number without exponent, with all digits that its spelling
// has: 1e3 is 1000, 1.50e1 is 15.0. Negative zero is zero.
func (n decimal) plain() string {
	digits, point := n.digits, n.point
	if point < 1 {
		digits, point = strings.Repeat("0", 1-point)+digits, 1
	}
	if point > len(digits) {
		digits += strings.Repeat("0", point-len(digits))
	}
	integer, fraction := strings.TrimLeft(digits[:point], "0"), digits[point:]
	if integer == "" {
		integer = "0"
	}
	if n.negative && strings.Trim(n.digits, "0") != "" {
		integer = "-" + integer
	}
	if fraction == "" {
		return integer
	}
	return integer + "." + fraction
}

// growth is by how many bytes, at most, the plain form is longer than the spelling.
func (n decimal) growth() int {
	const signAndPoint = 3
	length := max(n.point, len(n.digits)-n.point, len(n.digits)) + signAndPoint
	if n.point < 1 {
		length = len(n.digits) - n.point + signAndPoint
	}
	return max(0, length-len(n.spelling))
}
