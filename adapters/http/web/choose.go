package web

import (
	"slices"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
)

func (s *Site) chooseRoutes() []route {
	choose := cached(read("/choose", s.choose))
	choose.heavy = true
	return []route{choose}
}

// chooseModel is the view model of the page that offers all sites, tags, machines or baselines to choose from. It is one form:
// what is ticked stays ticked while somebody searches.
type chooseModel struct {
	Title, Search string
	Ignored       []address.Ignored
	// For and Of are the page that asks, and the key that it asks for.
	For, Of string
	Hidden  []keptField
	Chosen  []box
	Boxes   []box
	Total   string
	// Before and After are the numbers of the pages around this one; 0 for none.
	Before, After int
	Back          Link
}

const (
	// offerPage is how many choices a page offers.
	offerPage = 30
	// longestChoice bounds the characters of a name on the page of choices.
	longestChoice = 200
)

// ownKeys are those of the page of choices, besides the question.
var ownKeys = []string{"find", "for", "of", "page", "show"}

// choose offers all of what a form beside results offers a part of.
func (s *Site) choose(r *Request) (Answer, error) {
	own := r.URL.Query()
	r.Ignored = slices.DeleteFunc(r.Ignored, func(i address.Ignored) bool { return slices.Contains(ownKeys, i.Key) })
	m := &chooseModel{For: "compare", Of: own.Get("of"), Search: strings.TrimSpace(clipped(own.Get("find"), longestTerms))}
	if own.Get("for") == "results" {
		m.For = "results"
	}
	if own.Get("show") != "" {
		return Redirect{r.On(m.For, r.Query)}, nil
	}
	number := max(1, listQueryOf(own).page)
	var boxes []box
	var total int
	o, err := s.offersOf(r, m.For)
	if err == nil {
		boxes, total, err = o.all(m, strings.Fields(m.Search), domain.PageRequest{Number: number, Size: offerPage})
	}
	if err != nil {
		return nil, err
	}
	if m.Title == "" {
		return nil, errNoPage
	}
	for i := range boxes {
		if boxes[i].Text = clipped(boxes[i].Text, longestChoice); boxes[i].Checked {
			m.Chosen = append(m.Chosen, boxes[i])
		}
	}
	boxes = slices.DeleteFunc(boxes, func(b box) bool { return b.Checked })
	if len(boxes) > offerPage {
		first := min((number-1)*offerPage, len(boxes))
		boxes = boxes[first:min(first+offerPage, len(boxes))]
	}
	m.Boxes, m.Ignored, m.Back = boxes, o.selection.Ignored, r.On(m.For, r.Query)
	m.Total = words.Number(total)
	if number > 1 {
		m.Before = number - 1
	}
	if number*offerPage < total {
		m.After = number + 1
	}
	m.Hidden = hiddenOf(r.Query, map[string]bool{m.Of: true}, nil, nil)
	return Page{Template: "choose", Title: m.Title, Section: m.For, Model: m}, nil
}

// offersOf are the offers of a page for the question of the request.
func (s *Site) offersOf(r *Request, page string) (o offers, err error) {
	o = offers{site: s, r: r, page: page}
	selection, err := s.selection(r)
	if o.selection = &selection; err != nil {
		return o, err
	}
	if len(selection.Benchmarks) == 0 || page == "results" && len(selection.Benchmarks) > 1 {
		return o, nil
	}
	c, err := s.compared(r, selection)
	if err == nil {
		o.overview, o.compared = c.overview, c
		o.selection = &c.Selection
	}
	return o, err
}

// all are a page of all choices of a kind, or all of them, and how many there are. Without a title there are none of this kind.
func (o offers) all(m *chooseModel, terms []string, page domain.PageRequest) (boxes []box, total int, err error) {
	switch {
	case m.Of == "site":
		m.Title = "Choose sites"
		return o.sites(terms, page)
	case m.Of == "tag":
		m.Title = "Choose tags"
		return o.tags(terms, page)
	case m.Of == "base" && o.overview != nil:
		m.Title = "Compare with"
		boxes, err = o.baselines(terms)
		return boxes, len(boxes), err
	case o.label() != "" && m.Of == comparison.JSONPrefix+o.label():
		m.Title = "Choose: " + words.LabelName(o.label())
		boxes = o.machines(terms)
		return boxes, len(boxes), nil
	}
	return nil, 0, nil
}

// baselines are the rows of the comparison as baselines.
func (o offers) baselines(terms []string) (boxes []box, err error) {
	answer, err := o.compared.compareGroups(mostRanked)
	if err != nil {
		return nil, err
	}
	for _, group := range answer.Groups.Items {
		is := o.compared.base != "" && group == answer.Baseline
		if is || hasTerms(nameOf(group), terms) {
			boxes = append(boxes, box{
				Name: "base", Value: o.compared.baseName(group), Text: shortNameOf(group), Count: words.Value(*group.Median), IsOne: true, Checked: is,
				Key: o.compared.palette.of(group.SiteIDs).Key(),
			})
		}
	}
	return boxes, nil
}
