package filter

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Type is the type of a named field.
type Type int

// The types of named fields.
const (
	// TextType is a text.
	TextType Type = iota
	// IDType is a UUID, compared as its text in lower case.
	IDType
	// TimeType is a date-time.
	TimeType
	// DocumentType is a whole document, below which paths lead.
	DocumentType
)

// Fields are the named fields that conditions may compare.
type Fields map[string]Type

// maxLevels is how deep parentheses may be nested.
const maxLevels = 16

// ParseWhere reads a condition by the grammar of the package. Errors say what is wrong, at
// which character, and what was probably meant.
func ParseWhere(s string, fields Fields, limits Limits) (Expression, error) {
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("the condition is not valid UTF-8")
	}
	p := &parser{text: s, fields: fields, limits: limits}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if !p.atEnd() {
		return nil, p.unexpectedAfterComparison()
	}
	return e, nil
}

// ParseComparison reads the canonical form of a comparison, see Comparison.String, without
// any limit.
func ParseComparison(s string) (Comparison, error) {
	p := &parser{text: s, limits: Limits{
		PathParts: math.MaxInt, Exponent: math.MaxInt, NumberLength: math.MaxInt, Comparisons: 1,
	}}
	e, err := p.comparison()
	if err == nil && !p.atEnd() {
		err = p.unexpectedAfterComparison()
	}
	return e, err
}

// parser reads a condition by recursive descent: one method for each rule of the grammar.
type parser struct {
	text string
	// at is the offset of the next character in bytes.
	at     int
	fields Fields
	limits Limits
	levels int
	count  int
}

// failure is an error at an offset. The position is a number of characters, from 1.
func failure(text string, at int, format string, values ...any) error {
	where := fmt.Sprintf("at character %d", utf8.RuneCountInString(text[:min(at, len(text))])+1)
	if at >= len(text) {
		where = "at the end"
	}
	return fmt.Errorf("%s: %s", where, fmt.Sprintf(format, values...))
}

func (p *parser) fail(at int, format string, values ...any) error {
	return failure(p.text, at, format, values...)
}

func (p *parser) or() (Expression, error) {
	return p.list("OR", p.and, func(all []Expression) Expression { return Or(all) })
}

func (p *parser) and() (Expression, error) {
	return p.list("AND", p.not, func(all []Expression) Expression { return And(all) })
}

// list reads one or several expressions with a keyword between them.
func (p *parser) list(keyword string, read func() (Expression, error), join func([]Expression) Expression) (Expression, error) {
	var all []Expression
	for {
		e, err := read()
		if err != nil {
			return nil, err
		}
		all = append(all, e)
		if !p.keyword(keyword) {
			break
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return join(all), nil
}

func (p *parser) not() (Expression, error) {
	negated := p.keyword("NOT")
	e, err := p.parenthesized()
	if negated && err == nil {
		e = Not{Of: e}
	}
	return e, err
}

func (p *parser) parenthesized() (Expression, error) {
	if !p.symbol("(") {
		return p.comparison()
	}
	open := p.at - 1
	if p.levels++; p.levels > maxLevels {
		return nil, p.fail(open, "more than %d levels of parentheses", maxLevels)
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	p.levels--
	if !p.symbol(")") {
		if p.atEnd() {
			return nil, p.fail(open, "this parenthesis is not closed")
		}
		return nil, p.unexpectedAfterComparison()
	}
	return e, nil
}

func (p *parser) comparison() (Comparison, error) {
	if p.count++; p.count > p.limits.Comparisons {
		return Comparison{}, p.fail(p.at, "at most %d comparisons are allowed", p.limits.Comparisons)
	}
	var c Comparison
	var err error
	if c.Operand, err = p.operand(); err != nil {
		return c, err
	}
	at := p.skipBlanks()
	if c.Operator, c.Negated, err = p.operator(); err != nil {
		return c, err
	}
	if c.Values, err = p.values(c.Operator); err != nil {
		return c, err
	}
	return c, p.checkTypes(&c, at)
}

// operand reads a named field, or a path below json.
func (p *parser) operand() (Operand, error) {
	at := p.skipBlanks()
	rest := p.text[at:]
	if after, ok := strings.CutPrefix(rest, JSONField+"."); ok {
		path, n, ok := scanPath(after, blanks+"()=<>!~,")
		start := at + len(rest) - len(after)
		if !ok {
			return Operand{}, p.fail(start+n, "this quoted part of the path has no end, or no dot or selector after it")
		}
		if err := path.check(p.limits.PathParts); err != nil {
			return Operand{}, p.fail(at, "%s", err)
		}
		if !isStorable(path) {
			return Operand{}, p.fail(at, "no name in a document has the character U+0000")
		}
		p.at = start + n
		return Operand{Field: JSONField, Path: path}, nil
	}
	word := p.peekWord()
	if _, known := p.fields[word]; known || word == TagField || p.fields == nil && word != "" {
		p.at += len(word)
		return Operand{Field: word}, nil
	}
	return Operand{}, p.unknownOperand(at, word)
}

func isStorable(path Path) bool {
	return !slices.ContainsFunc(path, func(part Part) bool {
		return strings.ContainsRune(part.Name, 0) || part.Match != nil && strings.ContainsRune(part.Match.Member+part.Match.Value.Text, 0)
	})
}

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
		return Value{}, p.fail(at, "%s", err)
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
		if v.Kind != Text || !ok {
			return p.fail(at, "%s is compared with %s", field, example)
		}
		values[i].Text = text
	}
	return nil
}
