package statistics

import "math"

// Scale tells how two groups are compared.
type Scale string

const (
	// Ratio is for positive values.
	Ratio Scale = "ratio"
	// Shift is for all others: a difference in the unit of the values.
	Shift Scale = "shift"
)

// neutral is the ratio or shift of equal groups.
func (s Scale) neutral() float64 {
	if s == Ratio {
		return 1
	}
	return 0
}

// Method tells where a comparison comes from.
type Method string

const (
	// HodgesLehmann is the median over all pairs of values, with an interval from
	// the null distribution of the rank sum.
	HodgesLehmann Method = "hodges_lehmann"
	// Medians compares the medians, with an interval from the two median intervals
	// (MOVER; Zou & Donner 2008). It stands in where the smaller group varies more,
	// since rank intervals are too short then.
	Medians Method = "medians"
)

// Comparison of x with y: x/y or x - y.
type Comparison struct {
	Scale    Scale
	Method   Method
	Estimate float64
	// Interval is zero if HasInterval is false: a group is too small for the level.
	Interval    Interval
	HasInterval bool
}

// excludesNeutral is true if the interval lies wholly on one side of no difference.
func (c Comparison) excludesNeutral() bool {
	return c.HasInterval && !c.Interval.contains(c.Scale.neutral())
}

// Compare compares s with y, both not empty, at the level 1 - alpha; nil if one is
// empty.
func (s Sample) Compare(y Sample, alpha float64) *Comparison {
	if s.Size() == 0 || y.Size() == 0 {
		return nil
	}
	scale := commonScale(s, y)
	c := newComparer()
	pair := c.prepare(newGroup(s, scale), newGroup(y, scale), scale)
	comparison := c.compare(pair, alpha)
	return &comparison
}

// smallestNormal is the smallest positive float64 with all digits.
const smallestNormal = 2.2250738585072014e-308

// commonScale is Ratio if all values are positive, and no ratio of two of them over-
// or underflows.
func commonScale(samples ...Sample) Scale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range samples {
		if s.Size() > 0 {
			low, high = min(low, s.smallest()), max(high, s.largest())
		}
	}
	if low <= 0 || math.IsInf(high/low, 1) || low/high < smallestNormal {
		return Shift
	}
	return Ratio
}

// group is a sample with what its comparisons have in common.
type group struct {
	Sample
	// spread is the MAD of the values, on the scale of ratios of their logarithms.
	spread float64
}

func newGroup(s Sample, scale Scale) group {
	if scale == Ratio {
		return group{Sample: s, spread: s.logarithms().mad()}
	}
	return group{Sample: s, spread: s.mad()}
}

// comparer compares pairs of groups, and keeps what they have in common.
type comparer struct {
	nulls *nulls
	pairs pairing
}

func newComparer() *comparer { return &comparer{nulls: newNulls()} }

// pair is a comparison but for its interval.
type pair struct {
	x, y     group
	scale    Scale
	method   Method
	estimate float64
	// marks are the first known of what is known of the combinations.
	marks [keptMarks]split
	known int
}

// keptMarks is how many marks a pair keeps.
const keptMarks = 6

func (c *comparer) prepare(x, y group, scale Scale) pair {
	p := pair{x: x, y: y, scale: scale, method: HodgesLehmann}
	if isUnequal(x, y) {
		p.method = Medians
	}
	switch {
	case p.method == HodgesLehmann:
		c.estimate(&p)
	case scale == Ratio:
		p.estimate = x.median() / y.median()
	default:
		p.estimate = x.median() - y.median()
	}
	return p
}

// The spread guard: a group that is smaller by the first factor, and varies more by
// the second one, makes rank intervals too short.
const (
	guardSize   = 1.5
	guardSpread = 1.25
)

func isUnequal(x, y group) bool {
	smaller, larger := x, y
	if x.Size() > y.Size() {
		smaller, larger = y, x
	}
	return float64(larger.Size()) >= guardSize*float64(smaller.Size()) && smaller.spread > guardSpread*larger.spread
}

