package pattern

// quantifier reads and writes a quantifier, if one comes next. copies is how often
// what is repeated is written out.
func (p *translator) quantifier() (copies int, ok bool) {
	switch start := p.at; p.peek(0) {
	case '*', '+', '?':
		p.out.WriteRune(p.next())
		copies = 1
	case '{':
		if copies, ok = p.counts(); !ok {
			p.at = start
			return 0, false
		}
		p.out.WriteString(string(p.source[start:p.at]))
	default:
		return 0, false
	}
	if p.accept("?") {
		p.out.WriteByte('?')
	}
	return copies, true
}

// counts reads {n}, {n,} or {n,m}; ok is false if something else comes next.
func (p *translator) counts() (copies int, ok bool) {
	start := p.at
	p.at++
	least, ok := p.count()
	if !ok {
		return 0, false
	}
	most := least
	if p.accept(",") {
		if most, ok = p.count(); !ok {
			most = least + 1
		}
	}
	if !p.accept("}") {
		return 0, false
	}
	if most < least {
		p.failAt(start, "numbers out of order in a quantifier")
	}
	return most, true
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
