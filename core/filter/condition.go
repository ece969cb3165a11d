package filter

import (
	"fmt"
	"slices"
	"strings"
)

// Path leads to a value inside a JSON document. A part that is a non-negative
// integer indexes an array or names that key of an object.
type Path []string

// ParsePath splits a dotted path. Any text is a path. Error: the path has more than
// maxParts parts.
func ParsePath(s string, maxParts int) (Path, error) {
	if n := strings.Count(s, ".") + 1; n > maxParts {
		return nil, fmt.Errorf("the path has %d parts, at most %d are allowed", n, maxParts)
	}
	return strings.Split(s, "."), nil
}

// String is the path as it was written: the parts, joined with dots.
func (p Path) String() string { return strings.Join(p, ".") }

// LeadsNowhere is true if no document has this path: no key or index is the empty part.
func (p Path) LeadsNowhere() bool { return slices.Contains(p, "") }

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
}

const conditionForm = "a filter looks like `PATH OP VALUE` with single spaces between, for example `machine.cpu.count >= 8`"

// ParseCondition parses `PATH OP VALUE`. VALUE is everything after the operator and one
// space, further spaces included, and may be empty. Errors say what is wrong and how a
// condition looks.
func ParseCondition(s string, limits Limits) (Condition, error) {
	path, rest, ok := strings.Cut(s, " ")
	if !ok {
		return Condition{}, fmt.Errorf("no space after the path; %s", conditionForm)
	}
	operator, value, separated := strings.Cut(rest, " ")
	if !slices.Contains(operators, Operator(operator)) {
		return Condition{}, fmt.Errorf("the operator must be one of ==, >, <, >=, <=; %s", conditionForm)
	}
	if !separated {
		return Condition{}, fmt.Errorf("no space after the operator; %s", conditionForm)
	}
	parts, err := ParsePath(path, limits.PathParts)
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
