package web

import (
	"html/template"
	"math"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/files"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/service"
)

// spreadView is the view model of the spread.
type spreadView struct {
	Heading, Cited string
	Ignored        []address.Ignored
	Answer         words.Sentence
	Rail           railView
	Tabs           tabsView
	Signs          []sign
	Grid, Axis     template.HTML
	AxisWords      string
	Kind, Value    string
	Rows           []spreadRow
	Rest           string
	// Curves are the distribution functions; empty for one group, or too many.
	Curves  template.HTML
	Key     []keyView
	Caption string
	Fewer   []choiceLink
	Take    takeView
}

type spreadRow struct {
	Class, Place, Name, Machine            string
	Link, Results                          Link
	Lane                                   template.HTML
	Median, Quartiles, Range, Share, Count string
}

// quartilesFrom is the size from which quartiles and the share of the deviation are shown.
const quartilesFrom = 4

// spread shows how much the values of each group vary.
func (c *compared) spread() (Answer, error) {
	answer, err := c.distribution()
	if err != nil {
		return nil, err
	}
	title := c.benchmarkTitle() + ": spread of " + c.name() + " by " + c.kind()
	lanes := c.spreadLanes(answer)
	caption := c.spreadCaption(answer, lanes.Scale.Log).String()
	if c.r.Format != "" {
		return c.downloaded(download{
			Words:    []string{c.benchmarkTitle(), "spread by " + c.kind(), answer.Set},
			Table:    func() (files.Table, error) { return c.spreadTable(title, caption, answer), nil },
			Sheet:    func() (draw.Sheet, error) { return lanes.Sheet(c.legend(title, lanes.Scale.Log, caption)), nil },
			Citation: func() (files.Citation, error) { return c.citationFile(title, answer.Basis), nil },
		})
	}
	view := spreadView{
		Heading: title, Cited: c.cited(answer.Basis), Ignored: c.Ignored, Tabs: c.tabs(), Caption: caption, Take: c.take(title, answer.Basis),
		Grid: lanes.Grid(), Axis: lanes.Axis(), AxisWords: words.AxisWords(lanes.Scale.Log, false), Kind: words.Upper(c.kind()),
		Value: "Median" + unitBehind(c.unit()),
		Signs: []sign{{markSign, "median"}, {ticksSign, "all results"}, {boxSign, "half of them, from 20 on"}},
	}
	selects, err := c.questionSelects()
	if err != nil {
		return nil, err
	}
	if view.Rail, err = c.rail(selects); err != nil {
		return nil, err
	}
	if len(answer.Groups) == 0 {
		view.Fewer, err = c.fewer()
	}
	c.fillSpread(&view, answer, lanes)
	return Page{
		Template: "compare-spread", Title: title, Section: "compare", Results: true, Model: view, Alternates: c.alternates(),
	}, err
}

// distribution is how the values of each group are distributed.
func (c *compared) distribution() (*comparison.Distribution, error) {
	return answered(c, func() (*comparison.Distribution, error) {
		return c.site.config.Services.Comparisons.Distribute(c.r.Context(), c.r.Caller(), service.DistributionQuestion{
			MetricQuestion: c.question(),
		})
	})
}

const boxSign template.HTML = `<svg class="c0 sign" aria-hidden="true"><line class="box" x1="4" x2="20" y1="8" y2="8"/></svg>`

func (c *compared) fillSpread(view *spreadView, answer *comparison.Distribution, lanes draw.Lanes) {
	shown := answer.Groups[:min(shownRows, len(answer.Groups))]
	var steadiest, widest words.Spread
	for i, group := range shown {
		row := spreadRow{
			Class: lanes.Rows[i].Style.Class(), Machine: machineOf(group.Group), Lane: lanes.Lane(i), Median: words.Median(group.Group),
			Range: words.Range(*group.Min, *group.Max), Count: words.Number(group.N), Quartiles: "–", Share: "–",
		}
		row.Place, row.Name = shortPlaceAndName(group.Group)
		row.Link, row.Results = c.target(group.Group)
		if group.N == 1 {
			row.Range = ""
		}
		if group.N >= quartilesFrom {
			row.Quartiles = words.Range(*group.Q1, *group.Q3)
			if group.CoV != nil {
				row.Share = words.Percent(*group.CoV)
				steadiest.Least(shortNameOf(group.Group), *group.CoV)
				widest.Most(shortNameOf(group.Group), *group.CoV)
			}
		}
		view.Rows = append(view.Rows, row)
	}
	view.Answer = words.SpreadAnswer(answer.Results, answer.GroupsTotal, c.kind(), steadiest, widest)
	if len(shown) < answer.GroupsTotal {
		view.Rest = words.Rest(len(shown), answer.GroupsTotal)
	}
	c.addCurves(view, answer)
}

