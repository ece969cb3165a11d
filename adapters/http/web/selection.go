package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// Selection are the results that an address chooses: names are looked up.
type Selection struct {
	// Results are the results, without page and order.
	Results ports.ResultQuery
	// Benchmarks are those of the address, in its order.
	Benchmarks []*domain.Benchmark
	// Sites, Flavors and Tags are what the address names.
	Sites, Flavors, Tags []chosen
	// Ignored is what of the address has no effect: unknown keys, names and values.
	Ignored []address.Ignored
}

// chosen is something that the address names by its name or id.
type chosen struct {
	ID uuid.UUID
	// Text is what the address has, Name what people call it.
	Text, Name string
}

// nameOf is what people call a thing that the address has by name or id.
func (s Selection) nameOf(text string) string {
	for _, benchmark := range s.Benchmarks {
		if benchmark.ID.String() == text {
			text = benchmark.Name()
		}
	}
	for _, one := range slices.Concat(s.Sites, s.Flavors, s.Tags) {
		if one.Text == text {
			text = one.Name
		}
	}
	return clipped(text, longestShown)
}

// namesOf are the names of several things.
func (s Selection) namesOf(texts []string) string {
	names := make([]string, len(texts))
	for i, text := range texts {
		names[i] = s.nameOf(text)
	}
	return words.List(names)
}

// idsOf are the ids of what the address names, nil for nothing.
func idsOf(all []chosen) []uuid.UUID {
	var ids []uuid.UUID
	for _, one := range all {
		ids = append(ids, one.ID)
	}
	return ids
}

