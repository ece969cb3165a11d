package sqlite

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/filter"
)

// holds tells whether the document satisfies the comparison of what is at its path.
func holds(document []byte, c filter.Comparison) bool {
	path := c.Operand.Path
	i := slices.IndexFunc(path, func(part filter.Part) bool { return part.Any })
	if i < 0 {
		return valueHolds(find(document, path), c)
	}
	positive := c
	positive.Negated = false
	positive.Operand.Path = path[i+1:]
	noneHolds := elements(find(document, path[:i]), func(element []byte) bool { return !holds(element, positive) })
	return noneHolds == c.Negated
}

// valueHolds tells whether the value, nil for none, satisfies the comparison.
func valueHolds(value jsontext.Value, c filter.Comparison) bool {
	if c.Operator == filter.Exists {
		return (value != nil && value.Kind() != 'n') != c.Negated
	}
	if value == nil {
		return false
	}
	isComparable := false
	for _, part := range c.ByKind() {
		key := keyFor(value, part)
		if key == nil {
			continue
		}
		isComparable = true
		if satisfies(key, value, part) {
			return !c.Negated
		}
	}
	return isComparable && c.Negated
}

// keyFor returns the key of the value, nil if it does not compare with the values of the
// comparison, which are of one kind. Quantities are in the base unit of their kind.
func keyFor(value jsontext.Value, c filter.Comparison) []byte {
	unit := c.Values[0].Unit
	switch {
	case unit == (filter.Unit{}):
		return comparableKey(value, c.Values[0].Kind)
	case value.Kind() == '0' && c.NumbersIn.Kind == unit.Kind:
		return appendNumber(nil, c.NumbersIn.InBase(string(value)))
	case value.Kind() == '"':
		if number, of, ok := filter.ParseQuantity(unquoted(value)); ok && of.Kind == unit.Kind {
			return appendNumber(nil, of.InBase(number))
		}
	}
	return nil
}

func satisfies(key []byte, value jsontext.Value, c filter.Comparison) bool {
	if c.Operator == filter.Contains {
		return strings.Contains(fold(unquoted(value)), fold(c.Values[0].Text))
	}
	order := func(v filter.Value) int { return bytes.Compare(key, valueKey(v)) }
	first := order(c.Values[0])
	switch c.Operator {
	case filter.In:
		return slices.ContainsFunc(c.Values, func(v filter.Value) bool { return order(v) == 0 })
	case filter.Between:
		return first >= 0 && order(c.Values[1]) <= 0
	case filter.Less:
		return first < 0
	case filter.LessOrEqual:
		return first <= 0
	case filter.Greater:
		return first > 0
	case filter.GreaterOrEqual:
		return first >= 0
	default:
		return first == 0
	}
}
