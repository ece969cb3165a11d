package statistics_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/eosc-perf/backend/core/statistics"
)

// fromBytes reads eight bytes a value.
func fromBytes(text []byte) []float64 {
	values := make([]float64, 0, min(60, len(text)/8))
	for len(text) >= 8 && len(values) < 60 {
		values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(text)))
		text = text[8:]
	}
	return values
}

func toBytes(values ...float64) []byte {
	var text []byte
	for _, v := range values {
		text = binary.LittleEndian.AppendUint64(text, math.Float64bits(v))
	}
	return text
}

// FuzzAnyValues gives all functions values of any bits: what Check lets through gives numbers
// that are finite and in order, and never a panic.
func FuzzAnyValues(f *testing.F) {
	f.Add(toBytes(1, 2, 3, 4, 5, 6), toBytes(2, 3, 4, 5, 6, 7))
	f.Add(toBytes(1e300, -1e300, 1e-300, 0), toBytes(-1e-300, 1e300, 1e300, 1e300))
	f.Add(toBytes(math.NaN(), math.Inf(1)), toBytes(5e-324))
	f.Add(toBytes(1e-300, 1e300, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2), toBytes(1e-300, 1e-300, 1e-300, 1e-300))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		x, y := fromBytes(first), fromBytes(second)
		a, err := statistics.NewSample(x)
		if (err == nil) != (statistics.Check(x) == nil) {
			t.Fatalf("NewSample says %v, Check %v", err, statistics.Check(x))
		}
		b, errB := statistics.NewSample(y)
		if err != nil || errB != nil {
			return
		}
		finite := func(name string, values ...*float64) {
			for _, v := range values {
				if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
					t.Errorf("%s is %v for %v and %v", name, *v, x, y)
				}
			}
		}
		s := a.Summarize()
		finite("summary", s.Min, s.Max, s.P05, s.Q1, s.Median, s.Q3, s.P95, s.Mean, s.SD, s.GeometricMean, s.MAD)
		if dip := a.Dip(); dip != nil {
			finite("dip", &dip.Distance, &dip.P)
		}
		if comparison := a.Compare(b, 0.05); comparison != nil {
			finite("comparison", &comparison.Estimate, &comparison.Interval.Low, &comparison.Interval.High)
			superiority := a.Superiority(b, 0.05)
			finite("superiority", &superiority.Probability, &superiority.Low, &superiority.High)
		}
		for _, correction := range []statistics.Correction{statistics.FalseDiscovery, statistics.Simultaneous} {
			family := statistics.Family{Better: statistics.HigherBetter, Correction: correction, Alpha: 0.05, Materiality: 0.02}
			_, _ = family.Rank(t.Context(), []statistics.Sample{a, b, a})
			_, _ = family.Against(t.Context(), a, []statistics.Sample{b, a})
		}
		if _, err := statistics.FindOutliers(x); err != nil {
			t.Error(err)
		}
		if _, err := statistics.FindChanges(t.Context(), x, 0.02); err != nil {
			t.Error(err)
		}
		times := make([]float64, len(x))
		for i := range times {
			times[i] = float64(i / 2)
		}
		if _, err := statistics.FindTrend(times, x); err != nil {
			t.Error(err)
		}
		cores := make([]float64, len(x))
		for i := range cores {
			cores[i] = float64(int(1) << (i % 7))
		}
		if _, err := statistics.FitScaling(cores, x); err != nil {
			t.Error(err)
		}
	})
}
