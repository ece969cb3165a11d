package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/core/statistics"
	"github.com/eosc-perf/backend/ports"
)

// pathParts is the largest number of parts of a path to a metric or a group.
const pathParts = 32

// The parameters of questions about metrics.
var (
	measuredBenchmark = parameter.AnyID("benchmark_id", "Results of the benchmark of this id; repeated: of any of them, which are compared "+
		"by the metric of the first").Required().WithExample(openapi.ExampleID)

	questionParameters = parameter.Join(
		uploaded, executed, measuredBenchmark, ofSite, ofFlavor, withTags, resultFilters, resultWhere, resultTerms, asOf)

	measuredMetric = parameter.Parsed("metric",
		"Path of the number, such as `result.score`; left out for the default metric of the benchmark, which ListMetrics shows first", parsePath)

	// mostDimensions bounds how many dimensions make one group.
	groupBy = parameter.ParsedList("group_by",
		"What the results of a group have in common, `flavor` if left out: `site`, `flavor`, `benchmark`, `tag`, `month` or `json.PATH`. "+
			"Several: all of them. A value of more than "+strconv.Itoa(domain.LongestLabel)+" bytes makes no group.",
		mostDimensions, parseDimension).WithInvalid("bad group", "uploader")
)

const mostDimensions = 4

func parsePath(text string) (path, message string) {
	parsed, err := filter.ParsePath(text, pathParts)
	switch {
	case err != nil:
		return "", "Not a valid path: " + err.Error() + "."
	case parsed.LeadsNowhere():
		return "", "Not a valid path: a part of it is empty."
	case parsed.HasAny():
		return "", "Not a valid path: it leads to several values."
	}
	return parsed.String(), ""
}

func parseDimension(text string) (dimension comparison.Dimension, message string) {
	dimension = comparison.Dimension(text)
	if path, ok := dimension.Path(); ok {
		path, message = parsePath(path)
		return comparison.JSONPrefix + comparison.Dimension(path), message
	}
	if !slices.Contains(comparison.Dimensions(), dimension) {
		return "", "Must be one of: " + listed(comparison.Dimensions()) + ", json.PATH."
	}
	return dimension, ""
}

func listed[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return strings.Join(texts, ", ")
}

// question returns which results the query chooses.
func (r *request) question() ports.ResultQuery {
	return ports.ResultQuery{
		Uploaded:     uploaded.of(r),
		Executed:     executed.of(r),
		BenchmarkIDs: measuredBenchmark.Of(r.query),
		SiteIDs:      ofSite.Of(r.query),
		FlavorIDs:    ofFlavor.Of(r.query),
		TagIDs:       withTags.Of(r.query),
		Filters:      resultFilters.Of(r.query),
		Where:        filter.All(resultWhere.Of(r.query)),
		Terms:        resultTerms.Of(r.query),
		AsOf:         asOf.Optional(r.query).Instant(),
	}
}

// metricQuestion returns the results, the metric and the groups of the query.
func (r *request) metricQuestion() service.MetricQuestion {
	q := service.MetricQuestion{
		Results: r.question(), Metric: measuredMetric.Of(r.query), GroupBy: groupBy.Of(r.query), Asked: r.query.Canonical(),
	}
	if len(q.GroupBy) == 0 {
		q.GroupBy = []comparison.Dimension{comparison.ByFlavor}
	}
	return q
}

// asQueryProblem turns an error about a key of the query into its answer.
func asQueryProblem[T any](value T, err error) (T, error) {
	wrong, ok := errors.AsType[*service.QueryError](err)
	if !ok {
		return value, err
	}
	fields := problem.FieldErrors{}
	fields.Add(wrong.Key, wrong.Message)
	return value, problem.New(http.StatusUnprocessableEntity, map[string]any{"query": fields})
}

// Warning is something that a reader of the numbers should know.
type Warning struct {
	Code    string `json:"code" doc:"Its code" example:"few_results"`
	Message string `json:"message" doc:"What it means" example:"Fewer than 6 results: there is no 95 % interval of the median."`
}

func toWarnings(warnings []comparison.Warning) []Warning {
	list := make([]Warning, len(warnings))
	for i, w := range warnings {
		list[i] = Warning{string(w), w.Text()}
	}
	return list
}

// reword says the warning in other words, if it is among them.
func reword(warnings []Warning, which comparison.Warning, message string) []Warning {
	for i := range warnings {
		if warnings[i].Code == string(which) {
			warnings[i].Message = message
		}
	}
	return warnings
}

// toAnswerWarnings are the warnings of a whole answer.
func toAnswerWarnings(basis comparison.Basis, warnings []comparison.Warning) []Warning {
	list := toWarnings(warnings)
	if d := basis.Deriving; d != nil {
		list = reword(list, statistics.Deriving, fmt.Sprintf("%s %d of %d results are done.", statistics.Deriving.Text(), d.Done, d.Total))
	}
	return list
}

// Basis says which results an answer is about.
//
//nolint:lll // a struct tag is one line
type Basis struct {
	Results   int       `json:"results" minimum:"0" doc:"Number of results that counted: those with a value of the metric" example:"120"`
	Ungrouped int       `json:"ungrouped" minimum:"0" doc:"Number of them that belong to no group" example:"0"`
	AsOf      *DateTime `json:"as_of,omitempty" required:"true" doc:"Time of the newest upload that counted; left out without results"`
	Set       string    `json:"set" doc:"The same for the same results only: the first 8 digits of the SHA-256 of their ids" example:"9c417e02"`
}

func toBasis(b comparison.Basis) Basis {
	basis := Basis{Results: b.Results, Ungrouped: b.Ungrouped, Set: b.Set}
	if b.AsOf != nil {
		asOf := DateTime(*b.AsOf)
		basis.AsOf = &asOf
	}
	return basis
}

// unknownBenchmark is an example of an error.
func unknownBenchmark() []openapi.Example {
	return []openapi.Example{openapi.Says("unknown benchmark", fmt.Sprintf("Benchmark %s not found in the database", openapi.ExampleID))}
}
