package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// Selection are the results that an address chooses: names are looked up.
type Selection struct {
	// Results are the results, without page and order.
	Results ports.ResultQuery
	// Benchmarks are those of the address, in its order.
	Benchmarks []*domain.Benchmark
	// Ignored is what of the address has no effect: unknown keys, names and values.
	Ignored []address.Ignored
	// names are those of the things that the address has by id.
	names map[string]string
}

// nameOf is what people call a thing that the address has by name or id.
func (s Selection) nameOf(text string) string {
	if name, ok := s.names[text]; ok {
		return name
	}
	return text
}

// namesOf are the names of several things.
func (s Selection) namesOf(texts []string) string {
	names := make([]string, len(texts))
	for i, text := range texts {
		names[i] = s.nameOf(text)
	}
	return words.List(names)
}

// selection looks up the names in the address of a request.
func (s *Site) selection(r *Request) (Selection, error) {
	l := lookup{site: s, ctx: r.Context(), caller: r.Caller(), found: Selection{Ignored: r.Ignored, names: map[string]string{}}}
	q := r.Query
	for _, text := range q.Benchmarks {
		benchmark, err := l.benchmark(text)
		if err != nil {
			return l.found, err
		}
		if benchmark == nil {
			l.ignore("benchmark", text, "There is no benchmark "+text+".")
			continue
		}
		l.name(text, benchmark.Name())
		l.found.Benchmarks = append(l.found.Benchmarks, benchmark)
		l.found.Results.BenchmarkIDs = append(l.found.Results.BenchmarkIDs, benchmark.ID)
	}
	for _, kind := range []struct {
		key   string
		texts []string
		find  func(text string) (uuid.UUID, error)
		ids   *[]uuid.UUID
	}{
		{"site", q.Sites, l.siteID, &l.found.Results.SiteIDs},
		{"flavor", q.Flavors, l.flavorID, &l.found.Results.FlavorIDs},
		{"tag", q.Tags, l.tagID, &l.found.Results.TagIDs},
	} {
		for _, text := range kind.texts {
			id, err := kind.find(text)
			switch {
			case err != nil:
				return l.found, err
			case id == uuid.Nil:
				l.ignore(kind.key, text, fmt.Sprintf("There is no %s %s.", kind.key, text))
			default:
				*kind.ids = append(*kind.ids, id)
			}
		}
	}
	where, ignored := q.Where()
	l.found.Results.Where = where
	l.found.Ignored = append(l.found.Ignored, ignored...)
	l.found.Results.Executed = window(q)
	l.found.Results.AsOf = instantOf(q.AsOf)
	return l.found, nil
}

// instantOf is the instant of a permanent link, nil for none.
func instantOf(text string) *time.Time {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return &at
	}
	return nil
}

// window are the days of the run. Storage compares strictly, with microseconds.
func window(q address.Query) ports.Window {
	var w ports.Window
	if since, err := time.Parse(time.DateOnly, q.Since); err == nil {
		after := since.Add(-time.Microsecond)
		w.After = &after
	}
	if before, err := time.Parse(time.DateOnly, q.Before); err == nil {
		w.Before = &before
	}
	return w
}

// lookup finds entities by the names and ids of an address.
type lookup struct {
	site   *Site
	ctx    context.Context //nolint:containedctx // a lookup lives as long as its request
	caller domain.Caller
	found  Selection
}

func (l *lookup) ignore(key, text, reason string) {
	l.found.Ignored = append(l.found.Ignored, address.Ignored{Key: key, Text: text, Reason: reason})
}

// name notes what a thing is called that the address has by its id.
func (l *lookup) name(id, name string) {
	if l.found.names != nil {
		l.found.names[id] = name
	}
}

// one is a list of one item.
func one() ports.ListOptions {
	return ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 1}, Sort: []filter.Key{{Field: "id"}}}
}

func approvedOne() ports.ReviewedOptions {
	return ports.ReviewedOptions{ListOptions: one(), Status: domain.Approved}
}

