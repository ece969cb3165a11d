package web

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
)

// anchor is a link with its text.
type anchor struct {
	Text string
	Link Link
}

// firstPage is enough of what pages show completely.
var firstPage = domain.PageRequest{Number: 1, Size: 100}

func benchmarkAnchor(r *Request, b *domain.Benchmark) anchor {
	return anchor{b.Name(), r.To("benchmarks/" + b.ID.String())}
}

func siteAnchor(r *Request, s *domain.Site) anchor {
	return anchor{s.Name, r.To("sites/" + s.ID.String())}
}

func flavorAnchor(r *Request, f *domain.Flavor) anchor {
	return anchor{f.Name, r.To("flavors/" + f.ID.String())}
}

// metricName is what a page calls a metric.
func metricName(m domain.Metric) string {
	if m.Name != "" {
		return m.Name
	}
	return m.Path
}

// betterWords say in which direction values are good.
func betterWords(better domain.Better) string {
	switch better {
	case domain.LowerBetter:
		return "lower is better"
	case domain.HigherBetter:
		return "higher is better"
	case domain.NoneBetter:
	}
	return "whether lower or higher is better is not declared"
}

// coresWords is a number of cores, or of what else the metric has as its resource.
func coresWords(metric domain.Metric, resource float64) string {
	text := words.Value(resource)
	if resource == math.Trunc(resource) && math.Abs(resource) < 1e9 {
		text = words.Number(int(resource))
	}
	lower := strings.ToLower(metric.Resource)
	switch {
	case !strings.Contains(lower, "cpu") && !strings.Contains(lower, "core") && !strings.Contains(lower, "thread"):
		return metric.Resource + " " + text
	case resource == 1:
		return text + " core"
	}
	return text + " cores"
}

// plainNumber has all digits that a number needs.
func plainNumber(v float64) string {
	if size := math.Abs(v); size != 0 && (size < 1e-4 || size >= 1e15) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func medianOf(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	return sorted[(n-1)/2]/2 + sorted[n/2]/2
}

// instantText is an instant to the second, in UTC.
func instantText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// dayText is the day of an instant, in UTC.
func dayText(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// countOf is a number with its noun.
func countOf(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return words.Number(n) + " " + several
}

// historyLine is something that was done.
type historyLine struct {
	Word, Role, Day, At, Instant, Reason string
}

// roleNames are the words for who acted; histories name no person.
var roleNames = map[domain.Role]string{
	domain.UploaderRole: "its uploader", domain.AdministratorRole: "an administrator", domain.ClaimantRole: "a reader",
	domain.OperatorRole: "the operator", domain.SystemRole: "the system",
}

// historyLines are the lines of a history. Results have an uploader; benchmarks, sites and flavors have
// a submitter.
func historyLines(page domain.Page[domain.Event], of domain.Resource) []historyLine {
	lines := make([]historyLine, len(page.Items))
	for i, event := range page.Items {
		role := roleNames[event.Role]
		if event.Role == domain.UploaderRole && of != domain.ResultResource {
			role = "its submitter"
		}
		lines[i] = historyLine{
			Word: event.Word(), Role: role, Day: dayText(event.At), At: instantText(event.At), Instant: event.At.UTC().Format(time.RFC3339),
			Reason: event.Reason,
		}
	}
	return lines
}

// valueMenu is what can be done with a value of a document.
func valueMenu(r *Request, benchmark *domain.Benchmark, node treeNode) []anchor {
	q := address.Query{Benchmarks: []string{benchmarkInAddress(benchmark)}}
	column := "json." + node.Path
	menu := []anchor{
		{"Only results with this value", r.On("results", q.WithValue(node.Path, node.Condition))},
		{"Results without it", r.On("results", q.WithValue(node.Path, "!"+node.Condition))},
		{"As a column of the list", r.On("results", q.With(func(q *address.Query) { q.Col = append(slices.Clone(standardColumns), column) }))},
	}
	axis := q.With(func(q *address.Query) { q.View, q.X = address.Plot, column })
	return append(menu, anchor{"Plot by it", r.On("compare", axis)}, anchor{"One row for each of its values",
		r.On("compare", q.With(func(q *address.Query) { q.By = []string{column} }))})
}

// standardColumns are those of a list of results that names none.
var standardColumns = []string{"run", "site", "flavor"}

// shortName is what pages call a benchmark.
func shortName(b *domain.Benchmark) string { return BenchmarkTitle(b) }

// textIn is a text in the key of a group; empty if there is none.
func textIn(group *comparison.Group, name string) string {
	var text string
	for _, field := range group.Key {
		if field.Name == name && json.Unmarshal(field.Value, &text) == nil {
			return text
		}
	}
	return text
}

// indented is a JSON text for people; a text that is no JSON stays.
func indented(text []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return string(text)
	}
	return b.String()
}

// textOf is a text that may be missing.
func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
