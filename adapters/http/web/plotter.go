package web

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/files"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
)

// plotter turns the points of a series into a plot, its key and its table.
type plotter struct {
	*compared
	axes   axes
	answer *comparison.Series
	x, y   dimension
	// groups are the points by colour, in the order of the names.
	groups []colored
}

// dimension is how the coordinates of an axis become numbers.
type dimension struct {
	kind draw.AxisKind
	// names are those of categories.
	names []string
}

// colored are the points of one colour.
type colored struct {
	name   string
	style  draw.Style
	points []comparison.Point
}

func newPlotter(c *compared, a axes, answer *comparison.Series) *plotter {
	p := &plotter{compared: c, axes: a, answer: answer}
	p.x = dimensionOf(answer.Points, func(point comparison.Point) comparison.Coordinate { return point.X })
	p.y = dimensionOf(answer.Points, func(point comparison.Point) comparison.Coordinate { return point.Y })
	p.x.kind, p.y.kind = c.kindOf(a.x, p.x.kind), c.kindOf(a.y, p.y.kind)
	p.groups = p.colored()
	return p
}

// kindOf is the kind of an axis of numbers: what is neither the metric nor the resource may be a count.
func (c *compared) kindOf(axis string, kind draw.AxisKind) draw.AxisKind {
	switch {
	case kind != draw.Numbers || c.isMetric(axis):
		return kind
	case c.isResource(axis):
		return draw.Cores
	}
	return draw.Counts
}

func dimensionOf(points []comparison.Point, of func(comparison.Point) comparison.Coordinate) dimension {
	d := dimension{kind: draw.Numbers}
	for _, point := range points {
		switch coordinate := of(point); {
		case coordinate.Time != nil:
			d.kind = draw.Dates
		case coordinate.Number == nil:
			d.kind = draw.Categories
		}
	}
	if d.kind != draw.Categories {
		return d
	}
	seen := map[string]bool{}
	for _, point := range points {
		if name := coordinateText(of(point)); !seen[name] {
			seen[name] = true
			d.names = append(d.names, name)
		}
	}
	slices.Sort(d.names)
	return d
}

func coordinateText(c comparison.Coordinate) string {
	switch {
	case c.Time != nil:
		return c.Time.UTC().Format(time.DateOnly)
	case c.Number != nil && *c.Number == math.Trunc(*c.Number) && math.Abs(*c.Number) < plainTo:
		return words.Number(int(*c.Number))
	case c.Number != nil:
		return words.Value(*c.Number)
	}
	return c.Text
}

// plainTo is the number up to which whole numbers have all their digits.
const plainTo = 1e6

func (d dimension) number(c comparison.Coordinate) float64 {
	switch {
	case d.kind == draw.Categories:
		i, _ := slices.BinarySearch(d.names, coordinateText(c))
		return float64(i)
	case c.Time != nil:
		return draw.Seconds(*c.Time)
	case c.Number != nil:
		return *c.Number
	}
	return math.NaN()
}

// colored puts the points into groups of one colour. Sites have theirs on all pages.
func (p *plotter) colored() []colored {
	byName := map[string]*colored{}
	var names []string
	for _, point := range p.answer.Points {
		name := ""
		if point.Color != nil {
			name = coordinateText(*point.Color)
		}
		if byName[name] == nil {
			byName[name] = &colored{name: name}
			names = append(names, name)
		}
		byName[name].points = append(byName[name].points, point)
	}
	slices.Sort(names)
	var groups []colored
	for i, name := range names {
		group := *byName[name]
		group.style = p.styleOf(i, name)
		groups = append(groups, group)
	}
	return groups
}

func (p *plotter) styleOf(place int, name string) draw.Style {
	if p.axes.color == noColor {
		return mixed
	}
	if p.axes.color == "site" {
		for _, site := range p.overview.Sites {
			if site.Name == name {
				return p.palette[site.ID]
			}
		}
	}
	return draw.StyleOf(place)
}

