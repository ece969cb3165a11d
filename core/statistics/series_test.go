package statistics_test

import (
	"math"
	"slices"
	"testing"

	"github.com/eosc-perf/backend/core/statistics"
)

func TestTrend(t *testing.T) {
	for _, c := range vectors[struct {
		ID       string
		T, X     series
		Expected struct {
			N    int
			S    *int64
			TauB *float64 `json:"tau_b"`
			Z, P float64
		}
	}](t, "trend") {
		t.Run(c.ID, func(t *testing.T) {
			got, err := statistics.FindTrend(c.T, c.X)
			if err != nil || (got == nil) != (c.Expected.S == nil) {
				t.Fatalf("%v, %v, want %v", got, err, c.Expected)
			}
			if got == nil {
				return
			}
			equal(t, "S", got.S, *c.Expected.S)
			near(t, "tau", got.TauB, c.Expected.TauB, 1e-12)
			nearValue(t, "z", got.Z, c.Expected.Z, 1e-12)
			nearValue(t, "p", got.P, c.Expected.P, 1e-300)
		})
	}
}

func TestChangesOfASeries(t *testing.T) {
	for _, c := range vectors[struct {
		ID        string
		X         series
		Threshold float64
		Expected  struct {
			Candidates []int
			Rho        *float64
			Changes    []struct {
				At           int
				Scale        statistics.Scale
				Estimate     float64
				Low          *float64 `json:"lo"`
				High         *float64 `json:"hi"`
				MedianBefore float64  `json:"median_before"`
				MedianAfter  float64  `json:"median_after"`
			}
		}
	}](t, "changepoint") {
		t.Run(c.ID, func(t *testing.T) {
			before := slices.Clone(c.X)
			got, err := statistics.FindChanges(t.Context(), c.X, c.Threshold)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Candidates, c.Expected.Candidates) && len(got.Candidates)+len(c.Expected.Candidates) > 0 {
				t.Errorf("candidates %v, want %v", got.Candidates, c.Expected.Candidates)
			}
			near(t, "correlation", got.Correlation, c.Expected.Rho, 1e-12)
			if len(got.Changes) != len(c.Expected.Changes) {
				t.Fatalf("changes %v, want %v", got.Changes, c.Expected.Changes)
			}
			for i, want := range c.Expected.Changes {
				change := got.Changes[i]
				equal(t, "at", change.At, want.At)
				equal(t, "scale", change.Scale, want.Scale)
				nearValue(t, "estimate", change.Estimate, want.Estimate, 0)
				checkBounds(t, "change", &change.Comparison, want.Low, want.High)
				nearValue(t, "median before", change.MedianBefore, want.MedianBefore, 0)
				nearValue(t, "median after", change.MedianAfter, want.MedianAfter, 0)
			}
			if !slices.Equal(before, c.X) {
				t.Error("the values were modified")
			}
		})
	}
}

func TestScaling(t *testing.T) {
	for _, c := range vectors[struct {
		ID, Loose string
		P, T      []float64
		Expected  struct {
			T          []float64
			Slope      *float64
			SlopeSE    *float64 `json:"slope_se"`
			SlopeLow   *float64 `json:"slope_lo"`
			SlopeHigh  *float64 `json:"slope_hi"`
			C          *float64
			R2Power    *float64 `json:"r2_power"`
			A          *float64 `json:"amdahl_a"`
			B          *float64 `json:"amdahl_b"`
			Serial     *float64 `json:"serial_fraction"`
			SerialLow  *float64 `json:"serial_lo"`
			SerialHigh *float64 `json:"serial_hi"`
			T1         *float64
			R2Amdahl   *float64 `json:"r2_amdahl"`
			CoreCounts int      `json:"core_counts"`
			Show       statistics.ScalingModel
			Reason     statistics.ScalingReason
		}
	}](t, "scaling") {
		t.Run(c.ID, func(t *testing.T) {
			got, err := statistics.FitScaling(c.P, c.T)
			if err != nil {
				t.Fatal(err)
			}
			want := c.Expected
			nearAll(t, "times", got.Times, want.T)
			equal(t, "core counts", len(got.Cores), want.CoreCounts)
			floor, loose := 1e-9, 1e-9
			if largest := slices.Max(append([]float64{0}, want.T...)); largest < 1e-100 {
				floor = 0
			}
			if c.Loose != "" {
				loose = 1e-7
			} else {
				equal(t, "show", got.Show, want.Show)
				equal(t, "reason", got.Reason, want.Reason)
			}
			if (got.Power == nil) != (want.Slope == nil) {
				t.Fatalf("power law %v, want %v", got.Power, want.Slope)
			}
			if got.Power == nil {
				return
			}
			near(t, "slope", &got.Power.Slope, want.Slope, 1e-9)
			near(t, "c", &got.Power.C, want.C, floor)
			near(t, "slope error", got.Power.SlopeError, want.SlopeSE, loose)
			checkInterval(t, "slope", got.Power.SlopeInterval, want.SlopeLow, want.SlopeHigh, loose)
			if c.Loose == "" {
				near(t, "r2 of the power law", got.Power.R2, want.R2Power, loose)
				near(t, "r2 of Amdahl's law", got.Amdahl.R2, want.R2Amdahl, loose)
			}
			near(t, "a", &got.Amdahl.A, want.A, floor)
			near(t, "b", &got.Amdahl.B, want.B, floor)
			near(t, "time on one core", &got.Amdahl.OneCore, want.T1, floor)
			near(t, "serial fraction", &got.Amdahl.SerialFraction, want.Serial, 1e-9)
			checkInterval(t, "serial", got.Amdahl.SerialInterval, want.SerialLow, want.SerialHigh, loose)
		})
	}
}

