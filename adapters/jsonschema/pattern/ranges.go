package pattern

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// charRange is all characters from first to last.
type charRange struct{ first, last rune }

// charSet is a set of characters: ranges in ascending order that do not touch each
// other and have no surrogates.
type charSet []charRange

const (
	firstSurrogate, lastSurrogate = 0xD800, 0xDFFF
	firstLow                      = 0xDC00
)

var anyChar = setOf(charRange{0, unicode.MaxRune})

// setOf makes a set of ranges in any order.
func setOf(ranges ...charRange) charSet {
	var valid []charRange
	for _, r := range ranges {
		if r.first <= lastSurrogate && r.last >= firstSurrogate {
			valid = append(valid, charRange{r.first, firstSurrogate - 1}, charRange{lastSurrogate + 1, r.last})
			continue
		}
		valid = append(valid, r)
	}
	valid = slices.DeleteFunc(valid, func(r charRange) bool { return r.first > r.last })
	slices.SortFunc(valid, func(a, b charRange) int { return cmp.Compare(a.first, b.first) })
	var set charSet
	for _, r := range valid {
		if n := len(set); n > 0 && r.first <= set[n-1].last+1 {
			set[n-1].last = max(set[n-1].last, r.last)
			continue
		}
		set = append(set, r)
	}
	return set
}

func charsOf(text string) charSet {
	var ranges []charRange
	for _, c := range text {
		ranges = append(ranges, charRange{c, c})
	}
	return setOf(ranges...)
}

func tableSet(tables ...*unicode.RangeTable) charSet {
	var ranges []charRange
	add := func(first, last, stride rune) {
		if stride == 1 {
			ranges = append(ranges, charRange{first, last})
			return
		}
		for c := first; c <= last; c += stride {
			ranges = append(ranges, charRange{c, c})
		}
	}
	for _, table := range tables {
		for _, r := range table.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range table.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride)) //nolint:gosec // characters end at U+10FFFF
		}
	}
	return setOf(ranges...)
}

// withCase are the characters that have other cases, in ascending order.
var withCase = sync.OnceValue(func() []rune {
	var chars []rune
	for c := range rune(unicode.MaxRune) {
		if unicode.SimpleFold(c) != c {
			chars = append(chars, c)
		}
	}
	return chars
})

// cased returns the characters of the set that have other cases.
func (s charSet) cased() []rune {
	var found []rune
	for _, r := range s {
		chars := withCase()
		first, _ := slices.BinarySearch(chars, r.first)
		after, _ := slices.BinarySearch(chars, r.last+1)
		found = append(found, chars[first:after]...)
	}
	return found
}

// withCases returns the set with the other cases of its characters that have some, by the
// simple case folding of Unicode as ECMA-262 wants it (section "Canonicalize"). The engines
// fold in ways of their own.
func (s charSet) withCases(cased []rune) charSet {
	var others []charRange
	for _, c := range cased {
		for other := unicode.SimpleFold(c); other != c; other = unicode.SimpleFold(other) {
			if !s.has(other) {
				others = append(others, charRange{other, other})
			}
		}
	}
	if others == nil {
		return s
	}
	return s.union(others)
}

func (s charSet) has(c rune) bool {
	_, found := slices.BinarySearchFunc(s, c, func(r charRange, c rune) int {
		switch {
		case r.last < c:
			return -1
		case r.first > c:
			return 1
		}
		return 0
	})
	return found
}

func (s charSet) union(others ...charSet) charSet {
	return setOf(slices.Concat(append(others, s)...)...)
}

// complement is all characters that are not in the set.
func (s charSet) complement() charSet {
	var ranges []charRange
	next := rune(0)
	for _, r := range s {
		ranges = append(ranges, charRange{next, r.first - 1})
		next = r.last + 1
	}
	return setOf(append(ranges, charRange{next, unicode.MaxRune})...)
}

func (s charSet) without(other charSet) charSet {
	return s.complement().union(other).complement()
}

// write writes the set as a class that both engines understand.
func (s charSet) write(out *strings.Builder, negated bool) {
	if len(s) == 0 {
		s, negated = anyChar, !negated
	}
	out.WriteByte('[')
	if negated {
		out.WriteByte('^')
	}
	for _, r := range s {
		// The backtracking engine takes an escaped hyphen for no end of a range.
		if r.first <= '-' && r.last >= '-' {
			writeRange(out, charRange{r.first, '-' - 1})
			writeChar(out, '-')
			r.first = '-' + 1
		}
		writeRange(out, r)
	}
	out.WriteByte(']')
}

func writeRange(out *strings.Builder, r charRange) {
	if r.first > r.last {
		return
	}
	writeChar(out, r.first)
	if r.last > r.first {
		out.WriteByte('-')
		writeChar(out, r.last)
	}
}

// writeChar writes a character that stands for itself, in a class or outside.
func writeChar(out *strings.Builder, c rune) {
	if c < unicode.MaxASCII && (unicode.IsPunct(c) || unicode.IsSymbol(c)) {
		out.WriteByte('\\')
	}
	out.WriteRune(c)
}
