package web

import (
	"errors"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
)

func (s *Site) compareRoutes() []route {
	compare := cached(read("/compare", s.compare, formats...))
	compare.heavy = true
	return []route{compare}
}

// compared is a request to compare, with what its address means.
type compared struct {
	site *Site
	r    *Request
	Selection
	// overview is what the results of the benchmarks have in common, without any filter.
	overview *comparison.Overview
	metric   domain.Metric
	palette  palette
	by       []comparison.Dimension
	// base is the id or name of the baseline; empty for none.
	base string
}

// compare is the compare page in all its views and formats.
func (s *Site) compare(r *Request) (Answer, error) {
	if len(r.Query.Benchmarks) == 0 {
		return s.compareBusiest(r)
	}
	r.Request = r.WithContext(service.WithOneReading(r.Context()))
	selection, err := s.selection(r)
	if err != nil {
		return nil, err
	}
	if len(selection.Benchmarks) == 0 {
		return s.noBenchmark(r, selection.Ignored)
	}
	c, err := s.compared(r, selection)
	if err != nil {
		return nil, err
	}
	if c.overview == nil {
		return c.noMetric()
	}
	switch r.Query.View {
	case address.Plot:
		return c.plot()
	case address.Spread:
		return c.spread()
	case address.Trend:
		return c.trend()
	default:
		return c.ranking()
	}
}

// compared is the comparison of the results that the address chooses, of at least one benchmark.
// Its overview is nil if there is no metric to compare by.
func (s *Site) compared(r *Request, selection Selection) (*compared, error) {
	c := &compared{site: s, r: r, Selection: selection}
	c.dropOtherUnits()
	var err error
	c.overview, err = s.overview(r, c.Benchmarks, r.Query.Metric, r.Query.AsOf)
	if wrong, ok := errors.AsType[*service.QueryError](err); ok && wrong.Key == "benchmark_id" && len(c.Benchmarks) > 1 {
		c.ignoreOthers()
		c.overview, err = s.overview(r, c.Benchmarks, r.Query.Metric, r.Query.AsOf)
	}
	if err != nil {
		return nil, err
	}
	if c.overview == nil {
		return c, nil
	}
	c.metric, c.palette = c.overview.Metric, newPalette(c.overview)
	c.readDimensions()
	return c, c.readBaseline()
}

// ignoreOthers leaves the first benchmark alone: the values of the others have a unit to which
// there is no conversion.
func (c *compared) ignoreOthers() {
	for _, other := range c.Benchmarks[1:] {
		c.Ignored = append(c.Ignored, address.Ignored{
			Key: "benchmark", Text: other.Name(), Reason: "Its values have another unit than those of " + c.Benchmarks[0].Name() + ".",
		})
	}
	c.Benchmarks, c.Results.BenchmarkIDs = c.Benchmarks[:1], c.Results.BenchmarkIDs[:1]
}

// compareBusiest leads to the benchmark with the most results, in the same format. A page keeps what the address has
// in vain, and says so; a file refuses it.
func (s *Site) compareBusiest(r *Request) (Answer, error) {
	if r.Format != "" && len(r.Ignored) > 0 {
		return nil, refusal(r.Ignored)
	}
	all, err := s.benchmarks(r)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return s.noBenchmark(r, r.Ignored)
	}
	q := r.Query.With(func(q *address.Query) { q.Benchmarks = []string{benchmarkInAddress(all[0].Benchmark)} })
	page := "compare"
	if r.Format != "" {
		page += "." + r.Format
	}
	return Redirect{r.To(page + "?" + address.WithIgnored(q, r.Ignored))}, nil
}

// noBenchmarkView is the view model of a comparison without a benchmark.
type noBenchmarkView struct {
	Ignored    []address.Ignored
	Benchmarks []choiceLink
}

// choiceLink is a link among others.
type choiceLink struct {
	Name    string
	Link    Link
	Current bool
}

