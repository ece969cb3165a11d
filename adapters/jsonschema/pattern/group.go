package pattern

import (
	"strings"
	"unicode"
)

// countGroups counts the capturing groups, since references may precede them.
func (p *translator) countGroups() {
	inClass := false
	for p.at < len(p.source) {
		switch c := p.next(); {
		case c == '\\' && p.at < len(p.source):
			p.at++
		case c == '[':
			inClass = true
		case c == ']':
			inClass = false
		case c == '(' && !inClass && p.peek(0) != '?':
			p.groups++
		case c == '(' && !inClass && p.peek(1) == '<' && p.peek(2) != '=' && p.peek(2) != '!':
			p.groups++
			p.at += len("?<")
			name := p.groupName()
			if p.names[name] != 0 {
				p.fail("a second group with the name %q", name)
			}
			p.names[name] = p.groups
		}
	}
	p.at = 0
}

// groupName reads the name of a group, and the > after it.
func (p *translator) groupName() string {
	start := p.at
	for {
		c := p.next()
		switch {
		case c == '>' && p.at > start+1:
			return string(p.source[start : p.at-1])
		case c == '$', c == '_', unicode.IsLetter(c), unicode.Is(unicode.Nl, c):
		case p.at > start+1 && (unicode.IsDigit(c) || unicode.In(c, unicode.Mn, unicode.Mc, unicode.Pc)):
		default:
			p.failAt(p.at-1, "bad name of a group")
		}
	}
}

// flagsOfAll reads the flags for the whole pattern, which are no ECMA-262 but common.
func (p *translator) flagsOfAll() {
	for _, prefix := range []string{"(?i)", "(?s)", "(?is)", "(?si)"} {
		if p.accept(prefix) {
			p.flags = flags{ignoreCase: strings.Contains(prefix, "i"), dotAll: strings.Contains(prefix, "s")}
			return
		}
	}
}

// group reads what follows an opening parenthesis. It returns the weight of the
// content with repetitions written out.
func (p *translator) group() (written int, isAssertion bool) {
	start, flags, number, captured, backward := p.at-1, p.flags, 0, p.captures.least, p.captures.backward
	switch {
	case p.peek(0) != '?':
		number = p.openGroup()
	case p.accept("?:"):
		p.out.WriteString("(?:")
	case p.accept("?="), p.accept("?!"), p.accept("?<="), p.accept("?<!"):
		p.out.WriteString("(" + string(p.source[start+1:p.at]))
		p.backtracks, isAssertion = true, true
		p.captures.around++
		p.captures.backward = p.source[p.at-2] == '<'
	case p.accept("?<"):
		p.groupName()
		number = p.openGroup()
	default:
		p.at++
		p.modifiers(start)
	}
	if p.depth++; p.depth > MaxDepth {
		p.failAt(start, "groups nested deeper than the limit of %d", MaxDepth)
	}
	reset := p.reset(start)
	if reset != "" && !p.captures.backward {
		p.out.WriteString(reset)
	}
	if reset != "" {
		p.out.WriteString("(?:")
	}
	written = 1 + p.disjunction()
	if p.peek(0) == end {
		p.failAt(start, "missing closing ) of the group")
	}
	p.at++
	if reset != "" {
		p.out.WriteByte(')')
	}
	if reset != "" && p.captures.backward {
		p.out.WriteString(reset)
	}
	p.out.WriteByte(')')
	if isAssertion {
		p.captures.least = captured
	}
	p.captures.backward = backward
	p.depth--
	delete(p.open, number)
	p.flags = flags
	return written, isAssertion
}

// openGroup writes the beginning of a capturing group, and returns its number.
func (p *translator) openGroup() int {
	p.out.WriteByte('(')
	p.opened++
	p.open[p.opened] = true
	return p.opened
}

// modifiers reads the flags of (?flags:...) up to the colon.
func (p *translator) modifiers(start int) {
	on, seen := true, ""
	for {
		c := p.next()
		if strings.ContainsRune(seen, c) {
			p.failAt(start, "a group that ECMA-262 does not have: a flag twice")
		}
		seen += string(c)
		switch c {
		case 'i':
			p.flags.ignoreCase = on
		case 's':
			p.flags.dotAll = on
		case '-':
			on = false
		case ':':
			if seen == "-:" {
				p.failAt(start, "a group that ECMA-262 does not have")
			}
			p.out.WriteString("(?:")
			return
		case 'P':
			p.failAt(start, "a group that ECMA-262 does not have (a named group is (?<name>...))")
		default:
			p.failAt(start, "a group that ECMA-262 does not have, or a flag that is not supported")
		}
	}
}
