package statistics

import (
	"cmp"
	"math"
	"slices"
)

// trendSize is the size from which a trend is tested.
const trendSize = 10

// Trend is the test of Mann (1945) and Kendall that values neither rise nor fall with
// time, with ties.
type Trend struct {
	// S is the number of pairs that rise minus those that fall.
	S int64
	// TauB is from -1 to 1; nil where the times or the values are all equal.
	TauB *float64
	Z, P float64
}

// FindTrend tests at least 10 values at their times; nil for fewer. Serial correlation
// makes P too small: it is a warning, no verdict. Error: *ValueError, for the values.
// times and values have one length.
func FindTrend(times, values []float64) (*Trend, error) {
	if err := Check(values); err != nil {
		return nil, err
	}
	return findTrend(times, values), nil
}

// findTrend is FindTrend of values that passed Check.
func findTrend(times, values []float64) *Trend {
	if len(values) < trendSize {
		return nil
	}
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(times[a], times[b]), cmp.Compare(values[a], values[b]))
	})
	t, x := make([]float64, len(order)), make([]float64, len(order))
	for at, i := range order {
		t[at], x[at] = times[i], values[i]
	}
	ofTimes := tieSums(t)
	bothTied := pairsTiedInBoth(t, x)
	falls := inversions(x)
	ofValues := tieSums(x) // inversions has sorted them
	n := float64(len(values))
	pairs := int64(len(values)) * int64(len(values)-1) / 2
	if ofTimes.pairs == pairs || ofValues.pairs == pairs {
		return &Trend{P: 1}
	}
	s := pairs - ofTimes.pairs - ofValues.pairs + bothTied - 2*falls
	variance := (n*(n-1)*(2*n+5)-ofTimes.v-ofValues.v)/18 +
		float64(2*ofTimes.pairs)*float64(2*ofValues.pairs)/(2*n*(n-1)) +
		ofTimes.triples*ofValues.triples/(9*n*(n-1)*(n-2))
	trend := &Trend{
		S:    s,
		TauB: new(float64(s) / math.Sqrt(float64(pairs-ofTimes.pairs)*float64(pairs-ofValues.pairs))),
	}
	trend.Z = float64(s-int64(cmp.Compare(s, 0))) / math.Sqrt(variance)
	trend.P = normalTail(trend.Z)
	return trend
}

// tieSizes sum over groups of a equal values.
type tieSizes struct {
	// pairs is the sum of a(a-1)/2, v of a(a-1)(2a+5), triples of a(a-1)(a-2).
	pairs      int64
	v, triples float64
}

// tieSums is for values that are sorted.
func tieSums(sorted []float64) tieSizes {
	var sums tieSizes
	for _, a := range runLengths(len(sorted), func(i int) bool { return sorted[i] == sorted[i-1] }) {
		size := float64(a)
		sums.pairs += int64(a) * int64(a-1) / 2
		sums.v += size * (size - 1) * (2*size + 5)
		sums.triples += size * (size - 1) * (size - 2)
	}
	return sums
}

func pairsTiedInBoth(t, x []float64) int64 {
	pairs := int64(0)
	for _, a := range runLengths(len(t), func(i int) bool { return t[i] == t[i-1] && x[i] == x[i-1] }) {
		pairs += int64(a) * int64(a-1) / 2
	}
	return pairs
}

// runLengths are the lengths of runs longer than 1 of positions that continue.
func runLengths(n int, continues func(i int) bool) []int {
	var lengths []int
	length := 1
	for i := 1; i <= n; i++ {
		if i < n && continues(i) {
			length++
			continue
		}
		if length > 1 {
			lengths = append(lengths, length)
		}
		length = 1
	}
	return lengths
}

// inversions sorts the values by merging, and counts the pairs out of order
// (Knight 1966).
func inversions(x []float64) int64 {
	buffer, count := make([]float64, len(x)), int64(0)
	for width := 1; width < len(x); width *= 2 {
		for from := 0; from+width < len(x); from += 2 * width {
			count += merge(x[from:min(from+2*width, len(x))], width, buffer)
		}
	}
	return count
}

// merge merges the sorted halves x[:half] and x[half:].
func merge(x []float64, half int, buffer []float64) int64 {
	left := buffer[:copy(buffer, x[:half])]
	i, j, count := 0, half, int64(0)
	for at := range x {
		if i < half && (j == len(x) || left[i] <= x[j]) {
			x[at] = left[i]
			i++
			continue
		}
		if i == half {
			break // the rest is in its place
		}
		count += int64(half - i)
		x[at] = x[j]
		j++
	}
	return count
}
