package web

import (
	"context"
	"encoding/json"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/core/statistics"
	"github.com/eosc-perf/backend/ports"
)

const (
	// shownRows is how many rows a page has, allRows how many a file has at most.
	shownRows, allRows = 50, 100_000
	alpha              = 0.05
)

// rankingView is the view model of the ranking.
type rankingView struct {
	Heading, Cited string
	Ignored        []address.Ignored
	Answer         words.Sentence
	Tag            string
	Rail           railView
	Tabs           tabsView
	Fewer          []choiceLink
	Table          *rankingTable
	Caption        string
	Take           takeView
	Mind           []remark
}

// rankingTable is a ranking: words, numbers and lanes.
type rankingTable struct {
	Label string
	Signs []sign
	// Scales are links to the other scales of the lanes.
	Scales            []choiceLink
	Better            string
	Grid, Axis        template.HTML
	Kind              string
	Resource, Value   string
	AxisWords         string
	Times             string
	HasVerdicts       bool
	HasRanks          bool
	Order             string
	Rows              []rankingRow
	Rest              string
	RestLink          Link
	WithoutExtras     bool
	HasN, HasResource bool
}

// sign explains a mark of the lanes.
type sign struct {
	Picture template.HTML
	Text    string
}

type rankingRow struct {
	Class       string
	Rank        string
	Provisional bool
	// Place stands before Name: the site of a flavor.
	Place, Name string
	Link        Link
	Machine     string
	Resource    string
	// ResourceWords is the resource with its noun, for phones.
	ResourceWords string
	Lane          template.HTML
	Value, Detail string
	Times         string
	N             string
	Results       Link
	Repeats       string
	Verdict       string
	VerdictClass  string
	Sentence      string
	IsBase        bool
}

func (c *compared) compareGroups(rows int) (*comparison.Comparison, error) {
	return answered(c, func() (*comparison.Comparison, error) {
		question := c.question()
		question.Asked += " " + words.Number(rows)
		return c.site.config.Services.Comparisons.Compare(c.r.Context(), c.r.Caller(), service.CompareQuestion{
			MetricQuestion: question,
			CompareQuestion: comparison.CompareQuestion{
				Baseline: c.base, Alpha: alpha, Correction: statistics.FalseDiscovery,
				Page: domain.PageRequest{Number: 1, Size: rows},
			},
		})
	})
}

func (c *compared) ranking() (Answer, error) {
	rows := shownRows
	if c.r.Format != "" {
		rows = allRows
	}
	answer, err := c.compareGroups(rows)
	if err != nil {
		return nil, err
	}
	title := c.benchmarkTitle() + ": " + c.name() + " by " + c.kind()
	lanes, err := c.lanes(answer)
	if err != nil {
		return nil, err
	}
	if c.r.Format != "" {
		return c.rankingFile(title, answer, lanes)
	}
	view := rankingView{
		Heading: title, Cited: c.cited(answer.Basis), Ignored: c.Ignored, Tabs: c.tabs(), Caption: c.caption(answer, lanes.Scale.Log),
		Take: c.take(title, answer.Basis), Mind: c.mind(answer),
	}
	ranked := c.ranked(answer)
	view.Answer, view.Tag = ranked.Answer(), ranked.Provisional()
	selects, err := c.questionSelects()
	if err != nil {
		return nil, err
	}
	if view.Rail, err = c.rail(append(selects, c.baseSelect(answer))); err != nil {
		return nil, err
	}
	if len(answer.Groups.Items) == 0 {
		if view.Fewer, err = c.fewer(); err != nil {
			return nil, err
		}
	} else {
		view.Table = c.table(answer, lanes)
	}
	return Page{
		Template: "compare-ranking", Title: title, Section: "compare", Results: true, Model: view, Alternates: c.alternates(),
	}, nil
}

// alternates are the API's form of the comparison.
func (c *compared) alternates() []Alternate {
	return []Alternate{
		{"application/json", "JSON", c.r.As("json", c.r.Query)}, {"text/csv", "CSV", c.r.As("csv", c.r.Query)},
	}
}