func asID(text string) (uuid.UUID, bool) {
	const length = 36
	if len(text) != length {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(text)
	return id, err == nil
}

// absent replaces an error for what does not exist by nothing.
func absent[T any](value *T, err error) (*T, error) {
	if domain.KindOf(err) == domain.NotFound {
		return nil, nil //nolint:nilnil // nothing was found
	}
	return value, err
}

// first is the first item of a page, nil for none.
func first[T any](page domain.Page[*T], err error) (*T, error) {
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	return page.Items[0], nil
}

// benchmark is the benchmark of a name or id; nil if there is none.
func (l *lookup) benchmark(text string) (*domain.Benchmark, error) {
	benchmarks := l.site.config.Services.Benchmarks
	if id, ok := asID(text); ok {
		return absent(benchmarks.Get(l.ctx, l.caller, id))
	}
	colon := strings.LastIndex(text, ":")
	if colon < 0 {
		return nil, nil //nolint:nilnil // no image has such a name
	}
	image, tag := text[:colon], text[colon+1:]
	return first(benchmarks.List(l.ctx, l.caller, ports.BenchmarkQuery{ReviewedOptions: approvedOne(), DockerImage: &image, DockerTag: &tag}))
}

// siteID is the id of a site by its name or id; uuid.Nil if there is none.
func (l *lookup) siteID(text string) (uuid.UUID, error) {
	sites := l.site.config.Services.Sites
	if id, ok := asID(text); ok {
		site, err := absent(sites.Get(l.ctx, l.caller, id))
		if err != nil || site == nil {
			return uuid.Nil, err
		}
		l.name(text, site.Name)
		return site.ID, nil
	}
	site, err := first(sites.List(l.ctx, l.caller, ports.SiteQuery{ReviewedOptions: approvedOne(), Name: &text}))
	if err != nil || site == nil {
		return uuid.Nil, err
	}
	return site.ID, nil
}

// flavorID is the id of a flavor by SITE/NAME or id; uuid.Nil if there is none. Names may hold
// slashes: each of them is tried.
func (l *lookup) flavorID(text string) (uuid.UUID, error) {
	flavors := l.site.config.Services.Flavors
	if id, ok := asID(text); ok {
		flavor, err := absent(flavors.Get(l.ctx, l.caller, id))
		if err != nil || flavor == nil {
			return uuid.Nil, err
		}
		site, err := absent(flavors.GetSite(l.ctx, l.caller, id))
		if err != nil || site == nil {
			return uuid.Nil, err
		}
		l.name(text, site.Name+"/"+flavor.Name)
		return flavor.ID, nil
	}
	for i, c := range text {
		if c != '/' {
			continue
		}
		site, err := l.siteID(text[:i])
		if err != nil {
			return uuid.Nil, err
		}
		if site == uuid.Nil {
			continue
		}
		name := text[i+1:]
		flavor, err := first(flavors.List(l.ctx, l.caller, ports.FlavorQuery{ReviewedOptions: approvedOne(), SiteID: site, Name: &name}))
		if err != nil {
			return uuid.Nil, err
		}
		if flavor != nil {
			return flavor.ID, nil
		}
	}
	return uuid.Nil, nil
}

// tagID is the id of a tag by its name or id; uuid.Nil if there is none.
func (l *lookup) tagID(text string) (uuid.UUID, error) {
	tags := l.site.config.Services.Tags
	if id, ok := asID(text); ok {
		tag, err := absent(tags.Get(l.ctx, l.caller, id))
		if err != nil || tag == nil {
			return uuid.Nil, err
		}
		l.name(text, tag.Name)
		return tag.ID, nil
	}
	tag, err := first(tags.List(l.ctx, l.caller, ports.TagQuery{ListOptions: one(), Name: &text}))
	if err != nil || tag == nil {
		return uuid.Nil, err
	}
	return tag.ID, nil
}

// benchmarkTitle names the benchmarks that are chosen; empty for all.
func (s Selection) benchmarkTitle() string {
	var titles []string
	for _, benchmark := range s.Benchmarks {
		if title := BenchmarkTitle(benchmark); !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	return words.List(titles)
}