// hasSeveralResources is true if the points lie at several numbers of cores: a guide of perfect scaling from one
// number leads nowhere.
func (p *plotter) hasSeveralResources() bool {
	for _, point := range p.answer.Points {
		if first := p.answer.Points[0].X.Number; first != nil && point.X.Number != nil && *point.X.Number != *first {
			return true
		}
	}
	return false
}

func (p *plotter) plot() draw.Plot {
	plot := draw.Plot{
		X: draw.Axis{Label: p.axisLabel(p.axes.x, p.x.kind), Kind: p.x.kind, Measure: draw.Measure(p.r.Query.XScale), Names: p.x.names},
		Y: draw.Axis{Label: p.axisLabel(p.axes.y, p.y.kind), Kind: p.y.kind, Measure: draw.Measure(p.r.Query.YScale), Names: p.y.names},
	}
	for _, axis := range []struct {
		name string
		axis *draw.Axis
	}{{p.axes.x, &plot.X}, {p.axes.y, &plot.Y}} {
		if p.isMetric(axis.name) && axis.axis.Kind == draw.Numbers && p.metric.Better != domain.NoneBetter {
			axis.axis.Better = words.Better(p.metric.Better)
		}
	}
	if p.hasSeveralResources() {
		plot.Guide = p.guide(p.axes)
	}
	plot.Label = words.PlotLabel(p.axisName(p.axes.y), p.axisName(p.axes.x), len(p.answer.Points))
	for _, group := range p.groups {
		series := draw.Series{Name: clipped(group.name, longestShown), Style: group.style}
		for _, point := range group.points {
			series.Spots = append(series.Spots, draw.Spot{
				X: p.x.number(point.X), Y: p.y.number(point.Y), Note: p.note(group.name, point),
				Link: string(p.r.To("results/" + point.ResultID.String())),
			})
		}
		plot.Series = append(plot.Series, series)
	}
	return plot
}

// axisLabel names an axis in a picture, with its unit.
func (p *plotter) axisLabel(axis string, kind draw.AxisKind) string {
	text := words.Upper(p.axisName(axis))
	if p.isMetric(axis) && kind == draw.Numbers {
		if p.metric.Unit != "" {
			text += ", " + p.metric.Unit
		}
	}
	return text
}

func (p *plotter) note(name string, point comparison.Point) string {
	text := p.valueText(p.axes.x, point.X) + ", " + p.valueText(p.axes.y, point.Y)
	if name == "" {
		return text
	}
	return clipped(name, longestShown/2) + ": " + text
}

func (p *plotter) valueText(axis string, c comparison.Coordinate) string {
	switch {
	case c.Number == nil:
		return coordinateText(c)
	case p.isMetric(axis):
		return words.WithUnit(*c.Number, p.metric.Unit)
	case p.isResource(axis):
		return words.Resources(*c.Number, p.metric.Resource)
	}
	return words.Value(*c.Number)
}

// key are the series, each a link to itself alone where it is a site.
func (p *plotter) key() []keyView {
	if p.axes.color == noColor {
		return nil
	}
	var keys []keyView
	const most = 24
	for _, group := range p.groups[:min(most, len(p.groups))] {
		name := group.name
		if name == "" {
			name = "without"
		}
		keys = append(keys, keyView{Name: clipped(name, longestShown), Sign: group.style.Key(), Title: "Only this", Link: p.only(group.name)})
	}
	return keys
}

func (p *plotter) only(name string) Link {
	return p.r.Here(p.r.Query.With(func(q *address.Query) {
		path, inDocument := strings.CutPrefix(p.axes.color, comparison.JSONPrefix)
		switch {
		case p.axes.color == "site":
			q.Sites = []string{p.siteInAddress(name)}
		case p.axes.color == "tag":
			q.Tags = []string{name}
		case p.axes.color == "benchmark":
			q.Benchmarks = []string{name}
		case inDocument && name != "":
			*q = q.WithValue(path, strings.ReplaceAll(name, words.Narrow, ""))
		}
	}))
}

func (p *plotter) siteInAddress(name string) string {
	for _, site := range p.overview.Sites {
		if site.Name == name {
			return inAddress(name, site.ID)
		}
	}
	return name
}

