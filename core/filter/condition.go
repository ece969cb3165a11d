package filter

import (
	"fmt"
	"slices"
	"strings"
)

// Operator compares the value in the document (left) with the value of the condition (right).
type Operator string

// The operators, spelled as in a condition.
const (
	Equal          Operator = "=="
	Greater        Operator = ">"
	Less           Operator = "<"
	GreaterOrEqual Operator = ">="
	LessOrEqual    Operator = "<="
)

var operators = []Operator{Equal, Greater, Less, GreaterOrEqual, LessOrEqual}

// Kind is the type of values that a condition compares.
type Kind int

// The kinds of values.
const (
	// Text compares with strings, by code point.
	Text Kind = iota
	// Number compares exactly with numbers, and with strings that are numbers by
	// IsNumericString.
	Number
	// Boolean compares with booleans; false is less than true.
	Boolean
)

// Condition is one filter on a result's JSON. A document in which the path is
// missing, null or of a type that the kind does not compare with does not match.
type Condition struct {
	Path     Path
	Operator Operator
	Kind     Kind
	// Value is the text, the number's JSON spelling, or "true" or "false".
	Value string
	// Unit is the unit of a number, the zero Unit for none. Filters have none; comparisons that
	// say the same as a filter may have one.
	Unit Unit
}

// Comparison returns the condition in the form of expressions.
func (c Condition) Comparison() Comparison {
	return Comparison{
		Operand: Operand{Field: JSONField, Path: c.Path}, Operator: c.Operator, Values: []Value{{Kind: c.Kind, Text: c.Value, Unit: c.Unit}},
	}
}

const conditionForm = "a filter looks like `PATH OP VALUE` with single spaces between, for example `machine.cpu.count >= 8`"

// ParseCondition parses `PATH OP VALUE`. VALUE is everything after the operator and one
// space, further spaces included, and may be empty. Errors say what is wrong and how a
// condition looks.
func ParseCondition(s string, limits Limits) (Condition, error) {
	parts, rest, ok := cutPath(s)
	if !ok {
		return Condition{}, fmt.Errorf("no space after the path; %s", conditionForm)
	}
	operator, value, separated := strings.Cut(rest, " ")
	if !slices.Contains(operators, Operator(operator)) {
		return Condition{}, failure(s, len(s)-len(rest), "%sthe operator must be one of ==, >, <, >=, <=; %s",
			filterHint(s[:len(s)-len(rest)-1], operator), conditionForm)
	}
	if !separated {
		return Condition{}, fmt.Errorf("no space after the operator; %s", conditionForm)
	}
	err := parts.check(limits.PathParts)
	if err != nil {
		return Condition{}, err
	}
	c := Condition{Path: parts, Operator: Operator(operator), Kind: Text, Value: value}
	switch value {
	case "true", "True", "TRUE":
		c.Kind, c.Value = Boolean, "true"
	case "false", "False", "FALSE":
		c.Kind, c.Value = Boolean, "false"
	default:
		if IsNumber(value) {
			c.Kind = Number
			err = limits.checkNumber(value)
		}
	}
	return c, err
}

// cutPath reads the path at the beginning of a condition, and the blank after it. Blanks in
// quotes and in selectors belong to the path.
func cutPath(s string) (path Path, rest string, ok bool) {
	if path, n, ok := scanPath(s, " "); ok && n < len(s) {
		return path, s[n+1:], true
	}
	text, rest, ok := strings.Cut(s, " ")
	return Names(strings.Split(text, ".")...), rest, ok
}
