package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/paths"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// PathInfo is what the documents of results contain at a path.
//
//nolint:lll // a struct tag is one line
type PathInfo struct {
	Path        string          `json:"path" doc:"The path, as filters and conditions take it; elements of arrays are [*]" example:"machine.cpu.count"`
	Types       map[string]int  `json:"types" doc:"Number of results with a value of each type" example:"{\"number\": 812, \"string\": 3}"`
	Results     int             `json:"results" minimum:"0" doc:"Number of results that have the path" example:"815"`
	Share       float64         `json:"share" minimum:"0" maximum:"1" doc:"Share of the results that have the path" example:"0.99"`
	Distinct    *int            `json:"distinct,omitempty" minimum:"0" doc:"Number of different values, null apart; left out above 10,000" example:"4"`
	Values      []PathValue     `json:"values,omitempty" doc:"The most frequent values of at most 1024 bytes; left out where distinct is"`
	Min         json.RawMessage `json:"min,omitempty" doc:"The smallest number; left out without numbers" example:"1"`
	Quartiles   []float64       `json:"quartiles,omitempty" doc:"First quartile, median, third quartile of the numbers" example:"[2, 4, 8]"`
	Max         json.RawMessage `json:"max,omitempty" doc:"The largest number" example:"64"`
	Unit        string          `json:"unit,omitempty" doc:"Unit of the metric at the path" example:"s"`
	Description string          `json:"description,omitempty" doc:"What the schema of the benchmark says" example:"Number of cores"`
	Indexed     string          `json:"indexed" enum:"value,none" doc:"Whether an index answers filters and sorts by the path" example:"value"`
	Metric      bool            `json:"metric" doc:"Whether the benchmark declares a metric at the path" example:"true"`
}

// PathValue is a value at a path.
type PathValue struct {
	Value   json.RawMessage `json:"value" doc:"The value"`
	Results int             `json:"results" minimum:"1" doc:"Number of results that have the value" example:"400"`
}

// Paths is a page of paths.
type Paths struct {
	Page[PathInfo]
	Sampled bool `json:"sampled,omitempty" doc:"Whether a part was looked at only: the newest 10,000 without benchmark_id, fewer large ones"`
}

func toPaths(p service.ResultPaths) Paths { return Paths{toPage(p.Page, toPathInfo), p.Sampled} }

func toPathInfo(p service.ResultPath) PathInfo {
	info := PathInfo{
		Path: p.Path.Path.String(), Types: p.Types, Results: p.Documents, Share: p.Share,
		Unit: p.Unit, Description: p.Description, Indexed: "none", Metric: p.IsMetric,
	}
	if p.Indexed {
		info.Indexed = "value"
	}
	if p.Distinct >= 0 {
		info.Distinct = &p.Distinct
		info.Values = make([]PathValue, len(p.Values))
		for i, v := range p.Values {
			info.Values[i] = PathValue{v.JSON, v.Documents}
		}
	}
	if p.Numbers != nil {
		info.Min, info.Max, info.Quartiles = json.RawMessage(p.Numbers.Min), json.RawMessage(p.Numbers.Max), p.Numbers.Quartiles[:]
	}
	return info
}

// The parameters of all operations about results that are not lists: the letter Q of the
// contract.
var (
	anyBenchmark = parameter.IDs("benchmark_id", "Results of the benchmarks of these ids: of any of them")
	anySite      = parameter.IDs("site_id", "Results from the sites of these ids: from any of them")
	anyFlavor    = parameter.IDs("flavor_id", "Results on the flavors of these ids: on any of them")

	chosenResults = parameter.Group(parameter.Join(
		uploaded, executed, anyBenchmark, anySite, anyFlavor, withTags, resultFilters, resultWhere, resultTerms, asOf))
)

// chosen returns which results the query chooses.
func (r *request) chosen() ports.ResultQuery {
	return ports.ResultQuery{
		Uploaded:     uploaded.of(r),
		Executed:     executed.of(r),
		BenchmarkIDs: anyBenchmark.Of(r.query),
		SiteIDs:      anySite.Of(r.query),
		FlavorIDs:    anyFlavor.Of(r.query),
		TagIDs:       withTags.Of(r.query),
		Filters:      resultFilters.Of(r.query),
		Where:        filter.All(resultWhere.Of(r.query)),
		Terms:        resultTerms.Of(r.query),
		AsOf:         asOf.Optional(r.query).Instant(),
	}
}

// mostPathValues is how many values of a path can be asked for.
const mostPathValues = paths.MostListed

var (
	pathPrefix = parameter.Text("prefix", "Only paths that begin with this text")
	pathValues = parameter.Integer("values", "Values of each path, the most frequent ones, 0 to "+strconv.Itoa(mostPathValues),
		parameter.Range{Min: 0, Max: mostPathValues, Default: 20})
)

type questions struct{ service *service.Results }

func (h questions) resource() resource {
	return resource{
		schemas: map[string]string{
			"PathInfo":  "What the documents of results contain at a path",
			"PathValue": "A value at a path",
			"Paths":     "A page of paths",
		},
		operations: []openapi.Operation{{
			Operation: domain.ListPaths,
			Method:    http.MethodGet,
			Path:      "/results:paths",
			Summary:   "List the paths of results",
			Description: "Lists what the documents of the chosen results contain: their paths, the most frequent first, with types, values and " +
				"ranges. Without `benchmark_id` at most the newest 10,000 results are looked at. Paths with `indexed: value` are filtered and sorted " +
				"fast; others need the documents of all candidates.",
			Parameters: parameter.Join(chosenResults, pathPrefix, pathValues, paging),
			Handler:    ok(h.paths, toPaths),
		}},
	}
}

func (h questions) paths(ctx context.Context, r *request) (service.ResultPaths, error) {
	q := service.PathsQuestion{
		ResultQuery: r.chosen(), Prefix: pathPrefix.Of(r.query), Values: pathValues.Of(r.query),
		Asked: "api " + r.query.Canonical(pageNumber.Name(), perPage.Name(), pathPrefix.Name(), pathValues.Name()),
	}
	q.Page = domain.PageRequest{Number: pageNumber.Of(r.query), Size: perPage.Of(r.query)}
	return h.service.Paths(ctx, r.caller, q)
}