func checkInterval(t *testing.T, what string, got *statistics.Interval, low, high *float64, floor float64) {
	t.Helper()
	if (got == nil) != (low == nil) {
		t.Errorf("%s: interval %v, want %v", what, got, low)
		return
	}
	if got != nil {
		nearValue(t, what+" low", got.Low, *low, floor)
		nearValue(t, what+" high", got.High, *high, floor)
	}
}

func TestResultsOfSeveralPeople(t *testing.T) {
	for _, c := range vectors[struct {
		ID      string
		Results []struct {
			Samples       []float64
			Uploader, Day string
		}
		Expected struct {
			Values    []*float64
			Uploaders int
			Effective *float64           `json:"effective_uploaders"`
			Uploader  *float64           `json:"largest_uploader_share"`
			Session   *float64           `json:"largest_session_share"`
			PerPerson map[string]float64 `json:"per_uploader_medians"`
		}
	}](t, "aggregate") {
		t.Run(c.ID, func(t *testing.T) {
			var values []statistics.Value
			for i, r := range c.Results {
				value, err := statistics.ResultValue(r.Samples)
				if err != nil {
					t.Fatal(err)
				}
				near(t, "value", value, c.Expected.Values[i], 0)
				if value != nil {
					values = append(values, statistics.Value{Value: *value, Uploader: r.Uploader, Session: r.Day})
				}
			}
			origin := statistics.OriginOf(values)
			equal(t, "uploaders", origin.Uploaders, c.Expected.Uploaders)
			near(t, "effective", origin.EffectiveUploaders, c.Expected.Effective, 0)
			near(t, "largest uploader", origin.LargestUploader, c.Expected.Uploader, 0)
			near(t, "largest session", origin.LargestSession, c.Expected.Session, 0)
			medians, err := statistics.ByUploader(values)
			if err != nil || len(medians) != len(c.Expected.PerPerson) {
				t.Fatalf("by uploader %v, %v, want %v", medians, err, c.Expected.PerPerson)
			}
			for _, m := range medians {
				nearValue(t, "of "+m.Uploader, m.Value, c.Expected.PerPerson[m.Uploader], 0)
			}
		})
	}
}

func TestVeryLargeGroupsAreThinned(t *testing.T) {
	for _, c := range vectors[struct {
		N1, N2   int
		Expected struct {
			Thinned bool
			Groups  []struct {
				Step, Left int
				LastIndex  *int `json:"last_index"`
			}
		}
	}](t, "thinned") {
		first, second := statistics.ThinningStep(c.N1, c.N2)
		for i, n := range []int{c.N1, c.N2} {
			step, want := []int{first, second}[i], c.Expected.Groups[i]
			equal(t, "step", step, want.Step)
			values := make([]float64, n)
			for at := range values {
				values[at] = float64(at)
			}
			left := statistics.Thin(values, step)
			equal(t, "left", len(left), want.Left)
			if want.LastIndex != nil {
				equal(t, "last", left[len(left)-1], float64(*want.LastIndex))
			}
		}
	}
}

func TestQuantilesOfDistributions(t *testing.T) {
	for _, c := range vectors[struct {
		F                      string
		Alpha, DF, Z, Expected float64
	}](t, "special") {
		switch c.F {
		case "z":
			nearValue(t, "z", statistics.NormalQuantile(c.Alpha), c.Expected, 0)
		case "t":
			nearValue(t, "t", statistics.StudentQuantile(c.Alpha, c.DF), c.Expected, 0)
		case "two_sided_normal_p":
			nearValue(t, "tail", statistics.NormalTail(c.Z), c.Expected, math.SmallestNonzeroFloat64)
		default:
			t.Errorf("unknown function %s", c.F)
		}
	}
}
