package draw

import (
	"fmt"
	"html/template"
	"maps"
	"math"
	"slices"
)

// AxisKind is what lies along an axis.
type AxisKind string

// Kinds of axes.
const (
	Numbers    AxisKind = "numbers"
	Counts     AxisKind = "counts" // whole numbers
	Cores      AxisKind = "cores"
	Dates      AxisKind = "dates"      // seconds since 1970
	Categories AxisKind = "categories" // indexes of names
)

// Axis describes an axis of a plot.
type Axis struct {
	Label   string
	Kind    AxisKind
	Measure Measure
	Names   []string // of Categories
	// Better says which values are good: lower is better. It stands behind the label.
	Better string
}

// title is what stands beside the axis: Time, s, logarithmic; lower is better.
func (a Axis) title(s Scale) string {
	text := a.Label
	if s.Log && text != "" {
		text += ", logarithmic"
	}
	if a.Better != "" {
		text += "; " + a.Better
	}
	return text
}

func (a Axis) scale(values []float64) Scale {
	switch a.Kind {
	case Dates:
		return NewDates(values)
	case Categories:
		return NewCategories(a.Names)
	case Counts:
		return NewCountsScale(values, a.Measure)
	case Cores:
		return NewCoresScale(values, a.Measure)
	case Numbers:
	}
	return NewScale(values, a.Measure)
}

// Spot is a point of a plot.
type Spot struct {
	X, Y float64
	// Range is from the smallest to the largest value of Y, nil for none.
	Range      []float64
	Note, Link string
}

// Series are the points of one colour and shape.
type Series struct {
	Name  string
	Style Style
	Spots []Spot
}

// Scaling is how a value changes with the number of cores if the scaling is perfect.
type Scaling uint8

// Ways of perfect scaling.
const (
	Unscaled     Scaling = iota // no guide
	Inverse                     // a time: twice the cores, half of it
	Proportional                // a rate: twice the cores, twice of it
)

// Plot shows Y against X.
type Plot struct {
	X, Y   Axis
	Series []Series
	Guide  Scaling
	// Label is the sentence that is read aloud for the picture.
	Label string
}

// Laid is a plot with its scales and the points that have room.
type Laid struct {
	Plot
	XScale, YScale Scale
	// Drawn and Total are the numbers of points drawn and of all.
	Drawn, Total int
}

// Lay computes the scales, and thins out points that hide each other.
func (p Plot) Lay() Laid {
	var xs, ys []float64
	for _, series := range p.Series {
		for _, spot := range series.Spots {
			if finite(spot.X) && finite(spot.Y) {
				xs, ys = append(xs, spot.X), append(append(ys, spot.Y), spot.Range...)
			}
		}
	}
	l := Laid{Plot: p, XScale: p.X.scale(xs), YScale: p.Y.scale(ys).Reverse(), Total: len(xs)}
	l.Series = thinned(p.Series, l.XScale, l.YScale, mostSigns)
	for _, series := range l.Series {
		l.Drawn += len(series.Spots)
	}
	return l
}

// IsLog tells whether the axis of x and that of y are logarithmic.
func (l Laid) IsLog() (x, y bool) { return l.XScale.Log, l.YScale.Log }

// mostLinks is the number of points up to which each point is a link: more are no help to
// a keyboard, and double the size of the page.
const mostLinks = 200

func (l Laid) marks() []Mark {
	marks := l.frame()
	marks = append(marks, l.guide()...)
	for _, series := range l.Series {
		marks = append(marks, l.joints(series)...)
		for _, spot := range series.Spots {
			marks = append(marks, l.spot(series, spot)...)
		}
	}
	return append(marks, l.names()...)
}

func (l Laid) spot(series Series, spot Spot) []Mark {
	at := At{X: l.XScale.Within(spot.X), Y: l.YScale.Within(spot.Y)}
	var marks []Mark
	if len(spot.Range) == 2 && spot.Range[0] < spot.Range[1] {
		marks = append(marks, Mark{
			Kind: Line, Role: Span, Style: series.Style,
			From: At{X: at.X, Y: l.YScale.Within(spot.Range[0])}, To: At{X: at.X, Y: l.YScale.Within(spot.Range[1])},
		})
	}
	marks = append(marks, Mark{Kind: Sign, Role: Point, Style: series.Style, From: at})
	if l.Drawn <= mostLinks {
		for i := range marks {
			marks[i].Note, marks[i].Link = spot.Note, spot.Link
		}
		if spot.Link == "" && len(marks) > 1 {
			marks[0].Note = ""
		}
	}
	return marks
}