func (s *Site) noBenchmark(r *Request, ignored []address.Ignored) (Answer, error) {
	if r.Format != "" {
		return nil, refusal(append(ignored, address.Ignored{Key: "benchmark", Reason: "No benchmark is chosen."}))
	}
	all, err := s.benchmarks(r)
	if err != nil {
		return nil, err
	}
	view := noBenchmarkView{Ignored: ignored}
	for _, benchmark := range all {
		view.Benchmarks = append(view.Benchmarks, choiceLink{
			Name: benchmark.Name(), Link: r.On("compare", address.Query{Benchmarks: []string{benchmarkInAddress(benchmark.Benchmark)}}),
		})
	}
	return Page{Template: "compare-nothing", Title: "Compare", Section: "compare", Model: view}, nil
}

// noMetricView is the view model of a benchmark that declares no number to compare by.
type noMetricView struct {
	Title, Name string
	Ignored     []address.Ignored
	Paths       []choiceLink
	Results     Link
}

func (c *compared) noMetric() (Answer, error) {
	benchmark := c.Benchmarks[0]
	if c.r.Format != "" {
		return nil, refusal(append(c.Ignored, address.Ignored{Key: "metric", Reason: "The benchmark declares none: name a path."}))
	}
	view := noMetricView{
		Title: BenchmarkTitle(benchmark), Name: benchmark.Name(), Ignored: c.Ignored, Results: c.r.On("results", c.r.Query.Filters()),
	}
	paths, err := c.numberPaths(benchmark)
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		view.Paths = append(view.Paths, choiceLink{
			Name: path, Link: c.r.On("compare", c.r.Query.With(func(q *address.Query) { q.Metric = path })),
		})
	}
	return Page{Template: "compare-undeclared", Title: view.Title, Section: "compare", Model: view}, nil
}

// numberPaths are the paths of numbers that the schema of a benchmark names; of those in its newest results
// if it names none.
func (c *compared) numberPaths(b *domain.Benchmark) (paths []string, err error) {
	const most = 100
	isNumber := func(name string) bool { return name == "number" || name == "integer" }
	for _, property := range metrics.Properties(b.JSONSchema) {
		if len(paths) < most && slices.ContainsFunc(property.Types, isNumber) {
			paths = append(paths, property.Path)
		}
	}
	if len(paths) > 0 {
		slices.Sort(paths)
		return paths, nil
	}
	q := newestPaths(b.ID)
	q.Page = domain.PageRequest{Number: 1, Size: most}
	found, err := c.site.config.Services.Results.Paths(c.r.Context(), c.r.Caller(), q)
	for _, item := range found.Items {
		if item.Types["number"] > 0 || item.Types["integer"] > 0 {
			paths = append(paths, item.Path.Path.String())
		}
	}
	return paths, err
}

// dropOtherUnits leaves out benchmarks whose metric is in a unit that cannot be converted to that
// of the first one: their values cannot stand side by side.
func (c *compared) dropOtherUnits() {
	first, ok := metrics.Find(c.Benchmarks[0], c.r.Query.Metric)
	if !ok {
		return
	}
	kept := c.Benchmarks[:1:1]
	for _, benchmark := range c.Benchmarks[1:] {
		metric, found := metrics.Find(benchmark, first.Path)
		_, converts := metrics.Factor(metric.Unit, first.Unit)
		if !found || !converts {
			c.ignore("benchmark", benchmark.Name(), "It measures in another unit.")
			continue
		}
		kept = append(kept, benchmark)
	}
	c.Benchmarks, c.Results.BenchmarkIDs = kept, nil
	for _, benchmark := range kept {
		c.Results.BenchmarkIDs = append(c.Results.BenchmarkIDs, benchmark.ID)
	}
}