// estimate sets the estimate of Hodges and Lehmann, and keeps what its selection tells.
func (c *comparer) estimate(p *pair) {
	pairs := c.pairing(p)
	p.estimate = pairs.median()
	p.known = copy(p.marks[:], pairs.marks[max(0, len(pairs.marks)-keptMarks):])
}

func (c *comparer) pairing(p *pair) *pairing {
	c.pairs.x, c.pairs.y, c.pairs.isRatio = p.x.sorted, p.y.sorted, p.scale == Ratio
	c.pairs.marks = append(c.pairs.marks[:0], p.marks[:p.known]...)
	return &c.pairs
}

// compare completes the pair by the interval at the level 1 - alpha.
func (c *comparer) compare(p pair, alpha float64) Comparison {
	comparison := Comparison{Scale: p.scale, Method: p.method, Estimate: p.estimate}
	if p.method == Medians {
		comparison.Interval, comparison.HasInterval = medianBounds(p, alpha)
		return comparison
	}
	n1, n2 := p.x.Size(), p.y.Size()
	k := c.nulls.intervalRank(n1, n2, alpha)
	if k < 1 {
		return comparison
	}
	pairs := c.pairing(&p)
	comparison.Interval = Interval{Low: pairs.at(k), High: pairs.at(n1*n2 + 1 - k)}
	comparison.HasInterval = true
	return comparison
}

// medianBounds combines the intervals of the two medians.
func medianBounds(p pair, alpha float64) (bounds Interval, ok bool) {
	x, y := p.x.MedianInterval(alpha), p.y.MedianInterval(alpha)
	if x == nil || y == nil {
		return Interval{}, false
	}
	value := func(v float64) float64 { return v }
	back := value
	if p.scale == Ratio {
		value, back = math.Log, math.Exp
	}
	a, b := value(p.x.median()), value(p.y.median())
	return Interval{
		Low:  back(a - b - math.Hypot(a-value(x.Low), value(y.High)-b)),
		High: back(a - b + math.Hypot(value(x.High)-a, b-value(y.Low))),
	}, true
}

// Estimate is the estimate of Hodges and Lehmann with what its interval comes from.
type Estimate struct {
	Comparison
	// Rank is k of the interval from the k-th smallest to the k-th largest of all
	// pairs; 0 without an interval.
	Rank int
	// Coverage is the probability that the interval covers the shift of continuous
	// values; nil without an interval, or where Rank is from the normal approximation.
	Coverage *float64
}

// HodgesLehmann estimates s/y or s - y at the level 1 - alpha, whatever the spreads;
// nil if a group is empty, or for the scale Ratio if a ratio is not positive and
// finite.
func (s Sample) HodgesLehmann(y Sample, scale Scale, alpha float64) *Estimate {
	if s.Size() == 0 || y.Size() == 0 || scale == Ratio && commonScale(s, y) != Ratio {
		return nil
	}
	c := newComparer()
	p := pair{x: group{Sample: s}, y: group{Sample: y}, scale: scale, method: HodgesLehmann}
	c.estimate(&p)
	estimate := &Estimate{Comparison: c.compare(p, alpha), Rank: c.nulls.intervalRank(s.Size(), y.Size(), alpha)}
	if coverage, ok := c.nulls.intervalCoverage(s.Size(), y.Size(), estimate.Rank); ok {
		estimate.Coverage = &coverage
	}
	return estimate
}

// Superiority is the probability that a value of s is above one of y, at the level 1 -
// alpha; nil if a group is empty.
func (s Sample) Superiority(y Sample, alpha float64) *Superiority {
	test := s.MannWhitney(y)
	if test == nil {
		return nil
	}
	return new(superiority(test.U, s.Size(), y.Size(), normalQuantile(alpha)))
}
