package statistics_test

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/eosc-perf/backend/core/statistics"
)

func sample(t *testing.T, values []float64) statistics.Sample {
	t.Helper()
	s, err := statistics.NewSample(values)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var alphas = map[string]float64{"0.90": 0.10, "0.95": 0.05, "0.99": 0.01}

type medianExpected struct {
	L        int
	Low      float64 `json:"lo"`
	High     float64 `json:"hi"`
	Coverage float64
}

func TestSummaryOfOneGroupIsThatOfTheVectors(t *testing.T) {
	for _, c := range vectors[struct {
		ID       string
		X        series
		Expected struct {
			N                                            int
			Min, Max, Q1, Median, Q3, Mean, SD, P05, P95 *float64
			CoV                                          *float64 `json:"cov"`
			GeometricMean                                *float64 `json:"geomean"`
			MAD                                          *float64
			PercentileRank                               *float64                   `json:"percentile_rank_of_first"`
			MedianCI                                     map[string]*medianExpected `json:"median_ci"`
			Outliers                                     *struct {
				Count   int
				First   []int   `json:"first_indexes"`
				Largest float64 `json:"max_abs_z"`
			}
			Dip  *float64
			DipP *float64 `json:"dip_p"`
		}
	}](t, "summary") {
		t.Run(c.ID, func(t *testing.T) {
			s, want := sample(t, c.X), c.Expected
			got := s.Summarize()
			equal(t, "n", got.N, want.N)
			largest := 0.0
			for _, v := range c.X {
				largest = max(largest, math.Abs(v))
			}
			for _, q := range []struct {
				name      string
				got, want *float64
				floor     float64
			}{
				{"min", got.Min, want.Min, 0}, {"max", got.Max, want.Max, 0}, {"p05", got.P05, want.P05, 0}, {"q1", got.Q1, want.Q1, 0},
				{"median", got.Median, want.Median, 0}, {"q3", got.Q3, want.Q3, 0}, {"p95", got.P95, want.P95, 0},
				{"mean", got.Mean, want.Mean, 1e-12 * largest}, {"sd", got.SD, want.SD, 0}, {"cov", got.CoV, want.CoV, 0},
				{"geometric mean", got.GeometricMean, want.GeometricMean, 0}, {"mad", got.MAD, want.MAD, 0},
			} {
				near(t, q.name, q.got, q.want, q.floor)
			}
			if len(c.X) > 0 {
				near(t, "percentile rank", s.PercentileRank(c.X[0]), want.PercentileRank, 0)
			}
			for level, interval := range want.MedianCI {
				checkMedianInterval(t, level, s.MedianInterval(alphas[level]), interval)
			}
			outliers, err := statistics.FindOutliers(c.X)
			if err != nil || (outliers == nil) != (want.Outliers == nil) {
				t.Fatalf("outliers are %v, %v, want %v", outliers, err, want.Outliers)
			}
			if outliers != nil {
				equal(t, "outliers", len(outliers.Indexes), want.Outliers.Count)
				if first := outliers.Indexes[:len(want.Outliers.First)]; !slices.Equal(first, want.Outliers.First) && len(first) > 0 {
					t.Errorf("outliers at %v, want %v", first, want.Outliers.First)
				}
				nearValue(t, "largest score", outliers.LargestScore, want.Outliers.Largest, 0)
			}
			dip := s.Dip()
			if (dip == nil) != (want.Dip == nil) {
				t.Fatalf("dip is %v, want %v", dip, want.Dip)
			}
			if dip != nil {
				nearValue(t, "dip", dip.Distance, *want.Dip, 1e-12)
				nearValue(t, "dip p", dip.P, *want.DipP, 1e-9)
			}
		})
	}
}

func checkMedianInterval(t *testing.T, level string, got *statistics.MedianInterval, want *medianExpected) {
	t.Helper()
	if (got == nil) != (want == nil) {
		t.Fatalf("median interval of %s is %v, want %v", level, got, want)
	}
	if got != nil {
		equal(t, "rank at "+level, got.Rank, want.L)
		nearValue(t, "low", got.Low, want.Low, 0)
		nearValue(t, "high", got.High, want.High, 0)
		nearValue(t, "coverage", got.Coverage, want.Coverage, 0)
	}
}

func TestMedianIntervalByNumberOfValues(t *testing.T) {
	for _, c := range vectors[struct {
		N        int
		Expected map[string]medianExpected
	}](t, "median_ci") {
		values := make([]float64, c.N)
		for i := range values {
			values[i] = float64(i + 1)
		}
		s := sample(t, values)
		for level, want := range c.Expected {
			got := s.MedianInterval(alphas[level])
			name := strconv.Itoa(c.N) + " at " + level
			if want.L == 0 {
				if got != nil {
					t.Errorf("%s: %v, want none", name, got)
				}
				continue
			}
			if got == nil {
				t.Errorf("%s: none, want rank %d", name, want.L)
				continue
			}
			equal(t, name, got.Rank, want.L)
			nearValue(t, name+" coverage", got.Coverage, want.Coverage, 0)
		}
	}
}

func TestUnusableValuesAreNamed(t *testing.T) {
	for name, bad := range map[string]float64{
		"not a number": math.NaN(), "infinite": math.Inf(-1), "too large": 1.1e300, "too small": -9e-301, "subnormal": 5e-324,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := statistics.NewSample([]float64{0, 1e300, 1e-300, bad})
			if unusable, ok := errors.AsType[*statistics.ValueError](err); !ok || unusable.Index != 3 {
				t.Errorf("the error is %v, want one of value 3", err)
			}
		})
	}
}
