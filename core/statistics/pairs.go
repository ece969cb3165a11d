package statistics

import "math"

// A pairing combines each value of x with each value of y, as difference x - y or as
// ratio x / y of positive values. IEEE subtraction and division are monotone, so that
// the combinations ascend with x and descend with y; rank statistics of them are
// found without building them all.
type pairing struct {
	x, y    []float64
	isRatio bool
	// marks are what is known of x and y from selections before.
	marks []split
	// found and coarse are reused from selection to selection.
	found  []float64
	coarse *pairing
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
	if total%2 == 1 {
		return p.at(total/2 + 1)
	}
	low, high := p.neighbours(total/2, total/2+1)
	if p.isRatio {
		return math.Sqrt(low) * math.Sqrt(high)
	}
	return low/2 + high/2
}

// at returns the combination at a position from 1 in ascending order.
func (p *pairing) at(position int) float64 {
	value, _ := p.neighbours(position, position)
	return value
}

// bracket is a range of combinations around the wanted ones.
type bracket struct {
	// low and high are combinations, both in the range.
	low, high float64
	// below is the number of combinations less than low, upTo of those up to high.
	below, upTo int
}

// neighbours returns the combinations at two positions from 1 in ascending order, which are
// equal or follow each other. A bracket around both shrinks until few combinations lie inside,
// which are built. Each step takes one pass over x and y.
func (p *pairing) neighbours(first, last int) (low, high float64) {
	b := bracket{low: p.combine(0, len(p.y)-1), high: p.combine(len(p.x)-1, 0), upTo: p.total()}
	few := len(p.x) + len(p.y)
	margin := few / 4
	for _, s := range p.marks {
		b.take(s, first, last)
		if s.notAbove >= first && s.notAbove < last {
			return s.below, s.above
		}
	}
	for step := 1; b.low < b.high && b.upTo-b.below > few; step++ {
		bound := p.guess(step, b, first, last, margin)
		if !(bound >= b.low && bound < b.high) {
			bound = b.low
		}
		s := p.splitAt(bound)
		p.marks = append(p.marks, s)
		if s.notAbove >= first && s.notAbove < last { // the bound is between them
			return s.below, s.above
		}
		b.take(s, first, last)
	}
	if b.low == b.high {
		return b.low, b.low
	}
	p.collect(b.low, b.high)
	high = selectAt(p.found, last-b.below-1)
	if first == last {
		return high, high
	}
	low = p.found[0]
	for _, value := range p.found[1 : last-b.below-1] {
		low = max(low, value)
	}
	return low, high
}

// take shrinks the bracket by what is known of a bound.
func (b *bracket) take(s split, first, last int) {
	switch {
	case s.notAbove >= last && s.notAbove <= b.upTo:
		b.high, b.upTo = s.below, s.notAbove
	case s.notAbove < first && s.notAbove >= b.below:
		b.low, b.below = s.above, s.notAbove
	}
}

// guess is the next bound: by a part of large groups, by the marks next to the wanted positions, or
// by the bracket.
func (p *pairing) guess(step int, b bracket, first, last, margin int) float64 {
	if bound, ok := p.foresee(step, first-margin, last+margin); ok {
		return bound
	}
	if len(p.marks) == 0 {
		return p.ofMedians()
	}
	const secants = 6 // then the bracket is halved at every third step
	if step <= secants {
		if bound, ok := p.secant(b, first, last, margin); ok {
			return bound
		}
	}
	return p.interpolate(b, first, last, margin, step%3 == 2)
}

// ofMedians combines the medians of x and y, which is near the median of all combinations.
func (p *pairing) ofMedians() float64 { return p.combine(len(p.x)/2, len(p.y)/2) }

// secant draws a line through the two known bounds that are nearest to the wanted positions, with
// other numbers of combinations up to them, and returns the bound a little beyond the farther end.
// With one bound it takes the slope of the normal distribution with the quartiles of x and y. ok is
// false if there is no such line.
func (p *pairing) secant(b bracket, first, last, margin int) (bound float64, ok bool) {
	target := last + margin
	if first-b.below > b.upTo-last {
		target = first - margin
	}
	distance := func(s split) int { return abs(s.notAbove - target) }
	near, next := p.marks[0], split{notAbove: -1}
	for _, s := range p.marks[1:] {
		switch {
		case s.notAbove == near.notAbove:
		case distance(s) < distance(near):
			near, next = s, near
		case next.notAbove < 0 || distance(s) < distance(next):
			next = s
		}
	}
	slope := 0.0
	if next.notAbove >= 0 {
		slope = (p.onLine(near.below) - p.onLine(next.below)) / float64(near.notAbove-next.notAbove)
	} else {
		slope = math.Hypot(p.width(p.x), p.width(p.y)) * normalSlope / float64(p.total())
	}
	if !(slope > 0) || math.IsInf(slope, 0) {
		return 0, false
	}
	at := p.onLine(near.below) + slope*float64(target-near.notAbove)
	if p.isRatio {
		at = math.Exp(at)
	}
	return at, at > b.low && at < b.high
}

