package statistics_test

import (
	"slices"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/statistics"
)

func TestWarningsOfAGroup(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	people := func(values []float64, names ...string) []statistics.Value {
		out := make([]statistics.Value, len(values))
		for i, v := range values {
			name := names[i%len(names)]
			out[i] = statistics.Value{Value: v, Uploader: name, Session: name + " " + time.Duration(i).String()}
		}
		return out
	}
	rising := make([]float64, 20)
	for i := range rising {
		rising[i] = 100 + float64(i)
	}
	for _, c := range []struct {
		name   string
		values []statistics.Value
		newest time.Time
		want   []statistics.Warning
	}{
		{"none", nil, time.Time{}, []statistics.Warning{statistics.FewResults}},
		{"steady", people([]float64{1, 1.1, 0.9, 1.05, 0.95, 1.02}, "ada", "bob"), now, nil},
		{"alone", people([]float64{1, 1, 1, 1}, "ada"), now, []statistics.Warning{
			statistics.FewResults, statistics.Constant, statistics.SingleUploader, statistics.FewUploaders,
		}},
		{"stale", people([]float64{1, 1.1, 0.9, 1.05, 0.95, 1.02}, "ada", "bob"), now.AddDate(-2, 0, 0), []statistics.Warning{statistics.Stale}},
		{"outlier", people([]float64{1, 1.1, 0.9, 1.05, 0.95, 100}, "ada", "bob"), now, []statistics.Warning{statistics.HasOutliers}},
		{"trend", people(rising, "ada", "bob"), now, []statistics.Warning{statistics.HasTrend}},
		{
			"mixed", people(generated("bimodal", 5, 80, 10, 14), "ada", "bob"), now, []statistics.Warning{statistics.Multimodal},
		},
		{"one day", []statistics.Value{
			{Value: 1, Uploader: "ada", Session: "1"}, {Value: 2, Uploader: "ada", Session: "1"}, {Value: 3, Uploader: "ada", Session: "1"},
			{Value: 1, Uploader: "bob", Session: "1"}, {Value: 2, Uploader: "bob", Session: "2"}, {Value: 3, Uploader: "cyd", Session: "2"},
			{Value: 2, Uploader: "ada", Session: "1"},
		}, now, []statistics.Warning{statistics.DominantSession}},
	} {
		t.Run(c.name, func(t *testing.T) {
			times := make([]float64, len(c.values))
			for i := range times {
				times[i] = float64(i)
			}
			runs := statistics.RunsOf(c.values, times)
			got, _ := sample(t, runs.Values).Warnings(runs, c.newest, now)
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			for _, w := range got {
				if w.Text() == "" {
					t.Errorf("%s has no text", w)
				}
			}
		})
	}
}

func TestGroupsThatDifferByMoreThanAFactorHaveAShape(t *testing.T) {
	x := sample(t, []float64{1, 1, 1, 1, 50, 50, 50, 60, 60})
	y := sample(t, []float64{10, 10, 10, 11, 11, 11, 12, 12, 12})
	interval := statistics.Comparison{
		Scale: statistics.Ratio, Method: statistics.HodgesLehmann, Estimate: 2, Interval: statistics.Interval{Low: 1, High: 3}, HasInterval: true,
	}
	equal(t, "shape", x.HasShape(y, interval), true)
	interval.Interval.High = 5
	equal(t, "shape", x.HasShape(y, interval), false)
	interval.Method = statistics.Medians
	interval.Interval.High = 3
	equal(t, "shape of medians", x.HasShape(y, interval), false)
}

func TestOneResultMayDecide(t *testing.T) {
	family := statistics.Family{Better: statistics.LowerBetter, Correction: statistics.FalseDiscovery, Alpha: 0.05, Materiality: 0.02}
	apart := sample(t, []float64{1, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07})
	other := sample(t, []float64{2, 2.01, 2.02, 2.03, 2.04, 2.05, 2.06, 2.07})
	equal(t, "apart", statistics.DecidedByOneResult(apart, other, family, 0.05), false)
	four, more := sample(t, []float64{1, 1.1, 1.2, 1.3}), sample(t, []float64{2, 2.1, 2.2, 2.3})
	equal(t, "4 v 4", statistics.DecidedByOneResult(four, more, family, 0.05), true)
	equal(t, "too few", statistics.DecidedByOneResult(sample(t, []float64{1, 2, 3}), other, family, 0.05), false)
}
