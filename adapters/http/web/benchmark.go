package web

import (
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// benchmarkModel is the view model of a benchmark.
type benchmarkModel struct {
	Name, Image, Description, URL string
	// OnReview is true for a benchmark that takes no results yet.
	OnReview bool
	Notice   string
	Actions  []anchor
	Metrics  []metricLine
	Strip    template.HTML
	Counts   string
	Results  Link
	// Later leads to the page that waits for the ranking, of which strip, counts and noise are; empty if it is there.
	Later    Link
	Versions []anchor
	Run      string
	Values   []valueLine
	// Sampled is how many results the shares are of.
	Sampled int
	Noise   []noiseLine
	// MoreNoise leads to the other sites; empty if there are none.
	MoreNoise anchor
	History   []historyLine
	Schema    string
	JSON      Link
	// Files are those of its results; none without results.
	Files []anchor
	// Declare is the form of the metrics, Correct that of the names.
	Declare *metricsForm
	Correct *correction
	Remove  *removal
	Faults  []fieldFault
}

// metricLine describes a metric.
type metricLine struct {
	Name, Path, Unit, Better string
	Default                  bool
}

// valueLine describes a value of the documents.
type valueLine struct {
	Path, Types, Share, Unit, Description, Required, Example string
	Link                                                     Link
}

// noiseLine says how much the values of a site vary.
type noiseLine struct {
	Site    anchor
	N       string
	Spread  string
	Results Link
}

const (
	// sampled is how many results the shares of values are of, shownPaths how many values a page
	// lists.
	sampled    = 200
	shownPaths = 60
	shownNoise = 30
	// stripSigns is how many signs the line of its flavors has.
	stripSigns = 100
)

// benchmarkPage is the page of a benchmark, with the faults of a form on it.
func (s *Site) benchmarkPage(r *Request, id uuid.UUID, faults []fieldFault) (Answer, error) {
	b, err := s.config.Services.Benchmarks.Get(r.Context(), r.Caller(), id)
	if err != nil {
		return nil, err
	}
	m := &benchmarkModel{
		Faults: faults, Declare: metricsFormOf(r, b, faults), Correct: correctionOf(r, domain.BenchmarkResource, benchmarkTexts(b), faults),
		Name: shortName(b), Image: b.Name(), URL: b.URL, OnReview: !b.IsApproved(), Run: "docker run --rm " + b.Name() + " > result.json",
		JSON: r.To("../benchmarks/" + b.ID.String()), Schema: indented(b.JSONSchema), Notice: newNotices[r.URL.Query().Get("done")],
	}
	if b.Description != nil {
		m.Description = *b.Description
	}
	m.describeMetrics(b)
	for _, add := range []func(*Request, *domain.Benchmark, *benchmarkModel) error{
		s.addStrip, s.addVersions, s.addValues, s.addNoise, s.addBenchmarkHistory,
	} {
		if err := add(r, b, m); err != nil {
			return nil, err
		}
	}
	m.act(r, b)
	return Page{
		Template: "benchmark", Title: m.Name, Section: "benchmarks", Status: statusOf(faults),
		Alternates: asJSON(m.JSON), Model: m,
	}, nil
}

// newNotices say what was done, after a form.
var newNotices = map[string]string{
	"corrected": "It is corrected.", "metrics": "The metrics are declared.",
	"sent": "It is sent. An administrator reviews it, and you get a mail. Until then it takes no results.",
}

func (m *benchmarkModel) describeMetrics(b *domain.Benchmark) {
	for i, metric := range metrics.Of(b) {
		if i > 0 && metric.Source == domain.SuggestedMetric {
			continue
		}
		m.Metrics = append(m.Metrics, metricLine{metricName(metric), metric.Path, metric.Unit, betterWords(metric.Better), metric.Default})
	}
}

func (m *benchmarkModel) act(r *Request, b *domain.Benchmark) {
	if b.IsApproved() {
		q := address.Query{Benchmarks: []string{benchmarkInAddress(b)}}
		m.Actions = []anchor{
			{"Compare", r.On("compare", q)}, {"Results", r.On("results", q)}, {"Upload a result", r.To("upload?benchmark=" + b.ID.String())},
		}
	}
	m.Remove = removalOf(r, domain.DeleteBenchmark, b.Name(), "its results")
}

// addStrip sets the strip of the medians of all flavors, and the counts.
func (s *Site) addStrip(r *Request, b *domain.Benchmark, m *benchmarkModel) error {
	results, err := s.countResults(r, ports.ResultQuery{BenchmarkIDs: []uuid.UUID{b.ID}})
	if err != nil {
		return err
	}
	if b.IsApproved() {
		_, withFigure := metrics.Find(b, "")
		m.Files = itemFiles(r, address.Query{Benchmarks: []string{benchmarkInAddress(b)}}, withFigure && results > 0)
	}
	ranking, err := s.placed(r, b)
	if err != nil {
		return err
	}
	if ranking == nil {
		if _, ok := metrics.Find(b, ""); ok && results > 0 {
			m.Later, m.Counts = awaitPlaces, countOf(results, "result", "results")
			m.Results = r.On("results", address.Query{Benchmarks: []string{benchmarkInAddress(b)}})
		}
		return nil
	}
	sites := map[uuid.UUID]bool{}
	var names []string
	for _, group := range ranking.Groups.Items {
		if id, ok := idIn(group, "site_id"); ok && !sites[id] {
			sites[id] = true
			names = append(names, textIn(group, "site_name"))
		}
	}
	slices.Sort(names)
	strip := draw.Strip{Most: stripSigns}
	var values []float64
	for _, group := range ranking.Groups.Items {
		if group.Median == nil {
			continue
		}
		values = append(values, *group.Median)
		style := draw.StyleOf(slices.Index(names, textIn(group, "site_name")))
		strip.Items = append(strip.Items, draw.StripItem{
			Value: *group.Median, Style: style,
			Note: placeOf(textIn(group, "site_name"), textIn(group, "flavor_name")) + ": " + words.Median(group),
		})
	}
	m.Counts = fmt.Sprintf("%s of %s at %s", countOf(ranking.Results, "result", "results"),
		countOf(ranking.Groups.Total, "flavor", "flavors"), countOf(len(sites), "site", "sites"))
	m.Results = r.On("results", address.Query{Benchmarks: []string{benchmarkInAddress(b)}})
	if len(values) > 1 {
		strip.Scale = draw.NewScale(values, draw.Auto)
		m.Strip = strip.HTML()
		m.Counts += ", " + words.Value(slices.Min(values)) + " to " + words.WithUnit(slices.Max(values), ranking.Metric.Unit)
	}
	return nil
}

// addVersions lists the other tags of the image.
func (s *Site) addVersions(r *Request, b *domain.Benchmark, m *benchmarkModel) error {
	q := ports.BenchmarkQuery{DockerImage: &b.DockerImage}
	q.Page, q.Status, q.Sort = firstPage, domain.Approved, []filter.Key{{Field: "upload_datetime", Descending: true}}
	page, err := s.config.Services.Benchmarks.List(r.Context(), r.Caller(), q)
	for _, other := range page.Items {
		if other.ID != b.ID {
			m.Versions = append(m.Versions, anchor{other.DockerTag, r.To("benchmarks/" + other.ID.String())})
		}
	}
	return err
}

// addValues lists the values of the documents: those of the newest results, and those that the
// schema demands.
func (s *Site) addValues(r *Request, b *domain.Benchmark, m *benchmarkModel) error {
	properties := map[string]metrics.Property{}
	for _, property := range metrics.Properties(b.JSONSchema) {
		properties[property.Path] = property
	}
	if b.IsApproved() {
		q := newestPaths(b.ID)
		q.Page = domain.PageRequest{Number: 1, Size: shownPaths}
		found, err := s.config.Services.Results.Paths(r.Context(), r.Caller(), q)
		if err != nil {
			return err
		}
		for _, path := range found.Items {
			name := path.Path.Path.String()
			line := valueLine{
				Path: name, Types: typesOf(path), Share: fmt.Sprintf("%.0f %%", 100*path.Share), Unit: path.Unit, Description: path.Description,
				Required: yesNo(properties[name].Required),
				Link: r.On("results", address.Query{
					Benchmarks: []string{benchmarkInAddress(b)}, Col: append(slices.Clone(standardColumns), "json."+name),
				}),
			}
			if len(path.Values) > 0 {
				line.Example = clipped(metrics.Text(path.Values[0].JSON), 60)
			}
			m.Values = append(m.Values, line)
			delete(properties, name)
		}
		m.Sampled = sampled
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if property := properties[name]; len(m.Values) < shownPaths {
			m.Values = append(m.Values, valueLine{
				Path: name, Types: strings.Join(property.Types, ", "), Required: yesNo(property.Required), Description: property.Description,
				Share: "–",
			})
		}
	}
	return nil
}

// newestPaths asks what the newest results of a benchmark contain.
func newestPaths(benchmark uuid.UUID) service.PathsQuestion {
	return service.PathsQuestion{
		ResultQuery: ports.ResultQuery{BenchmarkIDs: []uuid.UUID{benchmark}}, Values: 1, Newest: sampled,
		Asked: "pages: newest of " + benchmark.String(),
	}
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func typesOf(path service.ResultPath) string {
	var types []string
	for name := range path.Types {
		types = append(types, name)
	}
	slices.Sort(types)
	return strings.Join(types, ", ")
}

// addNoise lists how much the values of each site's flavors vary.
func (s *Site) addNoise(r *Request, b *domain.Benchmark, m *benchmarkModel) error {
	if _, ok := metrics.Find(b, ""); !ok || !b.IsApproved() {
		return nil
	}
	ranking, err := s.placed(r, b)
	if err != nil || ranking == nil {
		return err
	}
	// The variation within flavors says how much a site varies; that between them says how its
	// machines differ.
	type site struct {
		name   string
		spread []float64
		n      int
	}
	sites := map[uuid.UUID]*site{}
	for _, group := range ranking.Groups.Items {
		id, ok := idIn(group, "site_id")
		if !ok {
			continue
		}
		if sites[id] == nil {
			sites[id] = &site{name: textIn(group, "site_name")}
		}
		sites[id].n += group.N
		if group.N > 1 && group.CoV != nil {
			sites[id].spread = append(sites[id].spread, *group.CoV)
		}
	}
	for id, of := range sites {
		line := noiseLine{
			Site: anchor{clipped(of.name, longestShown), r.To("sites/" + id.String())}, N: words.Plural(of.n, "result"),
			Spread: "too few repeated runs",
		}
		if len(of.spread) > 0 {
			line.Spread = fmt.Sprintf("%.1f %% in the median flavor", 100*medianOf(of.spread))
		}
		line.Results = r.On("results", address.Query{Benchmarks: []string{benchmarkInAddress(b)}, Sites: []string{inAddress(of.name, id)}})
		m.Noise = append(m.Noise, line)
	}
	slices.SortFunc(m.Noise, func(a, b noiseLine) int { return strings.Compare(a.Site.Text, b.Site.Text) })
	if rest := len(m.Noise) - shownNoise; rest > 0 {
		m.Noise = m.Noise[:shownNoise]
		m.MoreNoise = anchor{
			words.Number(rest) + " more", r.On("compare", address.Query{Benchmarks: []string{benchmarkInAddress(b)}, By: []string{"site"}}),
		}
	}
	return nil
}

func (s *Site) addBenchmarkHistory(r *Request, b *domain.Benchmark, m *benchmarkModel) error {
	page, err := s.config.Services.Benchmarks.History(r.Context(), r.Caller(), b.ID, firstPage)
	m.History = historyLines(page, domain.BenchmarkResource)
	return err
}
