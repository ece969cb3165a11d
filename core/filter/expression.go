package filter

import (
	"slices"
	"strings"
)

// Expression is a condition on results: And, Or, Not or Comparison. A condition holds or
// does not hold; nothing in a document makes it unknown or fail.
type Expression interface {
	// String is the canonical form of the expression.
	String() string
	// Comparisons returns all comparisons of the expression, from left to right.
	Comparisons() []Comparison
}

// All returns an expression that holds if all of the expressions do, nil for none.
func All(all []Expression) Expression {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	default:
		return And(all)
	}
}

// And holds if all of its expressions do. It has at least two.
type And []Expression

// Or holds if any of its expressions does. It has at least two.
type Or []Expression

// Not holds if the expression does not.
type Not struct{ Of Expression }

// TagField is the operand that stands for the names of a result's tags: for several texts,
// as a path with [*] does.
const TagField = "tag"

// Further operators of comparisons.
const (
	// Contains compares texts: the value occurs in the text, whatever the case of letters.
	Contains Operator = "~"
	// In is true for a value that equals any of the values.
	In Operator = "IN"
	// Between is true for a value that is at least the first and at most the second value.
	Between Operator = "BETWEEN"
	// Exists is true where the path is there, and not null.
	Exists Operator = "EXISTS"
)

// Comparison compares what a result has at an operand with values.
//
// The negated form (`!=`, `!~`, NOT IN, NOT BETWEEN) of an operand that leads to one value
// holds if the value is there, is comparable with one of the values, and does not satisfy the
// form that is not negated. Of an operand that leads to several values it holds if none of
// them satisfies the form that is not negated. The negated form of Exists is MISSING.
type Comparison struct {
	Operand Operand
	// Operator is one of ==, <, <=, >, >=, Contains, In, Between and Exists.
	Operator Operator
	Negated  bool
	// Values are none for Exists, two of one kind for Between, at least one for In, else one.
	Values []Value
	// NumbersIn is the unit of numbers without a unit that are compared with quantities; the
	// zero Unit if they cannot be compared. Storage sets it where a metric declares the unit.
	NumbersIn Unit
}

// ByKind splits a comparison by the kinds of its values, and the kinds of their units: each
// part has the operator, and values of one kind.
func (c Comparison) ByKind() []Comparison {
	var parts []Comparison
	for _, v := range c.Values {
		i := slices.IndexFunc(parts, func(part Comparison) bool {
			return part.Values[0].Kind == v.Kind && part.Values[0].Unit.Kind == v.Unit.Kind
		})
		if i < 0 {
			i = len(parts)
			parts = append(parts, Comparison{Operand: c.Operand, Operator: c.Operator, NumbersIn: c.NumbersIn})
		}
		parts[i].Values = append(parts[i].Values, v)
	}
	return parts
}

// Operand is what a comparison looks at.
type Operand struct {
	// Field is one of the fields by which results are sorted, or TagField.
	Field string
	// Path is a path inside the document if Field is JSONField.
	Path Path
}

// Value is what a comparison compares with.
type Value struct {
	Kind Kind
	// Text is the text, the number's JSON spelling, or "true" or "false".
	Text string
	// Unit is the unit of a number; the zero Unit for none.
	Unit Unit
}

// Comparisons implements Expression.
func (e And) Comparisons() []Comparison { return comparisons(e) }

// Comparisons implements Expression.
func (e Or) Comparisons() []Comparison { return comparisons(e) }

// Comparisons implements Expression.
func (e Not) Comparisons() []Comparison { return e.Of.Comparisons() }

// Comparisons implements Expression.
func (c Comparison) Comparisons() []Comparison { return []Comparison{c} }

func comparisons(of []Expression) (all []Comparison) {
	for _, e := range of {
		all = append(all, e.Comparisons()...)
	}
	return all
}

// String implements Expression.
func (e And) String() string {
	words := make([]string, len(e))
	for i, of := range e {
		if _, ok := of.(Or); ok {
			words[i] = "(" + of.String() + ")"
			continue
		}
		words[i] = of.String()
	}
	return strings.Join(words, " AND ")
}

// String implements Expression.
func (e Or) String() string {
	words := make([]string, len(e))
	for i, of := range e {
		words[i] = of.String()
	}
	return strings.Join(words, " OR ")
}

// String implements Expression.
func (e Not) String() string {
	if _, ok := e.Of.(Comparison); ok {
		return "NOT " + e.Of.String()
	}
	return "NOT (" + e.Of.String() + ")"
}

// negatedForms are the operators of comparisons as they are written, negated.
var negatedForms = map[Operator]string{Equal: "!=", Contains: "!~", In: "NOT IN", Between: "NOT BETWEEN", Exists: "MISSING"}

// String implements Expression.
func (c Comparison) String() string {
	operator := string(c.Operator)
	if c.Operator == Equal {
		operator = "="
	}
	if c.Negated {
		operator = negatedForms[c.Operator]
	}
	words := c.Operand.String() + " " + operator
	switch c.Operator {
	case Exists:
		return words
	case In:
		values := make([]string, len(c.Values))
		for i, v := range c.Values {
			values[i] = v.String()
		}
		return words + " (" + strings.Join(values, ", ") + ")"
	case Between:
		return words + " " + c.Values[0].String() + " AND " + c.Values[1].String()
	default:
		return words + " " + c.Values[0].String()
	}
}

// String is the operand as conditions and sorts write it.
func (o Operand) String() string {
	if o.Field == JSONField && o.Path != nil {
		return JSONField + "." + o.Path.String()
	}
	return o.Field
}

// IsSeveral is true if the operand leads to several values of one result.
func (o Operand) IsSeveral() bool { return o.Field == TagField || o.Path.HasAny() }

// Plain is the text, the number without its unit, in the base unit, or "true" or "false".
func (v Value) Plain() string {
	if v.Unit != (Unit{}) {
		return v.Unit.InBase(v.Text)
	}
	return v.Text
}

// String is the value as conditions write it.
func (v Value) String() string {
	switch {
	case v.Kind == Text:
		return quote(v.Text)
	case v.Unit != (Unit{}):
		return v.Text + " " + v.Unit.Symbol
	default:
		return v.Text
	}
}
