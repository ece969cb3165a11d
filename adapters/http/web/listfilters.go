package web

import (
	"slices"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
)

// listFilters is the form beside the list.
type listFilters struct {
	Benchmarks []option
	// MoreBenchmarks leads to the list of all; empty if the options are all.
	MoreBenchmarks Link
	Picks          []pickView
	// Range is the value of the default metric; empty for none.
	RangeName, RangePath, From, To string
	Since, Before                  string
	Paths                          []string
	// Suggestions is the operation of the API that knows the values at a path.
	Suggestions Link
	Hidden      []keptField
	Reset       Link
	// Active is how many conditions there are.
	Active int
}

type listOption struct {
	Value, Text, Count string
	Chosen             bool
}

func (l *listed) filters() (listFilters, error) {
	f := listFilters{
		Since: l.q.Since, Before: l.q.Before, Reset: l.r.To("results"), Active: len(l.conditions()), Paths: l.schemaPaths(),
		Suggestions: l.suggestions(l.r),
	}
	var more bool
	var err error
	if f.Benchmarks, more, err = l.benchmarkOptions(l.r, l.Benchmarks, mostOptions); err != nil {
		return f, err
	}
	if more {
		f.MoreBenchmarks = l.r.To("benchmarks")
	}
	overview, err := l.measured()
	if err != nil {
		return f, err
	}
	if f.Picks, err = (offers{site: l.Site, r: l.r, selection: &l.Selection, overview: overview, page: "results"}).picks(); err != nil {
		return f, err
	}
	l.addRange(&f)
	l.addHidden(&f)
	return f, nil
}

// measured is what the results of the benchmark of the list have in common; nil without one
// benchmark, or one that declares a metric.
func (l *listed) measured() (*comparison.Overview, error) {
	if len(l.Benchmarks) != 1 {
		return nil, nil //nolint:nilnil // there is none
	}
	return l.overview(l.r, l.Benchmarks, "", "")
}

// addRange offers a range of the default metric's values.
func (l *listed) addRange(f *listFilters) {
	if len(l.Benchmarks) == 0 {
		return
	}
	metric, ok := metrics.Find(l.Benchmarks[0], "")
	if !ok {
		return
	}
	f.RangeName, f.RangePath = words.MetricChoice(metric), metric.Path
	for _, text := range l.q.ValueAt(metric.Path) {
		if low, high, isRange := strings.Cut(text, ".."); isRange && !strings.HasPrefix(text, "!") {
			f.From, f.To = low, high
		}
	}
}

// addHidden keeps what no field of the form has.
func (l *listed) addHidden(f *listFilters) {
	shown := map[string]bool{
		"benchmark": true, "site": true, "tag": true, "since": true, "before": true, "after": true, "as_of": true, "set": true,
	}
	for _, field := range hiddenOf(l.q, shown, nil, f.Picks) {
		isRange := f.RangePath != "" && field.Name == filter.JSONField+"."+f.RangePath && strings.Contains(field.Value, "..") &&
			!strings.HasPrefix(field.Value, "!")
		if !isRange {
			f.Hidden = append(f.Hidden, field)
		}
	}
}

// filterCondition is a condition with the query without it.
type filterCondition struct {
	condition

	query address.Query
}

// conditions are the parts of the address that choose results.
func (l *listed) conditions() []filterCondition {
	var all []filterCondition
	add := func(key, text, told string, change func(*address.Query)) {
		if slices.ContainsFunc(l.Ignored, func(i address.Ignored) bool { return i.Key == key && i.Text == text }) {
			return
		}
		q := l.q.With(func(q *address.Query) { q.After = ""; change(q) })
		all = append(all, filterCondition{condition{told, l.r.Here(q)}, q})
	}
	drop := func(list []string, text string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(t string) bool { return t == text })
	}
	for _, value := range l.q.Values {
		for _, text := range value.Texts {
			add(filter.JSONField+"."+value.Path, text, value.Path+" "+clipped(text, longestShown), func(q *address.Query) {
				*q = q.WithValue(value.Path, drop(q.ValueAt(value.Path), text)...)
			})
		}
	}
	for _, text := range l.q.Flavors {
		add("flavor", text, "flavor "+l.nameOf(text), func(q *address.Query) { q.Flavors = drop(q.Flavors, text) })
	}
	for _, text := range l.q.Sites {
		add("site", text, "site "+l.nameOf(text), func(q *address.Query) { q.Sites = drop(q.Sites, text) })
	}
	for _, text := range l.q.Tags {
		add("tag", text, "tag "+l.nameOf(text), func(q *address.Query) { q.Tags = drop(q.Tags, text) })
	}
	if l.q.Since != "" {
		add("since", l.q.Since, "run on or after "+l.q.Since, func(q *address.Query) { q.Since = "" })
	}
	if l.q.Before != "" {
		add("before", l.q.Before, "run before "+l.q.Before, func(q *address.Query) { q.Before = "" })
	}
	for _, text := range l.q.Benchmarks {
		add("benchmark", text, "benchmark "+l.nameOf(text), func(q *address.Query) { q.Benchmarks = drop(q.Benchmarks, text) })
	}
	return all
}