// normalSlope is how much a normal variable grows with its share at the median, in units of the
// range of its quartiles.
const normalSlope = 1.858

// onLine is the scale on which combinations are about normal.
func (p *pairing) onLine(v float64) float64 {
	if p.isRatio {
		return math.Log(v)
	}
	return v
}

// width is the range of the quartiles.
func (p *pairing) width(sorted []float64) float64 {
	const quarter = 4
	n := len(sorted)
	return p.onLine(sorted[n-1-n/quarter]) - p.onLine(sorted[n/quarter])
}

// coarseSize is the number of values of x and of y that stand for all of them in a guess.
const coarseSize = 1000

// foresee guesses, in the first two steps, what the combinations at two positions are: by the
// combinations of some values of large groups, which are regular parts of all. ok is false
// afterwards, and for small groups.
func (p *pairing) foresee(step, low, high int) (bound float64, ok bool) {
	if step > 2 || max(len(p.x), len(p.y)) < 4*coarseSize {
		return 0, false
	}
	if p.coarse == nil {
		p.coarse = &pairing{}
	}
	position := low
	if step == 1 {
		p.coarse.isRatio = p.isRatio
		p.coarse.x, p.coarse.y, p.coarse.marks = spread(p.coarse.x, p.x), spread(p.coarse.y, p.y), p.coarse.marks[:0]
	} else {
		position = high
	}
	total := p.coarse.total()
	share := float64(position) / float64(p.total())
	return p.coarse.at(min(max(1, int(math.Round(share*float64(total)))), total)), true
}

// spread returns coarseSize values of a sorted group, or all if there are less, in the buffer.
func spread(buffer, sorted []float64) []float64 {
	buffer = buffer[:0]
	n := len(sorted)
	if n <= coarseSize {
		return append(buffer, sorted...)
	}
	for i := range coarseSize {
		buffer = append(buffer, sorted[(2*i+1)*n/(2*coarseSize)])
	}
	return buffer
}

// interpolate guesses a bound that brings the farther end of the bracket near the wanted
// positions, but not across them; or halves the bracket.
func (p *pairing) interpolate(b bracket, first, last, margin int, halve bool) float64 {
	if halve {
		if p.isRatio {
			return math.Sqrt(b.low) * math.Sqrt(b.high)
		}
		return b.low + (b.high-b.low)/2
	}
	target := last + margin
	if first-b.below > b.upTo-last {
		target = first - margin
	}
	share := float64(target-b.below) / float64(b.upTo-b.below)
	return b.low + float64((b.high-b.low)*min(max(0, share), 1))
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
	if p.isRatio {
		return splitRatios(p.x, p.y, bound)
	}
	return splitDifferences(p.x, p.y, bound)
}

// splitDifferences and splitRatios differ in one operator. One function for both is half as
// fast.
func splitDifferences(x, y []float64, bound float64) split {
	s := split{below: math.Inf(-1), above: math.Inf(1)}
	// Combinations (i, j) with j >= from are not above the bound. from ascends with i.
	from := 0
	for _, v := range x {
		for from < len(y) && v-y[from] > bound {
			from++
		}
		s.notAbove += len(y) - from
		if from < len(y) {
			if value := v - y[from]; value > s.below {
				s.below = value
			}
		}
		if from > 0 {
			if value := v - y[from-1]; value < s.above {
				s.above = value
			}
		}
	}
	return s
}

func splitRatios(x, y []float64, bound float64) split {
	s := split{below: math.Inf(-1), above: math.Inf(1)}
	from := 0
	for _, v := range x {
		for from < len(y) && v/y[from] > bound {
			from++
		}
		s.notAbove += len(y) - from
		if from < len(y) {
			if value := v / y[from]; value > s.below {
				s.below = value
			}
		}
		if from > 0 {
			if value := v / y[from-1]; value < s.above {
				s.above = value
			}
		}
	}
	return s
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
