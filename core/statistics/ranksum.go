package statistics

import (
	"math"
	"sort"
)

// exactWork bounds n1 * n2 * (n1+n2) * min(n1, n2), up to which the null distribution
// of the rank sum is counted exactly. The bound covers 49 against 49 values, where
// R changes to the normal approximation, and 4 against 1,000.
const exactWork = 2e7

func isExact(n1, n2 int) bool {
	return float64(n1)*float64(n2)*float64(n1+n2)*float64(min(n1, n2)) <= exactWork
}

// MannWhitney is the test that neither of two groups tends to larger values
// (Mann & Whitney 1947).
type MannWhitney struct {
	// U is the number of pairs with x > y, pairs with x = y counting half.
	U float64
	// P is two-sided.
	P float64
	// Exact is true where P was counted over all assignments of the ranks, ties
	// included, and false for the normal approximation.
	Exact bool
}

// MannWhitney compares two groups that are not empty; nil if one is.
func (s Sample) MannWhitney(y Sample) *MannWhitney {
	if s.Size() == 0 || y.Size() == 0 {
		return nil
	}
	test := newNulls().test(s, y)
	return &test
}

// nulls keeps the null distributions of the rank sum without ties, by the sizes of
// the groups, for one computation.
type nulls struct {
	untied map[[2]int][]float64
	// counts and doubled are reused from pair to pair.
	counts  [][]float64
	doubled []int
}

func newNulls() *nulls { return &nulls{untied: map[[2]int][]float64{}} }

// test is the test of two groups with values.
func (d *nulls) test(x, y Sample) MannWhitney {
	ranks := rankTogether(x.sorted, y.sorted, d.doubled[:0])
	d.doubled = ranks.doubled
	result := MannWhitney{U: ranks.u, Exact: isExact(x.Size(), y.Size())}
	switch {
	case ranks.isConstant:
		result.P = 1
	case result.Exact && !ranks.tied:
		result.P = d.untiedTail(x.Size(), y.Size(), ranks.u)
	case result.Exact:
		result.P = d.tiedTail(ranks)
	default:
		result.P = ranks.normalP()
	}
	return result
}

// jointRanks are the midranks of the values of two groups together.
type jointRanks struct {
	n1, n2 int
	// doubled are the doubled midranks in ascending order, which are integers; empty where the
	// sizes are not exact.
	doubled []int
	// isConstant: all values are equal.
	isConstant bool
	// smallerSum is the sum of the doubled midranks of the smaller group.
	smallerSum int
	u          float64
	tied       bool
	// ties is the sum of t^3 - t over groups of t equal values.
	ties float64
}

// rankTogether ranks two sorted groups, and uses the buffer for the ranks.
func rankTogether(x, y []float64, buffer []int) jointRanks {
	r := jointRanks{n1: len(x), n2: len(y), doubled: buffer}
	sumX := 0.0
	smallerIsX, listed := len(x) <= len(y), isExact(len(x), len(y))
	for i, j := 0, 0; i < len(x) || j < len(y); {
		value := nextValue(x, y, i, j)
		fromI, fromJ := i, j
		for i < len(x) && x[i] == value {
			i++
		}
		for j < len(y) && y[j] == value {
			j++
		}
		ofX, ofY := i-fromI, j-fromJ
		rank := 2*(fromI+fromJ) + ofX + ofY + 1
		for k := 0; listed && k < ofX+ofY; k++ {
			r.doubled = append(r.doubled, rank)
		}
		r.isConstant = ofX+ofY == len(x)+len(y)
		sumX += float64(rank) * float64(ofX)
		if smallerIsX {
			r.smallerSum += rank * ofX
		} else {
			r.smallerSum += rank * ofY
		}
		if t := float64(ofX + ofY); t > 1 {
			r.tied = true
			r.ties += float64(t*t*t) - t
		}
	}
	r.u = (sumX - float64(len(x))*float64(len(x)+1)) / 2
	return r
}

// nextValue is the smallest of the values from i and j on.
func nextValue(x, y []float64, i, j int) float64 {
	if j == len(y) || i < len(x) && x[i] <= y[j] {
		return x[i]
	}
	return y[j]
}

