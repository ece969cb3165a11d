package draw

import (
	"math"
	"strconv"
	"strings"
)

// narrow separates thousands: a narrow space that does not break.
const narrow = "\u202f"

const minus = "\u2212"

// Outside of these bounds a number has an exponent.
const (
	smallestPlain = 1e-4
	largestPlain  = 1e7
)

// exactly is the text of a tick: as few digits as tell it exactly.
func exactly(v float64) string { return exactlyTo(v, usualDigits) }

const (
	// usualDigits hide that a tick was computed, mostDigits are all that a number has.
	usualDigits, mostDigits = 12, 17
)

// inSteps is the text of a tick beside others at the distance of a step: it has the digits that tell them apart.
func inSteps(v, step float64) string {
	needed := math.Log10(math.Abs(v)/step) + 2
	return exactlyTo(v, int(max(usualDigits, min(mostDigits, needed))))
}

func exactlyTo(v float64, digits int) string {
	size := math.Abs(v)
	v = rounded(v, digits)
	if size != 0 && (size < smallestPlain || size >= largestPlain) {
		return signed(strconv.FormatFloat(v, 'e', -1, 64))
	}
	return grouped(strconv.FormatFloat(v, 'f', -1, 64))
}

// rounded rounds to significant digits.
func rounded(v float64, significant int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', significant-1, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// grouped has a narrow space between thousands.
func grouped(digits string) string {
	sign, whole := "", digits
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, whole = minus, rest
	}
	whole, decimals, fractional := strings.Cut(whole, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(narrow)
		}
		b.WriteRune(digit)
	}
	if fractional {
		b.WriteString("." + decimals)
	}
	return b.String()
}

// signed writes exponents without a plus and without leading zeros: 1.20e-9.
func signed(text string) string {
	mantissa, exponent, _ := strings.Cut(text, "e")
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return text
	}
	return strings.ReplaceAll(mantissa, "-", minus) + "e" + strings.ReplaceAll(strconv.Itoa(n), "-", minus)
}
