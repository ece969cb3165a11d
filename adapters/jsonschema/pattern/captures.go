package pattern

import (
	"fmt"
	"strings"
)

// captures is what a translation knows about the texts that groups capture. By ECMA-262
// (section "RepeatMatcher") each iteration of a quantifier forgets what the groups in it
// captured before, and an iteration that matches nothing does not count. The
// backtracking engine does neither. It is told to forget at the beginning of iterations;
// where an iteration may match nothing and a reference sees the difference, the pattern is
// refused.
type captures struct {
	// referenced are the groups that references name.
	referenced map[int]bool
	// repeated are the capturing groups in groups that may occur several times, by the places
	// of these.
	repeated map[int]groupRange
	// hollow are repetitions of what may match nothing.
	hollow []hollow
	// least is at least the length of what was read, but for counts: 0 if it may match nothing.
	least int
	// around counts look-aheads and look-behinds.
	around int
	// backward tells that the engine reads from right to left, in a look-behind.
	backward bool
}

// groupRange has the numbers of successive capturing groups.
type groupRange struct{ first, last int }

// hollow is a repetition of what may match nothing.
type hollow struct {
	groups groupRange
	// place of its quantifier
	place int
}

// repeat notes a repetition of what was read since the captures were those of before: it starts
// at a place, and has these groups.
func (c *captures) repeat(before captures, r repetition, groups groupRange, start, quantifier int) {
	length := c.least - before.least
	// Only a look-around captures something in an iteration that matches nothing.
	hides := r.most > 1 || c.around > before.around
	if length == 0 && r.least < r.most && hides && groups.first <= groups.last {
		c.hollow = append(c.hollow, hollow{groups, quantifier})
	}
	if r.most > 1 && groups.first <= groups.last {
		c.repeated[start] = groups
	}
	c.least = before.least + length*min(r.least, 1)
}

// unsupported tells the place of the first repetition whose groups a reference sees as
// ECMA-262 does not have them.
func (c *captures) unsupported() (place int, ok bool) {
	for _, h := range c.hollow {
		for number := h.groups.first; number <= h.groups.last; number++ {
			if c.referenced[number] && (!ok || h.place < place) {
				place, ok = h.place, true
			}
		}
	}
	return place, ok
}

// reset writes that the engine forgets what was captured by the groups in the group at a
// place, if that is repeated and references name them.
func (p *translator) reset(place int) string {
	groups, ok := p.captures.repeated[place]
	if !ok || !p.backtracks {
		return ""
	}
	var text strings.Builder
	for number := groups.first; number <= groups.last; number++ {
		if !p.captures.referenced[number] {
			continue
		}
		if p.weight++; p.weight > MaxWeight {
			p.failAt(place, "more groups that references name are repeated than the limit of %d", MaxWeight)
		}
		fmt.Fprintf(&text, "(?(%d)(?<-%d>))", number, number)
	}
	return text.String()
}
