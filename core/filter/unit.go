package filter

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Unit is a unit of measurement. Units of one kind can be compared.
type Unit struct {
	// Symbol is the unit as it is written: `GHz`, `KiB/s`.
	Symbol string
	// Kind names what the unit measures by the symbol of the kind's base unit: `Hz`, `b/s`.
	Kind string
	// Factor and Exponent: one of the unit is Factor * 10^Exponent * 1024^Binary of the base unit.
	Factor, Exponent, Binary int
}

// bases are the units without a prefix. IEC 80000-13 has 8 bits in a byte.
var bases = []Unit{
	{"s", "s", 1, 0, 0},
	{"Hz", "Hz", 1, 0, 0},
	{"b", "b", 1, 0, 0},
	{"B", "b", 8, 0, 0},
	{"b/s", "b/s", 1, 0, 0},
	{"B/s", "b/s", 8, 0, 0},
	{"FLOPS", "FLOP/s", 1, 0, 0},
	{"FLOP/s", "FLOP/s", 1, 0, 0},
	{"W", "W", 1, 0, 0},
	{"J", "J", 1, 0, 0},
	{"op/s", "op/s", 1, 0, 0},
	{"IOPS", "op/s", 1, 0, 0},
}

// decimalPrefixes are those of SI (BIPM, The International System of Units, table 7), as powers
// of ten. Both the micro sign and the Greek letter mean 10^-6, and so does the letter u.
var decimalPrefixes = map[string]int{
	"q": -30, "r": -27, "y": -24, "z": -21, "a": -18, "f": -15, "p": -12, "n": -9, "\u00b5": -6, "\u03bc": -6, "u": -6, "m": -3,
	"c": -2, "d": -1, "da": 1, "h": 2, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24, "R": 27, "Q": 30,
}

// binaryPrefixes are those of IEC 80000-13, as powers of 1024.
var binaryPrefixes = map[string]int{"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6, "Zi": 7, "Yi": 8, "Ri": 9, "Qi": 10}

// decibel is no tenth of a byte wherever people write it.
const decibel = "dB"

// units are all units by their symbol.
var units = allUnits()

func allUnits() map[string]Unit {
	all := map[string]Unit{
		"min": {"min", "s", 60, 0, 0},
		"h":   {"h", "s", 3600, 0, 0},
		"%":   {"%", "%", 1, 0, 0},
	}
	for _, base := range bases {
		all[base.Symbol] = base
		for prefix, exponent := range decimalPrefixes {
			if prefix+base.Symbol != decibel {
				all[prefix+base.Symbol] = Unit{prefix + base.Symbol, base.Kind, base.Factor, exponent, 0}
			}
		}
		for prefix, power := range binaryPrefixes {
			all[prefix+base.Symbol] = Unit{prefix + base.Symbol, base.Kind, base.Factor, 0, power}
		}
	}
	return all
}

// ParseUnit returns the unit with the symbol; the case of letters matters.
func ParseUnit(symbol string) (Unit, bool) {
	unit, ok := units[symbol]
	return unit, ok
}

// UnitsOfKind returns all units of the kind, by their symbol.
func UnitsOfKind(kind string) map[string]Unit {
	found := map[string]Unit{}
	for symbol, unit := range units {
		if unit.Kind == kind {
			found[symbol] = unit
		}
	}
	return found
}

// InBase returns a number of JSON's grammar, which is in the unit, in the base unit of the
// unit's kind: exactly, in JSON's grammar.
func (u Unit) InBase(number string) string {
	mantissa, exponent := number, 0
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		mantissa = number[:i]
		exponent, _ = strconv.Atoi(number[i+1:]) // callers bound the exponent
	}
	integer, fraction, _ := strings.Cut(mantissa, ".")
	value, _ := new(big.Int).SetString(integer+fraction, 10)
	if value == nil {
		value = new(big.Int) // not a number
	}
	value.Mul(value, u.integerFactor())
	return fmt.Sprintf("%se%d", value, exponent-len(fraction)+u.Exponent)
}

// integerFactor is the factor of the unit without its power of ten.
func (u Unit) integerFactor() *big.Int {
	factor := new(big.Int).Lsh(big.NewInt(int64(u.Factor)), uint(10*u.Binary)) //nolint:gosec // at most 100 bits
	return factor
}

// FactorInBase is how many of the base unit one of the unit is, in JSON's grammar.
func (u Unit) FactorInBase() string { return u.InBase("1") }

// maxFraction is how many digits after the point a converted number has if it has no end.
const maxFraction = 1500

// In returns a number of JSON's grammar, which is in the unit, in another unit of the same kind:
// exactly if that is possible with 1,500 digits after the point, else with so many of them.
func (u Unit) In(other Unit, number string) string {
	value, ok := new(big.Rat).SetString(u.InBase(number))
	factor, _ := new(big.Rat).SetString(other.FactorInBase())
	if !ok || factor == nil {
		return number // not a number
	}
	value.Quo(value, factor)
	digits, isExact := value.FloatPrec()
	if !isExact || digits > maxFraction {
		digits = maxFraction
	}
	return value.FloatString(digits)
}

// ParseQuantity reads a text of a number and a unit, such as `4693.667 MHz`: a number by the
// rule of IsNumericString, any blanks, and the symbol of a unit.
func ParseQuantity(text string) (number string, unit Unit, ok bool) {
	if len(text) > NumericStringLength {
		return "", Unit{}, false
	}
	n := len(text) - len(strings.TrimLeft(text, "-+.0123456789eE"))
	// The e or E of a number may be the first letter of the unit: `1 Eb` has a blank, `1Eb` has not.
	for ; n > 0; n-- {
		if !IsNumericString(text[:n]) {
			continue
		}
		unit, ok = ParseUnit(strings.TrimLeft(text[n:], " "))
		return text[:n], unit, ok
	}
	return "", Unit{}, false
}
