package statistics

import "math"

// mostAdvised is the size of a group beyond which more results are no advice: less
// noise is.
const mostAdvised = 10_000

// MoreResults tells how many more results each group needs, for the interval of a
// median or ratio to be within the precision (0.02 for 2 %) of its estimate. sizes
// are those of the groups, one or two. Widths shrink with the square root of the
// size. The result is nil if a group would need more than 10,000, or the interval is
// not positive.
func MoreResults(interval Interval, sizes []int, precision float64) []int {
	if interval.Low <= 0 {
		return nil
	}
	half := (math.Log(interval.High) - math.Log(interval.Low)) / 2
	wanted := half / math.Log1p(precision)
	share := wanted * wanted
	more := make([]int, len(sizes))
	if share <= 1 {
		return more
	}
	for i, n := range sizes {
		needed := float64(n) * share
		if needed > mostAdvised {
			return nil
		}
		more[i] = int(math.Ceil(needed-1e-9)) - n
	}
	return more
}

// NeededSize is the smallest size of two groups of one size that gives an interval at
// the level 1 - alpha, at least 4.
func NeededSize(method Method, alpha float64) int {
	limit := alpha / 2 * belowBorder
	smallestTail := func(g int) float64 {
		if method == Medians {
			return math.Ldexp(1, -g)
		}
		return 1 / binomialCoefficient(2*g, g)
	}
	size := smallestGroup
	for smallestTail(size) >= limit {
		size++
	}
	return size
}

func binomialCoefficient(n, k int) float64 {
	product := 1.0
	for i := 1; i <= k; i++ {
		product = product * float64(n-k+i) / float64(i)
	}
	return product
}
