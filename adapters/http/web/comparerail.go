package web

import (
	"slices"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
)

// railView is the form that changes the question.
type railView struct {
	Selects []selectView
	// Hidden are the parts of the address that the form keeps.
	Hidden []keptField
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
	// Half is true for one of two that stand beside each other.
	Half bool
	// More leads to what else could be chosen; empty if the options are all.
	More anchor
}

type option struct {
	Value, Text string
	Selected    bool
}

// rail makes the form. The selects are those of the view.
func (c *compared) rail(selects []selectView) (railView, error) {
	q := c.r.Query
	rail := railView{
		Selects: selects, Since: q.Since, Before: q.Before, Paths: c.schemaPaths(),
		Count: c.r.To("results"), Suggestions: c.suggestions(c.r),
		Reset: c.r.Here(address.Query{Benchmarks: q.Benchmarks, View: q.View}),
	}
	var err error
	offered := offers{site: c.site, r: c.r, selection: &c.Selection, overview: c.overview, page: "compare"}
	if rail.Picks, err = offered.picks(); err != nil {
		return rail, err
	}
	rail.Hidden = c.hidden(rail)
	return rail, nil
}

// hidden are the parts of the address that no field of the form has.
func (c *compared) hidden(rail railView) []keptField {
	shown := map[string]bool{"since": true, "before": true, "as_of": true, "set": true, "after": true, "site": true, "tag": true}
	var first []string
	for _, s := range rail.Selects {
		if shown[s.Name] = true; s.Name == "benchmark" || s.Name == "by" {
			first = append(first, s.Name)
		}
	}
	return hiddenOf(c.r.Query, shown, first, rail.Picks)
}

// benchmarkSelect offers benchmarks. Of several chosen ones the others stay as they are.
func (c *compared) benchmarkSelect() (selectView, error) {
	view := selectView{ID: "benchmark", Name: "benchmark", Label: "Benchmark"}
	offered, more, err := c.site.benchmarkOptions(c.r, c.Benchmarks[:1], mostOptions)
	view.Options = offered
	if more {
		view.More = anchor{"All benchmarks", c.r.To("benchmarks")}
	}
	return view, err
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
const mostChips = 8

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