// frame are the grid, the axes and their texts.
func (l Laid) frame() []Mark { return frameOf(l.X, l.Y, l.XScale, l.YScale) }

func frameOf(x, y Axis, xs, ys Scale) []Mark {
	var marks []Mark
	for _, tick := range ys.Ticks {
		marks = append(marks, horizontal(Grid, tick.At),
			Mark{Kind: Text, Role: Number, From: At{Y: tick.At, DX: -8, DY: 4}, Anchor: End, Text: Shortened(tick.Label, 12)})
	}
	for _, tick := range xs.Ticks {
		marks = append(marks, vertical(Grid, tick.At),
			Mark{Kind: Text, Role: roleOf(tick), From: At{X: tick.At, Y: 1, DY: 18}, Anchor: Middle, Text: tick.Label})
	}
	return append(marks, vertical(Frame, 0), horizontal(Frame, 1),
		Mark{Kind: Text, Role: Title, From: At{X: 0.5, Y: 1, DY: 42}, Anchor: Middle, Text: x.title(xs)},
		Mark{Kind: Text, Role: Title, From: At{DX: -44, DY: -10}, Text: y.title(ys)})
}

// joined is the share of distinct x in a series from which on its points are joined.
const joined = 0.5

// joints are the lines between the medians of a series at each x, if x repeats little: then
// a line shows how y follows x.
func (l Laid) joints(series Series) []Mark {
	if l.X.Kind == Categories || l.Y.Kind == Categories {
		return nil
	}
	at := map[float64][]float64{}
	for _, spot := range series.Spots {
		at[spot.X] = append(at[spot.X], spot.Y)
	}
	if len(at) < 2 || float64(len(at)) < joined*float64(len(series.Spots)) {
		return nil
	}
	points := make([]At, 0, len(at))
	for _, x := range slices.Sorted(maps.Keys(at)) {
		points = append(points, At{X: l.XScale.Within(x), Y: l.YScale.Within(middle(at[x]))})
	}
	return []Mark{{Kind: Path, Role: Joint, Style: series.Style, Points: points}}
}

// middle is the median of values.
func middle(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return sorted[(n-1)/2]/2 + sorted[n/2]/2
}

// guide is the line of perfect scaling from the best point at the smallest number of cores.
func (l Laid) guide() []Mark {
	if l.Guide == Unscaled || l.X.Kind != Cores {
		return nil
	}
	x0, y0 := math.Inf(1), 0.0
	for _, series := range l.Series {
		for _, spot := range series.Spots {
			better := l.Guide == Inverse && spot.Y < y0 || l.Guide == Proportional && spot.Y > y0
			if spot.X > 0 && spot.Y > 0 && (spot.X < x0 || spot.X == x0 && better) {
				x0, y0 = spot.X, spot.Y
			}
		}
	}
	if !finite(x0) {
		return nil
	}
	const pieces = 64
	_, end := l.XScale.bounds()
	var points []At
	for i := 0; i <= pieces; i++ {
		x := x0 * math.Pow(end/x0, float64(i)/pieces)
		y := y0 * x0 / x
		if l.Guide == Proportional {
			y = y0 * x / x0
		}
		if l.XScale.Outside(x) == 0 && l.YScale.Outside(y) == 0 {
			points = append(points, At{X: l.XScale.Within(x), Y: l.YScale.Within(y)})
		}
	}
	if len(points) < 2 {
		return nil
	}
	if l.XScale.Log && l.YScale.Log {
		points = []At{points[0], points[len(points)-1]}
	}
	return []Mark{{Kind: Path, Role: Guide, Points: points}}
}

// HTML is the plot. Its points are links.
func (l Laid) HTML() template.HTML { return picture(l.Label, l.marks()) }

func picture(label string, marks []Mark) template.HTML {
	//nolint:gosec // elements escapes all texts
	return template.HTML(fmt.Sprintf(`<div class="plot"><svg role="group" aria-label="%s">%s</svg></div>`,
		plain(label), elements(marks, false)))
}
