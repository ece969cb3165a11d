package parameter

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/core/filter"
)

// Number is a decimal number by JSON's grammar, from low to high. Blanks around it are no part of it. A
// query without the key has no value.
func Number(name, description string, low, high float64) *Key[float64] {
	schema := huma.Schema{Type: huma.TypeNumber, Minimum: &low, Maximum: &high}
	message := fmt.Sprintf("Must be greater than or equal to %g and less than or equal to %g.", low, high)
	return newKey(name, description, schema, func(text string, _ Limits) (float64, string) {
		text = strings.TrimSpace(text)
		number, err := strconv.ParseFloat(text, 64)
		switch {
		case !filter.IsNumber(text) || err != nil && !math.IsInf(number, 0):
			return 0, "Not a valid number."
		case number < low || number > high:
			return 0, message
		}
		return number, ""
	})
}

// Boolean is `true` or `false`; false where the query has none. Blanks around it are no part of it.
func Boolean(name, description string) *Key[bool] {
	return newKey(name, description, huma.Schema{Type: huma.TypeBoolean, Default: false}, func(text string, _ Limits) (bool, string) {
		switch strings.TrimSpace(text) {
		case "true", "True", "TRUE", "1":
			return true, ""
		case "false", "False", "FALSE", "0":
			return false, ""
		}
		return false, "Not a valid boolean."
	})
}

// Parsed is a text that parse reads. parse returns a message about what is wrong, "" for
// nothing.
func Parsed[T any](name, description string, parse func(text string) (value T, message string)) *Key[T] {
	return newKey(name, description, stringSchema(""), func(text string, _ Limits) (T, string) { return parse(text) })
}

// ParsedList is a list of at most so many texts that parse reads.
func ParsedList[T any](name, description string, most int, parse func(text string) (value T, message string)) *List[T] {
	return newList(name, description, stringSchema(""), func(Limits) (int, string) { return most, "" },
		func(text string, _ Limits) (T, string) { return parse(text) })
}

// Default sets the value where the query has none.
func (k *Key[T]) Default(value T, written any) *Key[T] {
	k.byDefault, k.schema.Default = value, written
	return k
}

// Required makes a query without the key invalid.
func (l *List[T]) Required() *List[T] {
	l.required = true
	return l
}
