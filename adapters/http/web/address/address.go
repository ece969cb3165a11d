// Package address has the one vocabulary of the addresses of pages: which results a page is
// about, and how it shows them. A query is read from a request, changed by the links of a
// page, and written in one canonical spelling.
//
// The package imports core/filter, core/comparison and the ports; the pages import it.
package address

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// View is how a page shows the results.
type View string

// The views of the compare page. Ranking is the default.
const (
	Ranking View = "ranking"
	Plot    View = "plot"
	Spread  View = "spread"
	Trend   View = "trend"
)

// The scales of axes. Near shows what is within 30 % of the baseline.
const (
	Log    = "log"
	Linear = "linear"
	Near   = "near"
)

// Query is an address without its path. The zero value asks for everything. Values that are
// empty or the default of the page are left out of addresses.
type Query struct {
	// Benchmarks are IMAGE:TAG or ids; several are versions side by side.
	Benchmarks []string
	Metric     string
	// PerResource relates the values to the metric's resource: per=resource.
	PerResource bool
	// By is what the results of a row have in common; empty for flavor.
	By []string
	// Sites and Tags are names or ids, Flavors SITE/NAME or ids.
	Sites, Flavors, Tags []string
	// Values are conditions on values inside of the documents, sorted by path.
	Values []Value
	// Since and Before are days of the run: YYYY-MM-DD.
	Since, Before string

	View View
	// Base is the name or id of the baseline.
	Base  string
	Scale string

	X, Y, XScale, YScale, Color string

	// Sort are the columns of a list by which it is sorted, such as -json.result.score; Col
	// are its columns; both in order. After is a place in the list.
	Sort, Col []string
	After     string

	// AsOf and Set are those of permanent links: an instant of upload, and the digest of the
	// results that were cited with their number: 9c417e02-20.
	AsOf, Set string
}

// Value is a condition on one value inside of the documents: any of the texts holds, and all
// that begin with `!`.
type Value struct {
	Path  string
	Texts []string
}

// Ignored is a part of an address that has no effect, and why.
type Ignored struct {
	// Key and Text are as they were sent. Reason completes the message; it may be empty.
	Key, Text, Reason string
}

// jsonPrefix begins the keys of conditions on values inside of the documents.
const jsonPrefix = "json."

// MostValues bounds how often one key may be repeated; what exceeds it is ignored.
const MostValues = 100

// scalars are the keys with one value each, and where they are stored.
var scalars = map[string]func(*Query) *string{
	"metric": func(q *Query) *string { return &q.Metric },
	"since":  func(q *Query) *string { return &q.Since },
	"before": func(q *Query) *string { return &q.Before },
	"base":   func(q *Query) *string { return &q.Base },
	"scale":  func(q *Query) *string { return &q.Scale },
	"x":      func(q *Query) *string { return &q.X },
	"y":      func(q *Query) *string { return &q.Y },
	"xscale": func(q *Query) *string { return &q.XScale },
	"yscale": func(q *Query) *string { return &q.YScale },
	"color":  func(q *Query) *string { return &q.Color },
	"after":  func(q *Query) *string { return &q.After },
	"as_of":  func(q *Query) *string { return &q.AsOf },
	"set":    func(q *Query) *string { return &q.Set },
}

// lists are the keys that may be repeated. The order of ordered ones counts.
var lists = map[string]struct {
	of      func(*Query) *[]string
	ordered bool
}{
	"benchmark": {func(q *Query) *[]string { return &q.Benchmarks }, true},
	"by":        {func(q *Query) *[]string { return &q.By }, true},
	"site":      {func(q *Query) *[]string { return &q.Sites }, false},
	"flavor":    {func(q *Query) *[]string { return &q.Flavors }, false},
	"tag":       {func(q *Query) *[]string { return &q.Tags }, false},
	"sort":      {func(q *Query) *[]string { return &q.Sort }, true},
	"col":       {func(q *Query) *[]string { return &q.Col }, true},
}

// checks are the keys whose values have a form. They return why a value has no effect, "" for
// good ones.
var checks = map[string]func(string) string{
	"since":  day,
	"before": day,
	"scale":  oneOf(Log, Linear, Near),
	"xscale": oneOf(Log, Linear),
	"yscale": oneOf(Log, Linear),
	"as_of":  instant,
	"set":    digest,
}

func day(text string) string {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "A day looks like 2020-12-31."
	}
	return ""
}

func instant(text string) string {
	if _, err := time.Parse(time.RFC3339, text); err != nil {
		return "An instant looks like 2026-11-27T10:00:00Z."
	}
	return ""
}

func digest(text string) string {
	set, number, hasNumber := strings.Cut(text, "-")
	const digits, most = 8, 9
	if len(set) != digits || strings.Trim(set, "0123456789abcdef") != "" ||
		hasNumber && (number == "" || len(number) > most || strings.Trim(number, "0123456789") != "") {
		return "A set has 8 hexadecimal digits, and may have a hyphen and the number of results behind them."
	}
	return ""
}

