package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"time"

	"github.com/eosc-perf/backend/core/comparison"
)

const csvType = "text/csv; charset=utf-8"

// OtherForm implements representation.Other.
func (c Comparison) OtherForm() (mediaType string, body []byte, err error) {
	if c.form != asCSV {
		return "", nil, nil
	}
	body, err = c.csv()
	return csvType, body, err
}

// csvColumn is a column after those of the key.
type csvColumn struct {
	name string
	// inUnit: the values are in the unit of the metric.
	inUnit bool
	cell   func(ComparedGroup, VersusBase) any
}

// csvColumns are in the order of the fields in JSON. Intervals take two columns.
var csvColumns = []csvColumn{
	{"n", false, func(g ComparedGroup, _ VersusBase) any { return g.N }},
	{"uploaders", false, func(g ComparedGroup, _ VersusBase) any { return g.Uploaders }},
	{"first", false, func(g ComparedGroup, _ VersusBase) any { return g.First }},
	{"last", false, func(g ComparedGroup, _ VersusBase) any { return g.Last }},
	{"min", true, func(g ComparedGroup, _ VersusBase) any { return g.Min }},
	{"q1", true, func(g ComparedGroup, _ VersusBase) any { return g.Quartiles[0] }},
	{"median", true, func(g ComparedGroup, _ VersusBase) any { return g.Median }},
	{"q3", true, func(g ComparedGroup, _ VersusBase) any { return g.Quartiles[2] }},
	{"max", true, func(g ComparedGroup, _ VersusBase) any { return g.Max }},
	{"median_low", true, func(g ComparedGroup, _ VersusBase) any { return bound(g.MedianInterval, 0) }},
	{"median_high", true, func(g ComparedGroup, _ VersusBase) any { return bound(g.MedianInterval, 1) }},
	{"mean", true, func(g ComparedGroup, _ VersusBase) any { return g.Mean }},
	{"sd", true, func(g ComparedGroup, _ VersusBase) any { return g.SD }},
	{"cv", false, func(g ComparedGroup, _ VersusBase) any { return g.CV }},
	{"geometric_mean", true, func(g ComparedGroup, _ VersusBase) any { return g.GeometricMean }},
	{"rank_from", false, func(g ComparedGroup, _ VersusBase) any { return bound(g.Rank, 0) }},
	{"rank_to", false, func(g ComparedGroup, _ VersusBase) any { return bound(g.Rank, 1) }},
	{"percentile", false, func(g ComparedGroup, _ VersusBase) any { return g.Percentile }},
	{"speedup", false, func(_ ComparedGroup, v VersusBase) any { return v.Speedup }},
	{"speedup_low", false, func(_ ComparedGroup, v VersusBase) any { return bound(v.Interval, 0) }},
	{"speedup_high", false, func(_ ComparedGroup, v VersusBase) any { return bound(v.Interval, 1) }},
	{"level", false, func(_ ComparedGroup, v VersusBase) any { return v.Level }},
	{"method", false, func(_ ComparedGroup, v VersusBase) any { return v.Method }},
	{"shift", true, func(_ ComparedGroup, v VersusBase) any { return v.Shift }},
	{"shift_low", true, func(_ ComparedGroup, v VersusBase) any { return bound(v.ShiftInterval, 0) }},
	{"shift_high", true, func(_ ComparedGroup, v VersusBase) any { return bound(v.ShiftInterval, 1) }},
	{"p", false, func(_ ComparedGroup, v VersusBase) any { return v.P }},
	{"p_adjusted", false, func(_ ComparedGroup, v VersusBase) any { return v.PAdjusted }},
	{"superiority", false, func(_ ComparedGroup, v VersusBase) any { return v.Superiority }},
	{"superiority_low", false, func(_ ComparedGroup, v VersusBase) any { return bound(v.SuperiorityInterval, 0) }},
	{"superiority_high", false, func(_ ComparedGroup, v VersusBase) any { return bound(v.SuperiorityInterval, 1) }},
	{"verdict", false, func(_ ComparedGroup, v VersusBase) any { return v.Verdict }},
	{"material", false, func(_ ComparedGroup, v VersusBase) any { return v.Material }},
	{"provisional", false, func(_ ComparedGroup, v VersusBase) any { return v.Verdict != "" && v.Provisional }},
	{"sentence", false, func(_ ComparedGroup, v VersusBase) any { return v.Sentence }},
	{"warnings", false, func(g ComparedGroup, _ VersusBase) any { return codes(g.Warnings) }},
}

