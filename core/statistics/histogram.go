package statistics

import (
	"math"
	"sort"
)

// MaxBins is the largest number of bins that is chosen for a histogram.
const MaxBins = 60

// Bins returns the number of bins of a histogram by the rule of Freedman and Diaconis (1981),
// width 2 (q3-q1) / n^(1/3), at least 1 and at most MaxBins. If the quartiles are equal it is
// the square root of the number of values.
func (s Sample) Bins() int {
	n := s.Size()
	if n == 0 || s.smallest() == s.largest() {
		return 1
	}
	bins := math.Ceil(math.Sqrt(float64(n)))
	if width := 2 * (s.quantile(0.75) - s.quantile(0.25)) / math.Cbrt(float64(n)); width > 0 {
		bins = math.Ceil((s.largest() - s.smallest()) / width)
	}
	return int(max(1, min(bins, MaxBins)))
}

// Edges returns the bins+1 borders of equally wide bins that hold all values, ascending;
// nil for the empty group.
func (s Sample) Edges(bins int) []float64 {
	if s.Size() == 0 {
		return nil
	}
	low, high := s.smallest(), s.largest()
	edges := make([]float64, bins+1)
	for i := range edges {
		share := float64(i) / float64(bins)
		edges[i] = float64(low*(1-share)) + float64(high*share)
	}
	edges[0], edges[bins] = low, high
	return edges
}

// Histogram counts the values in each bin. A value on a border belongs to the bin above
// it, the largest border to the last bin.
func (s Sample) Histogram(edges []float64) []int {
	if len(edges) < 2 {
		return nil
	}
	counts := make([]int, len(edges)-1)
	from := sort.SearchFloat64s(s.sorted, edges[0])
	for i := range counts {
		to := sort.SearchFloat64s(s.sorted, edges[i+1])
		if i == len(counts)-1 {
			to = sort.Search(len(s.sorted), func(k int) bool { return s.sorted[k] > edges[i+1] })
		}
		counts[i], from = max(0, to-from), max(from, to)
	}
	return counts
}

// Step is a point of an empirical distribution function: Share of the values is at most
// Value.
type Step struct{ Value, Share float64 }

// Distribution returns the empirical distribution function at most of its steps: at all
// different values if there are at most so many, else at so many of them, evenly in the
// share, the smallest and the largest among them. most is at least 2.
func (s Sample) Distribution(most int) []Step {
	var steps []Step
	n := len(s.sorted)
	for i, v := range s.sorted {
		if i+1 == n || s.sorted[i+1] != v {
			steps = append(steps, Step{v, float64(i+1) / float64(n)})
		}
	}
	return evenly(steps, most)
}

// evenly keeps so many items at most, the first and the last among them.
func evenly[T any](items []T, most int) []T {
	if len(items) <= most {
		return items
	}
	kept := make([]T, most)
	for i := range kept {
		kept[i] = items[int(math.Round(float64(i)*float64(len(items)-1)/float64(most-1)))]
	}
	return kept
}

// Evenly returns the positions, ascending, of so many of n items at most: evenly, the first
// and the last among them.
func Evenly(n, most int) []int {
	positions := make([]int, n)
	for i := range positions {
		positions[i] = i
	}
	if most == 1 && n > 1 {
		return positions[:1]
	}
	return evenly(positions, most)
}

// Logarithms are the natural logarithms of the values; ok is false unless all are positive.
func (s Sample) Logarithms() (logs Sample, ok bool) {
	if !s.allPositive() {
		return Sample{}, false
	}
	return s.logarithms(), true
}
