package pattern

// repetition is how often a quantifier repeats what stands before it.
type repetition struct{ least, most int }

// endless is the most of a repetition without an end.
const endless = MaxCount + 1

// copies is how often what is repeated is written out.
func (r repetition) copies() int {
	if r.most == endless {
		return r.least + 1
	}
	return r.most
}

// quantifier reads and writes a quantifier, if one comes next.
func (p *translator) quantifier() (r repetition, ok bool) {
	switch start := p.at; p.peek(0) {
	case '*':
		r = repetition{0, endless}
		p.out.WriteRune(p.next())
	case '+':
		r = repetition{1, endless}
		p.out.WriteRune(p.next())
	case '?':
		r = repetition{0, 1}
		p.out.WriteRune(p.next())
	case '{':
		if r, ok = p.counts(); !ok {
			p.at = start
			return repetition{}, false
		}
		p.out.WriteString(string(p.source[start:p.at]))
	default:
		return repetition{}, false
	}
	if p.accept("?") {
		p.out.WriteByte('?')
	}
	return r, true
}

// refuseLookalike refuses an opening brace, which was read, if it begins what reads like a
// quantifier and is none, such as {,3} and {1, 2}: its author did not mean these characters.
func (p *translator) refuseLookalike() {
	digits, commas := 0, 0
	for _, c := range p.source[p.at:] {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == ',':
			commas++
		case c == '}' && digits > 0 && commas <= 1:
			p.failAt(p.at-1, "a quantifier that ECMA-262 does not have here: one is {2}, {2,} or {2,3}, "+
				"and a brace that stands for itself is escaped")
		case c != ' ':
			return
		}
	}
}

// counts reads {n}, {n,} or {n,m}; ok is false if something else comes next.
func (p *translator) counts() (r repetition, ok bool) {
	start := p.at
	p.at++
	least, ok := p.count()
	if !ok {
		return repetition{}, false
	}
	most := least
	if p.accept(",") {
		if most, ok = p.count(); !ok {
			most = endless
		}
	}
	if !p.accept("}") {
		return repetition{}, false
	}
	if most < least {
		p.failAt(start, "numbers out of order in a quantifier")
	}
	return repetition{least, most}, true
}

// count reads a number of up to MaxCount.
func (p *translator) count() (n int, ok bool) {
	const ten = 10
	for ; p.peek(0) >= '0' && p.peek(0) <= '9'; ok = true {
		if n = ten*n + int(p.peek(0)-'0'); n > MaxCount {
			p.fail("a count larger than the limit of %d", MaxCount)
		}
		p.at++
	}
	return n, ok
}
