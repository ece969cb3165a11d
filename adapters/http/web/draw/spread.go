package draw

import (
	"html/template"
	"slices"
)

// Distributed are the values of one group.
type Distributed struct {
	Name   string
	Style  Style
	Values []float64
}

// Fewest and most groups whose distribution functions are readable in one picture.
const (
	FewestCurves = 2
	MostCurves   = 6
)

// Shares shows, for each value, the share of the results that are at most this value: the
// empirical distribution functions of two to six groups.
type Shares struct {
	X      Axis
	Groups []Distributed
	Label  string
}

// mostSteps of a curve: more look the same.
const mostCurveSteps = 100

func (s Shares) marks() []Mark {
	var all []float64
	for _, group := range s.Groups {
		all = append(all, group.Values...)
	}
	xs := s.X.scale(all)
	ys := Scale{low: 0, high: 1}
	for percent := 0; percent <= 100; percent += 25 {
		ys.Ticks = append(ys.Ticks, Tick{At: float64(percent) / 100, Label: exactly(float64(percent)) + "\u00a0%"})
	}
	ys = ys.Reverse()
	marks := frameOf(s.X, Axis{Label: "Share of the results that are at most x"}, xs, ys)
	var names []Mark
	for _, group := range s.Groups {
		points := curve(group.Values, xs, ys)
		if len(points) == 0 {
			continue
		}
		middle := points[len(points)/2]
		marks = append(marks, Mark{Kind: Path, Role: Joint, Style: group.Style, Points: points},
			Mark{Kind: Sign, Role: Point, Style: group.Style, From: middle, Note: group.Name})
		names = append(names, Mark{
			Kind: Text, Role: Name, Style: group.Style, Text: Abbreviated(group.Name, nameRunes),
			From: At{X: middle.X, Y: middle.Y, DX: 12, DY: 4},
		})
	}
	separate(names)
	return append(marks, names...)
}

// curve are the corners of a distribution function.
func curve(values []float64, xs, ys Scale) []At {
	sorted := slices.Clone(values)
	sorted = slices.DeleteFunc(sorted, func(v float64) bool { return !finite(xs.At(v)) })
	slices.Sort(sorted)
	n := len(sorted)
	if n == 0 {
		return nil
	}
	points := []At{{X: xs.Within(sorted[0]), Y: ys.Within(0)}}
	before := 0.0
	for i, v := range sorted {
		last := i+1 == n
		if !last && (sorted[i+1] == v || n > mostCurveSteps && (i+1)*mostCurveSteps/n == i*mostCurveSteps/n) {
			continue
		}
		share := float64(i+1) / float64(n)
		x := xs.Within(v)
		points = append(points, At{X: x, Y: ys.Within(before)}, At{X: x, Y: ys.Within(share)})
		before = share
	}
	return points
}

// HTML is the picture.
func (s Shares) HTML() template.HTML {
	return picture(s.Label, s.marks())
}
