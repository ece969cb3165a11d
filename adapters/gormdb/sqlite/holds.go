package sqlite

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/filter"
)

// condition is a comparison, with what is made of it once for all documents: an array may have
// hundreds of thousands of elements.
type condition struct {
	filter.Comparison

	// before is the path to the array whose elements are compared, and after the path
	// inside of each; the whole path is after if there is no such array.
	before, after filter.Path
	ofElements    bool
	// parts have values of one kind each.
	parts []part
}

// part is a part of a condition.
type part struct {
	filter.Comparison

	// keys are those of the values, of which none is longer than longest.
	keys    [][]byte
	longest int
	// folded is the first text.
	folded string
}

// parseCondition reads a comparison in its canonical form.
func parseCondition(text string) (*condition, error) {
	comparison, err := filter.ParseComparison(text)
	if err != nil {
		return nil, err
	}
	return conditionOf(comparison), nil
}

func conditionOf(comparison filter.Comparison) *condition {
	c := &condition{Comparison: comparison, after: comparison.Operand.Path}
	if i := slices.IndexFunc(c.after, func(part filter.Part) bool { return part.Any }); i >= 0 {
		c.before, c.after, c.ofElements = c.after[:i], c.after[i+1:], true
	}
	for _, ofKind := range comparison.ByKind() {
		p := part{Comparison: ofKind, folded: fold(ofKind.Values[0].Text)}
		for _, value := range ofKind.Values {
			key := valueKey(value)
			p.keys, p.longest = append(p.keys, key), max(p.longest, len(key))
		}
		c.parts = append(c.parts, p)
	}
	return c
}

// holds tells whether the document satisfies the condition of what is at its path. Numbers
// without a unit are in the unit.
func (c *condition) holds(document []byte, unit filter.Unit) bool {
	var room [64]byte // for the key of a usual value
	if !c.ofElements {
		return c.holdsFor(room[:0], find(document, c.after), unit, c.Negated)
	}
	var inside *condition
	if c.after.HasAny() {
		positive := c.Comparison
		positive.Negated, positive.Operand.Path = false, c.after
		inside = conditionOf(positive)
	}
	noneHolds := elements(find(document, c.before), func(element []byte) bool {
		if inside != nil {
			return !inside.holds(element, unit)
		}
		return !c.holdsFor(room[:0], inElement(element, c.after), unit, false)
	})
	return noneHolds == c.Negated
}

// inElement is the value at the path inside of an element of an array.
func inElement(element jsontext.Value, path filter.Path) jsontext.Value {
	const ofEmpty = 2
	switch {
	case len(path) == 0:
		return element
	case len(element) <= ofEmpty || element[0] != '{' && element[0] != '[':
		return nil
	}
	return find(element, path)
}

// holdsFor tells whether the value, nil for none, satisfies the condition. Its key may take the room.
func (c *condition) holdsFor(room []byte, value jsontext.Value, unit filter.Unit, negated bool) bool {
	if c.Operator == filter.Exists {
		return (value != nil && value.Kind() != 'n') != negated
	}
	if value == nil {
		return false
	}
	isComparable := false
	for i := range c.parts {
		key := c.parts[i].keyFor(room, value, unit)
		if key == nil {
			continue
		}
		isComparable = true
		if c.parts[i].satisfies(key, value) {
			return !negated
		}
	}
	return isComparable && negated
}

// keyFor returns the key of the value, appended to no key, and nil if it does not compare with the values
// of the part. Quantities are in the base unit of their kind.
func (p *part) keyFor(none []byte, value jsontext.Value, numbersIn filter.Unit) []byte {
	unit := p.Values[0].Unit
	switch {
	case p.Operator == filter.Contains:
		if value.Kind() != '"' {
			return nil
		}
		return append(none, stringRank)
	case unit == (filter.Unit{}):
		return appendComparable(none, value, p.Values[0].Kind, p.longest+1)
	case value.Kind() == '0' && numbersIn.Kind == unit.Kind:
		return appendNumber(none, numbersIn.InBase(string(value)))
	case value.Kind() == '"':
		if number, of, ok := filter.ParseQuantity(unquoted(cutString(value, filter.NumericStringLength+1))); ok && of.Kind == unit.Kind {
			return appendNumber(none, of.InBase(number))
		}
	}
	return nil
}

func (p *part) satisfies(key []byte, value jsontext.Value) bool {
	if p.Operator == filter.Contains {
		return strings.Contains(fold(unquoted(value)), p.folded)
	}
	first := bytes.Compare(key, p.keys[0])
	switch p.Operator {
	case filter.In:
		return slices.ContainsFunc(p.keys, func(wanted []byte) bool { return bytes.Equal(key, wanted) })
	case filter.Between:
		return first >= 0 && bytes.Compare(key, p.keys[1]) <= 0
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
