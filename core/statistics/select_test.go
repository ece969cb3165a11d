package statistics_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/core/statistics"
)

// manyValues draws positive values, of few or many different ones, some far from the others.
func manyValues(low, high int) *rapid.Generator[[]float64] {
	return rapid.Custom(func(t *rapid.T) []float64 {
		state := rapid.Int64Range(1, 2147483646).Draw(t, "seed")
		kind := rapid.SampledFrom([]string{"bell", "pareto", "bimodal", "grid", "cents"}).Draw(t, "kind")
		a, b := 100.0, rapid.SampledFrom([]float64{0.001, 1, 5, 90}).Draw(t, "spread")
		if kind == "bimodal" {
			b = 100 + b
		}
		g := generator{Kind: kind, Seed: state, N: rapid.IntRange(low, high).Draw(t, "size"), A: a, B: b}
		values := g.values()
		for i, v := range values {
			values[i] = max(math.Abs(v), 1e-9)
		}
		return values
	})
}

// Combinations are found as if all were built and sorted, also for groups so large that a part
// of them foresees the place.
func TestCombinationsAreThoseOfAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		large := rapid.SampledFrom([]int{1, 30, 4000}).Draw(t, "large")
		x, y := of(t, manyValues(large, large+large/4).Draw(t, "x")), of(t, manyValues(1, 30).Draw(t, "y"))
		if rapid.Bool().Draw(t, "swap") {
			x, y = y, x
		}
		isRatio := rapid.Bool().Draw(t, "ratio")
		all := combinations(x, y, isRatio)
		middle := all[len(all)/2]
		if len(all)%2 == 0 {
			middle = all[len(all)/2-1]/2 + middle/2
			if isRatio {
				middle = math.Sqrt(all[len(all)/2-1]) * math.Sqrt(all[len(all)/2])
			}
		}
		for range 5 {
			position := rapid.IntRange(1, len(all)).Draw(t, "position")
			at, median := statistics.PairAt(x, y, isRatio, position)
			if at != all[position-1] || median != middle {
				t.Fatalf("%d of %d: %v, want %v; median %v, want %v", position, len(all), at, all[position-1], median, middle)
			}
		}
	})
}

func combinations(x, y statistics.Sample, isRatio bool) []float64 {
	var all []float64
	for i := range x.Size() {
		a := *x.At(i)
		for j := range y.Size() {
			b := *y.At(j)
			if isRatio {
				all = append(all, a/b)
			} else {
				all = append(all, a-b)
			}
		}
	}
	slices.Sort(all)
	return all
}

func TestLargeGroupsAreSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := manyValues(900, 1500).Draw(t, "values")
		if rapid.Bool().Draw(t, "negative") {
			for i := range values {
				values[i] -= 100
			}
		}
		want := slices.Sorted(slices.Values(values))
		statistics.SortValues(values)
		if !slices.Equal(values, want) {
			t.Errorf("%v is not sorted", values)
		}
	})
}
