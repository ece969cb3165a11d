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

// listFilters is the form beside the list.
type listFilters struct {
	Benchmarks []listOption
	Sites      []listOption
	Tags       []listOption
	// Range is the value of the default metric; empty for none.
	RangeName, RangePath, From, To string
	Since, Before                  string
	Paths                          []string
	Hidden                         []keptField
	Reset                          Link
	// Active is how many conditions there are.
	Active int
}

type listOption struct {
	Value, Text, Count string
	Chosen             bool
	// Sign is the sign of a site on all pages of the benchmark; empty for what has none.
	Sign template.HTML
}

const (
	mostSiteBoxes = 60
	mostTagBoxes  = 30
)

func (l *listed) filters() (listFilters, error) {
	f := listFilters{Since: l.q.Since, Before: l.q.Before, Reset: l.r.To("results"), Active: len(l.conditions())}
	benchmarks, err := l.offeredBenchmarks(l.r)
	if err != nil {
		return f, err
	}
	names := l.names()
	for _, b := range benchmarks {
		f.Benchmarks = append(f.Benchmarks, listOption{
			Value: b.Name(), Text: shortName(b) + " (" + b.Name() + ")", Chosen: slices.Contains(names, b.Name()),
		})
	}
	for _, b := range l.Benchmarks {
		if !slices.ContainsFunc(f.Benchmarks, func(o listOption) bool { return o.Value == b.Name() }) {
			f.Benchmarks = append(f.Benchmarks, listOption{Value: b.Name(), Text: b.Name(), Chosen: true})
		}
	}
	if err := l.addSites(&f); err != nil {
		return f, err
	}
	if err := l.addTags(&f); err != nil {
		return f, err
	}
	l.addRange(&f)
	l.addHidden(&f)
	return f, nil
}

func (l *listed) names() []string {
	names := make([]string, len(l.Benchmarks))
	for i, b := range l.Benchmarks {
		names[i] = b.Name()
	}
	return names
}

// addSites offers the sites. Those of a benchmark have the number of its results and the sign
// that they have in its comparisons.
func (l *listed) addSites(f *listFilters) error {
	overview, err := l.measured()
	if err != nil {
		return err
	}
	if overview != nil {
		palette := newPalette(overview)
		for _, site := range overview.Sites[:min(mostSiteBoxes, len(overview.Sites))] {
			f.Sites = append(f.Sites, listOption{
				Value: site.Name, Text: site.Name, Count: words.Number(site.Results), Sign: palette[site.ID].Key(),
				Chosen: slices.Contains(l.Results.SiteIDs, site.ID),
			})
		}
		return nil
	}
	q := ports.SiteQuery{}
	q.Status, q.Page, q.Sort = domain.Approved, domain.PageRequest{Number: 1, Size: mostSiteBoxes}, []filter.Key{{Field: "name"}}
	page, err := l.config.Services.Sites.List(l.r.Context(), l.r.Caller(), q)
	for _, site := range page.Items {
		f.Sites = append(f.Sites, listOption{Value: site.Name, Text: site.Name, Chosen: slices.Contains(l.Results.SiteIDs, site.ID)})
	}
	return err
}

// measured is what the results of the benchmark of the list have in common; nil without one
// benchmark, or one that declares a metric.
func (l *listed) measured() (*comparison.Overview, error) {
	if len(l.Benchmarks) != 1 {
		return nil, nil //nolint:nilnil // there is none
	}
	return l.overview(l.r, l.Benchmarks, "", "")
}

func (l *listed) addTags(f *listFilters) error {
	q := ports.TagQuery{}
	q.Page, q.Sort = domain.PageRequest{Number: 1, Size: mostTagBoxes}, []filter.Key{{Field: "name"}}
	page, err := l.config.Services.Tags.List(l.r.Context(), l.r.Caller(), q)
	for _, tag := range page.Items {
		f.Tags = append(f.Tags, listOption{Value: tag.Name, Text: tag.Name, Chosen: slices.Contains(l.Results.TagIDs, tag.ID)})
	}
	return err
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
	values, err := url.ParseQuery(l.q.String())
	if err != nil {
		return
	}
	shown := []string{"benchmark", "site", "tag", "since", "before", "after", "as_of", "set"}
	for _, name := range sortedNames(values) {
		if slices.Contains(shown, name) {
			continue
		}
		for _, value := range values[name] {
			if f.RangePath != "" && name == filter.JSONField+"."+f.RangePath && strings.Contains(value, "..") && !strings.HasPrefix(value, "!") {
				continue
			}
			f.Hidden = append(f.Hidden, keptField{name, value})
		}
	}
	// What the boxes do not offer stays.
	for _, kept := range []struct {
		name    string
		texts   []string
		offered []listOption
	}{{"site", l.q.Sites, f.Sites}, {"tag", l.q.Tags, f.Tags}} {
		for _, text := range kept.texts {
			if !slices.ContainsFunc(kept.offered, func(o listOption) bool { return o.Value == l.nameOf(text) }) {
				f.Hidden = append(f.Hidden, keptField{kept.name, text})
			}
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
			add(filter.JSONField+"."+value.Path, text, value.Path+" "+text, func(q *address.Query) {
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
