package statistics_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/statistics"
)

type pairExpected struct {
	U       *float64
	PMethod string  `json:"p_method"`
	P       float64 `json:"p"`
	Shift   *float64
	Ratio   *float64
	HL      map[string]*struct {
		K         int
		Coverage  *float64
		ShiftLow  *float64 `json:"shift_lo"`
		ShiftHigh *float64 `json:"shift_hi"`
		RatioLow  *float64 `json:"ratio_lo"`
		RatioHigh *float64 `json:"ratio_hi"`
	} `json:"hl"`
	Comparison *struct {
		Scale    statistics.Scale
		Method   statistics.Method
		Estimate float64
		Low      *float64 `json:"lo"`
		High     *float64 `json:"hi"`
	}
	Superiority     float64
	SuperiorityLow  float64 `json:"superiority_lo"`
	SuperiorityHigh float64 `json:"superiority_hi"`
}

func TestTwoGroupsCompareAsInTheVectors(t *testing.T) {
	for _, c := range vectors[struct {
		ID       string
		X, Y     series
		Expected pairExpected
	}](t, "pairs") {
		t.Run(c.ID, func(t *testing.T) {
			x, y, want := sample(t, c.X), sample(t, c.Y), c.Expected
			test := x.MannWhitney(y)
			if want.U == nil {
				if test != nil || x.Compare(y, 0.05) != nil || x.HodgesLehmann(y, statistics.Shift, 0.05) != nil {
					t.Fatalf("an empty group was compared: %v", test)
				}
				return
			}
			nearValue(t, "U", test.U, *want.U, 0)
			equal(t, "exact", test.Exact, want.PMethod == "exact")
			nearValue(t, "p", test.P, want.P, 1e-300)
			checkEstimates(t, x, y, want)
			comparison := x.Compare(y, 0.05)
			equal(t, "scale", comparison.Scale, want.Comparison.Scale)
			equal(t, "method", comparison.Method, want.Comparison.Method)
			nearValue(t, "estimate", comparison.Estimate, want.Comparison.Estimate, 1e-12)
			checkBounds(t, "comparison", comparison, want.Comparison.Low, want.Comparison.High)
			superiority := x.Superiority(y, 0.05)
			nearValue(t, "superiority", superiority.Probability, want.Superiority, 0)
			nearValue(t, "superiority low", superiority.Low, want.SuperiorityLow, 1e-12)
			nearValue(t, "superiority high", superiority.High, want.SuperiorityHigh, 1e-12)
		})
	}
}

func checkEstimates(t *testing.T, x, y statistics.Sample, want pairExpected) {
	t.Helper()
	for level, interval := range want.HL {
		shift := x.HodgesLehmann(y, statistics.Shift, alphas[level])
		nearValue(t, "shift", shift.Estimate, *want.Shift, 1e-300)
		ratio := x.HodgesLehmann(y, statistics.Ratio, alphas[level])
		if (ratio == nil) != (want.Ratio == nil) {
			t.Fatalf("ratio is %v, want %v", ratio, want.Ratio)
		}
		if ratio != nil {
			nearValue(t, "ratio", ratio.Estimate, *want.Ratio, 0)
		}
		if interval == nil {
			if shift.HasInterval {
				t.Errorf("shift at %s has an interval: %v", level, shift)
			}
			continue
		}
		equal(t, "k at "+level, shift.Rank, interval.K)
		near(t, "coverage at "+level, shift.Coverage, interval.Coverage, 0)
		checkBounds(t, "shift at "+level, &shift.Comparison, interval.ShiftLow, interval.ShiftHigh)
		if ratio != nil {
			checkBounds(t, "ratio at "+level, &ratio.Comparison, interval.RatioLow, interval.RatioHigh)
		}
	}
}

func checkBounds(t *testing.T, what string, got *statistics.Comparison, low, high *float64) {
	t.Helper()
	if got.HasInterval != (low != nil) {
		t.Fatalf("%s: interval %v (%v), want %v", what, got.Interval, got.HasInterval, low)
	}
	if low != nil {
		nearValue(t, what+" low", got.Interval.Low, *low, 1e-300)
		nearValue(t, what+" high", got.Interval.High, *high, 1e-300)
	}
}

func TestIntervalRankBySizes(t *testing.T) {
	levels := []float64{0.10, 0.05, 0.01, 0.05 / 10, 0.05 / 45}
	for _, c := range vectors[struct {
		N1, N2   int
		Expected []struct {
			K        int
			Coverage *float64
		}
	}](t, "wilcoxon_k") {
		x, y := make([]float64, c.N1), make([]float64, c.N2)
		for i := range x {
			x[i] = float64(2*i + 1)
		}
		for i := range y {
			y[i] = float64(2 * i)
		}
		for i, want := range c.Expected {
			got := sample(t, x).HodgesLehmann(sample(t, y), statistics.Shift, levels[i])
			name := strings.Join([]string{strconv.Itoa(c.N1), strconv.Itoa(c.N2), strconv.FormatFloat(levels[i], 'g', 4, 64)}, " ")
			equal(t, name, got.Rank, want.K)
			near(t, name+" coverage", got.Coverage, want.Coverage, 0)
		}
	}
}
