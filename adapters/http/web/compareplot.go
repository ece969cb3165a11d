package web

import (
	"html/template"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/files"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// mostPoints is how many results a plot reads; draw thins them to what has room.
const mostPoints = 2000

// pictureView is the view model of a view that has one picture and a table of its figures.
type pictureView struct {
	Heading, Cited string
	Ignored        []address.Ignored
	Answer         words.Sentence
	Rail           railView
	Tabs           tabsView
	Key            []keyView
	Picture        template.HTML
	Notes          []string
	Caption        string
	Figures        figuresTable
	Fewer          []choiceLink
	Take           takeView
	Mind           []remark
}

// keyView is a series in the key of a picture.
type keyView struct {
	Name  string
	Sign  template.HTML
	Link  Link
	Title string
}

// figuresTable is the table behind a picture.
type figuresTable struct {
	Caption string
	Heads   []head
	Rows    [][]cell
	Rest    string
}

type head struct {
	Text     string
	IsNumber bool
}

type cell struct {
	Text     string
	Link     Link
	IsNumber bool
}

// namedAxes are the names of addresses for what is no value inside of the documents.
var namedAxes = map[string]comparison.Axis{
	"run": "execution_datetime", "upload": "upload_datetime", "site": "site_name", "flavor": "flavor_name", "benchmark": "benchmark_name",
	"tag": "tag",
}

// axisOf reads an axis of the address. ok is false for what is none.
func axisOf(text string) (axis comparison.Axis, ok bool) {
	if axis, ok = namedAxes[text]; ok {
		return axis, true
	}
	path, inDocument := comparison.Axis(text).Path()
	return comparison.Axis(text), inDocument && path != ""
}

// axes are the coordinates of a plot, as the address spells them, with the defaults filled in.
type axes struct {
	x, y, color string
}

func (c *compared) axes() axes {
	q := c.r.Query
	a := axes{q.X, q.Y, q.Color}
	for _, axis := range []struct {
		key  string
		text *string
	}{{"x", &a.x}, {"y", &a.y}, {"color", &a.color}} {
		if *axis.text == "" {
			continue
		}
		if _, ok := axisOf(*axis.text); !ok && (axis.key != "color" || *axis.text != noColor) {
			c.ignore(axis.key, *axis.text, "It is run, upload, site, flavor, benchmark, tag or json.PATH.")
			*axis.text = ""
		}
	}
	if a.x == "" {
		a.x = "run"
		if c.metric.Resource != "" {
			a.x = comparison.JSONPrefix + c.metric.Resource
		}
	}
	if a.color == "" {
		a.color = "site"
	}
	return a
}

const noColor = "none"

func (c *compared) series(a axes) (*comparison.Series, error) {
	question := comparison.SeriesQuestion{Limit: mostPoints}
	question.X, _ = axisOf(a.x)
	if a.y != "" {
		question.Y, _ = axisOf(a.y)
	}
	if a.color != noColor {
		question.Color, _ = axisOf(a.color)
	}
	return c.site.config.Services.Comparisons.Plot(c.r.Context(), c.r.Caller(), service.SeriesQuestion{
		MetricQuestion: c.question(), SeriesQuestion: question,
	})
}

// plot shows a value against another.
func (c *compared) plot() (Answer, error) {
	if c.r.Query.PerResource {
		c.ignore("per", "resource", "A plot shows the values as they were measured.")
		c.r.Query.PerResource = false
	}
	a := c.axes()
	answer, err := c.series(a)
	if err != nil {
		return nil, err
	}
	title := c.benchmarkTitle() + ": " + c.axisName(a.y) + " against " + c.axisName(a.x)
	p := newPlotter(c, a, answer)
	laid := p.plot().Lay()
	xLog, yLog := laid.IsLog()
	caption := c.plotCaption(title, answer, xLog, yLog)
	if c.r.Format != "" {
		return c.downloaded(download{
			Words: []string{c.benchmarkTitle(), c.axisName(a.y), "against", c.axisName(a.x), answer.Set},
			Table: func() (files.Table, error) { return p.table(title, caption), nil },
			Sheet: func() (draw.Sheet, error) {
				return laid.Sheet(draw.Legend{Title: title, Entries: p.entries(), Foot: caption}), nil
			},
			Citation: func() (files.Citation, error) { return c.citationFile(title, answer.Basis), nil },
		})
	}
	view := pictureView{
		Heading: title, Cited: c.cited(answer.Basis), Ignored: c.Ignored, Tabs: c.tabs(), Key: p.key(), Caption: caption,
		Take: c.take(title, answer.Basis), Answer: p.sentence(), Figures: p.figures(),
	}
	if view.Rail, err = c.plotRail(a); err != nil {
		return nil, err
	}
	if answer.Total == 0 {
		view.Fewer, err = c.fewer()
	} else {
		view.Picture = laid.HTML()
		view.Notes, err = c.plotNotes(answer, laid)
	}
	if err != nil {
		return nil, err
	}
	return Page{
		Template: "compare-picture", Title: title, Section: "compare", Results: true, Model: view, Alternates: c.alternates(),
	}, nil
}

// plotNotes say what the picture leaves out.
func (c *compared) plotNotes(answer *comparison.Series, laid draw.Laid) ([]string, error) {
	total, err := c.count(c.r.Context(), c.Selection)
	if err != nil {
		return nil, err
	}
	return words.PlotNotes(total-answer.Total, laid.Drawn, answer.Total), nil
}

func (c *compared) plotCaption(title string, answer *comparison.Series, xLog, yLog bool) string {
	caption := draw.Caption{
		Subject: title + " (" + c.Benchmarks[0].Name() + "), " + words.Plural(answer.Total, "result"),
		Log:     xLog && yLog, Better: words.Better(c.metric.Better), Set: answer.Set, Address: c.r.Public(c.r.Query.On("compare")),
	}
	if answer.AsOf != nil {
		caption.Day = *answer.AsOf
	}
	return caption.String()
}

// axisName is what lies along an axis, in words.
func (c *compared) axisName(text string) string {
	switch text {
	case "":
		return c.name()
	case "run":
		return "day of the run"
	case "upload":
		return "day of the upload"
	case "site", "flavor", "benchmark", "tag":
		return text
	}
	path := strings.TrimPrefix(text, comparison.JSONPrefix)
	switch path {
	case c.metric.Path:
		return c.name()
	case c.metric.Resource:
		return words.Resource(path)
	case c.metric.Label:
		return words.LabelName(path)
	}
	return path
}

// plotRail is the form of the plot.
func (c *compared) plotRail(a axes) (railView, error) {
	benchmark, err := c.benchmarkSelect()
	if err != nil {
		return railView{}, err
	}
	q := c.r.Query
	scales := func(id, chosen string) selectView {
		view := selectView{ID: id, Name: id, Label: id[:1] + " scale", Half: true}
		for _, scale := range []option{{"", "fitting", false}, {address.Log, "logarithmic", false}, {address.Linear, "linear", false}} {
			scale.Selected = scale.Value == chosen
			view.Options = append(view.Options, scale)
		}
		return view
	}
	return c.rail([]selectView{
		benchmark, c.axisSelect("x", "x", a.x, false), scales("xscale", q.XScale), c.axisSelect("y", "y", a.y, true),
		scales("yscale", q.YScale), c.colorSelect(a.color),
	})
}

func (c *compared) axisSelect(id, label, chosen string, withMetric bool) selectView {
	view := selectView{ID: id, Name: id, Label: label, Half: true}
	var choices []string
	if withMetric {
		choices = append(choices, "")
	}
	for _, path := range []string{c.metric.Resource, c.metric.Label} {
		if path != "" {
			choices = append(choices, comparison.JSONPrefix+path)
		}
	}
	choices = append(choices, "run", "site", "flavor")
	for _, path := range c.schemaPaths() {
		if choice := comparison.JSONPrefix + path; !slices.Contains(choices, choice) {
			choices = append(choices, choice)
		}
	}
	if !slices.Contains(choices, chosen) {
		choices = append(choices, chosen)
	}
	for _, choice := range choices {
		view.Options = append(view.Options, option{choice, c.axisName(choice), choice == chosen})
	}
	return view
}

func (c *compared) colorSelect(chosen string) selectView {
	view := selectView{ID: "color", Name: "color", Label: "Colour and shape"}
	choices := []string{"site", "flavor", "benchmark", "tag"}
	if c.metric.Label != "" {
		choices = append(choices, comparison.JSONPrefix+c.metric.Label)
	}
	if c.metric.Resource != "" {
		choices = append(choices, comparison.JSONPrefix+c.metric.Resource)
	}
	if !slices.Contains(choices, chosen) && chosen != noColor {
		choices = append(choices, chosen)
	}
	for _, choice := range choices {
		view.Options = append(view.Options, option{choice, c.axisName(choice), choice == chosen})
	}
	view.Options = append(view.Options, option{noColor, "none", chosen == noColor})
	return view
}

// isMetric is true for an axis along which the metric lies.
func (c *compared) isMetric(text string) bool {
	return text == "" || text == comparison.JSONPrefix+c.metric.Path
}

// isResource is true for an axis along which the resource lies.
func (c *compared) isResource(text string) bool {
	return c.metric.Resource != "" && text == comparison.JSONPrefix+c.metric.Resource
}

// guide is how the value would change with perfect scaling.
func (c *compared) guide(a axes) draw.Scaling {
	switch {
	case !c.isResource(a.x) || !c.isMetric(a.y):
		return draw.Unscaled
	case c.metric.Better == domain.LowerBetter:
		return draw.Inverse
	case c.metric.Better == domain.HigherBetter:
		return draw.Proportional
	}
	return draw.Unscaled
}
