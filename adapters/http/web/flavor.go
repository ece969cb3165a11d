package web

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// flavorModel is the view model of a flavor.
type flavorModel struct {
	Name, Description string
	Site              anchor
	OnReview          bool
	Notice            string
	Actions           []anchor
	// Machines are the facts about machines that its results name, Mixed says how many different
	// processors there are if there are several.
	Machines   []machineLine
	Mixed      string
	Benchmarks []flavorBenchmark
	// More are benchmarks with results, but without a line. Later leads to the page that waits for the lines.
	More    []countedLink
	Later   Link
	Newest  []resultLine
	Results Link
	Count   string
	History []historyLine
	JSON    Link
	// Files are those of its results; none without results.
	Files   []anchor
	Correct *correction
	Remove  *removal
	Faults  []fieldFault
}

// machineLine is a processor, or what else labels the machine of a result.
type machineLine struct {
	Label, Benchmark, Days, N string
	Link                      Link
}

// flavorBenchmark is what a flavor has for a benchmark.
type flavorBenchmark struct {
	Name                   anchor
	Median, Interval, Unit string
	N                      string
	// Place leads to all flavors beside this one; nil for none.
	Place *place
	Trend template.HTML
	// Span are the first and the last month of the trend.
	Span    string
	Changes []string
	Results Link
}

// flavorPage is the page of a flavor, with the faults of a form on it.
func (s *Site) flavorPage(r *Request, id uuid.UUID, faults []fieldFault) (Answer, error) {
	ctx, caller, services := r.Context(), r.Caller(), s.config.Services
	flavor, err := services.Flavors.Get(ctx, caller, id)
	if err != nil {
		return nil, err
	}
	site, err := services.Flavors.GetSite(ctx, caller, id)
	if err != nil {
		return nil, err
	}
	results := address.Query{Flavors: []string{flavorInAddress(site, flavor)}}
	m := &flavorModel{
		Name: flavor.Name, Description: textOf(flavor.Description), Site: siteAnchor(r, site), OnReview: !flavor.IsApproved(),
		JSON: r.To("../flavors/" + id.String()), Notice: newNotices[r.URL.Query().Get("done")], Faults: faults,
		Results: r.On("results", results),
		Correct: correctionOf(r, domain.FlavorResource, flavorTexts(flavor), faults),
		Remove:  removalOf(r, domain.DeleteFlavor, flavor.Name, "its results"),
	}
	if flavor.IsApproved() && site.IsApproved() {
		m.Actions = []anchor{{"Upload a result", r.To("upload?site=" + site.ID.String() + "&flavor=" + id.String())}}
	}
	lines, total, err := s.newest(r, ports.ResultQuery{FlavorIDs: []uuid.UUID{id}})
	if err != nil {
		return nil, err
	}
	m.Newest, m.Count = lines, words.All(total, "result")
	if total > 0 {
		m.Files = itemFiles(r, results, false)
	}
	if err := s.addBenchmarksOf(r, site, flavor, total, m); err != nil {
		return nil, err
	}
	page, err := services.Flavors.History(ctx, caller, id, firstPage)
	if err != nil {
		return nil, err
	}
	m.History = historyLines(page, domain.FlavorResource)
	return Page{
		Template: "flavor", Title: flavor.Name + ", " + site.Name, Section: "sites", Status: statusOf(faults),
		Alternates: asJSON(m.JSON), Model: m,
	}, nil
}

// addBenchmarksOf adds what the flavor has for each benchmark, and the machines of its results. All questions about
// a benchmark read its results once.
func (s *Site) addBenchmarksOf(r *Request, site *domain.Site, flavor *domain.Flavor, results int, m *flavorModel) error {
	r.Request = r.WithContext(service.WithOneReading(r.Context()))
	only := ports.ResultQuery{FlavorIDs: []uuid.UUID{flavor.ID}}
	all, err := s.standingsOf(r, only, results)
	if err != nil {
		return err
	}
	if all.later {
		m.Later = awaitPlaces
		return nil
	}
	m.More = all.moreLinks(r, address.Query{Flavors: []string{flavorInAddress(site, flavor)}})
	labels := map[string]bool{}
	for _, of := range all.shown {
		q := address.Query{Benchmarks: []string{benchmarkInAddress(of.benchmark)}, Flavors: []string{flavorInAddress(site, flavor)}}
		if err := s.addMachines(r, of, flavor, q, m, labels); err != nil {
			return err
		}
		if err := s.rank(r, &of, only); err != nil {
			return err
		}
		group := of.group(flavor.ID)
		if group == nil {
			continue
		}
		line := flavorBenchmark{
			Name: anchor{shortName(of.benchmark), r.To("benchmarks/" + of.benchmark.ID.String())}, N: words.Number(group.N), Unit: of.metric.Unit,
			Place:   placeIn(of.all, of.benchmark, flavor.ID, r.On("compare", address.Query{Benchmarks: q.Benchmarks, Base: q.Flavors[0]})),
			Results: r.On("results", q),
		}
		if group.Median != nil {
			line.Median = words.Median(group)
		}
		if group.MedianInterval != nil {
			line.Interval = words.Interval(group.MedianInterval.Interval)
		}
		if err := s.addTrend(r, of, flavor, &line); err != nil {
			return err
		}
		m.Benchmarks = append(m.Benchmarks, line)
	}
	if len(labels) > 1 {
		m.Mixed = fmt.Sprintf("%d different processors under this name: its results may not be comparable.", len(labels))
	}
	return nil
}

