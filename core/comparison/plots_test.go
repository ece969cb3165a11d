package comparison_test

import (
	"math"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

func TestDistributionsShareTheirBins(t *testing.T) {
	w := newWorld()
	w.add(1, "x", 1, 2, 3, 4)
	w.add(2, "y", 3, 4, 5, 100)
	q := comparison.DistributionQuestion{Question: question(domain.LowerBetter, comparison.ByFlavor).Question, Bins: 2, Logarithmic: true}
	answer, err := comparison.Distribute(t.Context(), q, w.Measurements)
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Edges) != 3 || answer.Edges[0] != 1 || math.Abs(answer.Edges[1]-10) > 1e-12 || answer.Edges[2] != 100 {
		t.Errorf("edges %v", answer.Edges)
	}
	if x, y := answer.Groups[0], answer.Groups[1]; x.Counts[0] != 4 || y.Counts[1] != 1 || len(x.Steps) != 4 || x.Steps[3].Share != 1 {
		t.Errorf("%v %v %v", x.Counts, y.Counts, x.Steps)
	}
}

func TestSeriesIsThinnedEvenlyInX(t *testing.T) {
	w := newWorld()
	for cores, time := range map[int]float64{1: 80, 2: 41, 4: 21, 8: 11} {
		w.add(cores, "x", time, time)
	}
	for i := range w.Items {
		w.Items[i].Others = []string{formatCores(*w.Items[i].Resource)}
	}
	q := comparison.SeriesQuestion{Question: question(domain.LowerBetter).Question, X: "json.cpu", Limit: 3}
	q.Metric.Resource = "cpu"
	answer, err := comparison.Plot(t.Context(), q, w.Measurements)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Total != 8 || len(answer.Points) != 3 || *answer.Points[0].X.Number != 1 || *answer.Points[2].X.Number != 8 {
		t.Errorf("%d points of %d: %+v", len(answer.Points), answer.Total, answer.Points)
	}
	if answer.Scaling == nil || answer.Scaling.Show != statistics.Amdahl {
		t.Errorf("scaling %+v", answer.Scaling)
	}
}

func formatCores(n float64) string { return string(rune('0' + int(n))) }

func TestTrendFindsTheChange(t *testing.T) {
	w := newWorld()
	var values []float64
	for i := range 40 {
		value := 100 + float64(i*7%10)/10
		if i >= 20 {
			value *= 1.2
		}
		values = append(values, value)
	}
	w.add(1, "x", values...)
	q := comparison.TrendQuestion{Question: question(domain.LowerBetter, comparison.ByFlavor).Question, Interval: comparison.Monthly}
	answer, err := comparison.Follow(t.Context(), q, w.Measurements)
	if err != nil {
		t.Fatal(err)
	}
	course := answer.Groups[0]
	if len(course.Parts) != 2 || course.Parts[0].N != 22 || course.Parts[1].N != 18 {
		t.Errorf("parts %+v", course.Parts)
	}
	if len(course.Changes) != 1 || !strings.HasPrefix(course.Changes[0].Sentence, "From 2026-01-30 on 1.20x slower (95 % CI ") {
		t.Errorf("changes %+v", course.Changes)
	}
}
