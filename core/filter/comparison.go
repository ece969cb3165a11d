package filter

import (
	"strings"
)

// symbols are the operators that are no words, and what they mean; a longer one stands
// before its beginning.
var symbols = []struct {
	symbol   string
	operator Operator
	negated  bool
}{
	{"==", Equal, false},
	{"!=", Equal, true},
	{"<=", LessOrEqual, false},
	{">=", GreaterOrEqual, false},
	{"!~", Contains, true},
	{"=", Equal, false},
	{"<", Less, false},
	{">", Greater, false},
	{"~", Contains, false},
}

// operator reads an operator.
func (p *parser) operator() (operator Operator, negated bool, err error) {
	at := p.skipBlanks()
	n := len(p.text[at:]) - len(strings.TrimLeft(p.text[at:], "=<>!~&|"))
	for _, s := range symbols {
		if p.text[at:at+n] == s.symbol {
			p.at += n
			return s.operator, s.negated, nil
		}
	}
	switch {
	case n > 0:
	case p.keyword("NOT"):
		negated = true
		fallthrough
	default:
		for _, o := range []Operator{In, Between} {
			if p.keyword(string(o)) {
				return o, negated, nil
			}
		}
		for word, isMissing := range map[string]bool{string(Exists): false, "MISSING": true} {
			if !negated && p.keyword(word) {
				return Exists, isMissing, nil
			}
		}
	}
	return "", false, p.unknownOperator(at)
}

// values reads what stands behind the operator.
func (p *parser) values(operator Operator) ([]Value, error) {
	switch operator {
	case Exists:
		return nil, nil
	case In:
		return p.listed()
	case Between:
		low, err := p.value()
		if err != nil {
			return nil, err
		}
		if !p.keyword("AND") {
			return nil, p.fail(p.skipBlanks(), "AND and the upper value must follow: BETWEEN 1 AND 5")
		}
		high, err := p.value()
		return []Value{low, high}, err
	default:
		v, err := p.value()
		return []Value{v}, err
	}
}

// listed reads the values of IN.
func (p *parser) listed() (values []Value, err error) {
	if !p.symbol("(") {
		return nil, p.fail(p.skipBlanks(), `IN needs a list in parentheses: IN ("a", "b")`)
	}
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		if values = append(values, v); len(values) > maxListed {
			return nil, p.fail(p.at, "at most %d values are allowed in a list", maxListed)
		}
		if p.symbol(")") {
			return values, nil
		}
		if !p.symbol(",") {
			return nil, p.fail(p.skipBlanks(), "a comma or a closing parenthesis must follow the value")
		}
	}
}

// maxListed is how many values IN may have.
const maxListed = 100

// value reads a number, with or without a unit, a text, true or false.
func (p *parser) value() (Value, error) {
	at := p.skipBlanks()
	rest := p.text[at:]
	switch {
	case rest == "":
		return Value{}, p.fail(at, `a value must follow: a number, a text in quotes, true or false`)
	case rest[0] == '"':
		text, n, ok := scanString(rest)
		if !ok {
			return Value{}, p.fail(at, `this text has no closing ", or is no JSON string; a " inside is written \"`)
		}
		p.at += n
		return p.checkText(at, text)
	case rest[0] == '\'':
		text, n, ok := scanSingleQuoted(rest)
		if !ok {
			return Value{}, p.fail(at, `this text has no closing '; a ' inside is written ''`)
		}
		p.at += n
		return p.checkText(at, text)
	case p.keyword("true"):
		return Value{Kind: Boolean, Text: "true"}, nil
	case p.keyword("false"):
		return Value{Kind: Boolean, Text: "false"}, nil
	default:
		return p.number(at)
	}
}

func (p *parser) checkText(at int, text string) (Value, error) {
	if strings.ContainsRune(text, 0) {
		return Value{}, p.fail(at, "no text has the character U+0000")
	}
	return Value{Kind: Text, Text: text}, nil
}

// scanSingleQuoted reads a text in single quotes, in which two of them stand for one.
func scanSingleQuoted(s string) (text string, length int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if !strings.HasPrefix(s[i:], "''") {
			return b.String(), i + 1, true
		}
		b.WriteByte('\'')
		i++
	}
	return "", 0, false
}

// number reads a number of JSON's grammar, and its unit.
func (p *parser) number(at int) (Value, error) {
	rest := p.text[at:]
	n := len(numberStart.FindString(rest))
	if n == 0 {
		return Value{}, p.notAValue(at)
	}
	v := Value{Kind: Number, Text: rest[:n]}
	if err := p.limits.checkNumber(v.Text); err != nil {
		return Value{}, p.fail(at, "%w", err)
	}
	p.at += n
	symbol := p.peekUnit()
	if isKeyword(symbol) || symbol == "" {
		if isSeparated(p.text[p.at:]) {
			return v, nil
		}
		return Value{}, p.notAValue(at)
	}
	unitAt := p.skipBlanks()
	unit, ok := ParseUnit(symbol)
	if !ok {
		return Value{}, p.unknownUnit(at, unitAt, symbol)
	}
	p.at += len(symbol)
	if !isSeparated(p.text[p.at:]) {
		return Value{}, p.notAValue(at)
	}
	v.Unit = unit
	return v, nil
}

// checkTypes makes the values those of the operand's type.
func (p *parser) checkTypes(c *Comparison, at int) error {
	field, values := c.Operand.Field, c.Values
	if c.Operator == Contains && values[0].Kind != Text {
		return p.fail(at, `~ and !~ compare with texts; write the text in quotes: "%s"`, values[0].Text)
	}
	if c.Operator == Between && len(c.ByKind()) > 1 {
		return p.fail(at, "both values of BETWEEN must be numbers, or of one kind of unit, or texts")
	}
	fieldType, known := p.fields[field]
	if !known || fieldType != IDType && fieldType != TimeType {
		return nil
	}
	if c.Operator == Contains {
		return p.fail(at, "~ and !~ compare with texts, and %s is none; use = or an order", field)
	}
	for i, v := range values {
		text, example, ok := "", "", false
		if fieldType == IDType {
			text, ok = canonicalID(v.Text)
			example = `the text of a UUID, such as "5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
		} else {
			text, ok = canonicalTime(v.Text)
			example = `a date-time with an offset, such as "2026-01-01T12:00:00Z"`
		}
		if begin, offset, isLost := WithLostPlus(v.Text); isLost && fieldType == TimeType && v.Kind == Text {
			return p.fail(at, "%s is compared with %s; did you mean %s? %s", field, example, quote(begin+"+"+offset), plusForm)
		}
		if v.Kind != Text || !ok {
			return p.fail(at, "%s is compared with %s", field, example)
		}
		values[i].Text = text
	}
	return nil
}