// addMachines adds the labels of the machines that the results of one benchmark name.
func (s *Site) addMachines(
	r *Request, of standing, flavor *domain.Flavor, q address.Query, m *flavorModel, labels map[string]bool,
) error {
	path := of.metric.Label
	if path == "" {
		path = labelPath(of.benchmark)
	}
	if path == "" {
		return nil
	}
	question := compareAll(of.benchmark.ID, comparison.Dimension(comparison.JSONPrefix+path))
	question.Results.FlavorIDs = []uuid.UUID{flavor.ID}
	question.Asked += " on " + flavor.ID.String()
	answer, err := s.config.Services.Comparisons.Compare(r.Context(), r.Caller(), question)
	if err != nil {
		return err
	}
	for _, group := range answer.Groups.Items {
		label := labelIn(group, comparison.JSONPrefix+path)
		labels[label] = true
		days := dayText(group.First)
		if last := dayText(group.Last); last != days {
			days += " to " + last
		}
		m.Machines = append(m.Machines, machineLine{
			Label: label, Benchmark: shortName(of.benchmark), Days: days, N: words.Plural(group.N, "result"),
			Link: r.On("results", q.WithValue(path, address.Exactly(label, true))),
		})
	}
	return nil
}

// labelPaths are where benchmarks that declare no label have the name of the processor.
var labelPaths = []string{"machine.cpu.brand_raw", "machine.cpu.brand", "cpu.model", "processor"}

// labelPath is the first of them that the schema of the benchmark describes.
func labelPath(b *domain.Benchmark) string {
	known := map[string]bool{}
	for _, property := range metrics.Properties(b.JSONSchema) {
		known[property.Path] = true
	}
	for _, path := range labelPaths {
		if known[path] {
			return path
		}
	}
	return ""
}

func labelIn(group *comparison.Group, name string) string {
	for _, field := range group.Key {
		if field.Name == name {
			return metrics.Text(field.Value)
		}
	}
	return group.Name
}

// addTrend adds the months of a flavor, and when it changed.
func (s *Site) addTrend(r *Request, of standing, flavor *domain.Flavor, line *flavorBenchmark) error {
	q := service.TrendQuestion{}
	q.Results = ports.ResultQuery{BenchmarkIDs: []uuid.UUID{of.benchmark.ID}, FlavorIDs: []uuid.UUID{flavor.ID}}
	q.GroupBy, q.Interval = []comparison.Dimension{comparison.ByFlavor}, comparison.Monthly
	q.Asked = "pages: trend of " + flavor.ID.String() + " for " + of.benchmark.ID.String()
	answer, err := s.config.Services.Comparisons.Follow(r.Context(), r.Caller(), q)
	if err != nil || len(answer.Groups) == 0 {
		return err
	}
	course := answer.Groups[0]
	var values, times []float64
	for _, part := range course.Parts {
		values, times = append(values, part.Median), append(times, float64(part.Start.Unix()))
	}
	if len(values) > 1 {
		line.Trend = sparkline(times, values)
		const month = "2006-01"
		line.Span = "Monthly medians, " + course.Parts[0].Start.Format(month) + " to " + course.Parts[len(course.Parts)-1].Start.Format(month)
	}
	for _, change := range course.Changes {
		line.Changes = append(line.Changes, change.Sentence)
	}
	return nil
}

// sparkline is a course of medians, the axis of which the page does not show: the figures stand
// beside it.
func sparkline(times, values []float64) template.HTML {
	// A change of less than a tenth is drawn as small as it is.
	const least = 0.05
	middle := medianOf(values)
	span := append(slices.Clone(values), middle*(1-least), middle*(1+least))
	x, y := draw.NewScale(times, draw.Linear), draw.NewScale(span, draw.Linear)
	var b strings.Builder
	b.WriteString(`<svg class="strip c1" aria-hidden="true">`)
	for i := range values {
		if math.IsNaN(values[i]) {
			continue
		}
		fmt.Fprintf(&b, `<use href="#m0" x="%.1f%%" y="%.1f%%"/>`, 100*x.Within(times[i]), 100*(1-y.Within(values[i])))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // numbers only
}
