package statistics_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/eosc-perf/backend/core/statistics"
)

type oddSummary struct {
	N                                                 int
	Min, Max, Mean, P05, Q1, Median, Q3, P95, SD, MAD *float64
	CoV                                               *float64                   `json:"cov"`
	GeometricMean                                     *float64                   `json:"geomean"`
	MedianCI                                          map[string]*medianExpected `json:"median_ci"`
}

type oddPair struct {
	U, P, Shift     float64
	Exact           bool
	Ratio           *float64
	Superiority     float64
	SuperiorityLow  float64 `json:"superiority_lo"`
	SuperiorityHigh float64 `json:"superiority_hi"`
	HL              map[string]*struct {
		K         int
		ShiftLow  *float64 `json:"shift_lo"`
		ShiftHigh *float64 `json:"shift_hi"`
		RatioLow  *float64 `json:"ratio_lo"`
		RatioHigh *float64 `json:"ratio_hi"`
	}
}

// oddVectors are those of scripts/statistics/odd.py: rationals, decimals of 60 digits and SciPy.
type oddVectors struct {
	Summaries []struct {
		ID       string
		X        series
		Expected oddSummary
	}
	Pairs []struct {
		ID       string
		X, Y     series
		Expected oddPair
	}
	Trends []struct {
		ID       string
		T, X     series
		Expected struct {
			S    int64
			Z, P float64
			TauB *float64 `json:"tau_b"`
		}
	}
}

func readOdd(t *testing.T) (odd oddVectors) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "odd.json"))
	if err == nil {
		err = json.Unmarshal(text, &odd)
	}
	if err != nil || len(odd.Summaries)*len(odd.Pairs)*len(odd.Trends) == 0 {
		t.Fatalf("odd.json: %v", err)
	}
	return odd
}

func TestOddGroupsAreSummarized(t *testing.T) {
	for _, c := range readOdd(t).Summaries {
		t.Run(c.ID, func(t *testing.T) {
			s, want := sample(t, c.X), c.Expected
			got := s.Summarize()
			equal(t, "n", got.N, want.N)
			// The sum of values of both signs is exact to a share of the largest.
			largest := max(-*got.Min, *got.Max)
			for _, q := range []struct {
				name      string
				got, want *float64
			}{
				{"min", got.Min, want.Min}, {"max", got.Max, want.Max}, {"p05", got.P05, want.P05}, {"q1", got.Q1, want.Q1},
				{"median", got.Median, want.Median}, {"q3", got.Q3, want.Q3}, {"p95", got.P95, want.P95}, {"sd", got.SD, want.SD},
				{"cov", got.CoV, want.CoV}, {"geometric mean", got.GeometricMean, want.GeometricMean}, {"mad", got.MAD, want.MAD},
			} {
				near(t, q.name, q.got, q.want, 0)
			}
			near(t, "mean", got.Mean, want.Mean, 1e-15*largest)
			for level, interval := range want.MedianCI {
				checkMedianInterval(t, level, s.MedianInterval(alphas[level]), interval)
			}
		})
	}
}

func TestOddGroupsAreCompared(t *testing.T) {
	for _, c := range readOdd(t).Pairs {
		t.Run(c.ID, func(t *testing.T) {
			x, y, want := sample(t, c.X), sample(t, c.Y), c.Expected
			test := x.MannWhitney(y)
			equal(t, "U", test.U, want.U)
			equal(t, "exact", test.Exact, want.Exact || test.P == 1)
			nearValue(t, "p", test.P, want.P, 1e-300)
			superiority := x.Superiority(y, 0.05)
			nearValue(t, "superiority", superiority.Probability, want.Superiority, 0)
			nearValue(t, "superiority low", superiority.Low, want.SuperiorityLow, 1e-12)
			nearValue(t, "superiority high", superiority.High, want.SuperiorityHigh, 1e-12)
			for level, interval := range want.HL {
				shift := x.HodgesLehmann(y, statistics.Shift, alphas[level])
				nearValue(t, "shift", shift.Estimate, want.Shift, 0)
				ratio := x.HodgesLehmann(y, statistics.Ratio, alphas[level])
				if (ratio == nil) != (want.Ratio == nil) {
					t.Fatalf("ratio is %v, want %v", ratio, want.Ratio)
				}
				if ratio != nil {
					nearValue(t, "ratio", ratio.Estimate, *want.Ratio, 0)
				}
				if interval == nil {
					equal(t, "an interval of the shift at "+level, shift.HasInterval, false)
					continue
				}
				equal(t, "k at "+level, shift.Rank, interval.K)
				checkBounds(t, "shift at "+level, &shift.Comparison, interval.ShiftLow, interval.ShiftHigh)
				if ratio != nil {
					checkBounds(t, "ratio at "+level, &ratio.Comparison, interval.RatioLow, interval.RatioHigh)
				}
			}
		})
	}
}

func TestOddSeriesHaveTrends(t *testing.T) {
	for _, c := range readOdd(t).Trends {
		t.Run(c.ID, func(t *testing.T) {
			got, err := statistics.FindTrend(c.T, c.X)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "S", got.S, c.Expected.S)
			nearValue(t, "z", got.Z, c.Expected.Z, 0)
			nearValue(t, "p", got.P, c.Expected.P, 0)
			near(t, "tau b", got.TauB, c.Expected.TauB, 0)
		})
	}
}
