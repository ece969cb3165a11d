package statistics

import (
	"math"
	"slices"
)

// A pairing combines each value of x with each value of y, as difference x - y or as
// ratio x / y of positive values. IEEE subtraction and division are monotone, so that
// the combinations ascend with x and descend with y; rank statistics of them are
// found without building them all.
type pairing struct {
	x, y    []float64
	isRatio bool
	// found is reused from selection to selection.
	found []float64
}

func (p *pairing) combine(i, j int) float64 {
	if p.isRatio {
		return p.x[i] / p.y[j]
	}
	return p.x[i] - p.y[j]
}

func (p *pairing) total() int { return len(p.x) * len(p.y) }

// median is the estimate of Hodges and Lehmann (1963): the median of all
// combinations; of an even number the mean of the two middle ones, for ratios the
// geometric mean.
func (p *pairing) median() float64 {
	total := p.total()
	high := p.at(total/2 + 1)
	if total%2 == 1 {
		return high
	}
	low := p.at(total / 2)
	if p.isRatio {
		return math.Sqrt(low) * math.Sqrt(high)
	}
	return low/2 + high/2
}

// split is what one pass over the pairing tells of a bound.
type split struct {
	// notAbove is the number of combinations up to the bound.
	notAbove int
	// below is the largest combination up to the bound, above the smallest one
	// beyond it; -Inf and +Inf if there is none.
	below, above float64
}

// splitAt looks at one combination of each row with two pointers.
func (p *pairing) splitAt(bound float64) split {
	s := split{below: math.Inf(-1), above: math.Inf(1)}
	// Combinations (i, j) with j >= from are not above the bound. from ascends with i.
	from, columns := 0, len(p.y)
	for i := range p.x {
		for from < columns && p.combine(i, from) > bound {
			from++
		}
		s.notAbove += columns - from
		if from < columns {
			s.below = max(s.below, p.combine(i, from))
		}
		if from > 0 {
			s.above = min(s.above, p.combine(i, from-1))
		}
	}
	return s
}

// at returns the combination at a position from 1 in ascending order. A bracket of
// two combinations around it shrinks by interpolation, each third step by bisection,
// until few enough lie inside to sort them.
func (p *pairing) at(position int) float64 {
	low, high := p.combine(0, len(p.y)-1), p.combine(len(p.x)-1, 0)
	below, upTo := 0, p.total() // combinations less than low, and up to high
	few := len(p.x) + len(p.y)
	for step := 1; low < high && upTo-below > few; step++ {
		bound := p.guess(low, high, float64(position-below)/float64(upTo-below), step%3 == 0)
		s := p.splitAt(bound)
		if s.notAbove >= position {
			high, upTo = s.below, s.notAbove
		} else {
			low, below = s.above, s.notAbove
		}
	}
	if low == high {
		return low
	}
	p.collect(low, high)
	slices.Sort(p.found)
	return p.found[position-below-1]
}

// guess is a bound with low <= bound < high.
func (p *pairing) guess(low, high, share float64, bisect bool) float64 {
	if bisect {
		share = 0.5
	}
	bound := low + float64((high-low)*share)
	if bisect && p.isRatio {
		bound = math.Sqrt(low) * math.Sqrt(high)
	}
	if !(bound >= low && bound < high) {
		return low
	}
	return bound
}

// collect finds all combinations within the bounds.
func (p *pairing) collect(low, high float64) {
	p.found = p.found[:0]
	from, columns := 0, len(p.y)
	for i := range p.x {
		for from < columns && p.combine(i, from) > high {
			from++
		}
		for j := from; j < columns; j++ {
			combination := p.combine(i, j)
			if combination < low {
				break
			}
			p.found = append(p.found, combination)
		}
	}
}
