package web

import (
	"time"

	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/files"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/statistics"
)

// mostLanes is how many lanes a figure has: a page of paper has room for no more.
const mostLanes = 100

// downloaded is the file of the format that the request asks for. A program would not see that a
// part of the address has no effect: then the answer is the API's refusal.
func (c *compared) downloaded(d download) (Answer, error) {
	if len(c.Ignored) > 0 {
		return nil, refusal(c.Ignored)
	}
	return c.site.downloaded(c.r, d)
}

// rankingFile is the ranking in another format.
func (c *compared) rankingFile(title string, answer *comparison.Comparison, lanes draw.Lanes) (Answer, error) {
	return c.downloaded(download{
		Words: []string{c.benchmarkTitle(), "by " + c.kind(), answer.Set},
		Table: func() (files.Table, error) { return c.rankingTable(title, answer), nil },
		Sheet: func() (draw.Sheet, error) {
			lanes.Rows = lanes.Rows[:min(mostLanes, len(lanes.Rows))]
			return lanes.Sheet(c.legend(title, lanes.Scale.Log, c.caption(answer, lanes.Scale.Log))), nil
		},
		Citation: func() (files.Citation, error) { return c.citationFile(title, answer.Basis), nil },
	})
}

// legend is what figures have besides their marks.
func (c *compared) legend(title string, isLog bool, caption string) draw.Legend {
	legend := draw.Legend{
		Title: title, Axis: words.Axis(c.name(), c.unit(), isLog, c.metric.Better), Figure: c.unit(), Foot: caption,
	}
	if c.metric.Resource != "" {
		legend.Note = words.Resource(c.metric.Resource)
	}
	for _, site := range c.overview.Sites {
		if style := c.palette[site.ID]; style.Color > 0 {
			legend.Entries = append(legend.Entries, draw.Entry{Name: site.Name, Style: style})
		}
	}
	return legend
}

func (c *compared) citationFile(title string, basis comparison.Basis) files.Citation {
	citation := files.Citation{
		Title: title, About: words.Plural(basis.Results, "result") + " of " + words.Plural(len(c.overview.Sites), "site"), Set: basis.Set,
		Address: c.r.Public(c.permanent(basis).On("compare")), AsOf: time.Now(),
	}
	if basis.AsOf != nil {
		citation.AsOf = *basis.AsOf
	}
	return citation
}

// rankingTable is the ranking with all rows and all digits.
func (c *compared) rankingTable(title string, answer *comparison.Comparison) files.Table {
	table := files.Table{Title: title, Notes: []string{c.caption(answer, false)}}
	unit := c.unit()
	keys := keyNames(answer)
	for _, key := range keys {
		table.Columns = append(table.Columns, files.Column{Name: key})
	}
	table.Columns = append(table.Columns,
		files.Column{Name: "rank_from"}, files.Column{Name: "rank_to"}, files.Column{Name: "n"},
		files.Column{Name: "median", Unit: unit}, files.Column{Name: "interval_low", Unit: unit}, files.Column{Name: "interval_high", Unit: unit},
		files.Column{Name: "min", Unit: unit}, files.Column{Name: "max", Unit: unit},
		files.Column{Name: "speedup"}, files.Column{Name: "speedup_low"}, files.Column{Name: "speedup_high"},
		files.Column{Name: "verdict"}, files.Column{Name: "provisional"}, files.Column{Name: "sentence"},
		files.Column{Name: "machine"}, files.Column{Name: "resource"}, files.Column{Name: "first_run"}, files.Column{Name: "last_run"},
	)
	for _, group := range answer.Groups.Items {
		table.Rows = append(table.Rows, c.tableRow(keys, group))
	}
	for _, remark := range c.mind(answer) {
		table.Notes = append(table.Notes, remark.Text)
	}
	return table
}

// keyNames are the names of the fields by which the groups were formed.
func keyNames(answer *comparison.Comparison) []string {
	var names []string
	if len(answer.Groups.Items) > 0 {
		for _, field := range answer.Groups.Items[0].Key {
			names = append(names, field.Name)
		}
	}
	return names
}

func (c *compared) tableRow(keys []string, g *comparison.Group) []any {
	row := make([]any, 0, len(keys)+18)
	for _, key := range keys {
		row = append(row, cellOf(g, key))
	}
	if g.Rank != nil {
		row = append(row, g.Rank.Low, g.Rank.High)
	} else {
		row = append(row, nil, nil)
	}
	row = append(row, g.N, *g.Median)
	if g.MedianInterval != nil {
		row = append(row, g.MedianInterval.Low, g.MedianInterval.High)
	} else {
		row = append(row, nil, nil)
	}
	row = append(row, *g.Min, *g.Max)
	row = append(row, versusCells(g.Versus)...)
	row = append(row, textCell(machineOf(g)), textCell(c.resourceOf(g)))
	return append(row, g.First.UTC().Format(time.RFC3339), g.Last.UTC().Format(time.RFC3339))
}

// cellOf is a field of the key of a group: a number as a number.
func cellOf(g *comparison.Group, key string) any {
	for _, field := range g.Key {
		if field.Name != key {
			continue
		}
		if isJSONText(field.Value) {
			return metrics.Text(field.Value)
		}
		if number, ok := metrics.Number(field.Value); ok {
			return number
		}
		return string(field.Value)
	}
	return nil
}

func textCell(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// versusCells are speed-up, its interval, verdict, whether it is provisional, and the sentence.
func versusCells(v *comparison.Versus) []any {
	cells := make([]any, 6)
	if v == nil {
		return cells
	}
	if v.Speedup != nil {
		cells[0] = *v.Speedup
	}
	if v.SpeedupInterval != nil {
		cells[1], cells[2] = v.SpeedupInterval.Low, v.SpeedupInterval.High
	}
	if v.Verdict != statistics.NoVerdict && v.Verdict != "" {
		cells[3], cells[4] = string(v.Verdict), v.Provisional
	}
	cells[5] = textCell(v.Sentence)
	return cells
}