func (p *plotter) entries() []draw.Entry {
	var entries []draw.Entry
	const most = 12
	for _, group := range p.groups[:min(most, len(p.groups))] {
		if group.name != "" {
			entries = append(entries, draw.Entry{Name: group.name, Style: group.style})
		}
	}
	return entries
}

// answerSteps are by which factor the value changes from a number of cores to twice as many,
// within each series.
func (p *plotter) answerSteps() (steps []float64) {
	for _, group := range p.groups {
		medians := map[float64][]float64{}
		for _, point := range group.points {
			if point.X.Number != nil && point.Y.Number != nil && *point.Y.Number > 0 {
				medians[*point.X.Number] = append(medians[*point.X.Number], *point.Y.Number)
			}
		}
		for x, values := range medians {
			if twice := medians[2*x]; x > 0 && len(twice) > 0 {
				steps = append(steps, middle(twice)/middle(values))
			}
		}
	}
	slices.Sort(steps)
	return steps
}

// middle is the median of values.
func middle(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

func (p *plotter) answerWords() words.PlotAnswer {
	sites := map[string]bool{}
	for _, group := range p.groups {
		sites[group.name] = true
	}
	answer := words.PlotAnswer{Results: p.answer.Total, Series: len(sites), Kind: words.Dimension(p.axes.color, p.metric), Metric: p.metric}
	if p.axes.color == noColor {
		answer.Series = 0
	}
	if p.guide(p.axes) != draw.Unscaled {
		answer.Steps = p.answerSteps()
	}
	if p.answer.Scaling != nil {
		answer.Scaling = p.answer.Scaling.ScalingWords()
	}
	return answer
}

func (p *plotter) sentence() words.Sentence { return p.answerWords().Sentence() }

// figures are the points as a table, in the order of x.
func (p *plotter) figures() figuresTable {
	t := figuresTable{Caption: "Figures", Heads: []head{
		{words.Upper(p.axisName(p.axes.x)), p.x.kind != draw.Categories}, {words.Upper(p.axisName(p.axes.y)) + unitBehind(p.unitOf(p.axes.y)),
			p.y.kind != draw.Categories},
	}}
	if p.axes.color != noColor {
		t.Heads = append(t.Heads, head{words.Upper(p.axisName(p.axes.color)), false})
	}
	for _, point := range p.answer.Points[:min(shownRows, len(p.answer.Points))] {
		row := []cell{
			{Text: clipped(coordinateText(point.X), longestShown), IsNumber: p.x.kind != draw.Categories},
			{
				Text: clipped(coordinateText(point.Y), longestShown), Link: p.r.To("results/" + point.ResultID.String()),
				IsNumber: p.y.kind != draw.Categories,
			},
		}
		if p.axes.color != noColor {
			row = append(row, cell{Text: clipped(colorText(point), longestShown)})
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) < p.answer.Total {
		t.Rest = words.Rest(len(t.Rows), p.answer.Total)
	}
	return t
}

func (p *plotter) unitOf(axis string) string {
	if p.isMetric(axis) {
		return p.metric.Unit
	}
	return ""
}

func colorText(point comparison.Point) string {
	if point.Color == nil {
		return "–"
	}
	return coordinateText(*point.Color)
}

// table is the plot as a file, with all points and all digits.
func (p *plotter) table(title, caption string) files.Table {
	table := files.Table{Title: title, Notes: []string{caption}, Columns: []files.Column{
		{Name: p.axisName(p.axes.x), Unit: p.unitOf(p.axes.x)}, {Name: p.axisName(p.axes.y), Unit: p.unitOf(p.axes.y)},
		{Name: p.axisName(p.axes.color)}, {Name: "result_id"},
	}}
	for _, point := range p.answer.Points {
		var color any
		if point.Color != nil {
			color = exactCell(*point.Color)
		}
		table.Rows = append(table.Rows, []any{exactCell(point.X), exactCell(point.Y), color, point.ResultID.String()})
	}
	return table
}

func exactCell(c comparison.Coordinate) any {
	switch {
	case c.Time != nil:
		return c.Time.UTC().Format(time.RFC3339)
	case c.Number != nil:
		return *c.Number
	}
	return c.Text
}