// readDimensions reads what the results of a row have in common. Of several benchmarks each
// has rows of its own, unless the address says otherwise.
func (c *compared) readDimensions() {
	const most, pathParts = 4, 32
	for _, text := range c.r.Query.By {
		dimension := comparison.Dimension(text)
		path, inDocument := dimension.Path()
		if inDocument {
			parsed, err := filter.ParsePath(path, pathParts)
			if err != nil || parsed.LeadsNowhere() || parsed.HasAny() {
				c.ignore("by", text, "It is no path of one value.")
				continue
			}
			dimension = comparison.JSONPrefix + comparison.Dimension(parsed.String())
		} else if !slices.Contains(comparison.Dimensions(), dimension) {
			c.ignore("by", text, "Rows are by flavor, site, benchmark, tag, month or json.PATH.")
			continue
		}
		if len(c.by) == most {
			c.ignore("by", text, "Rows are by four things at most.")
			continue
		}
		c.by = append(c.by, dimension)
	}
	if len(c.by) > 0 {
		return
	}
	c.by = []comparison.Dimension{comparison.ByFlavor}
	if len(c.Benchmarks) > 1 {
		c.by = append(c.by, comparison.ByBenchmark)
	}
}

// readBaseline finds the baseline. A flavor is named by its site and itself.
func (c *compared) readBaseline() error {
	c.base = c.r.Query.Base
	if !strings.Contains(c.base, "/") || len(c.by) != 1 || c.by[0] != comparison.ByFlavor {
		return nil
	}
	l := lookup{pages: c.site, ctx: c.r.Context(), caller: c.r.Caller()}
	flavor, err := l.flavor(c.base)
	if err == nil && flavor != nil {
		c.r.Query.Base = inAddress(c.base, flavor.ID)
		c.base = flavor.ID.String()
	}
	return err
}

func (c *compared) ignore(key, text, reason string) {
	c.Ignored = append(c.Ignored, address.Ignored{Key: key, Text: text, Reason: reason})
}

// question is the question of all views. What only draws the answer is no part of it, so
// that all scales share one answer.
func (c *compared) question() service.MetricQuestion {
	asked := c.r.Query.With(func(q *address.Query) {
		q.View, q.Scale, q.XScale, q.YScale, q.Set, q.After = "", "", "", "", "", ""
		q.Sort, q.Col = nil, nil
	})
	return service.MetricQuestion{
		Results: c.Results, Metric: c.r.Query.Metric, GroupBy: c.by, PerResource: c.r.Query.PerResource, Asked: "ui " + asked.String(),
	}
}

// answered asks a use case, and again without the parts of the question that it refuses: the page says
// that they are ignored.
func answered[T any](c *compared, ask func() (T, error)) (T, error) {
	answer, err := ask()
	for err != nil && c.wrongQuery(err) {
		answer, err = ask()
	}
	return answer, err
}

// wrongQuery takes away what a use case refuses in the question; ok is false for another
// error.
func (c *compared) wrongQuery(err error) (ok bool) {
	wrong, ok := errors.AsType[*service.QueryError](err)
	if !ok {
		return false
	}
	switch wrong.Key {
	case "baseline":
		c.ignore("base", c.r.Query.Base, "No row, or more than one, has this name.")
		c.base = ""
		c.r.Query.Base = ""
	case "per":
		c.ignore("per", "resource", wrong.Message)
		c.r.Query.PerResource = false
	default:
		return false
	}
	return true
}

// unit is that of the values of the page.
func (c *compared) unit() string {
	if !c.r.Query.PerResource {
		return c.metric.Unit
	}
	return words.PerResource(c.metric)
}

// name is what the page calls the metric.
func (c *compared) name() string { return words.MetricName(c.metric) }

// isSpeed is true for times and rates.
func (c *compared) isSpeed() bool { return comparison.IsSpeed(c.metric.Unit) }

// kind is what a row is, in singular.
func (c *compared) kind() string {
	kinds := make([]string, len(c.by))
	for i, by := range c.by {
		kinds[i] = words.Dimension(string(by), c.metric)
	}
	return words.List(kinds)
}
