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
	if most := p.limits.Comparisons; p.count > most {
		return nil, p.fail(p.beyondAt, "%w", beyond(Comparisons, "at most %d comparisons are allowed; there are %d", most, p.count))
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
	at int
	// operandAt is the offset of the operand that was read last.
	operandAt int

	fields Fields
	limits Limits
	levels int
	count  int
	// beyondAt is the offset of the first comparison beyond the limit.
	beyondAt int
}

// failure is an error at an offset. The position is a number of characters, from 1.
func failure(text string, at int, format string, values ...any) error {
	where := fmt.Sprintf("at character %d", utf8.RuneCountInString(text[:min(at, len(text))])+1)
	if at >= len(text) {
		where = "at the end"
	}
	return fmt.Errorf("%s: %w", where, fmt.Errorf(format, values...))
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
	if p.count++; p.count == p.limits.Comparisons+1 {
		p.beyondAt = p.skipBlanks()
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
	p.operandAt = at
	rest := p.text[at:]
	if after, ok := strings.CutPrefix(rest, JSONField+"."); ok {
		path, n, ok := scanPath(after, blanks+"()=<>!~,")
		start := at + len(rest) - len(after)
		if !ok {
			return Operand{}, p.fail(start+n, "this quoted part of the path has no end, or no dot or selector after it")
		}
		if err := path.check(p.limits.PathParts); err != nil {
			return Operand{}, p.fail(at, "%w", err)
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
