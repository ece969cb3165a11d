package api

import (
	"context"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/core/statistics"
)

// form is the form of an answer.
type form string

const (
	asJSON form = "json"
	asCSV  form = "csv"
)

// units are what one value of a group stands for.
type unit string

const (
	eachResult   unit = "result"
	eachUploader unit = "uploader"
)

type per string

const perResource per = "resource"

const (
	defaultConfidence = 0.95
	defaultAlpha      = 0.05
)

// alphas are 1 minus the levels, by the level.
var alphas = map[float64]float64{0.90: 0.1, defaultConfidence: defaultAlpha, 0.99: 0.01}

// The parameters of CompareResults.
var (
	baseline = parameter.Text("baseline", "Name or id of the group that all others are compared with; left out for the first group")

	materiality = parameter.Number("materiality",
		"Share within which groups count as equivalent, instead of that of the metric", 0, domain.MaxMateriality)

	// confidence is 1 minus the level.
	confidence = parameter.Parsed("confidence", "Level of the intervals: `0.90`, `0.95` or `0.99`", parseConfidence).
			Default(defaultAlpha, "0.95").WithInvalid("bad level", "0.5")

	valueUnit = parameter.Enum("unit", "What one value stands for: a `result`, or the median of an `uploader`",
		eachResult, eachResult, eachUploader)

	correction = parameter.Enum("family",
		"What the intervals and p-values of all comparisons together promise: `fdr`, on average at most 5 % of the differences shown are false; "+
			"`simultaneous`, with 95 % confidence none is",
		statistics.FalseDiscovery, statistics.FalseDiscovery, statistics.Simultaneous)

	related = parameter.Enum("per", "`resource` relates the values to the resource of the metric: times x cores, rates / cores",
		"", perResource)

	format = parameter.Enum("format", "Form of the answer: `json` or `csv`", asJSON, asJSON, asCSV)

	compareParameters = parameter.Join(
		parameter.Group(questionParameters), measuredMetric, groupBy, baseline, materiality, confidence, valueUnit, correction, related,
		format, paging)
)

func parseConfidence(text string) (alpha float64, message string) {
	level, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return 0, "Not a valid number."
	}
	alpha, ok := alphas[level]
	if !ok {
		return 0, "Must be one of: 0.90, 0.95, 0.99."
	}
	return alpha, ""
}

// Comparison is the answer of CompareResults.
//
//nolint:lll // a struct tag is one line
type Comparison struct {
	Metric      Metric                 `json:"metric"`
	GroupBy     []comparison.Dimension `json:"group_by" nullable:"false" doc:"What the results of a group have in common" example:"[\"flavor\"]"`
	Baseline    *GroupKey              `json:"baseline,omitempty" required:"true" doc:"The group that all others are compared with; left out where nothing is compared"`
	GroupsTotal int                    `json:"groups_total" minimum:"0" doc:"Number of groups on all pages" example:"20"`
	Basis
	Family Family `json:"family"`
	Page[ComparedGroup]
	Warnings []Warning `json:"warnings" nullable:"false" doc:"What a reader of all groups should know"`

	form form
}

// Family is what all comparisons of an answer have in common.
type Family struct {
	M     int      `json:"m" minimum:"0" doc:"Number of comparisons" example:"19"`
	R     int      `json:"R" minimum:"0" doc:"Number of differences that count as found" example:"12"`
	Level *float64 `json:"level,omitempty" required:"true" doc:"Level of each interval; left out without comparisons" example:"0.968"`
}