// Cited are the digest of the results that were cited, and their number; -1 if the link does
// not name it.
func (q Query) Cited() (set string, results int) {
	set, number, _ := strings.Cut(q.Set, "-")
	if n, err := strconv.Atoi(number); err == nil {
		return set, n
	}
	return set, -1
}

func oneOf(known ...string) func(string) string {
	return func(text string) string {
		if slices.Contains(known, text) {
			return ""
		}
		return "It is one of " + strings.Join(known, ", ") + "."
	}
}

// Parse reads the query of a request, also one that a form made. What has no effect is
// ignored, in the order of the keys.
func Parse(values url.Values) (Query, []Ignored) {
	var q Query
	var ignored []Ignored
	for _, key := range sortedKeys(values) {
		for i, text := range values[key] {
			text = strings.TrimSpace(text)
			if text == "" {
				continue
			}
			if i >= MostValues {
				ignored = append(ignored, Ignored{key, text, "It is repeated too often."})
				break
			}
			if reason, ok := q.take(key, text); !ok {
				ignored = append(ignored, Ignored{key, text, reason})
			}
		}
	}
	q.takeFormFields(values)
	q.tidy()
	return q, ignored
}

// take sets the value of a key. ok is false if it has no effect, reason may say why.
func (q *Query) take(key, text string) (reason string, ok bool) {
	if check := checks[key]; check != nil {
		if reason = check(text); reason != "" {
			return reason, false
		}
	}
	if field, known := scalars[key]; known {
		if *field(q) == "" {
			*field(q) = text
		}
		return "", true
	}
	if list, known := lists[key]; known {
		*list.of(q) = append(*list.of(q), text)
		return "", true
	}
	switch {
	case key == "per":
		q.PerResource = text == "resource"
		return "It can only be resource.", q.PerResource
	case key == "view":
		q.View = View(text)
		known := slices.Contains([]View{Ranking, Plot, Spread, Trend}, q.View)
		if !known {
			q.View = ""
		}
		return "It is one of ranking, plot, spread, trend.", known
	case strings.HasPrefix(key, jsonPrefix) && len(key) > len(jsonPrefix):
		q.AddValue(key[len(jsonPrefix):], text)
		return "", true
	}
	return "", slices.Contains(formFields, key) || strings.HasPrefix(key, fromPrefix) || strings.HasPrefix(key, toPrefix)
}

// Forms have a few fields more, which become conditions: the path and the value of one more
// condition, and the two ends of a range, such as from.result.score.
const (
	pathField  = "path"
	valueField = "value"
	fromPrefix = "from."
	toPrefix   = "to."
)

var formFields = []string{pathField, valueField}

func (q *Query) takeFormFields(values url.Values) {
	if path := strings.TrimSpace(values.Get(pathField)); path != "" {
		text := strings.TrimSpace(values.Get(valueField))
		if text == "" {
			text = "*"
		}
		q.AddValue(strings.TrimPrefix(path, jsonPrefix), text)
	}
	for _, key := range sortedKeys(values) {
		if path, isFrom := strings.CutPrefix(key, fromPrefix); isFrom {
			q.addRange(path, values.Get(key), values.Get(toPrefix+path))
		}
		if path, isTo := strings.CutPrefix(key, toPrefix); isTo && values.Get(fromPrefix+path) == "" {
			q.addRange(path, "", values.Get(key))
		}
	}
}

func (q *Query) addRange(path, from, to string) {
	if from, to = strings.TrimSpace(from), strings.TrimSpace(to); path != "" && from+to != "" {
		q.AddValue(path, from+".."+to)
	}
}

// AddValue adds a condition on the value at a path.
func (q *Query) AddValue(path, text string) {
	for i := range q.Values {
		if q.Values[i].Path == path {
			q.Values[i].Texts = append(slices.Clone(q.Values[i].Texts), text)
			return
		}
	}
	q.Values = append(slices.Clone(q.Values), Value{path, []string{text}})
}

// tidy brings a query into its canonical form.
func (q *Query) tidy() {
	for _, list := range lists {
		values := list.of(q)
		if !list.ordered {
			slices.Sort(*values)
		}
		*values = unique(*values)
	}
	for i := range q.Values {
		slices.Sort(q.Values[i].Texts)
		q.Values[i].Texts = unique(q.Values[i].Texts)
	}
	slices.SortFunc(q.Values, func(a, b Value) int { return strings.Compare(a.Path, b.Path) })
	if q.View == Ranking {
		q.View = ""
	}
	if len(q.By) == 1 && q.By[0] == "flavor" {
		q.By = nil
	}
}

// unique returns the list with each text once, nil for none.
func unique(list []string) []string {
	var once []string
	for _, text := range list {
		if !slices.Contains(once, text) {
			once = append(once, text)
		}
	}
	return once
}

func sortedKeys(values url.Values) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
