package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// GroupKey are the names and ids of a group, in the order of its dimensions.
type GroupKey []comparison.Field

// MarshalJSON implements json.Marshaler.
func (k GroupKey) MarshalJSON() ([]byte, error) {
	text := []byte{'{'}
	for i, field := range k {
		if i > 0 {
			text = append(text, ',')
		}
		name, err := json.Marshal(field.Name)
		if err != nil {
			return nil, err
		}
		text = append(append(append(text, name...), ':'), bytes.TrimSpace(field.Value)...)
	}
	return append(text, '}'), nil
}

// Schema implements huma.SchemaProvider.
func (GroupKey) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Examples: []any{json.RawMessage(`{"site_id": "5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11", "site_name": "CESGA"}`)},
	}
}

// Coordinate is a time, a number or a text.
type Coordinate comparison.Coordinate

// MarshalJSON implements json.Marshaler.
func (c Coordinate) MarshalJSON() ([]byte, error) {
	switch {
	case c.Time != nil:
		return DateTime(*c.Time).MarshalJSON()
	case c.Number != nil:
		return json.Marshal(*c.Number)
	default:
		return json.Marshal(c.Text)
	}
}

// Schema implements huma.SchemaProvider.
func (Coordinate) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Description: "A date-time, a number or a text", Examples: []any{567.9}}
}

// Distribution is the answer of DistributionResults.
//
//nolint:lll // a struct tag is one line
type Distribution struct {
	Metric      Metric                 `json:"metric"`
	GroupBy     []comparison.Dimension `json:"group_by" nullable:"false" doc:"What the results of a group have in common" example:"[\"flavor\"]"`
	GroupsTotal int                    `json:"groups_total" minimum:"0" doc:"Number of groups; the first 200 are shown" example:"20"`
	Basis
	Items    []DistributedGroup `json:"items" nullable:"false" doc:"The groups, the best median first"`
	Warnings []Warning          `json:"warnings" nullable:"false" doc:"What a reader of all groups should know"`
}

// DistributedGroup is a group with the distribution of its values.
//
//nolint:lll // a struct tag is one line
type DistributedGroup struct {
	Key       GroupKey     `json:"key" doc:"Names and ids by which the group was formed"`
	N         int          `json:"n" minimum:"1" doc:"Number of results" example:"12"`
	Min       *float64     `json:"min,omitempty" required:"true" doc:"Smallest value" example:"28.1"`
	Quartiles []float64    `json:"quartiles" nullable:"false" doc:"First quartile, median and third quartile" example:"[28.2, 28.4, 28.9]"`
	Max       *float64     `json:"max,omitempty" required:"true" doc:"Largest value" example:"30.0"`
	Histogram Histogram    `json:"histogram"`
	ECDF      [][2]float64 `json:"ecdf" nullable:"false" doc:"Points of the empirical distribution function: a value, and the share of results up to it" example:"[[28.1, 0.5], [30.0, 1]]"`
	Warnings  []Warning    `json:"warnings" nullable:"false" doc:"What a reader of this group should know"`
}

// Histogram counts values in bins.
type Histogram struct {
	Edges  []float64 `json:"edges" nullable:"false" doc:"Borders of the bins, the same for all groups" example:"[28, 29, 30]"`
	Counts []int     `json:"counts" nullable:"false" doc:"Number of values in each bin" example:"[9, 3]"`
}

func toDistribution(d *comparison.Distribution) Distribution {
	answer := Distribution{
		Metric: toMetric(d.Metric), GroupBy: d.GroupBy, GroupsTotal: d.GroupsTotal, Basis: toBasis(d.Basis),
		Items: make([]DistributedGroup, len(d.Groups)), Warnings: toAnswerWarnings(d.Basis, d.Warnings),
	}
	for i, g := range d.Groups {
		group := DistributedGroup{
			Key: GroupKey(g.Key), N: g.N, Min: g.Min, Max: g.Max, Quartiles: []float64{*g.Q1, *g.Median, *g.Q3},
			Histogram: Histogram{Edges: d.Edges, Counts: g.Counts}, ECDF: make([][2]float64, len(g.Steps)), Warnings: toWarnings(g.Warnings),
		}
		for k, step := range g.Steps {
			group.ECDF[k] = [2]float64{step.Value, step.Share}
		}
		answer.Items[i] = group
	}
	return answer
}