func bound[T any](interval []T, i int) *T {
	if i >= len(interval) {
		return nil
	}
	return &interval[i]
}

func codes(warnings []Warning) string {
	list := make([]string, len(warnings))
	for i, w := range warnings {
		list[i] = w.Code
	}
	return strings.Join(list, " ")
}

// csv writes the groups of the page by RFC 4180, with a header. Numbers are spelled as in
// JSON.
func (c Comparison) csv() ([]byte, error) {
	names := keyNames(c.GroupBy)
	header := append([]string{}, names...)
	for _, column := range csvColumns {
		name := column.name
		if column.inUnit && c.Metric.Unit != "" {
			name += " [" + c.Metric.Unit + "]"
		}
		header = append(header, name)
	}
	rows := [][]string{defuseAll(header)}
	for _, group := range c.Items {
		row, err := csvRow(group, names)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	var text bytes.Buffer
	writer := csv.NewWriter(&text)
	writer.UseCRLF = true
	err := writer.WriteAll(rows)
	return text.Bytes(), err
}

func csvRow(group ComparedGroup, names []string) ([]string, error) {
	var versus VersusBase
	if group.VersusBaseline != nil {
		versus = *group.VersusBaseline
	}
	values := map[string]any{}
	for _, field := range group.Key {
		values[field.Name] = field.Value
	}
	cells := make([]any, 0, len(names)+len(csvColumns))
	for _, name := range names {
		cells = append(cells, values[name])
	}
	for _, column := range csvColumns {
		cells = append(cells, column.cell(group, versus))
	}
	row := make([]string, len(cells))
	for i, cell := range cells {
		text, err := csvCell(cell)
		if err != nil {
			return nil, err
		}
		row[i] = text
	}
	return row, nil
}

// csvCell is a text as it is, defused, and any other value as in JSON; nothing for null.
func csvCell(value any) (string, error) {
	if at, ok := value.(DateTime); ok {
		return strings.Trim(string(DateTime(time.Time(at)).append(nil)), `"`), nil
	}
	spelled, err := json.Marshal(value)
	if err != nil || string(spelled) == "null" {
		return "", err
	}
	var text string
	if json.Unmarshal(spelled, &text) == nil {
		return defuse(text), nil
	}
	return string(spelled), nil
}

// defuse keeps a spreadsheet from taking a text for a formula.
func defuse(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func defuseAll(texts []string) []string {
	for i, text := range texts {
		texts[i] = defuse(text)
	}
	return texts
}

// keyNames are the names of the fields of all keys.
func keyNames(by []comparison.Dimension) []string {
	var names []string
	for _, dimension := range by {
		switch dimension {
		case comparison.ByFlavor:
			names = append(names, "site_id", "site_name", "flavor_id", "flavor_name")
		case comparison.ByMonth:
			names = append(names, "month")
		case comparison.BySite, comparison.ByBenchmark, comparison.ByTag:
			names = append(names, string(dimension)+"_id", string(dimension)+"_name")
		default:
			names = append(names, string(dimension))
		}
	}
	return unique(names)
}

// unique keeps the first of equal names: sites are fields of flavors too.
func unique(names []string) []string {
	seen := map[string]bool{}
	var kept []string
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			kept = append(kept, name)
		}
	}
	return kept
}
