package web

import (
	"html/template"
	"slices"
	"time"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

// monthDays are the first day of a month, and that of the next one.
func monthDays(month string) (since, before string) {
	start, err := time.Parse("2006-01", month)
	if err != nil {
		return "", ""
	}
	return start.Format(time.DateOnly), start.AddDate(0, 1, 0).Format(time.DateOnly)
}

// table is the ranking as a table.
func (c *compared) table(answer *comparison.Comparison, lanes draw.Lanes) *rankingTable {
	groups := answer.Groups.Items
	t := &rankingTable{
		Label: words.TableLabel(answer.Groups.Total, c.kind(), c.name(), c.metric.Better, c.isSpeed()),
		Grid:  lanes.Grid(), Axis: lanes.Axis(), Kind: words.Upper(c.kind()), Better: words.Better(c.metric.Better),
		Value: words.Upper(c.name()), HasRanks: c.metric.Better != domain.NoneBetter, HasN: true, Scales: c.scales(answer, lanes),
		AxisWords: words.AxisWords(lanes.Scale.Log, c.r.Query.Scale == address.Near), Order: order(c.metric.Better),
	}
	if most(groups) > 1 {
		t.Value = "Median"
	}
	if unit := c.unit(); unit != "" {
		t.Value += ", " + unit
	}
	if c.metric.Resource != "" && !slices.Contains(c.by, comparison.JSONPrefix+comparison.Dimension(c.metric.Resource)) {
		t.Resource, t.HasResource = words.Upper(words.Resource(c.metric.Resource)), true
	}
	t.HasVerdicts = answer.M > 0 || c.base != ""
	if answer.Baseline != nil && *answer.Baseline.Median > 0 {
		t.Times = words.Times(c.base != "", c.isSpeed())
	}
	t.Signs = c.signs(groups, lanes)
	for i, group := range groups {
		t.Rows = append(t.Rows, c.row(answer, group, i, lanes))
	}
	if rest := answer.Groups.Total - len(groups); rest > 0 {
		t.Rest, t.RestLink = words.Rest(len(groups), answer.Groups.Total), c.r.As("csv", c.r.Query)
	}
	return t
}

func order(better domain.Better) string {
	switch better {
	case domain.LowerBetter:
		return "ascending"
	case domain.HigherBetter:
		return "descending"
	default:
		return ""
	}
}

// most is the number of results of the largest group.
func most(groups []*comparison.Group) int {
	n := 0
	for _, group := range groups {
		n = max(n, group.N)
	}
	return n
}

// mostSentences is how many rows a table has at most that says its verdicts in sentences too: they double its size. Files have them.
const mostSentences, longestSentence = 20, 300

func (c *compared) row(answer *comparison.Comparison, g *comparison.Group, i int, lanes draw.Lanes) rankingRow {
	drawn := lanes.Rows[i]
	row := rankingRow{
		Class: drawn.Style.Class(), Lane: lanes.Lane(i), Value: words.Median(g), N: words.Number(g.N), Resource: c.resourceOf(g),
		IsBase: c.base != "" && g == answer.Baseline, Machine: machineOf(g),
	}
	row.Place, row.Name = shortPlaceAndName(g)
	row.Link, row.Results = c.target(g)
	if len(g.Resources) == 1 {
		row.ResourceWords = words.Resources(g.Resources[0], c.metric.Resource)
	}
	c.rankOf(&row, g, i)
	switch {
	case g.MedianInterval != nil:
		row.Detail = words.Interval(g.MedianInterval.Interval)
	case drawn.Low < drawn.High:
		row.Detail = words.Range(drawn.Low, drawn.High)
	}
	if g.N == 1 && len(drawn.Values) > 1 {
		row.Repeats = words.Plural(len(drawn.Values), "repeat")
	}
	if base := answer.Baseline; base != nil && *base.Median > 0 {
		row.Times = words.Ratio(*g.Median / *base.Median)
	}
	if row.IsBase {
		row.Class += " base"
		row.Verdict, row.VerdictClass = "baseline", "quiet"
		return row
	}
	row.Verdict, row.VerdictClass = words.Verdict(g.Versus, c.metric, c.isSpeed())
	if g.Versus != nil && len(answer.Groups.Items) <= mostSentences {
		row.Sentence = clipped(g.Versus.Sentence, longestSentence)
	}
	return row
}

// rankOf sets the rank: a range from the comparison, else the place of the median, which is
// grey.
func (c *compared) rankOf(row *rankingRow, g *comparison.Group, i int) {
	if c.metric.Better == domain.NoneBetter {
		return
	}
	row.Rank = words.Number(i + 1)
	if g.Rank != nil {
		row.Rank = words.Rank(*g.Rank)
	}
	if g.Rank != nil && g.N >= statistics.FirmSize {
		row.Class += " sure"
		return
	}
	row.Provisional = true
}

// machineOf describes the machines of a group.
func machineOf(g *comparison.Group) string {
	switch len(g.Machines) {
	case 0:
		return ""
	case 1:
		return words.Machine(g.Machines[0])
	}
	return words.Plural(len(g.Machines), "different machine")
}

// The pictures of the signs.
const (
	markSign  template.HTML = `<svg class="c0 sign" aria-hidden="true"><use href="#m1" x="12" y="8"/></svg>`
	ticksSign template.HTML = `<svg class="c0 sign" aria-hidden="true"><line class="range" x1="2" x2="22" y1="8" y2="8"/>` +
		`<line class="rep" x1="2" x2="2" y1="4" y2="12"/><line class="rep" x1="9" x2="9" y1="4" y2="12"/>` +
		`<line class="rep" x1="22" x2="22" y1="4" y2="12"/></svg>`
	barSign  template.HTML = `<svg class="c0 sign" aria-hidden="true"><line class="ci" x1="2" x2="22" y1="8" y2="8"/></svg>`
	baseSign template.HTML = `<svg class="c0 sign" aria-hidden="true"><line class="basis" x1="12" x2="12" y1="0" y2="16"/></svg>`
)

// signs explain the marks that the lanes have.
func (c *compared) signs(groups []*comparison.Group, lanes draw.Lanes) []sign {
	var hasRepeats, hasInterval, hasRange bool
	for i, group := range groups {
		hasInterval = hasInterval || group.MedianInterval != nil
		hasRange = hasRange || group.N > 1
		hasRepeats = hasRepeats || group.N == 1 && len(lanes.Rows[i].Values) > 1
	}
	if !hasRange {
		signs := []sign{{markSign, "the one result"}}
		if hasRepeats {
			signs = append(signs, sign{ticksSign, "its repeats"})
		}
		return signs
	}
	signs := []sign{{markSign, "median"}}
	if hasInterval {
		signs = append(signs, sign{barSign, "its 95\u00a0% interval"})
	}
	ticks := "all results"
	if hasRepeats {
		ticks = "all results, or the repeats of one"
	}
	signs = append(signs, sign{ticksSign, ticks})
	if c.base != "" {
		signs = append(signs, sign{baseSign, "baseline"})
	}
	return signs
}

// scales are links to the other scales.
func (c *compared) scales(answer *comparison.Comparison, lanes draw.Lanes) []choiceLink {
	current := address.Linear
	if lanes.Scale.Log {
		current = address.Log
	}
	if c.r.Query.Scale == address.Near {
		current = address.Near
	}
	var links []choiceLink
	for _, scale := range []struct{ name, scale string }{
		{"logarithmic", address.Log}, {"linear", address.Linear}, {"near the " + baselineWord(c), address.Near},
	} {
		if scale.scale == address.Near && answer.Baseline == nil {
			continue
		}
		links = append(links, choiceLink{
			scale.name, c.r.Here(c.r.Query.With(func(q *address.Query) { q.Scale = scale.scale })), scale.scale == current,
		})
	}
	return links
}

func baselineWord(c *compared) string {
	switch {
	case c.base != "":
		return "baseline"
	case c.isSpeed():
		return "fastest"
	default:
		return "best"
	}
}

// caption is what stands below the table, and in the foot of figures.
func (c *compared) caption(answer *comparison.Comparison, isLog bool) string {
	caption := draw.Caption{
		Subject: words.Subject(words.Upper(c.name()), c.benchmarkNames(), answer.Groups.Total, c.kind(), sitesOf(answer), answer.Results),
		Log:     isLog, Better: words.Better(c.metric.Better), Signs: "Mark: median; bar: its 95\u00a0% interval; line and ticks: all results",
		Set: answer.Set, Address: c.r.Public(c.r.Query.On("compare")),
	}
	if most(answer.Groups.Items) == 1 {
		caption.Signs = "Mark: the one result; line and ticks: its repeats"
	}
	if answer.AsOf != nil {
		caption.Day = *answer.AsOf
	}
	return caption.String()
}

func (c *compared) benchmarkNames() string {
	names := make([]string, len(c.Benchmarks))
	for i, benchmark := range c.Benchmarks {
		names[i] = benchmark.Name()
	}
	return c.benchmarkTitle() + " (" + words.List(names) + ")"
}

// sitesOf is the number of sites of the groups of a page.
func sitesOf(answer *comparison.Comparison) int {
	sites := map[string]bool{}
	for _, group := range answer.Groups.Items {
		for _, id := range group.SiteIDs {
			sites[id.String()] = true
		}
	}
	return len(sites)
}