// Trend is the answer of TrendResults.
//
//nolint:lll // a struct tag is one line
type Trend struct {
	Metric      Metric                 `json:"metric"`
	GroupBy     []comparison.Dimension `json:"group_by" nullable:"false" doc:"What the results of a group have in common" example:"[\"flavor\"]"`
	Interval    string                 `json:"interval" enum:"day,week,month,quarter" doc:"Length of the intervals, in UTC"`
	GroupsTotal int                    `json:"groups_total" minimum:"0" doc:"Number of groups; the first 200 are shown" example:"20"`
	Basis
	Items    []GroupOverTime `json:"items" nullable:"false" doc:"The groups, the best median first"`
	Warnings []Warning       `json:"warnings" nullable:"false" doc:"What a reader of all groups should know"`
}

// GroupOverTime is a group with its intervals and its changes.
type GroupOverTime struct {
	Key       GroupKey       `json:"key" doc:"Names and ids by which the group was formed"`
	N         int            `json:"n" minimum:"1" doc:"Number of results" example:"12"`
	Intervals []TimeInterval `json:"intervals" nullable:"false" doc:"The intervals with results, in their order"`
	Changes   []Change       `json:"changes" nullable:"false" doc:"The lasting changes, in their order"`
	Warnings  []Warning      `json:"warnings" nullable:"false" doc:"What a reader of this group should know"`
}

// TimeInterval is what ran in one interval.
type TimeInterval struct {
	Start  string  `json:"start" format:"date" doc:"First day of the interval" example:"2024-03-01"`
	N      int     `json:"n" minimum:"1" doc:"Number of results" example:"4"`
	Median float64 `json:"median" doc:"Median of their values" example:"28.4"`
}

// Change is a lasting change of a group.
//
//nolint:lll // a struct tag is one line
type Change struct {
	At           DateTime  `json:"at" doc:"When the first result after the change ran"`
	ResultID     uuid.UUID `json:"result_id" format:"uuid" doc:"The first result after the change"`
	Ratio        *float64  `json:"ratio,omitempty" required:"true" doc:"Values after the change divided by those before; left out where values are not positive" example:"1.19"`
	Shift        *float64  `json:"shift,omitempty" required:"true" doc:"Values after the change minus those before, where there is no ratio" example:"4.5"`
	Interval     []float64 `json:"interval,omitempty" required:"true" nullable:"false" doc:"Interval of the ratio or shift" example:"[1.17, 1.21]"`
	Before       int       `json:"before" minimum:"1" doc:"Number of values before the change" example:"40"`
	After        int       `json:"after" minimum:"1" doc:"Number of values after the change" example:"38"`
	MedianBefore float64   `json:"median_before" doc:"Median before the change" example:"28.4"`
	MedianAfter  float64   `json:"median_after" doc:"Median after the change" example:"33.8"`
	Sentence     string    `json:"sentence" doc:"The change in words" example:"From 2024-03-11 on 1.19x slower (95 % CI 1.17-1.21), n = 40 before, 38 after."`
}

func toTrend(t *comparison.Trend) Trend {
	answer := Trend{
		Metric: toMetric(t.Metric), GroupBy: t.GroupBy, Interval: string(t.Interval), GroupsTotal: t.GroupsTotal, Basis: toBasis(t.Basis),
		Items: make([]GroupOverTime, len(t.Groups)), Warnings: toAnswerWarnings(t.Basis, t.Warnings),
	}
	for i, g := range t.Groups {
		group := GroupOverTime{
			Key: GroupKey(g.Key), N: g.N, Intervals: make([]TimeInterval, len(g.Parts)), Changes: make([]Change, len(g.Changes)),
			Warnings: toWarnings(g.Warnings),
		}
		for k, part := range g.Parts {
			group.Intervals[k] = TimeInterval{Start: part.Start.Format("2006-01-02"), N: part.N, Median: part.Median}
		}
		for k := range g.Changes {
			group.Changes[k] = toChange(&g.Changes[k])
		}
		answer.Items[i] = group
	}
	return answer
}

func toChange(c *comparison.Change) Change {
	change := Change{
		At: DateTime(c.At), ResultID: c.ResultID, Before: c.Before, After: c.After,
		MedianBefore: c.MedianBefore, MedianAfter: c.MedianAfter, Sentence: c.Sentence,
	}
	estimate := c.Estimate
	if c.Scale == "ratio" {
		change.Ratio = &estimate
	} else {
		change.Shift = &estimate
	}
	if c.HasInterval {
		change.Interval = toInterval(&c.Interval)
	}
	return change
}

