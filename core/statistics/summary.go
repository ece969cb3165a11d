package statistics

import (
	"math"
	"sort"
)

// Summary describes one group. A quantity that is undefined for the group is nil.
// The unit is that of the values, but for CoV, which has none.
type Summary struct {
	N        int
	Min, Max *float64
	// P05, Q1, Median, Q3 and P95 are quantiles of type 7 (Hyndman & Fan 1996).
	P05, Q1, Median, Q3, P95 *float64
	Mean                     *float64
	// SD is the standard deviation of a sample, with the divisor n-1; nil for n < 2.
	SD *float64
	// CoV is SD / Mean; only where all values are positive.
	CoV *float64
	// GeometricMean is defined only where all values are positive.
	GeometricMean *float64
	// MAD is the median of the distances from the median, not scaled.
	MAD *float64
}

// Summarize describes the group.
func (s Sample) Summarize() Summary {
	summary := Summary{N: s.Size()}
	if summary.N == 0 {
		return summary
	}
	quantile := func(p float64) *float64 { return new(s.quantile(p)) }
	summary.Min, summary.Max = new(s.smallest()), new(s.largest())
	summary.P05, summary.P95 = quantile(0.05), quantile(0.95)
	summary.Q1, summary.Median, summary.Q3 = quantile(0.25), quantile(0.5), quantile(0.75)
	summary.Mean, summary.MAD = new(mean(s.sorted)), new(s.mad())
	if summary.N > 1 {
		summary.SD = new(standardDeviation(s.sorted))
	}
	if s.allPositive() {
		summary.GeometricMean = new(math.Exp(mean(s.logarithms().sorted)))
		if summary.SD != nil {
			summary.CoV = new(*summary.SD / *summary.Mean)
		}
	}
	return summary
}

// Quantile is the quantile of type 7 (the default of R and NumPy) for 0 <= p <= 1;
// nil for the empty group.
func (s Sample) Quantile(p float64) *float64 {
	if s.Size() == 0 {
		return nil
	}
	return new(s.quantile(p))
}

func (s Sample) quantile(p float64) float64 {
	h := float64(len(s.sorted)-1) * p
	i := int(math.Floor(h))
	fraction := h - float64(i)
	low := s.sorted[i]
	if fraction == 0 || i+1 == len(s.sorted) || low == s.sorted[i+1] {
		return low
	}
	return float64((1-fraction)*low) + float64(fraction*s.sorted[i+1])
}

func (s Sample) median() float64 { return s.quantile(0.5) }

// mad is the median distance from the median. Distances grow to both sides of the
// median, so that two pointers read them in ascending order.
func (s Sample) mad() float64 {
	center, n := s.median(), len(s.sorted)
	right := sort.SearchFloat64s(s.sorted, center)
	left := right - 1
	next := func() float64 {
		switch {
		case left < 0:
			right++
			return s.sorted[right-1] - center
		case right == n || center-s.sorted[left] <= s.sorted[right]-center:
			left--
			return center - s.sorted[left+1]
		default:
			right++
			return s.sorted[right-1] - center
		}
	}
	var low, high float64
	for range n/2 + 1 {
		low, high = high, next()
	}
	if n%2 == 1 {
		return high
	}
	return low/2 + high/2
}

// PercentileRank tells how many of 100 values of the group are below v, values equal
// to v counting half; nil for the empty group.
func (s Sample) PercentileRank(v float64) *float64 {
	n := len(s.sorted)
	if n == 0 {
		return nil
	}
	below := sort.SearchFloat64s(s.sorted, v)
	notAbove := sort.Search(n, func(i int) bool { return s.sorted[i] > v })
	return new(100 * (float64(below) + float64(notAbove-below)/2) / float64(n))
}

// MedianInterval is a confidence interval of the median, from order statistics: it
// holds whatever the distribution of the values is.
type MedianInterval struct {
	Interval
	// Rank is the position from 1 of the lower bound from below, and of the upper
	// bound from above.
	Rank int
	// Coverage is the probability that the interval covers the median, at least
	// 1 - alpha for continuous values.
	Coverage float64
}

// MedianInterval returns the interval at the level 1 - alpha, nil where the group is
// too small for it: 95 % needs 6 values, 90 % 5, 99 % 8.
func (s Sample) MedianInterval(alpha float64) *MedianInterval {
	n := len(s.sorted)
	rank, coverage := medianRank(n, alpha)
	if rank == 0 {
		return nil
	}
	return &MedianInterval{Interval: Interval{Low: s.sorted[rank-1], High: s.sorted[n-rank]}, Rank: rank, Coverage: coverage}
}

// medianRank returns #{j >= 0: P(B <= j) < alpha/2} for B of the binomial
// distribution of n trials with probability 1/2 (R's qbinom), and the coverage; 0 if
// there is no interval.
func medianRank(n int, alpha float64) (rank int, coverage float64) {
	if n == 0 {
		return 0, 0
	}
	binomial, limit := newHalfBinomial(n), alpha/2*belowBorder
	rank = sort.Search(n/2+1, func(j int) bool { return binomial.tail(j) >= limit })
	return rank, 1 - 2*binomial.tail(rank-1)
}
