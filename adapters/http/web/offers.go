package web

import (
	"cmp"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

const (
	// mostShownBoxes are in sight at once, mostBoxes at all, besides those that are ticked. The page of choices has the others.
	mostShownBoxes, mostBoxes = 6, 8
	// mostOptions is how many options a list of choices has, besides the chosen one.
	mostOptions = 20
	// longestBox is the longest text of a box, in characters.
	longestBox = 36
	// longestOffer is the longest value that a form offers, in bytes.
	longestOffer = 200
)

// pickView is a list of boxes to tick. What goes beyond the first few is folded away.
type pickView struct {
	Legend      string
	Boxes, More []box
	// All leads to the page that has all of them; empty if the boxes are all.
	All anchor
}

type box struct {
	Name, Value, Text, Count string
	Key                      template.HTML
	Checked                  bool
	// IsOne is true for a choice of one among others.
	IsOne bool

	results int
}

// offers are what a form offers to choose from.
type offers struct {
	site      *Site
	r         *Request
	selection *Selection
	// overview is nil where the results are not those of one metric.
	overview *comparison.Overview
	// compared is the comparison, on the page of choices only.
	compared *compared
	// page is the one that the form is on: compare or results.
	page string
}

// picks are the boxes of a form beside results.
func (o offers) picks() (picks []pickView, err error) {
	sites, all, err := o.sites(nil, domain.PageRequest{Number: 1, Size: mostBoxes})
	if err != nil {
		return nil, err
	}
	picks = append(picks, o.pick("site", "Site", sites, all))
	if label := o.label(); label != "" && o.page == "compare" {
		if machines := o.machines(nil); len(machines) > 1 {
			picks = append(picks, o.pick(comparison.JSONPrefix+label, words.Upper(words.LabelName(label)), machines, len(machines)))
		}
	}
	tags, all, err := o.tags(nil, domain.PageRequest{Number: 1, Size: mostBoxes})
	if err == nil && len(tags) > 0 {
		picks = append(picks, o.pick("tag", "Tag", tags, all))
	}
	return picks, err
}

// pick is a part of the boxes: those that are ticked, and those with the most results.
func (o offers) pick(key, legend string, boxes []box, all int) pickView {
	view := pickView{Legend: legend}
	isLong := func(b box) bool { return !b.Checked && len(b.Value) > longestOffer }
	if all > mostBoxes || slices.ContainsFunc(boxes, isLong) {
		view.All = anchor{"All " + words.Number(all), o.link(key)}
		usual := slices.DeleteFunc(slices.Clone(boxes), func(b box) bool { return b.Checked || isLong(b) })
		slices.SortStableFunc(usual, func(a, b box) int { return cmp.Compare(b.results, a.results) })
		usual = usual[:min(len(usual), mostBoxes)]
		boxes = slices.DeleteFunc(boxes, func(b box) bool { return !b.Checked && !slices.Contains(usual, b) })
	}
	for i := range boxes {
		boxes[i].Text = clipped(boxes[i].Text, longestBox)
	}
	if len(boxes) <= mostShownBoxes+1 {
		view.Boxes = boxes
		return view
	}
	for i, b := range boxes {
		if i < mostShownBoxes || b.Checked {
			view.Boxes = append(view.Boxes, b)
			continue
		}
		view.More = append(view.More, b)
	}
	return view
}

// link leads to the page of choices, which knows the question.
func (o offers) link(key string) Link {
	query := "for=" + o.page + "&of=" + url.QueryEscape(key)
	if question := o.r.Query.String(); question != "" {
		query = question + "&" + query
	}
	return o.r.To("choose?" + query)
}

func (o offers) label() string {
	if o.overview == nil {
		return ""
	}
	return o.overview.Metric.Label
}

// sites are those with results, or all, whose names have the terms: a page of them, and how many there are. Those that are
// ticked come first if the page does not have them.
func (o offers) sites(terms []string, page domain.PageRequest) (boxes []box, all int, err error) {
	if o.overview != nil {
		palette := newPalette(o.overview)
		for _, site := range o.overview.Sites {
			if hasTerms(site.Name, terms) {
				boxes = append(boxes, box{
					Name: "site", Value: inAddress(site.Name, site.ID), Text: site.Name, Key: palette[site.ID].Key(),
					Count: words.Number(site.Results), results: site.Results, Checked: slices.Contains(o.selection.Results.SiteIDs, site.ID),
				})
			}
		}
		return withChosen("site", boxes, o.selection.Sites), len(boxes), nil
	}
	q := ports.SiteQuery{Terms: terms}
	q.Status, q.Page, q.Sort = domain.Approved, page, []filter.Key{{Field: "name"}}
	found, err := o.site.config.Services.Sites.Search(o.r.Context(), o.r.Caller(), q)
	for _, site := range found.Items {
		boxes = append(boxes, box{
			Name: "site", Value: siteInAddress(site), Text: site.Name, Checked: slices.Contains(o.selection.Results.SiteIDs, site.ID),
		})
	}
	return withChosen("site", boxes, o.selection.Sites), found.Total, err
}

// tags are those whose names have the terms. Counting their results would read the tags of every result.
func (o offers) tags(terms []string, page domain.PageRequest) (boxes []box, all int, err error) {
	found, err := o.site.config.Services.Tags.Search(o.r.Context(), o.r.Caller(), ports.TagQuery{
		ListOptions: ports.ListOptions{Page: page, Sort: []filter.Key{{Field: "name"}}}, Terms: terms,
	})
	for _, tag := range found.Items {
		boxes = append(boxes, box{
			Name: "tag", Value: inAddress(tag.Name, tag.ID), Text: tag.Name, Checked: slices.Contains(o.selection.Results.TagIDs, tag.ID),
		})
	}
	return withChosen("tag", boxes, o.selection.Tags), found.Total, err
}

// machines are the values at the label of the metric that have the terms.
func (o offers) machines(terms []string) (boxes []box) {
	chosen := o.r.Query.ValueAt(o.label())
	for _, machine := range o.overview.Machines {
		if !hasTerms(machine.Name, terms) {
			continue
		}
		value := address.Exactly(machine.Name, true)
		boxes = append(boxes, box{
			Name: comparison.JSONPrefix + o.label(), Value: value, Text: words.Machine(machine.Name), Count: words.Number(machine.Results),
			results: machine.Results, Checked: slices.Contains(chosen, value),
		})
	}
	return boxes
}

// withChosen puts what is chosen and not among the boxes before them.
func withChosen(name string, boxes []box, all []chosen) []box {
	var missing []box
	for _, one := range all {
		is := func(b box) bool { return b.Value == one.Text || b.Value == inAddress(one.Name, one.ID) }
		if !slices.ContainsFunc(boxes, is) {
			missing = append(missing, box{Name: name, Value: one.Text, Text: one.Name, Checked: true})
		}
	}
	return append(missing, boxes...)
}

func hasTerms(text string, terms []string) bool {
	text = strings.ToLower(text)
	return !slices.ContainsFunc(terms, func(term string) bool { return !strings.Contains(text, strings.ToLower(term)) })
}

// hiddenOf are the fields of a form for what of the address none of its boxes and other fields has. A select has the first value
// of its key.
func hiddenOf(q address.Query, shown map[string]bool, first []string, picks []pickView) []keptField {
	boxes := map[keptField]bool{}
	for _, pick := range picks {
		for _, b := range slices.Concat(pick.Boxes, pick.More) {
			boxes[keptField{b.Name, b.Value}] = true
		}
	}
	values, err := url.ParseQuery(q.String())
	if err != nil { // it was just written
		return nil
	}
	var fields []keptField
	for _, name := range sortedNames(values) {
		texts := values[name]
		switch {
		case slices.Contains(first, name):
			texts = texts[1:]
		case shown[name]:
			continue
		}
		for _, text := range texts {
			if field := (keptField{name, text}); !boxes[field] {
				fields = append(fields, field)
			}
		}
	}
	return fields
}

// benchmarkOptions are so many benchmarks to choose from, and whether there are more. Those that are chosen are among them.
func (s *Site) benchmarkOptions(r *Request, chosen []*domain.Benchmark, most int) (options []option, more bool, err error) {
	offered, err := s.offeredBenchmarks(r)
	if err != nil {
		return nil, false, err
	}
	is := func(b *domain.Benchmark) bool {
		return slices.ContainsFunc(chosen, func(c *domain.Benchmark) bool { return c.ID == b.ID })
	}
	if more = len(offered) > most; more {
		rest := slices.DeleteFunc(offered[most:], func(b *domain.Benchmark) bool { return !is(b) })
		offered = offered[:most+len(rest)]
	}
	for _, b := range chosen {
		if !slices.ContainsFunc(offered, func(o *domain.Benchmark) bool { return o.ID == b.ID }) {
			offered = append(offered, b)
		}
	}
	for _, b := range offered {
		options = append(options, benchmarkOption(b, is(b)))
	}
	return options, more, nil
}

func benchmarkOption(b *domain.Benchmark, selected bool) option {
	return option{benchmarkInAddress(b), BenchmarkTitle(b) + " (" + clipped(b.Name(), longestShown) + ")", selected}
}
