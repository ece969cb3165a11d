package pattern

import "unicode"

// class reads what follows an opening bracket.
func (p *translator) class() {
	start := p.at - 1
	negated := p.accept("^")
	p.nested = p.nested || p.peek(0) == ']'
	const manyRanges = 4096
	var ranges []charRange
	for !p.accept("]") {
		if p.peek(0) == end {
			p.failAt(start, "missing closing ] of the class")
		}
		first, set := p.classAtom()
		if set != nil && p.peek(0) == '-' && p.peek(1) == '-' && p.peek(2) != ']' {
			p.fail("a difference of classes, which is not supported: a hyphen in a class is escaped")
		}
		if set != nil || p.peek(0) != '-' || p.peek(1) == ']' || p.peek(1) == end {
			if ranges = append(append(ranges, set...), first...); len(ranges) > manyRanges {
				ranges = setOf(ranges...)
			}
			continue
		}
		dash := p.at
		p.at++
		last, set := p.classAtom()
		switch {
		case set != nil:
			ranges = append(append(append(ranges, first...), set...), charRange{'-', '-'})
		case last[0].first < first[0].first:
			p.failAt(dash, "a range of characters in reverse order")
		default:
			ranges = append(ranges, charRange{first[0].first, last[0].last})
		}
	}
	p.writeSet(setOf(ranges...), negated)
}

// classAtom reads one character of a class, or an escape that stands for a set, which
// is not nil then.
func (p *translator) classAtom() (char []charRange, set charSet) {
	c := p.next()
	if c == '\\' {
		escaped := p.next()
		if set, ok := p.setEscape(escaped); ok {
			return nil, append(charSet{}, set...)
		}
		if escaped == 'b' {
			c = '\b'
		} else {
			c = p.charEscape(escaped)
		}
	}
	p.nested = p.nested || c == '[' && p.source[p.at-2] != '\\'
	return []charRange{{c, c}}, nil
}

var (
	digits     = setOf(charRange{'0', '9'})
	wordChars  = setOf(charRange{'0', '9'}, charRange{'A', 'Z'}, charRange{'a', 'z'}, charRange{'_', '_'})
	whiteSpace = tableSet(unicode.Zs).union(charsOf("\t\n\v\f\r\u2028\u2029\ufeff"))
)

// wordChars are those of \w and \W: without regard to case also the long s and the sign of
// kelvin, which are other cases of s and k.
func (p *translator) wordChars() charSet {
	if p.flags.ignoreCase {
		return wordChars.union(charsOf("\u017f\u212a"))
	}
	return wordChars
}

// setEscape reads the rest of an escape that stands for a set.
func (p *translator) setEscape(c rune) (set charSet, ok bool) {
	switch c {
	case 'd':
		return digits, true
	case 'D':
		return digits.complement(), true
	case 'w':
		return p.wordChars(), true
	case 'W':
		return p.wordChars().complement(), true
	case 's':
		return whiteSpace, true
	case 'S':
		return whiteSpace.complement(), true
	case 'p', 'P':
		return p.property(c), true
	}
	return nil, false
}

// property reads the rest of \p{name} or \P{name}.
func (p *translator) property(c rune) charSet {
	start := p.at - len(`\p`)
	if !p.accept("{") {
		p.failAt(start, `\%c without a property in braces`, c)
	}
	begin := p.at
	for p.next() != '}' { //nolint:revive // reads up to the brace
	}
	name := string(p.source[begin : p.at-1])
	key := string(c) + name
	if set, ok := p.properties[key]; ok {
		return set
	}
	set, ok := propertySet(name)
	if !ok {
		p.failAt(start, "the Unicode property %q does not exist or is not supported", name)
	}
	if c == 'P' {
		set = set.complement()
	}
	p.properties[key] = set
	return set
}
