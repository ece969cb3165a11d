package web

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
)

// column is a column of the list of results.
type column struct {
	// name is how addresses name it, title how the page does.
	name, title string
	// sort is its name in sorts, empty for none.
	sort string
	path filter.Path
	// text is its text for a result, of a column without a path.
	text func(*domain.Result) string
	// choose demands a value, of a column without a path; nil for a column without a menu.
	choose func(*address.Query, string)
	isName bool
	// isQuantity is true for a column without a path whose texts are numbers with their units.
	isQuantity bool
	// isMeasured is true for the value of a metric.
	isMeasured bool
}

// columnCell is a cell with the condition that its value satisfies.
type columnCell struct {
	listCell

	condition string
}

// namedColumns are those that do not look into the document.
var namedColumns = []column{
	{name: "run", title: "Run", sort: "execution_datetime", text: func(r *domain.Result) string { return dayText(r.ExecutedAt) }},
	{name: "uploaded", title: "Uploaded", sort: "upload_datetime", text: func(r *domain.Result) string { return dayText(r.UploadedAt) }},
	{
		name: "benchmark", title: "Benchmark", sort: "benchmark_name", isName: true,
		text:   func(r *domain.Result) string { return r.Benchmark.Name() },
		choose: func(q *address.Query, text string) { q.Benchmarks = []string{text} },
	},
	{
		name: "site", title: "Site", sort: "site_name", isName: true,
		text:   func(r *domain.Result) string { return r.Site.Name },
		choose: func(q *address.Query, text string) { q.Sites = []string{text} },
	},
	{
		name: "flavor", title: "Flavor", sort: "flavor_name", isName: true,
		text:   func(r *domain.Result) string { return r.Flavor.Name },
		choose: func(q *address.Query, text string) { q.Flavors = []string{text} },
	},
	{name: valueColumn, title: "Value", isQuantity: true, text: valueText},
	{name: "tags", title: "Tags", isName: true, text: func(r *domain.Result) string {
		names := make([]string, len(r.Tags))
		for i, tag := range r.Tags {
			names[i] = tag.Name
		}
		return strings.Join(names, ", ")
	}},
}

// valueColumn has what is compared first of each benchmark, with its unit. Files have the values at
// their paths instead.
const valueColumn = "value"

func valueText(r *domain.Result) string {
	metric, ok := metrics.Find(r.Benchmark, "")
	if !ok {
		return "–"
	}
	reading, measured := metrics.Read(metric, r.JSON)
	if !measured {
		return "–"
	}
	return words.WithUnit(reading.Value, metric.Unit)
}

// orderWords say which values come first.
func (c column) orderWords(descending bool) string {
	first := [2]string{"smallest first", "largest first"}
	switch {
	case c.isName:
		first = [2]string{"A to Z", "Z to A"}
	case c.path == nil:
		first = [2]string{"oldest first", "newest first"}
	}
	if descending {
		return first[1]
	}
	return first[0]
}

// mostColumns bounds the columns of a list.
const mostColumns = 20

// columnOf is the column of a name, which may have a `-` before it.
func columnOf(text string) (column column, descending, ok bool) {
	name, descending := strings.CutPrefix(text, "-")
	for _, named := range namedColumns {
		if named.name == name {
			return named, descending, true
		}
	}
	text, isPath := strings.CutPrefix(name, filter.JSONField+".")
	if !isPath {
		return column, false, false
	}
	const mostParts = 32
	path, err := filter.ParsePath(text, mostParts)
	if err != nil || path.LeadsNowhere() || path.HasAny() {
		return column, false, false
	}
	column.name, column.title, column.sort, column.path = filter.JSONField+"."+path.String(), path.String(), filter.JSONField, path
	return column, descending, true
}

// takeColumns reads the columns of the address. The default are run, site, flavor, and the
// resource and value of the default metric.
func (l *listed) takeColumns() {
	names := l.q.Col
	if len(names) == 0 {
		names = l.defaultColumns()
	}
	for _, name := range names {
		column, _, ok := columnOf(name)
		switch {
		case !ok:
			l.Ignored = append(l.Ignored, address.Ignored{Key: "col", Text: name, Reason: "There is no such column."})
		case len(l.columns) < mostColumns:
			l.columns = append(l.columns, l.titled(column))
		}
	}
}

func (l *listed) defaultColumns() []string {
	names := slices.Clone(standardColumns)
	if len(l.Benchmarks) == 0 {
		return append(names, "benchmark", valueColumn)
	}
	metric, ok := metrics.Find(l.Benchmarks[0], "")
	if !ok {
		return names
	}
	if metric.Resource != "" {
		names = append(names, filter.JSONField+"."+metric.Resource)
	}
	return append(names, filter.JSONField+"."+metric.Path)
}

// titled names the column of a metric as the metric, with its unit.
func (l *listed) titled(c column) column {
	for _, benchmark := range l.Benchmarks {
		for _, metric := range metrics.Of(benchmark) {
			path := strings.TrimPrefix(c.name, filter.JSONField+".")
			switch {
			case metric.Path == path:
				c.title, c.isMeasured = words.Upper(words.MetricName(metric)), true
				if metric.Unit != "" {
					c.title += ", " + metric.Unit
				}
				return c
			case metric.Resource == path && path != "":
				c.title = words.Upper(words.Resource(path))
				return c
			}
		}
	}
	return c
}

