package draw_test

import (
	"math"
	"slices"
	"strconv"
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
				X: float64(i * 7919 % n), Y: float64(1 + i*104729%n), Note: "note", Link: "link" + strconv.Itoa(i),
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

// signs counts marks of a role.
func signs(marks []draw.Mark, roles ...draw.Role) (n int) {
	for _, mark := range marks {
		if mark.Kind == draw.Sign && slices.Contains(roles, mark.Role) {
			n++
		}
	}
	return n
}

func TestLanesHaveAtMost400TicksTogether(t *testing.T) {
	for _, test := range []struct{ rows, values, least, most int }{
		{1, 30, 30, 30}, {50, 30, 200, 400}, {50, 1000, 200, 400}, {1, 1000, 200, 400}, {50, 8, 400, 400},
	} {
		lanes := draw.Lanes{Scale: draw.NewScale([]float64{0, 1}, draw.Linear), Baseline: math.NaN(), Spread: true}
		for i := range test.rows {
			row := draw.Row{N: test.values, Median: 0.5, Low: 0, High: 1}
			for k := range test.values {
				row.Values = append(row.Values, math.Mod(float64(i*7919+k*104729)/99991, 1))
			}
			lanes.Rows = append(lanes.Rows, row)
		}
		lanes = lanes.Thinned()
		ticks := 0
		for i := range lanes.Rows {
			ticks += signs(lanes.LaneMarks(i), draw.Value)
		}
		if ticks < test.least || ticks > test.most {
			t.Errorf("%d rows of %d values have %d ticks", test.rows, test.values, ticks)
		}
	}
}

func TestTrendsHaveAtMost800SignsAnd200Links(t *testing.T) {
	for _, test := range []struct{ courses, months, runs, links int }{
		{1, 20, 5, 20}, {4, 50, 10, 200}, {12, 48, 10, 0}, {12, 300, 3, 0}, {3, 1, 5000, 3},
	} {
		trend := draw.Trend{}
		for i := range test.courses {
			course := draw.Course{Name: "one"}
			for k := range test.months {
				month := time.Date(1990, time.Month(k+1), 1, 0, 0, 0, 0, time.UTC)
				course.Months = append(course.Months, draw.Month{Start: month, Median: float64(i), Note: "note", Link: "link" + strconv.Itoa(i*1000+k)})
				for n := range test.runs {
					trend.Turns = append(trend.Turns, draw.Turn{At: month.Add(time.Duration(n) * time.Hour), Text: "another machine"})
					course.Runs = append(course.Runs, draw.Run{At: month.Add(time.Duration(n) * time.Hour), Value: float64(i*1000 + n*7919%1000)})
				}
			}
			trend.Courses = append(trend.Courses, course)
		}
		n, links := signs(trend.Marks(), draw.Point, draw.Faint), strings.Count(string(trend.HTML()), "<a href")
		if n > 800 || n < min(test.courses*test.months, 400) || links != test.links {
			t.Errorf("%+v: %d signs, %d links", test, n, links)
		}
		if lines := strings.Count(string(trend.HTML()), "another machine"); lines < 1 || lines > 101 {
			t.Errorf("%+v: %d lines of changes", test, lines)
		}
	}
}

func TestStripsHaveAsManySignsAsTheyMay(t *testing.T) {
	for _, test := range []struct{ items, most, atLeast, atMost int }{
		{20, 24, 20, 20}, {25, 24, 10, 24}, {500, 24, 10, 24}, {100, 0, 100, 100}, {1000, 0, 150, 200},
	} {
		strip := draw.Strip{Scale: draw.NewScale([]float64{0, 1}, draw.Linear), Most: test.most}
		for i := range test.items {
			strip.Items = append(strip.Items, draw.StripItem{Value: float64(i) / float64(test.items)})
		}
		if n := signs(strip.Marks(), draw.Point); n < test.atLeast || n > test.atMost {
			t.Errorf("%d of %d items, at most %d", n, test.items, test.most)
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
