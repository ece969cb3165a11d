package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// mostBenchmarks is how many benchmarks the pages count the results of, and offer.
const mostBenchmarks = 100

// BenchmarkTitle is what pages call a benchmark: the title of its schema, else the last part
// of its image's name.
func BenchmarkTitle(b *domain.Benchmark) string {
	if title := titles.Get(b.JSONSchema, readTitle); title != "" {
		return title
	}
	return clipped(b.DockerImage[strings.LastIndex(b.DockerImage, "/")+1:], longestTitle)
}

// longestTitle is the longest title of a benchmark, in bytes.
const longestTitle = 60

// titles are those of schemas.
var titles metrics.BySchema[string]

// readTitle is the title of a schema, if it is short.
func readTitle(schema []byte) string {
	var found struct {
		Title string `json:"title"`
	}
	if json.Unmarshal(schema, &found) != nil || len(found.Title) > longestTitle {
		return ""
	}
	return found.Title
}

// byTitle sorts benchmarks as all lists of choices show them: by what they are called, then by their names.
func byTitle(benchmarks []*domain.Benchmark) {
	slices.SortFunc(benchmarks, func(a, b *domain.Benchmark) int {
		titles := strings.Compare(strings.ToLower(BenchmarkTitle(a)), strings.ToLower(BenchmarkTitle(b)))
		return cmp.Or(titles, strings.Compare(a.Name(), b.Name()))
	})
}

// offeredBenchmarks are the approved benchmarks to choose among.
func (s *Site) offeredBenchmarks(r *Request) ([]*domain.Benchmark, error) {
	q := ports.BenchmarkQuery{}
	q.Status, q.Page = domain.Approved, domain.PageRequest{Number: 1, Size: mostBenchmarks}
	q.Sort = []filter.Key{{Field: "docker_image"}, {Field: "docker_tag"}}
	page, err := s.config.Services.Benchmarks.List(r.Context(), r.Caller(), q)
	offered := slices.Clone(page.Items) // the page may be kept for others
	byTitle(offered)
	return offered, err
}

// counted is a benchmark with what is known of its results.
type counted struct {
	*domain.Benchmark
	// Overview is nil if the benchmark declares no metric.
	Overview *comparison.Overview
	Results  int
}

// benchmarks are the approved benchmarks, those with the most results first.
func (s *Site) benchmarks(r *Request) ([]counted, error) {
	page, err := s.config.Services.Benchmarks.List(r.Context(), r.Caller(), ports.BenchmarkQuery{ReviewedOptions: ports.ReviewedOptions{
		ListOptions: ports.ListOptions{
			Page: domain.PageRequest{Number: 1, Size: mostBenchmarks}, Sort: []filter.Key{{Field: "docker_image"}, {Field: "docker_tag"}},
		},
		Status: domain.Approved,
	}})
	if err != nil {
		return nil, err
	}
	all := make([]counted, len(page.Items))
	for i, benchmark := range page.Items {
		all[i].Benchmark = benchmark
		if all[i].Overview, err = s.overview(r, []*domain.Benchmark{benchmark}, "", ""); err != nil {
			return nil, err
		}
		if all[i].Overview != nil {
			all[i].Results = all[i].Overview.Results
			continue
		}
		results, err := s.config.Services.Results.List(r.Context(), r.Caller(), ports.ResultQuery{
			ListOptions: one(), BenchmarkIDs: []uuid.UUID{benchmark.ID},
		})
		if err != nil {
			return nil, err
		}
		all[i].Results = results.Total
	}
	slices.SortStableFunc(all, func(a, b counted) int { return cmp.Compare(b.Results, a.Results) })
	return all, nil
}

// overview says what the results of benchmarks have in common; nil if they declare no metric.
func (s *Site) overview(r *Request, benchmarks []*domain.Benchmark, metric, asOf string) (*comparison.Overview, error) {
	question := service.MetricQuestion{Metric: metric}
	for _, benchmark := range benchmarks {
		question.Results.BenchmarkIDs = append(question.Results.BenchmarkIDs, benchmark.ID)
	}
	question.Results.AsOf = instantOf(asOf)
	question.Asked = "ui " + idsText(question.Results.BenchmarkIDs) + " " + metric + " " + asOf
	overview, err := s.config.Services.Comparisons.Survey(r.Context(), r.Caller(), question)
	if wrong, ok := errors.AsType[*service.QueryError](err); ok && wrong.Key == "metric" {
		return nil, nil //nolint:nilnil // there is no metric
	}
	return overview, err
}

func idsText(ids []uuid.UUID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return strings.Join(texts, ",")
}

// palette gives each site its colour and shape: by its place among all sites of the
// benchmarks, so that filters change none.
type palette map[uuid.UUID]draw.Style

func newPalette(o *comparison.Overview) palette {
	p := palette{}
	for i, site := range o.Sites {
		p[site.ID] = draw.StyleOf(i)
	}
	return p
}

// mixed is the style of what belongs to several sites.
var mixed = draw.Style{Shape: draw.Circle}

// of is the style of what belongs to these sites.
func (p palette) of(sites []uuid.UUID) draw.Style {
	if len(sites) == 1 {
		if style, ok := p[sites[0]]; ok {
			return style
		}
		return draw.StyleOf(-1)
	}
	return mixed
}

// mostMeasured is the number of the resource that most results have; of equally usual ones
// the largest. It is 0 if all results have the same, or none has any.
func mostMeasured(resources []comparison.ResourceShare) float64 {
	if len(resources) < 2 {
		return 0
	}
	best := resources[0]
	for _, resource := range resources[1:] {
		if resource.Results >= best.Results {
			best = resource
		}
	}
	return best.Resource
}