// The parameters of DistributionResults and TrendResults.
var (
	bins = parameter.Integer("bins", "Number of bins, 1 to 200; left out for the rule of Freedman and Diaconis, at most 60",
		parameter.Range{Min: 1, Max: 200})
	logarithmic = parameter.Boolean("log", "Equally wide bins on a logarithmic scale, where all values are positive")

	interval = parameter.Enum("interval", "Length of the intervals, in UTC: `day`, `week` (from Monday), `month` or `quarter`",
		comparison.Monthly, comparison.Daily, comparison.Weekly, comparison.Monthly, comparison.Quarterly)
)

type comparisons struct{ service *service.Comparisons }

func (h comparisons) resource() resource {
	return resource{
		schemas: map[string]string{
			"Warning":          "Something that a reader of the numbers should know",
			"Comparison":       "Groups of results side by side, a page of them",
			"Family":           "What all comparisons of an answer have in common",
			"ComparedGroup":    "A group of results",
			"VersusBase":       "The comparison of a group with the baseline",
			"Distribution":     "How the values of groups are distributed",
			"DistributedGroup": "A group with the distribution of its values",
			"Histogram":        "Numbers of values in bins",
			"Series":           "Points to draw",
			"Point":            "A result as a point",
			"Scaling":          "How times depend on the resource of the metric",
			"PowerFit":         "A power law",
			"AmdahlFit":        "Amdahl's law",
			"Trend":            "How groups changed with time",
			"GroupOverTime":    "A group with its intervals and changes",
			"TimeInterval":     "What ran in one interval",
			"Change":           "A lasting change of a group",
		},
		operations: h.operations(),
	}
}

func (h comparisons) operations() []openapi.Operation {
	errs := openapi.Errors{
		NotFound: unknownBenchmark(),
		Invalid:  []openapi.Example{{Title: "no metric", Errors: map[string]any{"query": map[string]any{"metric": []string{noMetric}}}}},
	}
	return []openapi.Operation{
		{
			Operation: domain.CompareResults,
			Method:    http.MethodGet,
			Path:      "/results:compare",
			Summary:   "Compare groups of results",
			Description: "Describes groups of the results that are chosen as in ListResults, compares the first 200 with a baseline and ranks " +
				"the first 30, with intervals, verdicts and sentences. Each number is defined in the documentation of the statistics. The " +
				"same question has the same answer as long as the results are the same.",
			Parameters: compareParameters,
			Errors:     errs,
			Handler:    ok(h.compare, func(c Comparison) Comparison { return c }),
		},
		{
			Operation:   domain.DistributionResults,
			Method:      http.MethodGet,
			Path:        "/results:distribution",
			Summary:     "Describe distributions of results",
			Description: "Describes the distribution of each group: a histogram, the empirical distribution function and the quartiles.",
			Parameters:  parameter.Join(parameter.Group(questionParameters), measuredMetric, groupBy, bins, logarithmic),
			Errors:      errs,
			Handler:     ok(h.distribute, toDistribution),
		},
		{
			Operation: domain.SeriesResults,
			Method:    http.MethodGet,
			Path:      "/results:series",
			Summary:   "Get results as points to draw",
			Description: "Answers one point for each result, thinned evenly in x to `limit`. With the metric's resource as x it also fits how " +
				"the metric scales.",
			Parameters: parameter.Join(parameter.Group(questionParameters), xAxis, yAxis, colorAxis, pointLimit),
			Errors:     errs,
			Handler:    ok(h.plot, toSeries),
		},
		{
			Operation: domain.TrendResults,
			Method:    http.MethodGet,
			Path:      "/results:trend",
			Summary:   "See how results changed with time",
			Description: "Answers number and median of each interval, and the lasting changes of each group: a single slow run is none, and " +
				"changes below the metric's materiality are left out.",
			Parameters: parameter.Join(parameter.Group(questionParameters), measuredMetric, groupBy, interval),
			Errors:     errs,
			Handler:    ok(h.follow, toTrend),
		},
	}
}

const noMetric = "The benchmark declares no metric: name the path of a number."

func (h comparisons) distribute(ctx context.Context, r *request) (*comparison.Distribution, error) {
	return asQueryProblem(h.service.Distribute(ctx, r.caller, service.DistributionQuestion{
		MetricQuestion:       r.metricQuestion(),
		DistributionQuestion: comparison.DistributionQuestion{Bins: bins.Of(r.query), Logarithmic: logarithmic.Of(r.query)},
	}))
}

func (h comparisons) follow(ctx context.Context, r *request) (*comparison.Trend, error) {
	return asQueryProblem(h.service.Follow(ctx, r.caller, service.TrendQuestion{
		MetricQuestion: r.metricQuestion(),
		TrendQuestion:  comparison.TrendQuestion{Interval: interval.Of(r.query)},
	}))
}