// normalP is the tail of the normal approximation with the correction for
// continuity and for ties.
func (r jointRanks) normalP() float64 {
	n1, n2 := float64(r.n1), float64(r.n2)
	n := n1 + n2
	distance := math.Abs(r.u - n1*n2/2)
	if distance == 0 {
		return 1
	}
	variance := n1 * n2 / 12 * (n + 1 - r.ties/(n*(n-1)))
	return normalTail(max(0, distance-0.5) / math.Sqrt(variance))
}

// untiedTail is the probability of an U at least as far from its mean.
func (d *nulls) untiedTail(n1, n2 int, u float64) float64 {
	cumulative := d.distribution(n1, n2)
	product := n1 * n2
	low := int(min(u, float64(product)-u))
	if 2*low == product {
		return 1
	}
	return min(1, 2*cumulative[low])
}

// distribution is P(U <= u) for u = 0, 1, ..., n1*n2 where no values are equal.
func (d *nulls) distribution(n1, n2 int) []float64 {
	m, n := min(n1, n2), n1+n2
	if known := d.untied[[2]int{m, n}]; known != nil {
		return known
	}
	ranks := make([]int, n)
	for i := range ranks {
		ranks[i] = i
	}
	counts := d.count(m, ranks)
	smallest := m * (m - 1) / 2
	cumulative := make([]float64, n1*n2+1)
	total := 0.0
	for u := range cumulative {
		total += counts[smallest+u]
		cumulative[u] = total
	}
	for u := range cumulative {
		cumulative[u] /= total
	}
	d.untied[[2]int{m, n}] = cumulative
	return cumulative
}

// tiedTail is the probability of a rank sum of the smaller group that is at least as
// far from its mean. With ties the distribution is not symmetric, so that both tails
// are counted.
func (d *nulls) tiedTail(r jointRanks) float64 {
	m, n := min(r.n1, r.n2), r.n1+r.n2
	center := m * (n + 1)
	distance := abs(r.smallerSum - center)
	var far, total accumulator
	for s, count := range d.count(m, r.doubled) {
		total.add(count)
		if abs(s-center) >= distance {
			far.add(count)
		}
	}
	return far.value() / total.value()
}

// count returns how many choices of m of the ranks, which ascend, have each sum.
func (d *nulls) count(m int, ranks []int) []float64 {
	highest := 0
	for _, rank := range ranks[len(ranks)-m:] {
		highest += rank
	}
	if len(d.counts) <= m {
		d.counts = append(d.counts, make([][]float64, m+1-len(d.counts))...)
	}
	reached := make([]int, m+1)
	for j := range m + 1 {
		if cap(d.counts[j]) <= highest {
			d.counts[j] = make([]float64, highest+1)
		}
		d.counts[j] = d.counts[j][:highest+1]
		clear(d.counts[j])
		reached[j] = -1
	}
	d.counts[0][0], reached[0] = 1, 0
	for _, rank := range ranks {
		for j := m; j >= 1; j-- {
			if reached[j-1] < 0 {
				continue
			}
			from := d.counts[j-1][:reached[j-1]+1]
			into := d.counts[j][rank:]
			for s, count := range from {
				into[s] += count
			}
			reached[j] = max(reached[j], reached[j-1]+rank)
		}
	}
	return d.counts[m]
}

// intervalRank is k of the interval [d(k), d(n1*n2+1-k)] of Hodges and Lehmann at
// the level 1 - alpha: #{u >= 0: P(U <= u) < alpha/2} (R's qwilcox), 0 if there is
// no interval. isExact sizes take the exact distribution, others the normal
// approximation.
func (d *nulls) intervalRank(n1, n2 int, alpha float64) int {
	product := float64(n1) * float64(n2)
	if !isExact(n1, n2) {
		width := normalQuantile(alpha) * math.Sqrt(product*float64(n1+n2+1)/12)
		return max(0, int(math.Floor(product/2+0.5-width)))
	}
	cumulative, limit := d.distribution(n1, n2), alpha/2*belowBorder
	return sort.Search(len(cumulative), func(u int) bool { return cumulative[u] >= limit })
}

// intervalCoverage is the probability that the interval of rank k covers the shift of
// continuous values; ok is false without an interval, or where k is approximate.
func (d *nulls) intervalCoverage(n1, n2, k int) (coverage float64, ok bool) {
	if k == 0 || !isExact(n1, n2) {
		return 0, false
	}
	return 1 - 2*d.distribution(n1, n2)[k-1], true
}

func abs(n int) int { return max(n, -n) }
