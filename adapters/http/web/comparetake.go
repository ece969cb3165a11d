package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/ports"
)

// takeView is what a reader can take away: files, a citation, a command.
type takeView struct {
	Files     []choiceLink
	Citation  string
	Permanent Link
	Command   string
}

// fileNames are the formats as links name them, in their order.
var fileNames = []struct{ format, name string }{
	{"csv", "CSV"}, {"json", "JSON"}, {"ndjson", "NDJSON"}, {"md", "Markdown"}, {"svg", "SVG"}, {"png", "PNG"}, {"pdf", "PDF"},
	{"bib", "BibTeX"},
}

// take makes the links of a page about these results.
func (c *compared) take(title string, basis comparison.Basis) takeView {
	view := takeView{
		Citation:  c.citation(title, basis),
		Permanent: Link(c.r.Public(c.permanent(basis).On("compare"))), //nolint:gosec // the program made it
		Command:   "curl '" + c.r.Public(c.r.Query.On("compare.csv")) + "'",
	}
	for _, file := range fileNames {
		view.Files = append(view.Files, choiceLink{Name: file.name, Link: c.r.As(file.format, c.r.Query)})
	}
	return view
}

// permanent is the query of the permanent link: ids for names, and the results of now.
func (c *compared) permanent(basis comparison.Basis) address.Query {
	return permanentQuery(c.r.Query, c.Results, basis).With(func(q *address.Query) {
		if c.base != "" {
			q.Base = c.base
		}
	})
}

func texts(ids []uuid.UUID) []string {
	var all []string
	for _, id := range ids {
		all = append(all, id.String())
	}
	return all
}

func (c *compared) citation(title string, basis comparison.Basis) string {
	day, year := "", ""
	if basis.AsOf != nil {
		day, year = basis.AsOf.UTC().Format(time.DateOnly), fmt.Sprintf(" (%d)", basis.AsOf.UTC().Year())
	}
	return words.Citation(year, title, basis.Results, len(c.overview.Sites), basis.Set, day)
}

// cited says whether the results are those of a permanent link; empty for another link.
func (c *compared) cited(basis comparison.Basis) string {
	set, results := c.r.Query.Cited()
	return words.Cited(set, basis.Set, results, basis.Results)
}

// fewer are ways out of a question that no result matches: without the part of the filter
// that costs most.
func (c *compared) fewer() ([]choiceLink, error) {
	var best []choiceLink
	most := 0
	for _, part := range c.filterParts() {
		r := *c.r
		r.Query, r.Ignored = part.without, nil
		selection, err := c.site.selection(&r)
		if err != nil {
			return nil, err
		}
		n, err := c.count(c.r.Context(), selection)
		if err != nil {
			return nil, err
		}
		if n > most {
			most = n
			best = []choiceLink{{Name: words.Without(c.inWords(part.name), n), Link: c.r.Here(part.without)}}
		}
	}
	if best != nil && !asksElsewhere(c.r.Query) {
		return best, nil
	}
	all := Selection{Results: ports.ResultQuery{BenchmarkIDs: c.Results.BenchmarkIDs}}
	n, err := c.count(c.r.Context(), all)
	switch {
	case err != nil:
		return nil, err
	case n == 0:
		return []choiceLink{{Name: words.UploadFirst, Link: c.r.To("upload")}}, nil
	}
	return append(best, choiceLink{Name: words.HasResults(n), Link: c.r.Here(address.Query{Benchmarks: c.r.Query.Benchmarks})}), nil
}

// asksElsewhere tells whether a question is about other values than those that a benchmark shows by itself:
// maybe no result has them.
func asksElsewhere(q address.Query) bool {
	return len(q.By) > 0 || q.Metric+q.X+q.Y+q.Color+q.AsOf != ""
}

// inWords is the name of a part of a filter with the names of resource and label for their paths.
func (c *compared) inWords(part string) string {
	for path, name := range map[string]string{
		c.metric.Resource: words.Resource(c.metric.Resource), c.metric.Label: words.LabelName(c.metric.Label),
	} {
		if rest, found := strings.CutPrefix(part, path+" "); found && path != "" {
			return name + " " + rest
		}
	}
	return part
}

func (c *compared) count(ctx context.Context, selection Selection) (int, error) {
	q := selection.Results
	q.ListOptions = one()
	page, err := c.site.config.Services.Results.List(ctx, c.r.Caller(), q)
	return page.Total, err
}

// filterPart is a part of a filter, and the address without it.
type filterPart struct {
	name    string
	without address.Query
}

// filterParts are the parts of the filter of the address.
func (c *compared) filterParts() []filterPart {
	q := c.r.Query
	var parts []filterPart
	add := func(name string, change func(*address.Query)) {
		parts = append(parts, filterPart{name, q.With(change)})
	}
	for _, value := range q.Values {
		add(value.Path+" "+words.List(value.Texts), func(q *address.Query) { *q = q.WithValue(value.Path) })
	}
	if len(q.Sites) > 0 {
		add("site "+c.namesOf(q.Sites), func(q *address.Query) { q.Sites = nil })
	}
	if len(q.Flavors) > 0 {
		add("flavor "+c.namesOf(q.Flavors), func(q *address.Query) { q.Flavors = nil })
	}
	if len(q.Tags) > 0 {
		add("tag "+c.namesOf(q.Tags), func(q *address.Query) { q.Tags = nil })
	}
	if q.Since != "" {
		add("run on or after "+q.Since, func(q *address.Query) { q.Since = "" })
	}
	if q.Before != "" {
		add("run before "+q.Before, func(q *address.Query) { q.Before = "" })
	}
	return parts
}