func (c column) cell(result *domain.Result) columnCell {
	if c.path == nil {
		text := c.text(result)
		cell := columnCell{listCell: listCell{Text: clipped(text, longestShown), IsNumber: c.isQuantity}}
		if c.choose != nil {
			cell.condition = text
			if c.name == "flavor" {
				cell.condition = result.Site.Name + "/" + text
			}
		}
		return cell
	}
	text := textAt(result.JSON, c.path)
	if len(text) == 0 || string(text) == "null" {
		return columnCell{listCell: listCell{Text: "–", IsMissing: true}}
	}
	const longest = 40
	cell := columnCell{listCell: listCell{Text: clipped(metrics.Text(text), longest)}}
	switch {
	case text[0] == '"':
		cell.condition = address.Exactly(metrics.Text(text), true)
	case text[0] != '{' && text[0] != '[':
		cell.condition = string(text)
		cell.IsNumber = json.Valid(text) && text[0] != 't' && text[0] != 'f'
		if cell.IsNumber {
			cell.Text = readableNumber(cell.condition)
			if cell.Text != cell.condition {
				cell.Exact = cell.condition
			}
		}
	}
	return cell
}

// readableNumber is a number of a document for people: whole ones with all their digits, others
// with four.
func readableNumber(text string) string {
	const longest = 12
	value, ok := metrics.Number([]byte(text))
	switch {
	case !ok:
		return text
	case value == math.Trunc(value) && len(text) <= longest:
		return words.Grouped(text)
	}
	return words.Detail(value)
}

// listColumn is the head of a column.
type listColumn struct {
	Title string
	// Sort leads to the list in the order of the column; empty for a column without an order.
	Sort Link
	// Order is ascending or descending if the list is sorted by the column; Turn says what the link
	// does.
	Order, Turn, Arrow string
	IsNumber           bool
	// Earlier, Later and Without move the column, and take it out.
	Earlier, Later, Without Link
}

func (l *listed) heads() []listColumn {
	heads := make([]listColumn, len(l.columns))
	names := make([]string, len(l.columns))
	for i, c := range l.columns {
		names[i] = c.name
	}
	with := func(change func([]string) []string) Link {
		return l.r.Here(l.q.With(func(q *address.Query) { q.Col = change(slices.Clone(names)) }))
	}
	for i, c := range l.columns {
		head := listColumn{Title: c.title, IsNumber: c.isQuantity || c.path != nil && l.isMetric(c)}
		if c.sort != "" {
			l.addOrder(&head, c)
		}
		if i > 0 {
			head.Earlier = with(func(n []string) []string { n[i-1], n[i] = n[i], n[i-1]; return n })
		}
		if i < len(names)-1 {
			head.Later = with(func(n []string) []string { n[i+1], n[i] = n[i], n[i+1]; return n })
		}
		if len(names) > 1 {
			head.Without = with(func(n []string) []string { return slices.Delete(n, i, i+1) })
		}
		heads[i] = head
	}
	return heads
}

func (l *listed) addOrder(head *listColumn, c column) {
	next, turn := c.name, "Sort "+c.orderWords(false)
	if len(l.q.Sort) > 0 {
		switch l.q.Sort[0] {
		case c.name:
			head.Order, head.Arrow, next, turn = "ascending", "▲", "-"+c.name, "Sort "+c.orderWords(true)
		case "-" + c.name:
			head.Order, head.Arrow = "descending", "▼"
		}
	}
	head.Turn = turn
	head.Sort = l.r.Here(l.q.With(func(q *address.Query) { q.Sort, q.After = []string{next}, "" }))
}

func (l *listed) isMetric(c column) bool {
	for _, benchmark := range l.Benchmarks {
		for _, metric := range metrics.Of(benchmark) {
			if c.name == filter.JSONField+"."+metric.Path || c.name == filter.JSONField+"."+metric.Resource {
				return true
			}
		}
	}
	return false
}

// spareColumn is a column that the list could have.
type spareColumn struct {
	Text, Share string
	With        Link
}

// spare are the columns that the list does not show: the named ones, and the values of the
// documents with the share of results that have them.
func (l *listed) spare() ([]spareColumn, error) {
	shown := map[string]bool{}
	var names []string
	for _, c := range l.columns {
		shown[c.name] = true
		names = append(names, c.name)
	}
	var spare []spareColumn
	add := func(name, share string) {
		if !shown[name] {
			c, _, ok := columnOf(name)
			if ok {
				c = l.titled(c)
				spare = append(spare, spareColumn{c.title, share, l.r.Here(l.q.With(func(q *address.Query) {
					q.Col = append(slices.Clone(names), name)
				}))})
			}
		}
	}
	for _, c := range namedColumns {
		add(c.name, "")
	}
	shares, err := l.sharesOf(l.r, l.Results.BenchmarkIDs)
	for _, share := range shares {
		add(filter.JSONField+"."+share.path, share.text)
	}
	return spare, err
}

// listPlace is a place in the list: behind or before a result.
type listPlace struct {
	before bool
	// rows is how many rows come before the page that begins there, or with before: before the
	// result.
	rows int
	id   *uuid.UUID
}
