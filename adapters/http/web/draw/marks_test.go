package draw_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/http/web/draw"
)

// reporter is what *testing.T and *rapid.T have in common.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// expectInside fails if a mark lies outside of the frame.
func expectInside(t reporter, marks []draw.Mark) {
	t.Helper()
	inside := func(v float64) bool { return v >= 0 && v <= 1 }
	for _, m := range marks {
		for _, at := range append([]draw.At{m.From, m.To}, m.Points...) {
			if !inside(at.X) || !inside(at.Y) || math.IsNaN(at.DX) || math.Abs(at.DX) > 60 || math.Abs(at.DY) > 500 {
				t.Fatalf("outside of the frame: %+v", m)
			}
		}
	}
}

func anyStyle() *rapid.Generator[draw.Style] { return rapid.Map(rapid.IntRange(-1, 14), draw.StyleOf) }

func anyRow() *rapid.Generator[draw.Row] {
	return rapid.Custom(func(t *rapid.T) draw.Row {
		pair := rapid.SliceOfN(anyValue(), 2, 2)
		return draw.Row{
			Style: anyStyle().Draw(t, "style"), N: rapid.IntRange(1, 100).Draw(t, "n"), Median: anyValue().Draw(t, "median"),
			Low: anyValue().Draw(t, "low"), High: anyValue().Draw(t, "high"), Values: rapid.SliceOfN(anyValue(), 0, 50).Draw(t, "values"),
			Interval: pair.Draw(t, "interval"), Quartiles: pair.Draw(t, "quartiles"), Name: rapid.String().Draw(t, "name"),
			Note: rapid.String().Draw(t, "note"), Figure: rapid.String().Draw(t, "figure"),
		}
	})
}

func TestMarksOfLanesAreInsideTheFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(anyRow(), 0, 5).Draw(t, "rows")
		base := anyValue().Draw(t, "baseline")
		l := draw.Lanes{Rows: rows, Baseline: base, Spread: rapid.Bool().Draw(t, "spread")}
		l.Scale = draw.NewScale(draw.ValuesOf(rows), anyMeasure().Draw(t, "measure"))
		if rapid.Bool().Draw(t, "near") {
			l.Scale = draw.NewNearScale(base)
		}
		expectInside(t, l.GridMarks())
		for i := range rows {
			expectInside(t, l.LaneMarks(i))
		}
		expectFiles(t, l.Sheet(draw.Legend{Title: "title", Foot: "foot"}))
	})
}

func anyAxis() *rapid.Generator[draw.Axis] {
	return rapid.Custom(func(t *rapid.T) draw.Axis {
		return draw.Axis{
			Label: rapid.String().Draw(t, "label"), Measure: anyMeasure().Draw(t, "measure"), Names: []string{"a", "b", "c"},
			Kind: rapid.SampledFrom([]draw.AxisKind{draw.Numbers, draw.Cores, draw.Dates, draw.Categories}).Draw(t, "kind"),
		}
	})
}

func TestMarksOfPlotsAreInsideTheFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p draw.Plot
		p.X, p.Y = anyAxis().Draw(t, "x"), anyAxis().Draw(t, "y")
		p.Guide = rapid.SampledFrom([]draw.Scaling{draw.Unscaled, draw.Inverse, draw.Proportional}).Draw(t, "guide")
		for range rapid.IntRange(0, 4).Draw(t, "series") {
			series := draw.Series{Name: rapid.String().Draw(t, "name"), Style: anyStyle().Draw(t, "style")}
			for range rapid.IntRange(0, 10).Draw(t, "spots") {
				series.Spots = append(series.Spots, draw.Spot{
					X: anyValue().Draw(t, "x"), Y: anyValue().Draw(t, "y"), Range: []float64{anyValue().Draw(t, "low"), anyValue().Draw(t, "high")},
					Note: rapid.String().Draw(t, "note"), Link: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "link"),
				})
			}
			p.Series = append(p.Series, series)
		}
		l := p.Lay()
		expectInside(t, l.Marks())
		expectFiles(t, l.Sheet(draw.Legend{Title: "title"}))
		expectWellFormed(t, string(l.HTML()))
	})
}

func TestMarksOfTrendsSharesAndStripsAreInsideTheFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(anyValue(), 0, 20).Draw(t, "values")
		trend := draw.Trend{Y: anyAxis().Draw(t, "y")}
		shares := draw.Shares{X: anyAxis().Draw(t, "x")}
		strip := draw.Strip{Scale: draw.NewScale(values, anyMeasure().Draw(t, "measure"))}
		for i := range 2 {
			course := draw.Course{Name: "one"}
			for j, v := range values {
				month := time.Date(2020, time.Month(j*(i+1)), 1, 0, 0, 0, 0, time.UTC)
				course.Runs = append(course.Runs, draw.Run{At: month.AddDate(0, 0, i), Value: v})
				course.Months = append(course.Months, draw.Month{Start: month, Median: v})
				strip.Items = append(strip.Items, draw.StripItem{Value: v, Note: "<&>"})
				trend.Turns = append(trend.Turns, draw.Turn{At: month, Text: "new processor"})
			}
			trend.Courses = append(trend.Courses, course)
			shares.Groups = append(shares.Groups, draw.Distributed{Name: "group", Values: values})
		}
		expectInside(t, trend.Marks())
		expectInside(t, shares.Marks())
		expectInside(t, strip.Marks())
		expectWellFormed(t, string(trend.HTML()))
		expectWellFormed(t, string(shares.HTML()))
		expectWellFormed(t, string(strip.HTML()))
	})
}

