package web

import (
	"html/template"
	"net/url"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// railView is the form that changes the question.
type railView struct {
	Selects []selectView
	// Hidden are the parts of the address that the form keeps.
	Hidden []hiddenField
	Picks  []pickView
	// Since and Before are the days of the run.
	Since, Before string
	Paths         []string
	// Suggestions is the operation of the API that knows the values at a path.
	Suggestions Link
	Reset       Link
	// Count is the list of results, which knows how many results the form would find.
	Count Link
}

type selectView struct {
	ID, Name, Label string
	Options         []option
	// Pair is true for the first of two that stand beside each other.
	Half bool
}

type option struct {
	Value, Text string
	Selected    bool
}

type hiddenField struct{ Name, Value string }

// pickView is a list of boxes to tick. What goes beyond the first few is folded away.
type pickView struct {
	Legend      string
	Boxes, More []box
}

type box struct {
	Name, Value, Text, Count string
	Key                      template.HTML
	Checked                  bool
}

const (
	// mostShownBoxes are shown at once, mostBoxes at all.
	mostShownBoxes, mostBoxes = 6, 60
)

// rail makes the form. The selects are those of the view.
func (c *compared) rail(selects []selectView) (railView, error) {
	q := c.r.Query
	rail := railView{
		Selects: selects, Since: q.Since, Before: q.Before, Paths: c.schemaPaths(),
		Count: c.r.To("results"), Suggestions: c.r.To("../results:paths?benchmark_id=" + c.Benchmarks[0].ID.String()),
		Reset: c.r.Here(address.Query{Benchmarks: q.Benchmarks, View: q.View}),
	}
	rail.Picks = append(rail.Picks, c.sitePicks())
	if machines := c.machinePicks(); len(machines.Boxes) > 1 {
		rail.Picks = append(rail.Picks, machines)
	}
	tags, err := c.tagPicks()
	if err != nil {
		return rail, err
	}
	if len(tags.Boxes) > 0 {
		rail.Picks = append(rail.Picks, tags)
	}
	rail.Hidden = c.hidden(rail)
	return rail, nil
}

// fold keeps the first boxes, and those that are ticked, in sight.
func (p *pickView) fold() {
	all := p.Boxes[:min(mostBoxes, len(p.Boxes))]
	if len(all) <= mostShownBoxes+1 {
		p.Boxes = all
		return
	}
	var shown, more []box
	for i, b := range all {
		if i < mostShownBoxes || b.Checked {
			shown = append(shown, b)
			continue
		}
		more = append(more, b)
	}
	p.Boxes, p.More = shown, more
}

func (c *compared) sitePicks() pickView {
	picks := pickView{Legend: "Site"}
	for _, site := range c.overview.Sites {
		picks.Boxes = append(picks.Boxes, box{
			Name: "site", Value: site.Name, Text: site.Name, Count: words.Number(site.Results), Key: c.palette[site.ID].Key(),
			Checked: slices.Contains(c.Results.SiteIDs, site.ID),
		})
	}
	picks.fold()
	return picks
}

func (c *compared) machinePicks() pickView {
	picks := pickView{Legend: words.Upper(words.LabelName(c.metric.Label))}
	if c.metric.Label == "" {
		return picks
	}
	chosen := c.r.Query.ValueAt(c.metric.Label)
	for _, machine := range c.overview.Machines {
		value := address.Exactly(machine.Name, true)
		picks.Boxes = append(picks.Boxes, box{
			Name: comparison.JSONPrefix + c.metric.Label, Value: value, Text: words.Machine(machine.Name), Count: words.Number(machine.Results),
			Checked: slices.Contains(chosen, value),
		})
	}
	picks.fold()
	return picks
}

// tagPicks are tags by name. Counting them would read the tags of every result.
func (c *compared) tagPicks() (pickView, error) {
	picks := pickView{Legend: "Tag"}
	page, err := c.site.config.Services.Tags.List(c.r.Context(), c.r.Caller(), ports.TagQuery{ListOptions: ports.ListOptions{
		Page: domain.PageRequest{Number: 1, Size: mostBoxes}, Sort: []filter.Key{{Field: "name"}},
	}})
	for _, tag := range page.Items {
		picks.Boxes = append(picks.Boxes, box{
			Name: "tag", Value: tag.Name, Text: tag.Name, Checked: slices.Contains(c.Results.TagIDs, tag.ID),
		})
	}
	picks.fold()
	return picks, err
}

// hidden are the parts of the address that no field of the form has.
func (c *compared) hidden(rail railView) []hiddenField {
	shown := map[string]bool{"since": true, "before": true, "as_of": true, "set": true, "after": true}
	for _, s := range rail.Selects {
		shown[s.Name] = true
	}
	boxes := map[string]map[string]bool{}
	for _, picks := range rail.Picks {
		for _, b := range slices.Concat(picks.Boxes, picks.More) {
			if boxes[b.Name] == nil {
				boxes[b.Name] = map[string]bool{}
			}
			boxes[b.Name][b.Value] = true
		}
	}
	values, err := url.ParseQuery(c.r.Query.String())
	if err != nil { // it was just written
		return nil
	}
	var fields []hiddenField
	for _, name := range []string{"benchmark", "by"} { // a select has the first of them
		for _, value := range values[name][min(1, len(values[name])):] {
			fields = append(fields, hiddenField{name, value})
		}
	}
	for _, pair := range strings.Split(c.r.Query.String(), "&") {
		key, _, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(key)
		if err != nil || shown[name] {
			continue
		}
		shown[name] = true
		for _, value := range values[name] {
			if !boxes[name][c.nameOf(value)] {
				fields = append(fields, hiddenField{name, value})
			}
		}
	}
	return fields
}

// benchmarkSelect offers all benchmarks. Of several chosen ones the others stay as they are.
func (c *compared) benchmarkSelect() (selectView, error) {
	view := selectView{ID: "benchmark", Name: "benchmark", Label: "Benchmark"}
	offered, err := c.site.offeredBenchmarks(c.r)
	chosen := c.Benchmarks[0]
	known := false
	for _, benchmark := range offered {
		known = known || benchmark.ID == chosen.ID
		view.Options = append(view.Options, benchmarkOption(benchmark, benchmark.ID == chosen.ID))
	}
	if !known {
		view.Options = append(view.Options, benchmarkOption(chosen, true))
	}
	return view, err
}

func benchmarkOption(b *domain.Benchmark, selected bool) option {
	return option{b.Name(), BenchmarkTitle(b) + " (" + b.Name() + ")", selected}
}

// metricSelect offers the metrics that the benchmark declares.
func (c *compared) metricSelect() selectView {
	view := selectView{ID: "metric", Name: "metric", Label: "Value"}
	for i, metric := range metrics.Of(c.Benchmarks[0]) {
		value := metric.Path
		if i == 0 {
			value = ""
		}
		view.Options = append(view.Options, option{value, words.MetricChoice(metric), metric.Path == c.metric.Path})
	}
	if !slices.ContainsFunc(view.Options, func(o option) bool { return o.Selected }) {
		view.Options = append(view.Options, option{c.metric.Path, words.MetricChoice(c.metric), true})
	}
	return view
}

// bySelect offers what the results of a row can have in common.
func (c *compared) bySelect() selectView {
	view := selectView{ID: "by", Name: "by", Label: "One row for each"}
	choices := []string{"flavor", "site"}
	if c.metric.Label != "" {
		choices = append(choices, comparison.JSONPrefix+c.metric.Label)
	}
	if c.metric.Resource != "" {
		choices = append(choices, comparison.JSONPrefix+c.metric.Resource)
	}
	choices = append(choices, "tag", "month", "benchmark")
	current := "flavor"
	if len(c.r.Query.By) > 0 && len(c.by) > 0 {
		current = string(c.by[0])
	}
	if !slices.Contains(choices, current) {
		choices = append(choices, current)
	}
	for _, choice := range choices {
		view.Options = append(view.Options, option{choice, words.Dimension(choice, c.metric), choice == current})
	}
	return view
}

// perSelect offers values that are related to the resource.
func (c *compared) perSelect() selectView {
	related := c.r.Query.PerResource
	return selectView{ID: "per", Name: "per", Label: "Related to " + words.Resource(c.metric.Resource), Options: []option{
		{"", "no: " + words.Upper(c.name()) + unitBehind(c.metric.Unit), !related},
		{"resource", "yes: " + words.PerResource(c.metric), related},
	}}
}

func unitBehind(unit string) string {
	if unit == "" {
		return ""
	}
	return ", " + unit
}

// questionSelects are those of the ranking, the spread and the trend.
func (c *compared) questionSelects() ([]selectView, error) {
	benchmark, err := c.benchmarkSelect()
	selects := []selectView{benchmark, c.metricSelect()}
	if c.metric.Resource != "" && c.metric.Better != domain.NoneBetter {
		selects = append(selects, c.perSelect())
	}
	return append(selects, c.bySelect()), err
}

// tabsView are the views of the results, and the numbers of the resource.
type tabsView struct {
	Tabs []choiceLink
	// Resource names the chips, such as Cores; empty for none.
	Resource string
	Chips    []choiceLink
}

// comparisonViews are the views of a comparison.
var comparisonViews = []struct {
	name string
	view address.View
}{{"Ranking", address.Ranking}, {"Plot", address.Plot}, {"Spread", address.Spread}, {"Trend", address.Trend}}

func (c *compared) tabs() tabsView {
	q := c.r.Query
	var view tabsView
	for _, tab := range comparisonViews {
		current := q.View == tab.view || q.View == "" && tab.view == address.Ranking
		view.Tabs = append(view.Tabs, choiceLink{tab.name, c.r.Here(q.With(func(q *address.Query) { q.View = tab.view })), current})
	}
	view.Tabs = append(view.Tabs, choiceLink{Name: "Results", Link: c.r.On("results", q.Filters())})
	view.Resource, view.Chips = resourceChips(c.r, "compare", q, c.metric, c.overview.Resources)
	return view
}

// mostChips is the number of chips that have room; the most usual numbers are shown.
const mostChips = 10

// resourceChips are links to the results with a number of the resource.
func resourceChips(
	r *Request, page string, q address.Query, metric domain.Metric, resources []comparison.ResourceShare,
) (name string, chips []choiceLink) {
	if metric.Resource == "" || len(resources) < 2 {
		return "", nil
	}
	chosen := q.ValueAt(metric.Resource)
	chips = append(chips, choiceLink{"all", r.On(page, q.WithValue(metric.Resource)), len(chosen) == 0})
	for _, resource := range mostUsual(resources) {
		text := words.Plain(resource)
		chips = append(chips, choiceLink{
			text, r.On(page, q.WithValue(metric.Resource, text)), len(chosen) == 1 && chosen[0] == text,
		})
	}
	return words.Upper(words.Resource(metric.Resource)), chips
}

// mostUsual are the numbers that most results have, ascending.
func mostUsual(resources []comparison.ResourceShare) []float64 {
	sorted := slices.Clone(resources)
	slices.SortStableFunc(sorted, func(a, b comparison.ResourceShare) int { return b.Results - a.Results })
	var numbers []float64
	for _, resource := range sorted[:min(mostChips, len(sorted))] {
		numbers = append(numbers, resource.Resource)
	}
	slices.Sort(numbers)
	return numbers
}
