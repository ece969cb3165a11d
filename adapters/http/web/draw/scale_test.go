package draw_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/http/web/draw"
)

func TestScaleIsLogarithmicWhereTheLargestIsMoreThanFiveTimesTheSmallest(t *testing.T) {
	for _, c := range []struct {
		values  []float64
		measure draw.Measure
		log     bool
	}{
		{[]float64{1, 5}, draw.Auto, false},
		{[]float64{1, 5.1}, draw.Auto, true},
		{[]float64{1, 500}, draw.Linear, false},
		{[]float64{1, 2}, draw.Log, true},
		{[]float64{0, 500}, draw.Auto, false},
		{[]float64{-1, 500}, draw.Log, false},
		{nil, draw.Auto, false},
	} {
		if s := draw.NewScale(c.values, c.measure); s.Log != c.log {
			t.Errorf("the scale of %v, %q: logarithmic is %t, want %t", c.values, c.measure, s.Log, c.log)
		}
	}
}

func TestTicks(t *testing.T) {
	day := func(text string) float64 {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return draw.Seconds(at)
	}
	for name, c := range map[string]struct {
		scale draw.Scale
		want  []string
	}{
		"decades": {draw.NewScale([]float64{28.1, 2271}, draw.Auto), []string{
			"50", "100", "200", "500", "1\u202f000", "2\u202f000",
		}},
		"half decade": {draw.NewScale([]float64{1e-3, 9e2}, draw.Auto), []string{
			"0.001", "0.01", "0.1", "1", "10", "100", "1\u202f000",
		}},
		"many decades": {draw.NewScale([]float64{1e-12, 1e12}, draw.Auto), []string{
			"1e\u221210", "1e\u22125", "1", "100\u202f000", "1e10",
		}},
		"linear":                 {draw.NewScale([]float64{98, 105}, draw.Auto), []string{"98", "100", "102", "104"}},
		"one value":              {draw.NewScale([]float64{7}, draw.Auto), []string{"6.8", "7", "7.2"}},
		"one count":              {draw.NewCoresScale([]float64{4}, draw.Auto), []string{"4"}},
		"one core":               {draw.NewCoresScale([]float64{1}, draw.Auto), []string{"1"}},
		"one count, logarithmic": {draw.NewCoresScale([]float64{4}, draw.Log), []string{"4"}},
		"zero":                   {draw.NewCountsScale([]float64{0, 0}, draw.Auto), []string{"0"}},
		"no count":               {draw.NewCountsScale([]float64{-3}, draw.Auto), []string{"\u22123"}},
		"two counts":             {draw.NewCountsScale([]float64{4, 5}, draw.Auto), []string{"4", "5"}},
		"few counts":             {draw.NewCoresScale([]float64{1, 3}, draw.Linear), []string{"1", "2", "3"}},
		"close counts": {draw.NewCountsScale([]float64{1e6, 1e6 + 1}, draw.Log), []string{
			"1\u202f000\u202f000", "1\u202f000\u202f001",
		}},
		"counts":          {draw.NewCountsScale([]float64{1, 1000}, draw.Auto), []string{"1", "10", "100", "1\u202f000"}},
		"no whole counts": {draw.NewCountsScale([]float64{0.5, 2}, draw.Linear), []string{"0.5", "1", "1.5", "2"}},
		"very many cores": {draw.NewCoresScale([]float64{1, 1e12}, draw.Auto), []string{
			"1", "100", "10\u202f000", "1\u202f000\u202f000", "1e8", "1e10", "1e12",
		}},
		"within a percent": {draw.NewScale([]float64{100, 101}, draw.Log), []string{
			"100", "100.2", "100.4", "100.6", "100.8", "101",
		}},
		"close and large": {draw.NewScale([]float64{1e12, 1e12 + 1}, draw.Auto), []string{
			"1e12", "1.0000000000002e12", "1.0000000000004e12", "1.0000000000006e12", "1.0000000000008e12", "1.000000000001e12",
		}},
		"tiny": {draw.NewScale([]float64{1e-12, 2e-12}, draw.Auto), []string{
			"1e\u221212", "1.2e\u221212", "1.4e\u221212", "1.6e\u221212", "1.8e\u221212", "2e\u221212",
		}},
		"negative": {draw.NewScale([]float64{-5, -1}, draw.Auto), []string{"\u22125", "\u22124", "\u22123", "\u22122", "\u22121"}},
		"cores":    {draw.NewCoresScale([]float64{1, 32}, draw.Auto), []string{"1", "2", "4", "8", "16", "32"}},
		"many cores": {draw.NewCoresScale([]float64{1, 4096}, draw.Auto), []string{
			"1", "4", "16", "64", "256", "1\u202f024", "4\u202f096",
		}},
		"years": {draw.NewDates([]float64{day("2018-03-01"), day("2024-05-01")}), []string{"2018", "2020", "2022", "2024"}},
		"months": {draw.NewDates([]float64{day("2020-11-03"), day("2021-03-01")}), []string{
			"2020-11", "2020-12", "2021-01", "2021-02", "2021-03",
		}},
		"days": {draw.NewDates([]float64{day("2020-12-18"), day("2020-12-20")}), []string{"2020-12-18", "2020-12-19", "2020-12-20"}},
		"near": {draw.NewNearScale(100), []string{
			"\u221230\u00a0%", "\u221220\u00a0%", "\u221210\u00a0%", "0\u00a0%", "+10\u00a0%", "+20\u00a0%", "+30\u00a0%",
		}},
	} {
		var got []string
		for _, tick := range c.scale.Ticks {
			got = append(got, tick.Label)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: ticks %q, want %q", name, got, c.want)
		}
	}
}

// anyValue draws values as strangers send them.
func anyValue() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64Range(1, 1000), rapid.Float64Range(1e-12, 1e12), rapid.Float64Range(-1e300, 1e300),
		rapid.SampledFrom([]float64{0, math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, math.MaxFloat64, -math.MaxFloat64}))
}

func anyMeasure() *rapid.Generator[draw.Measure] {
	return rapid.SampledFrom([]draw.Measure{draw.Auto, draw.Linear, draw.Log})
}

func TestScaleKeepsOrderAndShowsAllValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(anyValue()).Draw(t, "values")
		scale := draw.NewScale(values, anyMeasure().Draw(t, "measure"))
		if rapid.Bool().Draw(t, "cores") {
			scale = draw.NewCoresScale(values, anyMeasure().Draw(t, "measure of cores"))
		}
		values = slices.DeleteFunc(values, func(v float64) bool { return math.IsNaN(v) || math.Abs(v) > 1e300 })
		slices.Sort(values)
		last := 0.0
		for _, v := range values {
			at := scale.At(v)
			if math.IsNaN(at) || at < last-1e-9 || at > 1+1e-9 {
				t.Fatalf("%g is at %g, after a smaller value at %g", v, at, last)
			}
			last = at
		}
		last = -1
		for _, tick := range scale.Ticks {
			if math.IsNaN(tick.At) || tick.At <= last || tick.At > 1+1e-9 || tick.At < -1e-9 || tick.Label == "" {
				t.Fatalf("tick %+v after one at %g", tick, last)
			}
			last = tick.At
		}
		if len(scale.Ticks) > 12 {
			t.Fatalf("%d ticks", len(scale.Ticks))
		}
	})
}
