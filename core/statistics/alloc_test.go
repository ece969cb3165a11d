package statistics_test

import (
	"testing"

	"github.com/eosc-perf/backend/core/statistics"
)

// A ranking of k groups takes memory for each group, and not for each of the k(k-1)/2 pairs.
func TestMemoryDoesNotGrowWithThePairs(t *testing.T) {
	family := statistics.Family{Better: statistics.LowerBetter, Correction: statistics.FalseDiscovery, Alpha: 0.05, Materiality: 0.02}
	for _, size := range []int{20, 100, 1000} {
		allocations := func(k int) float64 {
			groups := make([]statistics.Sample, k)
			for i := range groups {
				groups[i] = sample(t, generated("bell", int64(i+1), size, 100+float64(i), 5))
			}
			return testing.AllocsPerRun(3, func() { _, _ = family.Rank(t.Context(), groups) })
		}
		few, many := allocations(10), allocations(30)
		if most := few + 3*20; many > most {
			t.Errorf("groups of %d: %v allocations for 435 pairs and %v for 45, want at most %v", size, many, few, most)
		}
	}
}
