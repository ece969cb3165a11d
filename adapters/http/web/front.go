package web

import (
	"html/template"
	"slices"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

func (s *Site) frontRoutes() []route {
	return []route{
		cached(knows(show("/{$}", s.front))),
	}
}

// frontView is the view model of the front door.
type frontView struct {
	// IsEmpty is true for a new installation: there is no result yet.
	IsEmpty    bool
	Total      string
	Benchmarks []option
	// Resource names the numbers to choose among, such as Cores; empty for none.
	Resource, ResourceKey string
	Resources             []option
	Compare               Link
	Heading               string
	Answer                words.Sentence
	Tag                   string
	Chips                 []choiceLink
	Table                 *rankingTable
	All                   Link
	AllText               string
	Newest                []newestView
	Strips                []stripView
}

// newestView is a result that was uploaded lately.
type newestView struct {
	Link        Link
	Text, Place string
	Facts       string
}

// stripView is a benchmark with its results on a line.
type stripView struct {
	Title, Name, About string
	Link               Link
	Strip              template.HTML
	Left, Right        string
	Middle             string
}

const (
	// frontRows, frontNewest, frontStrips and frontOptions are how much the front door shows of each.
	frontRows, frontNewest, frontStrips, frontOptions = 5, 4, 4, 8
	// frontSigns is how many signs a strip has: more would hide each other on its width.
	frontSigns = 12
)

// front is the front door.
func (s *Site) front(r *Request) (Answer, error) {
	r.Request = r.WithContext(service.WithOneReading(r.Context()))
	all, err := s.benchmarks(r)
	if err != nil {
		return nil, err
	}
	page := Page{Template: "front", Alternates: []Alternate{{"application/atom+xml", "New results", r.To("feed.atom")}}}
	if len(all) == 0 || all[0].Results == 0 {
		page.Model = frontView{IsEmpty: true}
		return page, nil
	}
	view := frontView{Compare: r.To("compare")}
	results, sites, flavors := 0, map[string]bool{}, 0
	for _, benchmark := range all {
		results += benchmark.Results
		if benchmark.Overview != nil {
			flavors = max(flavors, benchmark.Overview.Flavors)
			for _, site := range benchmark.Overview.Sites {
				sites[site.Name] = true
			}
		}
	}
	view.Total = words.FrontTotal(results, len(all), flavors, len(sites))
	var ranked []*domain.Benchmark
	if busiest := busiestOf(all); busiest >= 0 {
		ranked = append(ranked, all[busiest].Benchmark)
	}
	if view.Benchmarks, _, err = s.benchmarkOptions(r, ranked, frontOptions); err != nil {
		return nil, err
	}
	// The lines come before the ranking: they compare the results that were read to count them.
	for _, benchmark := range all[:min(frontStrips, len(all))] {
		strip, err := s.strip(r, benchmark)
		if err != nil {
			return nil, err
		}
		view.Strips = append(view.Strips, strip)
	}
	if err := s.frontRanking(r, &view, all); err != nil {
		return nil, err
	}
	if view.Newest, err = s.frontNewestResults(r, frontNewest); err != nil {
		return nil, err
	}
	page.Model = view
	return page, nil
}

// busiestOf is the index of the first benchmark whose results can be compared; -1 for none.
func busiestOf(all []counted) int {
	return slices.IndexFunc(all, func(c counted) bool { return c.Overview != nil && c.Overview.Results > 0 })
}

// frontRanking is the ranking of the busiest benchmark with a metric, at its most measured
// number of cores.
func (s *Site) frontRanking(r *Request, view *frontView, all []counted) error {
	busiest := busiestOf(all)
	if busiest < 0 {
		return nil
	}
	benchmark := all[busiest]
	metric := benchmark.Overview.Metric
	query := address.Query{Benchmarks: []string{benchmarkInAddress(benchmark.Benchmark)}}
	view.All = r.On("compare", query)
	usual := mostMeasured(benchmark.Overview.Resources)
	if usual > 0 {
		query = query.WithValue(metric.Resource, words.Plain(usual))
		view.Resource = words.Upper(words.Resource(metric.Resource))
		view.ResourceKey = comparison.JSONPrefix + metric.Resource
		view.Resources = []option{{"", "any", false}}
		for _, resource := range mostUsual(benchmark.Overview.Resources) {
			view.Resources = append(view.Resources, option{words.Plain(resource), words.Plain(resource), resource == usual})
		}
	}
	narrow := *r
	narrow.Query, narrow.Ignored = query, nil
	c := &compared{site: s, r: &narrow, overview: benchmark.Overview, metric: metric, palette: newPalette(benchmark.Overview)}
	var err error
	if c.Selection, err = s.selection(&narrow); err != nil {
		return err
	}
	c.readDimensions()
	answer, err := c.compareGroups(frontRows)
	if err != nil {
		return err
	}
	lanes, err := c.lanes(answer)
	if err != nil {
		return err
	}
	view.Heading = words.FrontHeading(BenchmarkTitle(benchmark.Benchmark), usual, metric.Resource)
	ranked := c.ranked(answer)
	view.Answer, view.Tag = ranked.FrontAnswer(), ranked.Provisional()
	_, chips := resourceChips(r, "compare", query, metric, benchmark.Overview.Resources)
	if len(chips) > 0 {
		view.Chips = chips[1:]
	}
	view.Table = c.table(answer, lanes)
	view.Table.HasN, view.Table.HasResource, view.Table.HasVerdicts, view.Table.Times, view.Table.Rest = false, usual == 0, false, "", ""
	view.AllText = words.FrontAll(benchmark.Overview.Flavors)
	return nil
}

// strip is a benchmark with the medians of its flavors on a line, the best on the left.
func (s *Site) strip(r *Request, b counted) (stripView, error) {
	query := address.Query{Benchmarks: []string{benchmarkInAddress(b.Benchmark)}}
	view := stripView{Title: BenchmarkTitle(b.Benchmark), Name: clipped(b.Name(), longestShown), Link: r.On("compare", query)}
	if b.Overview == nil {
		view.About = words.StripUndeclared(b.Results)
		return view, nil
	}
	metric := b.Overview.Metric
	view.About = words.StripAbout(metric, b.Results, len(b.Overview.Sites))
	if b.Overview.Results == 0 {
		return view, nil
	}
	narrow := *r
	narrow.Query, narrow.Ignored = query, nil
	c := &compared{site: s, r: &narrow, overview: b.Overview, metric: metric, palette: newPalette(b.Overview)}
	c.Benchmarks = []*domain.Benchmark{b.Benchmark}
	c.Results.BenchmarkIDs = append(c.Results.BenchmarkIDs, b.ID)
	c.readDimensions()
	answer, err := c.compareGroups(allRows)
	if err != nil {
		return view, err
	}
	strip := draw.Strip{Most: frontSigns}
	var values []float64
	for _, group := range answer.Groups.Items {
		values = append(values, *group.Median)
		strip.Items = append(strip.Items, draw.StripItem{Value: *group.Median, Style: c.palette.of(group.SiteIDs)})
	}
	if len(values) == 0 {
		return view, nil
	}
	strip.Scale = draw.NewScale(values, draw.Auto)
	low, high := slices.Min(values), slices.Max(values)
	view.Left, view.Right = words.WithUnit(low, metric.Unit), words.WithUnit(high, metric.Unit)
	view.Middle = words.StripMiddle(metric.Better, c.isSpeed())
	if metric.Better == domain.HigherBetter {
		strip.Scale = strip.Scale.Reverse()
		view.Left, view.Right = view.Right, view.Left
	}
	view.Strip = strip.HTML()
	return view, nil
}

// newest are the results that were uploaded last.
func (s *Site) frontNewestResults(r *Request, n int) ([]newestView, error) {
	page, err := s.config.Services.Results.List(r.Context(), r.Caller(), ports.ResultQuery{ListOptions: ports.ListOptions{
		Page: domain.PageRequest{Number: 1, Size: n}, Sort: []filter.Key{{Field: "upload_datetime", Descending: true}},
	}})
	if err != nil {
		return nil, err
	}
	var views []newestView
	for _, result := range page.Items {
		views = append(views, newestOf(r, result))
	}
	return views, nil
}

func newestOf(r *Request, result *domain.Result) newestView {
	view := newestView{
		Link: r.To("results/" + result.ID.String()), Text: BenchmarkTitle(result.Benchmark),
		Place: placeOf(result.Site.Name, result.Flavor.Name),
	}
	facts := words.Facts{Run: result.ExecutedAt}
	if metric, ok := metrics.Find(result.Benchmark, ""); ok {
		if reading, ok := metrics.Read(metric, result.JSON); ok {
			view.Text += ", " + words.WithUnit(reading.Value, metric.Unit)
			facts.Repeats = len(reading.Samples)
			if reading.Resource != nil {
				facts.Resource = words.Resources(*reading.Resource, metric.Resource)
			}
		}
	}
	view.Facts = facts.String()
	return view
}
