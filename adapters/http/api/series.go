package api

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/core/statistics"
)

const (
	defaultX = comparison.Axis("execution_datetime")

	mostPoints    = 20_000
	defaultPoints = 2000
)

// The parameters of SeriesResults.
var (
	xAxis = parameter.Parsed("x", "What to draw from left to right: a field such as `execution_datetime`, or `json.PATH`; "+
		"results with a value of more than "+strconv.Itoa(domain.LongestLabel)+" bytes are left out", parseAxis).
		Default(defaultX, string(defaultX))
	yAxis     = parameter.Parsed("y", "What to draw upwards: a field or `json.PATH`; left out for the benchmark's metric", parseAxis)
	colorAxis = parameter.Parsed("color", "What tells the points apart: a field such as `site_name`, or `json.PATH`", parseAxis)

	pointLimit = parameter.Integer("limit", "Largest number of points, 1 to 20,000",
		parameter.Range{Min: 1, Max: mostPoints, Default: defaultPoints})
)

// parseAxis also takes the short words of groups.
func parseAxis(text string) (axis comparison.Axis, message string) {
	axis = comparison.Axis(text)
	if path, ok := axis.Path(); ok {
		path, message = parsePath(path)
		return comparison.JSONPrefix + comparison.Axis(path), message
	}
	switch axis {
	case comparison.BySite, comparison.ByFlavor, comparison.ByBenchmark:
		return axis + "_name", ""
	case comparison.ByTag, comparison.ByMonth:
	}
	if !slices.Contains(comparison.Axes(), axis) {
		return "", "Must be one of: " + listed(comparison.Axes()) + ", json.PATH."
	}
	return axis, ""
}

// Series is the answer of SeriesResults.
//
//nolint:lll // a struct tag is one line
type Series struct {
	Metric Metric `json:"metric"`
	X      string `json:"x" doc:"What x is" example:"execution_datetime"`
	Y      string `json:"y" doc:"What y is" example:"json.result.score"`
	Color  string `json:"color,omitempty" required:"true" doc:"What color is; left out without" example:"site_name"`
	Total  int    `json:"total" minimum:"0" doc:"Number of points before thinning" example:"120"`
	Basis
	Points []Point `json:"points" nullable:"false" doc:"The points, sorted by x"`
	// Scaling is left out unless x is the resource of the metric, and lower or higher is better.
	Scaling  *Scaling  `json:"scaling,omitempty" required:"true"`
	Warnings []Warning `json:"warnings" nullable:"false" doc:"What a reader should know"`
}

// Point is a result as a point.
type Point struct {
	X        Coordinate  `json:"x" doc:"A date-time, a number or a text"`
	Y        Coordinate  `json:"y" doc:"A date-time, a number or a text"`
	Color    *Coordinate `json:"color,omitempty" required:"true" doc:"A date-time, a number or a text; left out where the result has none"`
	ResultID uuid.UUID   `json:"result_id" format:"uuid" doc:"Id of the result"`
}

// Scaling is how times depend on the resource.
//
//nolint:lll // a struct tag is one line
type Scaling struct {
	Cores    []float64  `json:"cores" nullable:"false" doc:"The different values of the resource, ascending" example:"[1, 2, 4, 8]"`
	Times    []float64  `json:"times" nullable:"false" doc:"The median time at each; 1 divided by the value of a rate" example:"[80, 41, 21, 11]"`
	Power    *PowerFit  `json:"power,omitempty" required:"true"`
	Amdahl   *AmdahlFit `json:"amdahl,omitempty" required:"true"`
	Show     string     `json:"show,omitempty" required:"true" enum:"amdahl,power" doc:"Which fit is good enough to be shown; left out for none"`
	Reason   string     `json:"reason,omitempty" required:"true" enum:"few_core_counts,narrow_range,not_positive,poor_fit" doc:"Why none is"`
	Sentence string     `json:"sentence,omitempty" required:"true" doc:"The fit in words" example:"Serial part 4.2 % (95 % CI 2.4-6.1 %); at most 24x however many cores."`
}

