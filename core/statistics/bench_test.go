package statistics_test

import (
	"fmt"
	"testing"

	"github.com/eosc-perf/backend/core/statistics"
)

func generated(kind string, seed int64, n int, a, b float64) []float64 {
	g := generator{Kind: kind, Seed: seed, N: n, A: a, B: b}
	return g.values()
}

func must(b *testing.B, values []float64) statistics.Sample {
	b.Helper()
	s, err := statistics.NewSample(values)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkSummary(b *testing.B) {
	values := generated("bell", 1, 100_000, 100, 5)
	for b.Loop() {
		must(b, values).Summarize()
	}
}

func BenchmarkPair(b *testing.B) {
	for _, n := range []int{49, 1000, 100_000} {
		x, y := generated("bell", 1, n, 100, 5), generated("bell", 2, n, 101, 5)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			family := statistics.Family{Better: statistics.LowerBetter, Correction: statistics.FalseDiscovery, Alpha: 0.05, Materiality: 0.02}
			for b.Loop() {
				_, _ = family.Against(b.Context(), must(b, x), []statistics.Sample{must(b, y)})
			}
		})
	}
}

func BenchmarkRanking(b *testing.B) {
	for _, k := range []int{15, 30} {
		groups := make([]statistics.Sample, k)
		for i := range groups {
			groups[i] = must(b, generated("bell", int64(i+1), 100, 100+float64(i), 5))
		}
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			b.ReportAllocs()
			family := statistics.Family{Better: statistics.LowerBetter, Correction: statistics.FalseDiscovery, Alpha: 0.05, Materiality: 0.02}
			for b.Loop() {
				_, _ = family.Rank(b.Context(), groups)
			}
		})
	}
}

func BenchmarkChanges(b *testing.B) {
	values := generated("bell", 1, 2000, 100, 5)
	for i := 1000; i < 2000; i++ {
		values[i] *= 1.05
	}
	for b.Loop() {
		if _, err := statistics.FindChanges(b.Context(), values, 0.02); err != nil {
			b.Fatal(err)
		}
	}
}