// selection looks up the names in the address of a request. In the links of the page ids stand in the place of long names.
func (s *Site) selection(r *Request) (Selection, error) {
	l := lookup{pages: s, ctx: r.Context(), caller: r.Caller(), found: Selection{Ignored: r.Ignored}}
	q := r.Query
	var benchmarks []string
	for _, text := range q.Benchmarks {
		benchmark, err := l.benchmark(text)
		if err != nil {
			return l.found, err
		}
		if benchmark == nil {
			l.ignore("benchmark", text, "There is no benchmark "+text+".")
			benchmarks = append(benchmarks, text)
			continue
		}
		l.found.Benchmarks = append(l.found.Benchmarks, benchmark)
		l.found.Results.BenchmarkIDs = append(l.found.Results.BenchmarkIDs, benchmark.ID)
		benchmarks = append(benchmarks, inAddress(text, benchmark.ID))
	}
	r.Query.Benchmarks = benchmarks
	for _, kind := range []struct {
		key   string
		texts *[]string
		find  func(text string) (*chosen, error)
		found *[]chosen
		ids   *[]uuid.UUID
	}{
		{"site", &r.Query.Sites, l.site, &l.found.Sites, &l.found.Results.SiteIDs},
		{"flavor", &r.Query.Flavors, l.flavor, &l.found.Flavors, &l.found.Results.FlavorIDs},
		{"tag", &r.Query.Tags, l.tag, &l.found.Tags, &l.found.Results.TagIDs},
	} {
		var texts []string
		for _, text := range *kind.texts {
			one, err := kind.find(text)
			if err != nil {
				return l.found, err
			}
			if one == nil {
				l.ignore(kind.key, text, fmt.Sprintf("There is no %s %s.", kind.key, text))
				texts = append(texts, text)
				continue
			}
			one.Text = inAddress(text, one.ID)
			*kind.found, texts = append(*kind.found, *one), append(texts, one.Text)
		}
		*kind.texts, *kind.ids = texts, idsOf(*kind.found)
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
	pages  *Site
	ctx    context.Context //nolint:containedctx // a lookup lives as long as its request
	caller domain.Caller
	found  Selection
}

func (l *lookup) ignore(key, text, reason string) {
	l.found.Ignored = append(l.found.Ignored, address.Ignored{Key: key, Text: text, Reason: reason})
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

// named is the only item of a list by a name, which may be on review: results of the earlier program are of such
// things, too. It is nil for none.
func named[T any](list func(ports.ReviewedOptions) (domain.Page[*T], error)) (*T, error) {
	reviewed := approvedOne()
	found, err := first(list(reviewed))
	if err != nil || found != nil {
		return found, err
	}
	reviewed.Status = domain.OnReview
	return first(list(reviewed))
}

// benchmark is the benchmark of a name or id; nil if there is none.
func (l *lookup) benchmark(text string) (*domain.Benchmark, error) {
	benchmarks := l.pages.config.Services.Benchmarks
	if id, ok := asID(text); ok {
		return absent(benchmarks.Get(l.ctx, l.caller, id))
	}
	colon := strings.LastIndex(text, ":")
	if colon < 0 {
		return nil, nil //nolint:nilnil // no image has such a name
	}
	image, tag := text[:colon], text[colon+1:]
	return named(func(reviewed ports.ReviewedOptions) (domain.Page[*domain.Benchmark], error) {
		return benchmarks.List(l.ctx, l.caller, ports.BenchmarkQuery{ReviewedOptions: reviewed, DockerImage: &image, DockerTag: &tag})
	})
}

// site is a site by its name or id; nil if there is none.
func (l *lookup) site(text string) (*chosen, error) {
	sites := l.pages.config.Services.Sites
	var site *domain.Site
	var err error
	if id, ok := asID(text); ok {
		site, err = absent(sites.Get(l.ctx, l.caller, id))
	} else {
		site, err = named(func(reviewed ports.ReviewedOptions) (domain.Page[*domain.Site], error) {
			return sites.List(l.ctx, l.caller, ports.SiteQuery{ReviewedOptions: reviewed, Name: &text})
		})
	}
	if err != nil || site == nil {
		return nil, err
	}
	return &chosen{ID: site.ID, Name: site.Name}, nil
}

// flavor is a flavor by SITE/NAME or id; nil if there is none. Names may hold slashes: each of them is tried.
func (l *lookup) flavor(text string) (*chosen, error) {
	flavors := l.pages.config.Services.Flavors
	if id, ok := asID(text); ok {
		flavor, err := absent(flavors.Get(l.ctx, l.caller, id))
		if err != nil || flavor == nil {
			return nil, err
		}
		site, err := flavors.GetSite(l.ctx, l.caller, id)
		if err != nil {
			return nil, err
		}
		return &chosen{ID: id, Name: clipped(site.Name, longestShown/2) + "/" + flavor.Name}, nil
	}
	for i, c := range text {
		if c != '/' {
			continue
		}
		site, err := l.site(text[:i])
		if err != nil {
			return nil, err
		}
		if site == nil {
			continue
		}
		name := text[i+1:]
		flavor, err := named(func(reviewed ports.ReviewedOptions) (domain.Page[*domain.Flavor], error) {
			return flavors.List(l.ctx, l.caller, ports.FlavorQuery{ReviewedOptions: reviewed, SiteID: site.ID, Name: &name})
		})
		if err != nil {
			return nil, err
		}
		if flavor != nil {
			return &chosen{ID: flavor.ID, Name: text}, nil
		}
	}
	return nil, nil //nolint:nilnil // there is none
}

// tag is a tag by its name or id; nil if there is none.
func (l *lookup) tag(text string) (*chosen, error) {
	tags := l.pages.config.Services.Tags
	var tag *domain.Tag
	var err error
	if id, ok := asID(text); ok {
		tag, err = absent(tags.Get(l.ctx, l.caller, id))
	} else {
		tag, err = first(tags.List(l.ctx, l.caller, ports.TagQuery{ListOptions: one(), Name: &text}))
	}
	if err != nil || tag == nil {
		return nil, err
	}
	return &chosen{ID: tag.ID, Name: tag.Name}, nil
}

// schemaPaths are the paths of values that the schemas name, sorted.
func (s Selection) schemaPaths() []string {
	const most = 100
	var paths []string
	for _, benchmark := range s.Benchmarks {
		for _, property := range metrics.Properties(benchmark.JSONSchema) {
			if !slices.Contains(paths, property.Path) {
				paths = append(paths, property.Path)
			}
		}
	}
	slices.Sort(paths)
	all := slices.Clone(paths)
	paths = slices.DeleteFunc(paths, func(path string) bool { // an object is no value
		after, _ := slices.BinarySearch(all, path+".") // those that begin so stand together
		return after < len(all) && strings.HasPrefix(all[after], path+".")
	})
	return paths[:min(most, len(paths))]
}

// suggestions is the operation of the API that knows the values at the paths of the results.
func (s Selection) suggestions(r *Request) Link {
	query := url.Values{}
	for _, benchmark := range s.Benchmarks {
		query.Add("benchmark_id", benchmark.ID.String())
	}
	return r.To("../results:paths?" + query.Encode())
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