// ranked is the ranking as sentences take it.
func (c *compared) ranked(answer *comparison.Comparison) words.Ranked {
	ranked := words.Ranked{Metric: c.metric, Total: answer.Groups.Total, Kind: c.kind(), IsSpeed: c.isSpeed()}
	ranked.Metric.Unit = c.unit()
	if c.base != "" && answer.Baseline != nil {
		ranked.Baseline = shortNameOf(answer.Baseline)
	}
	for _, group := range answer.Groups.Items {
		ranked.Rows = append(ranked.Rows, words.Row{Name: shortNameOf(group), Group: group})
	}
	if len(c.r.Query.ValueAt(c.metric.Resource)) == 0 {
		ranked.Common = mostMeasured(c.overview.Resources)
	}
	return ranked
}

// nameOf is the name of a group: that of a flavor with its site before it.
func nameOf(g *comparison.Group) string {
	place, name := placeAndName(g)
	return strings.TrimSpace(place + " " + name)
}

func placeAndName(g *comparison.Group) (place, name string) {
	if flavor := keyText(g, "flavor_name"); flavor != "" {
		place, name = keyText(g, "site_name"), flavor
		if i := strings.Index(g.Name, ", "); len(g.Key) > flavorFields && i >= 0 {
			name += " · " + othersOf(g)
		}
		return place, name
	}
	return "", g.Name
}

// shortPlaceAndName leaves room for the name beside that of a long place.
func shortPlaceAndName(g *comparison.Group) (place, name string) {
	place, name = placeAndName(g)
	return clipped(place, longestPlace), clipped(name, longestShown)
}

// flavorFields is the number of fields of the key of a flavor alone.
const flavorFields = 4

// othersOf are the names of a group besides its flavor.
func othersOf(g *comparison.Group) string {
	var names []string
	for _, field := range g.Key {
		if slices.Contains([]string{"site_name", "flavor_name"}, field.Name) || strings.HasSuffix(field.Name, "_id") {
			continue
		}
		names = append(names, metrics.Text(field.Value))
	}
	return strings.Join(names, " · ")
}

// keyText is a field of the key of a group; empty if there is none.
func keyText(g *comparison.Group, field string) string {
	for _, f := range g.Key {
		if f.Name == field {
			return metrics.Text(f.Value)
		}
	}
	return ""
}

// lanes are the pictures of the rows.
func (c *compared) lanes(answer *comparison.Comparison) (draw.Lanes, error) {
	lanes := draw.Lanes{Baseline: math.NaN()}
	repeats, err := c.repeats(answer.Groups.Items)
	if err != nil {
		return lanes, err
	}
	for _, group := range answer.Groups.Items {
		place, name := placeAndName(group)
		row := draw.Row{
			Style: c.palette.of(group.SiteIDs), N: group.N, Median: *group.Median, Low: *group.Min, High: *group.Max, Values: group.Values,
			Name: strings.TrimSpace(place + " " + name), Note: c.resourceOf(group), Figure: words.Median(group),
			Quartiles: []float64{*group.Q1, *group.Q3},
		}
		if group.MedianInterval != nil {
			row.Interval = []float64{group.MedianInterval.Low, group.MedianInterval.High}
		}
		if samples := repeats[group.Newest]; group.N == 1 && len(samples) > 1 {
			row.Values, row.Low, row.High = samples, slices.Min(samples), slices.Max(samples)
		}
		lanes.Rows = append(lanes.Rows, row)
	}
	baseline := answer.Baseline
	if baseline != nil && (c.base != "" || c.r.Query.Scale == address.Near) {
		lanes.Baseline = *baseline.Median
	}
	if c.r.Query.Scale == address.Near && baseline != nil {
		lanes.Scale = draw.NewNearScale(lanes.Baseline)
		return lanes.Thinned(), nil
	}
	lanes.Scale = draw.NewScale(draw.ValuesOf(lanes.Rows), draw.Measure(c.r.Query.Scale))
	return lanes.Thinned(), nil
}

// mostRepeats is how many results a page reads the repeats of.
const mostRepeats = shownRows

// repeats are the repeats inside of the results of groups that have one result each, by the
// id of the result. Values that are related to the resource have none.
func (c *compared) repeats(groups []*comparison.Group) (map[uuid.UUID][]float64, error) {
	var ids []uuid.UUID
	for _, group := range groups {
		if group.N == 1 && len(ids) < mostRepeats {
			ids = append(ids, group.Newest)
		}
	}
	if len(ids) == 0 || c.metric.Samples == "" || c.r.Query.PerResource {
		return nil, nil //nolint:nilnil // nothing was repeated
	}
	results, err := c.site.results(c.r.Context(), c.r.Caller(), ids)
	repeats := map[uuid.UUID][]float64{}
	for _, result := range results {
		if reading, ok := metrics.Read(c.metric, result.JSON); ok {
			repeats[result.ID] = reading.Samples
		}
	}
	return repeats, err
}

