package document

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// The digits before and after the decimal point that PostgreSQL's numeric type holds
// (PostgreSQL documentation, section 8.1.2).
const (
	maxIntegerDigits  = 131072
	maxFractionDigits = 16383
)

// plainForm returns a number of JSON's grammar without exponent, with all digits of its
// spelling: 1e3 is 1000, 1.50e1 is 15.0. Negative zero is zero. The error names the
// limit that the number exceeds.
func plainForm(spelling string, largestExponent int) (string, error) {
	mantissa, exponent, err := cutExponent(spelling, largestExponent)
	if err != nil {
		return "", err
	}
	unsigned, negative := strings.CutPrefix(mantissa, "-")
	integer, fraction, _ := strings.Cut(unsigned, ".")
	before := len(integer) + exponent
	if err := checkDigits(before, len(fraction)-exponent); err != nil {
		return "", err
	}
	if len(mantissa) == len(spelling) && !negative {
		return spelling, nil
	}
	if len(mantissa) < len(spelling) {
		integer, fraction = movePoint(integer+fraction, before)
	}
	if negative && strings.Trim(integer+fraction, "0") != "" {
		integer = "-" + integer
	}
	if fraction == "" {
		return integer, nil
	}
	return integer + "." + fraction, nil
}

// PlainNumber returns a number of JSON's grammar without exponent, with all digits of its spelling:
// 1E2 is 100. The error names the limit of stored numbers that it exceeds.
func PlainNumber(spelling string) (string, error) { return plainForm(spelling, maxIntegerDigits) }

// checkNumber returns the error of plainForm.
func checkNumber(spelling string, largestExponent int) error {
	mantissa, exponent, err := cutExponent(spelling, largestExponent)
	if err != nil {
		return err
	}
	integer, fraction, _ := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	return checkDigits(len(integer)+exponent, len(fraction)-exponent)
}

func checkDigits(before, after int) error {
	if before > maxIntegerDigits || after > maxFractionDigits {
		return fmt.Errorf("number with more than %d digits before or %d after the decimal point", maxIntegerDigits, maxFractionDigits)
	}
	return nil
}

// cutExponent splits 1.5e3 into 1.5 and 3.
func cutExponent(spelling string, limit int) (mantissa string, exponent int, err error) {
	i := strings.IndexAny(spelling, "eE")
	if i < 0 {
		return spelling, 0, nil
	}
	exponent, err = strconv.Atoi(spelling[i+1:])
	if err != nil || exponent > limit || -exponent > limit {
		return "", 0, exponentError(limit)
	}
	return spelling[:i], exponent, nil
}

// movePoint puts the decimal point after so many of the digits; point may be negative
// or larger than their number.
func movePoint(digits string, point int) (integer, fraction string) {
	if point < 1 {
		digits, point = strings.Repeat("0", 1-point)+digits, 1
	}
	if point > len(digits) {
		digits += strings.Repeat("0", point-len(digits))
	}
	integer, fraction = strings.TrimLeft(digits[:point], "0"), digits[point:]
	if integer == "" {
		integer = "0"
	}
	return integer, fraction
}

// Decimal is the exact value of a number: ±0.DIGITS times 10 to the power of the scale.
// Two numbers are equal if and only if their Decimals are: 1, 1.0 and 1e0. The zero
// value is the number 0.
type Decimal struct {
	negative bool
	// digits has no zeros at its ends; it is empty for 0.
	digits string
	scale  int
}

// decimalOf reads a number in plain form.
func decimalOf(plain string) Decimal {
	unsigned, negative := strings.CutPrefix(plain, "-")
	integer, fraction, _ := strings.Cut(unsigned, ".")
	integer, fraction = strings.TrimLeft(integer, "0"), strings.TrimRight(fraction, "0")
	scale := len(integer)
	digits := integer
	switch {
	case fraction == "":
		digits = strings.TrimRight(integer, "0")
	case integer == "":
		digits = strings.TrimLeft(fraction, "0")
		scale = len(digits) - len(fraction)
	default:
		digits += fraction
	}
	if digits == "" {
		return Decimal{}
	}
	return Decimal{negative, digits, scale}
}

