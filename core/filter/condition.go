package filter

import (
	"fmt"
	"slices"
	"strings"
)

// Path leads to a value inside a JSON document. A part that is a non-negative
// integer indexes an array or names that key of an object.
type Path []string

// ParsePath splits a dotted path. Any text is a path; an error says that it has
// more than maxParts parts.
func ParsePath(s string, maxParts int) (Path, error) {
	if n := strings.Count(s, ".") + 1; n > maxParts {
		return nil, fmt.Errorf("the path has %d parts, at most %d are allowed", n, maxParts)
	}
	return strings.Split(s, "."), nil
}

// String joins the parts with dots, as they were written.
func (p Path) String() string { return strings.Join(p, ".") }

// LeadsNowhere tells that no document has this path: an empty part is a part
// that nothing has.
func (p Path) LeadsNowhere() bool { return slices.Contains(p, "") }

// Operator compares a document's value (left) with a condition's (right).
type Operator string

// The operators, as they are written.
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
	// Number compares, exactly, with numbers and with strings that are numbers
	// by the rule of IsNumericString.
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

// ParseCondition reads `PATH OP VALUE`; VALUE is all that follows the operator
// and one space, spaces included, and may be empty. Errors say what is wrong and
// how it should look.
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