// PowerFit is ln T = ln c - exponent ln p.
type PowerFit struct {
	C                float64   `json:"c" doc:"Time at one core" example:"80"`
	Exponent         float64   `json:"exponent" doc:"1 is ideal scaling" example:"0.96"`
	ExponentInterval []float64 `json:"exponent_interval,omitempty" required:"true" nullable:"false" doc:"Its 95 % interval" example:"[0.9, 1.01]"` //nolint:lll // A tag has one line.
	R2               *float64  `json:"r2,omitempty" required:"true" doc:"Share of the variance of ln T that is explained" example:"0.99"`
}

// AmdahlFit is T = a + b / p.
//
//nolint:lll // a struct tag is one line
type AmdahlFit struct {
	A              float64   `json:"a" doc:"Time of the serial part" example:"1.2"`
	B              float64   `json:"b" doc:"Time of the parallel part at one core" example:"78"`
	T1             float64   `json:"t1" doc:"Time at one core" example:"79.2"`
	SerialFraction float64   `json:"serial_fraction" doc:"Share of the serial part" example:"0.015"`
	SerialInterval []float64 `json:"serial_interval,omitempty" required:"true" nullable:"false" doc:"Its 95 % interval, within 0 and 1" example:"[0.01, 0.02]"`
	R2             *float64  `json:"r2,omitempty" required:"true" doc:"Share of the variance of ln T that is explained" example:"0.99"`
}

// plotted is a series with the names of its axes.
type plotted struct {
	*comparison.Series
	x, y, color comparison.Axis
}

func toSeries(s plotted) Series {
	answer := Series{
		Metric: toMetric(s.Metric), X: string(s.x), Y: string(s.y), Color: string(s.color), Total: s.Total, Basis: toBasis(s.Basis),
		Points:   make([]Point, len(s.Points)),
		Warnings: reword(toAnswerWarnings(s.Basis, s.Warnings), statistics.Thinned, statistics.FewerPointsText(s.Total, len(s.Points))),
	}
	if answer.Y == "" {
		answer.Y = comparison.JSONPrefix + s.Metric.Path
	}
	for i, p := range s.Points {
		answer.Points[i] = Point{X: Coordinate(p.X), Y: Coordinate(p.Y), Color: (*Coordinate)(p.Color), ResultID: p.ResultID}
	}
	if s.Scaling != nil {
		answer.Scaling = toScaling(s.Scaling)
	}
	return answer
}

func toScaling(s *statistics.Scaling) *Scaling {
	scaling := &Scaling{
		Cores: append([]float64{}, s.Cores...), Times: append([]float64{}, s.Times...),
		Show: string(s.Show), Reason: string(s.Reason), Sentence: s.ScalingWords(),
	}
	if p := s.Power; p != nil {
		scaling.Power = &PowerFit{C: p.C, Exponent: -p.Slope, R2: p.R2}
		if i := p.SlopeInterval; i != nil {
			scaling.Power.ExponentInterval = []float64{-i.High, -i.Low}
		}
	}
	if a := s.Amdahl; a != nil {
		scaling.Amdahl = &AmdahlFit{A: a.A, B: a.B, T1: a.OneCore, SerialFraction: a.SerialFraction, R2: a.R2}
		if i := a.SerialInterval; i != nil {
			scaling.Amdahl.SerialInterval = []float64{min(1, max(0, i.Low)), min(1, max(0, i.High))}
		}
	}
	return scaling
}

func (h comparisons) plot(ctx context.Context, r *request) (plotted, error) {
	x, y, color := xAxis.Of(r.query), yAxis.Of(r.query), colorAxis.Of(r.query)
	q := service.SeriesQuestion{
		MetricQuestion: service.MetricQuestion{Results: r.question(), Asked: r.query.Canonical()},
		SeriesQuestion: comparison.SeriesQuestion{X: x, Y: y, Color: color, Limit: pointLimit.Of(r.query)},
	}
	q.Metric, _ = y.Path()
	answer, err := asQueryProblem(h.service.Plot(ctx, r.caller, q))
	return plotted{answer, x, y, color}, err
}