// String returns the same text for equal numbers.
func (d Decimal) String() string {
	if d.digits == "" {
		return "0"
	}
	text := "0." + d.digits + "e" + strconv.Itoa(d.scale)
	if d.negative {
		return "-" + text
	}
	return text
}

// Compare returns -1 if d is less than other, 0 if they are equal, else 1.
func (d Decimal) Compare(other Decimal) int {
	if order := cmp.Compare(d.sign(), other.sign()); order != 0 || d.sign() == 0 {
		return order
	}
	return d.sign() * cmp.Or(cmp.Compare(d.scale, other.scale), strings.Compare(d.digits, other.digits))
}

func (d Decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// IsInteger tells whether the number is whole.
func (d Decimal) IsInteger() bool { return len(d.digits) <= d.scale || d.digits == "" }

// Int returns the number if it is whole. A number beyond the range of int is the
// nearest int.
func (d Decimal) Int() (n int, ok bool) {
	if !d.IsInteger() {
		return 0, false
	}
	const mostDigits = 20 // more than any int has
	text := d.digits + strings.Repeat("0", max(0, min(d.scale, mostDigits)-len(d.digits)))
	if d.negative {
		text = "-" + text
	}
	// Out of range, ParseInt returns the nearest number; for no digits, 0.
	wide, _ := strconv.ParseInt(text, 10, strconv.IntSize)
	return int(wide), true
}

// IsMultipleOf tells whether d is a whole multiple of the divisor, which is not 0. It
// takes time quadratic in the digits of the two, whatever their exponents are.
func (d Decimal) IsMultipleOf(divisor Decimal) bool {
	if d.digits == "" {
		return true
	}
	// Both are whole numbers times powers of ten; their difference is shift.
	shift := (d.scale - len(d.digits)) - (divisor.scale - len(divisor.digits))
	if shift < 0 {
		// The divisor would have to divide by a power of ten digits that end in none.
		return false
	}
	dividend, ok := new(big.Int).SetString(d.digits, 10)
	if !ok {
		return false
	}
	modulus, ok := new(big.Int).SetString(divisor.digits, 10)
	if !ok {
		return false
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(shift)), modulus)
	dividend.Mul(dividend.Mod(dividend, modulus), power)
	return dividend.Mod(dividend, modulus).Sign() == 0
}

// IsDouble tells whether a double (IEEE 754 binary64) keeps a number of JSON's grammar: the
// nearest double is exactly this number, or its shortest decimal text is.
func IsDouble(spelling string) (double float64, ok bool) {
	double, err := strconv.ParseFloat(spelling, 64)
	if err != nil { // out of range
		return 0, false
	}
	const alwaysKept = 15 // DBL_DIG: doubles keep so many digits
	if len(spelling) <= alwaysKept && !strings.ContainsAny(spelling, "eE") {
		return double, true
	}
	plain, err := plainForm(spelling, maxDoubleExponent)
	if err != nil {
		return 0, false
	}
	number := decimalOf(plain)
	return double, number == decimalOf(strconv.FormatFloat(double, 'f', -1, 64)) ||
		number.IsInteger() && number == decimalOf(strconv.FormatFloat(double, 'f', 0, 64))
}

// maxDoubleExponent is more than the exponent of any double.
const maxDoubleExponent = 400

// exponentError says that the exponent of a number is beyond the limit.
type exponentError int

func (e exponentError) Error() string {
	return fmt.Sprintf("exponent of a number beyond the limit of %d", int(e))
}

// limitOf is the error of a number at the place.
func limitOf(pointer string, err error) *LimitError {
	exponent, _ := errors.AsType[exponentError](err)
	return &LimitError{Pointer: pointer, Reason: err.Error(), Exponent: int(exponent)}
}