func TestPlotDrawsAtMost800PointsAndLinksAtMost200(t *testing.T) {
	for _, n := range []int{1, 200, 201, 800, 5000} {
		series := draw.Series{Name: "all"}
		for i := range n {
			series.Spots = append(series.Spots, draw.Spot{
				X: float64(i * 7919 % n), Y: float64(1 + i*104729%n), Note: "note", Link: "link" + draw.Count(i),
			})
		}
		l := draw.Plot{Series: []draw.Series{series}}.Lay()
		if l.Total != n || l.Drawn > 800 || l.Drawn < min(n, 200) {
			t.Errorf("of %d points, %d of %d are drawn", n, l.Drawn, l.Total)
		}
		html := string(l.HTML())
		if links := strings.Count(html, "<a href"); links > 200 || n <= 200 && links != n {
			t.Errorf("of %d points, %d are links", n, links)
		}
		if len(html) > 72_000 {
			t.Errorf("%d points take %d bytes", n, len(html))
		}
	}
}

func TestLaneShowsAnIntervalFromSixResultsAndARangeBeyondThirty(t *testing.T) {
	count := func(row draw.Row, spread bool, role draw.Role) int {
		l := draw.Lanes{Scale: draw.NewScale([]float64{1, 100}, draw.Linear), Baseline: math.NaN(), Rows: []draw.Row{row}, Spread: spread}
		n := 0
		for _, m := range l.LaneMarks(0) {
			if m.Role == role {
				n++
			}
		}
		return n
	}
	row := func(n int) draw.Row {
		r := draw.Row{N: n, Median: 50, Low: 10, High: 90, Interval: []float64{40, 60}, Quartiles: []float64{30, 70}}
		for i := range n {
			r.Values = append(r.Values, 10+80*float64(i)/float64(n))
		}
		return r
	}
	for _, c := range []struct {
		n      int
		spread bool
		role   draw.Role
		want   int
	}{
		{5, false, draw.Interval, 0},
		{6, false, draw.Interval, 1},
		{30, false, draw.Value, 30},
		{31, false, draw.Value, 0},
		{31, false, draw.Span, 1},
		{19, true, draw.Quartiles, 0},
		{20, true, draw.Quartiles, 1},
		{40, true, draw.Value, 40},
	} {
		if got := count(row(c.n), c.spread, c.role); got != c.want {
			t.Errorf("n = %d, spread %t: %d marks of role %d, want %d", c.n, c.spread, got, c.role, c.want)
		}
	}
}

func TestNearScaleHasArrowsForWhatLiesBeyond(t *testing.T) {
	l := draw.Lanes{Scale: draw.NewNearScale(100), Baseline: 100, Rows: []draw.Row{
		{N: 1, Median: 20, Low: 20, High: 20}, {N: 1, Median: 105, Low: 105, High: 105}, {N: 1, Median: 400, Low: 400, High: 400},
	}}
	for i, want := range []draw.Shape{draw.Leftwards, draw.Small, draw.Rightwards} {
		marks := l.LaneMarks(i)
		if got := marks[len(marks)-1].Style.Shape; got != want {
			t.Errorf("row %d has shape %d, want %d", i, got, want)
		}
	}
}

func TestNamesOfSeriesDoNotHideEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p draw.Plot
		for i := range rapid.IntRange(2, 12).Draw(t, "series") {
			p.Series = append(p.Series, draw.Series{Name: "site", Style: draw.StyleOf(i), Spots: []draw.Spot{
				{X: 1, Y: 1}, {X: 10, Y: rapid.Float64Range(1, 2).Draw(t, "y")},
			}})
		}
		var places []float64
		for _, m := range p.Lay().Marks() {
			if m.Role == draw.Name {
				places = append(places, m.From.Y*464+m.From.DY)
			}
		}
		for i, a := range places {
			for _, b := range places[:i] {
				if math.Abs(a-b) < 14.9 {
					t.Fatalf("names at %v", places)
				}
			}
		}
	})
}

func TestStyleDoesNotRepeatWithinTwelveSeries(t *testing.T) {
	seen := map[draw.Style]int{}
	for place := range 12 {
		style := draw.StyleOf(place)
		if before, ok := seen[style]; ok {
			t.Errorf("series %d and %d look the same", before, place)
		}
		seen[style] = place
	}
	if grey := draw.StyleOf(12); grey.Color != 0 {
		t.Errorf("series 13 has colour %d, want grey", grey.Color)
	}
}
