package pattern

import (
	"fmt"
	"strings"
	"unicode"
)

// translator reads a pattern by the grammar of ECMA-262 (section "Patterns", with
// UnicodeMode) and writes one that both engines understand in the same way: classes as
// their ranges, groups by their numbers.
type translator struct {
	source []rune
	at     int
	out    strings.Builder
	// groups counts the capturing groups; names has the numbers of those with a name.
	groups int
	names  map[string]int
	// opened is the number of the latest capturing group that was opened; open has
	// those that are not closed yet.
	opened int
	open   map[int]bool
	depth  int
	flags  flags
	// weight counts what was written: one for each character, class or assertion, and
	// one for each sixteen ranges of a class.
	weight int
	// properties has the sets of \p and \P that were looked up.
	properties map[string]charSet
	// nested tells that an author may have meant a class in a class, as in [[:alpha:]] or
	// [a&&[^b]], or one with a bracket, as in []a].
	nested bool
	// captures is for patterns with references to groups.
	captures captures
	// backtracks tells that the pattern has what only a backtracking engine can do.
	backtracks bool
}

// flags are those that (?flags:...) may set.
type flags struct{ ignoreCase, dotAll bool }

// translation is a pattern for the engines.
type translation struct {
	text string
	// backtracks tells that only a backtracking engine can match the pattern.
	backtracks bool
	// weight is the size of the pattern for its engine.
	weight int
}

// maxWritten bounds the weight of patterns for the engine of the standard library,
// which writes out counted repetitions.
const maxWritten = 10_000

func translate(source string) (t *translation, err error) {
	// Recursive functions, which MaxDepth bounds, read the grammar. They panic with a
	// *SyntaxError at the first error.
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case *SyntaxError:
			t, err = nil, failure
		default:
			panic(failure)
		}
	}()
	p := &translator{source: []rune(source), names: map[string]int{}, open: map[int]bool{}, properties: map[string]charSet{}}
	p.captures = captures{referenced: map[int]bool{}, repeated: map[int]groupRange{}}
	p.countGroups()
	if written := p.pattern(); !p.backtracks && written <= maxWritten {
		return &translation{p.out.String(), false, written}, nil
	}
	if place, ok := p.captures.unsupported(); ok {
		p.failAt(place, "a repetition of what may be empty around a group that a reference names is not supported")
	}
	p = &translator{source: p.source, names: p.names, groups: p.groups, open: map[int]bool{}, properties: p.properties, backtracks: true,
		captures: captures{referenced: p.captures.referenced, repeated: p.captures.repeated}}
	p.pattern()
	return &translation{p.out.String(), true, p.weight}, nil
}

// pattern reads the whole pattern. It returns the weight with repetitions written out.
func (p *translator) pattern() (written int) {
	p.flagsOfAll()
	written = p.disjunction()
	if p.at < len(p.source) {
		p.fail("unmatched )")
	}
	return written
}

// fail ends the translation because of the character that is read next.
func (p *translator) fail(format string, args ...any) { p.failAt(p.at, format, args...) }

func (p *translator) failAt(index int, format string, args ...any) {
	panic(&SyntaxError{fmt.Sprintf(format, args...), index + 1})
}

const end = rune(-1)

// peek returns the character that is so many characters ahead.
func (p *translator) peek(ahead int) rune {
	if p.at+ahead >= len(p.source) {
		return end
	}
	return p.source[p.at+ahead]
}

func (p *translator) next() rune {
	c := p.peek(0)
	if c == end {
		p.fail("unexpected end")
	}
	p.at++
	return c
}

// accept reads the text if it comes next.
func (p *translator) accept(text string) bool {
	for i, c := range []rune(text) {
		if p.peek(i) != c {
			return false
		}
	}
	p.at += len([]rune(text))
	return true
}

// disjunction reads alternatives up to a closing parenthesis or the end. It returns
// their weight with repetitions written out, up to maxWritten+1.
func (p *translator) disjunction() (written int) {
	start, shortest := p.captures.least, MaxLength
	for {
		switch p.peek(0) {
		case end, ')':
			p.captures.least = min(start+shortest, p.captures.least)
			return written
		case '|':
			shortest, p.captures.least = min(shortest, p.captures.least-start), start
			p.at++
			p.out.WriteByte('|')
			written++
		default:
			written = min(written+p.term(), maxWritten+1)
		}
	}
}

// term reads an assertion, or an atom with its quantifier.
func (p *translator) term() (written int) {
	start, groups, captured := p.at, p.opened, p.captures
	written, isAssertion := p.atom()
	before := p.at
	repeated, ok := p.quantifier()
	switch {
	case !ok:
		return written
	case isAssertion:
		p.failAt(p.at-1, "nothing to repeat: an assertion stands before")
	}
	p.captures.repeat(captured, repeated, groupRange{groups + 1, p.opened}, start, before)
	before = p.at
	if _, again := p.quantifier(); again {
		p.failAt(before, "a second quantifier")
	}
	return written * min(repeated.copies(), maxWritten+1)
}

// atom reads and writes an atom or an assertion.
func (p *translator) atom() (written int, isAssertion bool) {
	before := p.weight
	p.weight++
	p.captures.least++
	switch c := p.next(); c {
	case '^':
		p.captures.least--
		p.out.WriteString(`\A`)
		isAssertion = true
	case '$':
		p.captures.least--
		p.out.WriteString(`\z`)
		isAssertion = true
	case '(':
		p.captures.least--
		return p.group()
	case '.':
		if p.flags.dotAll {
			p.writeSet(anyChar, false)
		} else {
			p.writeSet(lineTerminators, true)
		}
	case '[':
		p.class()
	case '\\':
		isAssertion = p.escape()
	case '{':
		p.refuseLookalike()
		p.writeLiteral(c)
	case '*', '+', '?':
		p.failAt(p.at-1, "missing argument to repetition")
	case ']':
		if p.nested {
			p.failAt(p.at-1, "unmatched ]: classes within classes and those that begin with ] are not supported, brackets in a class are escaped")
		}
		p.writeLiteral(c)
	default:
		p.writeLiteral(c)
	}
	return p.weight - before, isAssertion
}

var lineTerminators = charsOf("\n\r\u2028\u2029")

func (p *translator) writeSet(set charSet, negated bool) {
	const (
		rangesPerWeight = 16
		// Without regard to case each character with another case is looked at.
		casedPerWeight = 64
	)
	if p.flags.ignoreCase {
		cased := set.cased()
		set = set.withCases(cased)
		p.weight += len(cased) / casedPerWeight
	}
	p.weight += len(set) / rangesPerWeight
	if p.weight > MaxWeight {
		p.failAt(p.at-1, "classes of the pattern are larger than the limit of %d ranges, or without regard to case %d characters, together",
			rangesPerWeight*MaxWeight, casedPerWeight*MaxWeight)
	}
	set.write(&p.out, negated)
}

func (p *translator) writeLiteral(c rune) {
	if c >= firstSurrogate && c <= lastSurrogate {
		// No text has half a surrogate pair.
		p.writeSet(nil, false)
		return
	}
	if p.flags.ignoreCase && unicode.SimpleFold(c) != c {
		p.writeSet(setOf(charRange{c, c}), false)
		return
	}
	writeChar(&p.out, c)
}