// ComparedGroup is a group of results. What is undefined for it is left out.
//
//nolint:lll // a struct tag is one line
type ComparedGroup struct {
	Key            GroupKey  `json:"key" doc:"Names and ids by which the group was formed"`
	N              int       `json:"n" minimum:"1" doc:"Number of values" example:"12"`
	Uploaders      int       `json:"uploaders" minimum:"1" doc:"Number of people who uploaded them" example:"3"`
	First          DateTime  `json:"first" doc:"When the first of them ran"`
	Last           DateTime  `json:"last" doc:"When the last of them ran"`
	Min            *float64  `json:"min,omitempty" required:"true" doc:"Smallest value" example:"28.1"`
	Quartiles      []float64 `json:"quartiles" nullable:"false" doc:"First quartile, median and third quartile" example:"[28.2, 28.4, 28.9]"`
	Max            *float64  `json:"max,omitempty" required:"true" doc:"Largest value" example:"30.0"`
	Median         *float64  `json:"median,omitempty" required:"true" doc:"Median" example:"28.4"`
	MedianInterval []float64 `json:"median_interval,omitempty" required:"true" nullable:"false" doc:"Interval of the median; left out for small groups" example:"[28.2, 28.8]"`
	Mean           *float64  `json:"mean,omitempty" required:"true" doc:"Mean" example:"28.6"`
	SD             *float64  `json:"sd,omitempty" required:"true" doc:"Standard deviation; left out for one value" example:"0.5"`
	CV             *float64  `json:"cv,omitempty" required:"true" doc:"Standard deviation divided by the mean, if all values are positive" example:"0.017"`
	GeometricMean  *float64  `json:"geometric_mean,omitempty" required:"true" doc:"Geometric mean, if all values are positive" example:"28.6"`
	Rank           []int     `json:"rank,omitempty" required:"true" nullable:"false" doc:"First and last rank that the group may have; left out for groups that are not ranked" example:"[1, 3]"`
	Percentile     *float64  `json:"percentile,omitempty" required:"true" minimum:"0" maximum:"100" doc:"Percentile rank of its median among all results of the question" example:"12.5"`
	// VersusBaseline is left out for the baseline itself.
	VersusBaseline *VersusBase `json:"versus_baseline,omitempty" required:"true"`
	Warnings       []Warning   `json:"warnings" nullable:"false" doc:"What a reader of this group should know"`
}

// VersusBase is the comparison of a group with the baseline.
//
//nolint:lll // a struct tag is one line
type VersusBase struct {
	Speedup             *float64  `json:"speedup,omitempty" required:"true" doc:"How much better the group is: above 1 it is better. Left out where values are not positive" example:"1.18"`
	Interval            []float64 `json:"interval,omitempty" required:"true" nullable:"false" doc:"Interval of the speed-up; left out for small groups" example:"[1.09, 1.27]"`
	Level               *float64  `json:"level,omitempty" required:"true" doc:"Level of all intervals" example:"0.968"`
	Method              string    `json:"method,omitempty" required:"true" enum:"hodges_lehmann,medians" doc:"Where speed-up and shift come from"`
	Shift               *float64  `json:"shift,omitempty" required:"true" doc:"By how much its values exceed those of the baseline, in their unit" example:"-4.3"`
	ShiftInterval       []float64 `json:"shift_interval,omitempty" required:"true" nullable:"false" doc:"Interval of the shift" example:"[-6.1, -2.2]"`
	P                   *float64  `json:"p,omitempty" required:"true" doc:"Probability of such a difference if the groups were alike (Mann and Whitney)" example:"0.002"`
	PAdjusted           *float64  `json:"p_adjusted,omitempty" required:"true" doc:"The same, corrected for the number of comparisons" example:"0.005"`
	Superiority         *float64  `json:"superiority,omitempty" required:"true" doc:"Share of pairs of runs of which that of the group is better" example:"0.83"`
	SuperiorityInterval []float64 `json:"superiority_interval,omitempty" required:"true" nullable:"false" doc:"Interval of that share" example:"[0.68, 0.92]"`
	Verdict             string    `json:"verdict" enum:"faster,slower,equivalent,indistinguishable,not_enough_data" doc:"What the comparison says"`
	Material            string    `json:"material,omitempty" required:"true" enum:"certain,possible" doc:"Whether the difference is surely larger than the materiality"`
	Provisional         bool      `json:"provisional" doc:"Whether one of the groups has fewer than 6 values"`
	Sentence            string    `json:"sentence" doc:"The comparison in words" example:"CESGA is 1.18x faster than IFCA (95 % CI 1.09-1.27, n = 12 and 9)."`
}