// results are the visible results of these ids.
func (s *Site) results(ctx context.Context, caller domain.Caller, ids []uuid.UUID) ([]*domain.Result, error) {
	in := filter.Comparison{Operand: filter.Operand{Field: "id"}, Operator: filter.In}
	for _, id := range ids {
		in.Values = append(in.Values, filter.Value{Kind: filter.Text, Text: id.String()})
	}
	list := one()
	list.Page.Size = max(1, len(ids))
	page, err := s.config.Services.Results.List(ctx, caller, ports.ResultQuery{ListOptions: list, Where: in})
	return page.Items, err
}

// resourceOf is the number of the resource of a group: 8, or 1–32.
func (c *compared) resourceOf(g *comparison.Group) string {
	switch len(g.Resources) {
	case 0:
		return ""
	case 1:
		return words.Plain(g.Resources[0])
	}
	return words.Plain(g.Resources[0]) + "–" + words.Plain(g.Resources[len(g.Resources)-1])
}

// baseSelect offers the rows as baselines.
func (c *compared) baseSelect(answer *comparison.Comparison) selectView {
	none := "the fastest"
	if !c.isSpeed() {
		none = "the best"
	}
	view := selectView{ID: "base", Name: "base", Label: "Compare with", Options: []option{{"", none, c.base == ""}}}
	chosen := c.base == ""
	for i, group := range answer.Groups.Items {
		is := c.base != "" && group == answer.Baseline
		if !is && i >= mostBoxes {
			continue
		}
		chosen = chosen || is
		view.Options = append(view.Options, option{c.baseName(group), shortNameOf(group), is})
	}
	if !chosen {
		view.Options = append(view.Options, option{c.r.Query.Base, clipped(c.r.Query.Base, longestShown), true})
	}
	if answer.Groups.Total > mostBoxes {
		all := offers{r: c.r, page: "compare"}
		view.More = anchor{"All " + words.Number(answer.Groups.Total), all.link("base")}
	}
	return view
}

// baseName is the name of a group in an address.
func (c *compared) baseName(g *comparison.Group) string {
	if len(c.by) != 1 {
		return g.Name
	}
	switch c.by[0] {
	case comparison.ByFlavor:
		return flavorOf(g)
	case comparison.BySite:
		return keyed(g, "site")
	case comparison.ByBenchmark:
		return keyed(g, "benchmark")
	default:
		return g.Name
	}
}

// target is where the name of a group leads, and the results of the group.
func (c *compared) target(g *comparison.Group) (link, results Link) {
	narrowed := c.narrowed(g)
	results = c.r.On("results", narrowed)
	if len(c.by) == 1 {
		switch c.by[0] {
		case comparison.ByFlavor:
			return c.r.To("flavors/" + keyText(g, "flavor_id")), results
		case comparison.BySite:
			return c.r.To("sites/" + keyText(g, "site_id")), results
		case comparison.ByBenchmark:
			return c.r.To("benchmarks/" + keyText(g, "benchmark_id")), results
		default:
		}
	}
	return results, results
}

// narrowed is the filter of the page with that of a group.
func (c *compared) narrowed(g *comparison.Group) address.Query {
	return c.r.Query.Filters().With(func(q *address.Query) {
		for _, field := range g.Key {
			text := metrics.Text(field.Value)
			switch field.Name {
			case "site_id":
				if keyText(g, "flavor_id") == "" {
					q.Sites = []string{keyed(g, "site")}
				}
			case "flavor_id":
				q.Flavors, q.Sites = []string{flavorOf(g)}, nil
			case "benchmark_id":
				q.Benchmarks = []string{keyed(g, "benchmark")}
			case "tag_id":
				q.Tags = append(q.Tags, keyed(g, "tag"))
			case "month":
				q.Since, q.Before = monthDays(text)
			default:
				if path, ok := strings.CutPrefix(field.Name, comparison.JSONPrefix); ok {
					*q = q.WithValue(path, address.Exactly(text, isJSONText(field.Value)))
				}
			}
		}
	})
}

func isJSONText(value json.RawMessage) bool { return len(value) > 0 && value[0] == '"' }
