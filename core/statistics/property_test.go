package statistics_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/core/statistics"
)

// positives draws values with two decimals, so that some are equal.
func positives(low, high int) *rapid.Generator[[]float64] {
	return rapid.Custom(func(t *rapid.T) []float64 {
		cents := rapid.SliceOfN(rapid.IntRange(100, 3000), low, high).Draw(t, "cents")
		values := make([]float64, len(cents))
		for i, c := range cents {
			values[i] = float64(c) / 100
		}
		return values
	})
}

func of(t *rapid.T, values []float64) statistics.Sample {
	s, err := statistics.NewSample(values)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mapped(values []float64, f func(float64) float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = f(v)
	}
	return out
}

func TestComparisonsKeepTheirLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := positives(1, 40).Draw(t, "x"), positives(1, 40).Draw(t, "y")
		a, b := of(t, x), of(t, y)
		shift, ratio := a.HodgesLehmann(b, statistics.Shift, 0.05), a.HodgesLehmann(b, statistics.Ratio, 0.05)

		whole := float64(rapid.IntRange(1, 1000).Draw(t, "whole"))
		moved := of(t, mapped(x, func(v float64) float64 { return v + whole })).HodgesLehmann(b, statistics.Shift, 0.05)
		if math.Abs(moved.Estimate-(shift.Estimate+whole)) > 1e-9*(whole+1) {
			t.Errorf("shift(x+c) is %v, want %v", moved.Estimate, shift.Estimate+whole)
		}
		power := math.Ldexp(1, rapid.IntRange(-20, 20).Draw(t, "power"))
		multiplied := of(t, mapped(x, func(v float64) float64 { return v * power })).HodgesLehmann(b, statistics.Ratio, 0.05)
		if multiplied.Estimate != power*ratio.Estimate && math.Abs(multiplied.Estimate/power/ratio.Estimate-1) > 1e-15 {
			t.Errorf("ratio(cx) is %v, want %v", multiplied.Estimate, power*ratio.Estimate)
		}
		swapped := b.HodgesLehmann(a, statistics.Shift, 0.05)
		if swapped.Estimate != -shift.Estimate || swapped.Interval.Low != -shift.Interval.High || swapped.Interval.High != -shift.Interval.Low {
			t.Errorf("swapped %v, want the opposite of %v", swapped, shift)
		}
		for _, estimate := range []*statistics.Estimate{shift, ratio} {
			i := estimate.Interval
			if estimate.HasInterval && (estimate.Estimate < i.Low || estimate.Estimate > i.High) {
				t.Errorf("%v lies outside of its interval %v", estimate.Estimate, i)
			}
		}
		superiority := a.Superiority(b, 0.05)
		if superiority.Probability < superiority.Low || superiority.Probability > superiority.High {
			t.Errorf("superiority %v", superiority)
		}
	})
}

func TestRankTestsSeeTheOrderAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := positives(1, 60).Draw(t, "x"), positives(1, 60).Draw(t, "y")
		before := *of(t, x).MannWhitney(of(t, y))
		shuffled := rapid.Permutation(x).Draw(t, "order")
		cubed := func(v float64) float64 { return v * v * v }
		for name, got := range map[string]statistics.MannWhitney{
			"permuted":   *of(t, shuffled).MannWhitney(of(t, y)),
			"increasing": *of(t, mapped(x, cubed)).MannWhitney(of(t, mapped(y, cubed))),
		} {
			if got != before {
				t.Errorf("%s: %v, want %v", name, got, before)
			}
		}
		swapped := *of(t, y).MannWhitney(of(t, x))
		if swapped.U != float64(len(x)*len(y))-before.U || math.Abs(swapped.P-before.P) > 1e-12 {
			t.Errorf("swapped: %v, want that of %v", swapped, before)
		}
		if before.P < 0 || before.P > 1 {
			t.Errorf("p is %v", before.P)
		}
	})
}

func TestVerdictsAreMirrored(t *testing.T) {
	mirrored := map[statistics.Verdict]statistics.Verdict{statistics.Faster: statistics.Slower, statistics.Slower: statistics.Faster}
	rapid.Check(t, func(t *rapid.T) {
		x, y := positives(4, 20).Draw(t, "x"), positives(4, 20).Draw(t, "y")
		better := rapid.SampledFrom([]statistics.Better{statistics.LowerBetter, statistics.HigherBetter}).Draw(t, "better")
		f := statistics.Family{Better: better, Correction: statistics.FalseDiscovery, Alpha: 0.05, Materiality: 0.02}
		compare := func(x, y []float64) statistics.Relation {
			result, err := f.Against(t.Context(), of(t, x), []statistics.Sample{of(t, y)})
			if err != nil {
				t.Fatal(err)
			}
			return result.Relations[0]
		}
		forth, back := compare(x, y), compare(y, x)
		want, ok := mirrored[back.Decision.Verdict]
		if !ok {
			want = back.Decision.Verdict
		}
		border := func(r statistics.Relation) bool {
			return slices.ContainsFunc([]float64{1 / 1.02, 1, 1.02}, func(limit float64) bool {
				return math.Abs(r.Interval.Low-limit) < 1e-12 || math.Abs(r.Interval.High-limit) < 1e-12
			})
		}
		if forth.Decision.Verdict != want && !border(forth) {
			t.Errorf("forth %v, back %v", forth, back)
		}
	})
}

func TestRankRangesHoldSomeOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var groups []statistics.Sample
		for range rapid.IntRange(1, 8).Draw(t, "groups") {
			groups = append(groups, of(t, positives(4, 15).Draw(t, "values")))
		}
		f := statistics.Family{Better: statistics.LowerBetter, Correction: statistics.FalseDiscovery, Alpha: 0.05, Materiality: 0.02}
		ranked, err := f.Rank(t.Context(), groups)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range ranked.Ranks {
			if r.Low < 1 || r.Low > r.High || r.High > len(groups) {
				t.Errorf("rank %v of %d", r, len(groups))
			}
		}
	})
}

func TestQuantilesAscend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := positives(1, 50).Draw(t, "values")
		before := slices.Clone(values)
		s := of(t, values).Summarize()
		ascending := []float64{*s.Min, *s.P05, *s.Q1, *s.Median, *s.Q3, *s.P95, *s.Max}
		if !slices.IsSorted(ascending) {
			t.Errorf("quantiles %v", ascending)
		}
		if !slices.Equal(before, values) {
			t.Error("the values were modified")
		}
	})
}