// addCurves adds the distribution functions of two to six groups of some size.
func (c *compared) addCurves(view *spreadView, answer *comparison.Distribution) {
	const fewest = 4
	shares := draw.Shares{
		X:     draw.Axis{Label: words.Upper(c.name()) + unitBehind(c.unit()), Measure: draw.Measure(c.r.Query.Scale)},
		Label: words.CurvesLabel,
	}
	for i, group := range answer.Groups {
		if group.N < fewest {
			return
		}
		style := draw.StyleOf(i)
		shares.Groups = append(shares.Groups, draw.Distributed{Name: shortNameOf(group.Group), Style: style, Values: valuesOf(group)})
		view.Key = append(view.Key, keyView{Name: shortNameOf(group.Group), Sign: style.Key(), Link: c.r.Here(c.narrowedHere(group.Group))})
	}
	if len(shares.Groups) < draw.FewestCurves || len(shares.Groups) > draw.MostCurves {
		view.Key = nil
		return
	}
	view.Curves = shares.HTML()
}

// narrowedHere is this page with the filter of a group.
func (c *compared) narrowedHere(g *comparison.Group) address.Query {
	narrowed := c.narrowed(g)
	narrowed.View, narrowed.By, narrowed.Metric = c.r.Query.View, c.r.Query.By, c.r.Query.Metric
	return narrowed
}

// valuesOf are the values of a group, or as many of them as its distribution function has.
func valuesOf(g comparison.Distributed) []float64 {
	if len(g.Values) > 0 {
		return g.Values
	}
	values := make([]float64, len(g.Steps))
	for i, step := range g.Steps {
		values[i] = step.Value
	}
	return values
}

func (c *compared) spreadLanes(answer *comparison.Distribution) draw.Lanes {
	lanes := draw.Lanes{Baseline: math.NaN(), Spread: true}
	for _, group := range answer.Groups[:min(mostLanes, len(answer.Groups))] {
		lanes.Rows = append(lanes.Rows, draw.Row{
			Style: c.palette.of(group.SiteIDs), N: group.N, Median: *group.Median, Low: *group.Min, High: *group.Max, Values: valuesOf(group),
			Quartiles: []float64{*group.Q1, *group.Q3}, Name: nameOf(group.Group), Note: c.resourceOf(group.Group),
			Figure: words.Median(group.Group),
		})
	}
	measure := draw.Measure(c.r.Query.Scale)
	if measure == draw.Near {
		measure = draw.Auto
	}
	lanes.Scale = draw.NewScale(draw.ValuesOf(lanes.Rows), measure)
	return lanes.Thinned()
}

func (c *compared) spreadCaption(answer *comparison.Distribution, isLog bool) draw.Caption {
	caption := draw.Caption{
		Subject: "Spread of " + words.Subject(c.name(), c.benchmarkNames(), answer.GroupsTotal, c.kind(), 0, answer.Results), Log: isLog,
		Better: words.Better(c.metric.Better), Signs: "Mark: median; ticks: all results; box: first to third quartile, from 20 results on",
		Set: answer.Set, Address: c.r.Public(c.r.Query.On("compare")),
	}
	if answer.AsOf != nil {
		caption.Day = *answer.AsOf
	}
	return caption
}

func (c *compared) spreadTable(title, caption string, answer *comparison.Distribution) files.Table {
	unit := c.unit()
	table := files.Table{Title: title, Notes: []string{caption}, Columns: []files.Column{
		{Name: c.kind()}, {Name: "n"}, {Name: "min", Unit: unit}, {Name: "q1", Unit: unit}, {Name: "median", Unit: unit},
		{Name: "q3", Unit: unit}, {Name: "max", Unit: unit}, {Name: "mean", Unit: unit}, {Name: "sd", Unit: unit}, {Name: "cv"},
	}}
	for _, g := range answer.Groups {
		table.Rows = append(table.Rows, []any{
			nameOf(g.Group), g.N, *g.Min, *g.Q1, *g.Median, *g.Q3, *g.Max, optional(g.Mean), optional(g.SD), optional(g.CoV),
		})
	}
	return table
}

func optional(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}