func toComparison(c *comparison.Comparison) Comparison {
	answer := Comparison{
		Metric: toMetric(c.Metric), GroupBy: c.GroupBy, GroupsTotal: c.Groups.Total, Basis: toBasis(c.Basis),
		Family: Family{M: c.M, R: c.R, Level: levelOf(c.Alpha)}, Page: toPage(c.Groups, toComparedGroup),
		Warnings: toAnswerWarnings(c.Basis, c.Warnings),
	}
	if c.Baseline != nil {
		key := GroupKey(c.Baseline.Key)
		answer.Baseline = &key
	}
	return answer
}

// levelOf is the level of an interval; nil for 0, where there is none.
func levelOf(alpha float64) *float64 {
	if alpha == 0 {
		return nil
	}
	level := 1 - alpha
	return &level
}

func toComparedGroup(g *comparison.Group) ComparedGroup {
	group := ComparedGroup{
		Key: GroupKey(g.Key), N: g.N, Uploaders: g.Uploaders, First: DateTime(g.First), Last: DateTime(g.Last),
		Min: g.Min, Quartiles: []float64{*g.Q1, *g.Median, *g.Q3}, Max: g.Max, Median: g.Median,
		Mean: g.Mean, SD: g.SD, CV: g.CoV, GeometricMean: g.GeometricMean, Percentile: g.Percentile,
		Warnings: reword(toWarnings(g.Warnings), statistics.Thinned, statistics.ThinnedText(g.N, g.Kept)),
	}
	if g.MedianInterval != nil {
		group.MedianInterval = toInterval(&g.MedianInterval.Interval)
	}
	if g.Rank != nil {
		group.Rank = []int{g.Rank.Low, g.Rank.High}
	}
	if g.Versus != nil {
		group.VersusBaseline = toVersus(g.Versus)
	}
	return group
}

func toInterval(i *statistics.Interval) []float64 {
	if i == nil {
		return nil
	}
	return []float64{i.Low, i.High}
}

func toVersus(v *comparison.Versus) *VersusBase {
	versus := &VersusBase{
		Speedup: v.Speedup, Interval: toInterval(v.SpeedupInterval), Level: levelOf(v.Alpha), Method: string(v.Method),
		Shift: v.Shift, ShiftInterval: toInterval(v.ShiftInterval), P: v.P, PAdjusted: v.PAdjusted,
		Verdict: string(v.Verdict), Material: string(v.Material), Provisional: v.Provisional, Sentence: v.Sentence,
	}
	if v.Superiority != nil {
		versus.Superiority = &v.Superiority.Probability
		versus.SuperiorityInterval = toInterval(&v.Superiority.Interval)
	}
	return versus
}

func (h comparisons) compare(ctx context.Context, r *request) (Comparison, error) {
	question := r.metricQuestion()
	question.PerResource = related.Of(r.query) == perResource
	answer, err := asQueryProblem(h.service.Compare(ctx, r.caller, service.CompareQuestion{
		MetricQuestion: question,
		Materiality:    materiality.Optional(r.query),
		CompareQuestion: comparison.CompareQuestion{
			Baseline: baseline.Of(r.query), Alpha: confidence.Of(r.query), ByUploader: valueUnit.Of(r.query) == eachUploader,
			Correction: correction.Of(r.query),
			Page:       domain.PageRequest{Number: pageNumber.Of(r.query), Size: perPage.Of(r.query)},
		},
	}))
	if err != nil {
		return Comparison{}, err
	}
	wire := toComparison(answer)
	wire.form = format.Of(r.query)
	return wire, nil
}
