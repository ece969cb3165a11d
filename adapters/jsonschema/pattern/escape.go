package pattern

import (
	"fmt"
	"strings"
	"unicode"
)

// escape reads what follows a backslash outside of classes.
func (p *translator) escape() (isAssertion bool) {
	start := p.at - 1
	c := p.next()
	set, ok := p.setEscape(c)
	switch {
	case ok:
		p.writeSet(set, false)
	case c == 'b' || c == 'B':
		p.captures.least--
		p.writeBoundary(c)
		return true
	case c >= '1' && c <= '9':
		number := int(c - '0')
		for p.peek(0) >= '0' && p.peek(0) <= '9' && number <= p.groups {
			number = 10*number + int(p.next()-'0')
		}
		if number > p.groups {
			p.failAt(start, "a reference to group %d, of which there is none", number)
		}
		p.writeReference(number)
	case c == 'k':
		if !p.accept("<") {
			p.failAt(start, `\k without the name of a group`)
		}
		name := p.groupName()
		number, ok := p.names[name]
		if !ok {
			p.failAt(start, "a reference to group %q, of which there is none", name)
		}
		p.writeReference(number)
	default:
		p.writeLiteral(p.charEscape(c))
	}
	return false
}

// writeBoundary writes \b or \B. The backtracking engine has Unicode's words, not those
// of ECMA-262. Without regard to case ECMA-262 has two more characters in words, the long s
// and the sign of kelvin; the linear engine does not have them.
func (p *translator) writeBoundary(c rune) {
	switch {
	case !p.backtracks:
		p.out.WriteString(`\` + string(c))
	case c == 'b':
		p.out.WriteString("(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))")
	default:
		p.out.WriteString("(?:(?<=[A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<![A-Za-z0-9_])(?![A-Za-z0-9_]))")
	}
}

func (p *translator) writeReference(number int) {
	p.captures.least--
	p.captures.referenced[number] = true
	if p.open[number] {
		// Within the group itself the reference is to what was not captured yet, which
		// matches the empty text.
		p.out.WriteString("(?:)")
		return
	}
	p.backtracks = true
	flag := ""
	if p.flags.ignoreCase {
		flag = "i"
	}
	fmt.Fprintf(&p.out, `(?%s:\%d)`, flag, number)
}

// charEscape reads the rest of an escape that stands for one character.
func (p *translator) charEscape(c rune) rune {
	start := p.at - len(`\c`)
	switch c {
	case 't':
		return '\t'
	case 'n':
		return '\n'
	case 'v':
		return '\v'
	case 'f':
		return '\f'
	case 'r':
		return '\r'
	case '0':
		if next := p.peek(0); next < '0' || next > '9' {
			return 0
		}
	case 'c':
		if letter := p.peek(0); letter < unicode.MaxASCII && unicode.IsLetter(letter) {
			const controls = 32
			return p.next() % controls
		}
	case 'x':
		if code, ok := p.hex(2); ok {
			return code
		}
	case 'u':
		if code, ok := p.unicodeEscape(); ok {
			return code
		}
	default:
		if c > 0 && c < unicode.MaxASCII && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return c
		}
	}
	switch c {
	case 'A':
		p.failAt(start, "an escape that ECMA-262 does not have (the beginning of a text is ^)")
	case 'Z', 'z':
		p.failAt(start, "an escape that ECMA-262 does not have (the end of a text is $)")
	default:
		p.failAt(start, "an escape that ECMA-262 does not have")
	}
	return 0
}

// unicodeEscape reads the rest of \u1234, \u{12345} or a surrogate pair.
func (p *translator) unicodeEscape() (rune, bool) {
	const digitsOfUnit = 4
	if p.accept("{") {
		code, length := rune(0), 0
		for ; p.peek(0) != '}'; length++ {
			digit, ok := p.hex(1)
			if !ok || code > unicode.MaxRune {
				return 0, false
			}
			code = 16*code + digit
		}
		p.at++
		return code, length > 0 && code <= unicode.MaxRune
	}
	code, ok := p.hex(digitsOfUnit)
	if !ok || code < firstSurrogate || code >= firstLow || p.peek(0) != '\\' || p.peek(1) != 'u' {
		return code, ok
	}
	before := p.at
	p.at += len(`\u`)
	const shift, base = 10, 0x10000
	if low, ok := p.hex(digitsOfUnit); ok && low >= firstLow && low <= lastSurrogate {
		return base + (code-firstSurrogate)<<shift + (low - firstLow), true
	}
	p.at = before
	return code, true
}

// hex reads so many hexadecimal digits.
func (p *translator) hex(n int) (rune, bool) {
	code := rune(0)
	for range n {
		digit := strings.IndexRune("0123456789abcdef", unicode.ToLower(p.peek(0)))
		if digit < 0 {
			return 0, false
		}
		p.at++
		code = 16*code + rune(digit) //nolint:gosec // one digit
	}
	return code, true
}
