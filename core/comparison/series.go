package comparison

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/statistics"
)

// Axis says where a coordinate of a point comes from: a named field of the result, such as
// execution_datetime, or JSONPrefix and a path.
type Axis = Dimension

// Coordinate is a time, a number or a text.
type Coordinate struct {
	Time   *time.Time
	Number *float64
	Text   string
}

// SeriesQuestion asks for points to draw.
type SeriesQuestion struct {
	Question

	// X and Y are the coordinates; an empty Y is the value of the metric. An empty Color is
	// none.
	X, Y, Color Axis
	// Limit is the largest number of points, at least 1.
	Limit int
}

// Paths are the paths of the axes: the measurements have their values in Others, in this
// order.
func (q SeriesQuestion) Paths() []string {
	return Question{GroupBy: []Dimension{q.X, q.Y, q.Color}}.Paths()
}

// Point is one result.
type Point struct {
	X, Y     Coordinate
	Color    *Coordinate
	ResultID uuid.UUID
}

// Series is the answer to a SeriesQuestion.
type Series struct {
	Basis
	Metric domain.Metric
	// Total is the number of points before thinning.
	Total  int
	Points []Point
	// Scaling is there if X is the resource of the metric, and a direction is better.
	Scaling  *statistics.Scaling
	Warnings []Warning
}

// Plot returns the points, sorted by x, without results that lack a coordinate. The error is that of a context that
// has ended.
func Plot(ctx context.Context, q SeriesQuestion, of domain.Measurements) (*Series, error) {
	points, used := make([]Point, 0, len(of.Items)), make([]*domain.Measurement, 0, len(of.Items))
	for i := range of.Items {
		if err := everySome(ctx, i); err != nil {
			return nil, err
		}
		if point, ok := q.point(&of.Items[i], of); ok {
			points, used = append(points, point), append(used, &of.Items[i])
		}
	}
	basis, err := basisOfEach(ctx, used, of.Deriving)
	if err != nil {
		return nil, err
	}
	answer := &Series{Basis: basis, Metric: q.Metric, Total: len(points)}
	if path, ok := q.X.Path(); ok && path == q.Metric.Resource && q.isMetric(q.Y) {
		scaling, err := q.scaling(points)
		if err != nil {
			return nil, err
		}
		answer.Scaling = scaling
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	order := alongX(points)
	for _, at := range statistics.Evenly(len(points), q.Limit) {
		answer.Points = append(answer.Points, points[order[at]])
	}
	if !answer.IsFinal() {
		answer.Warnings = append(answer.Warnings, statistics.Deriving)
	}
	if len(answer.Points) < len(points) {
		answer.Warnings = append(answer.Warnings, statistics.Thinned)
	}
	if versionsDiffer(&Group{items: used}) {
		answer.Warnings = append(answer.Warnings, statistics.MixedVersion)
	}
	return answer, nil
}

// alongX are the positions of the points in the order of x, then of their results' ids, by which
// they are sorted.
func alongX(points []Point) []int {
	type place struct {
		time   int64
		number float64
		at     int
	}
	places := make([]place, len(points))
	alike := true // all are times, or all are numbers
	for i, p := range points {
		places[i].at = i
		switch {
		case p.X.Time != nil:
			places[i].time = p.X.Time.UnixMicro()
		case p.X.Number != nil:
			places[i].number = *p.X.Number
		}
		alike = alike && p.X.rank() == points[0].X.rank() && p.X.rank() != (Coordinate{}).rank()
	}
	slices.SortFunc(places, func(a, b place) int {
		switch {
		case !alike:
			return cmp.Or(points[a.at].X.compare(points[b.at].X), a.at-b.at)
		case a.time != b.time:
			return cmp.Compare(a.time, b.time)
		case a.number != b.number:
			return cmp.Compare(a.number, b.number)
		default:
			return a.at - b.at
		}
	})
	order := make([]int, len(places))
	for i, p := range places {
		order[i] = p.at
	}
	return order
}

func (q SeriesQuestion) isMetric(axis Axis) bool {
	path, ok := axis.Path()
	return axis == "" || ok && path == q.Metric.Path
}

// scaling fits times over the resource; rates are turned into times.
func (q SeriesQuestion) scaling(points []Point) (*statistics.Scaling, error) {
	if q.better() == statistics.NoneBetter {
		return nil, nil //nolint:nilnil // times cannot be told from rates
	}
	var cores, times []float64
	for _, p := range points {
		if p.X.Number == nil || *p.X.Number <= 0 || p.Y.Number == nil {
			continue
		}
		value := *p.Y.Number
		if q.better() == statistics.HigherBetter {
			value = 1 / value
		}
		if statistics.Check([]float64{value}) == nil {
			cores, times = append(cores, *p.X.Number), append(times, value)
		}
	}
	scaling, err := statistics.FitScaling(cores, times)
	return &scaling, err
}

// point reads the coordinates of a result; ok is false if one of them is missing.
func (q SeriesQuestion) point(item *domain.Measurement, of domain.Measurements) (p Point, ok bool) {
	p.ResultID = item.ResultID
	others := item.Others
	read := func(axis Axis) (c Coordinate, ok bool) {
		if _, inDocument := axis.Path(); inDocument {
			text := others[0]
			others = others[1:]
			if axis != q.X && q.isMetric(axis) && item.HasValue {
				return Coordinate{Number: &item.Value}, true
			}
			return valueCoordinate(text)
		}
		return namedCoordinate(axis, item, of)
	}
	if p.X, ok = read(q.X); !ok {
		return p, false
	}
	if q.Y == "" {
		if p.Y.Number = &item.Value; !item.HasValue {
			return p, false
		}
	} else if p.Y, ok = read(q.Y); !ok {
		return p, false
	}
	if q.Color != "" {
		if color, ok := read(q.Color); ok {
			p.Color = &color
		}
	}
	return p, true
}

func valueCoordinate(text string) (Coordinate, bool) {
	if text == "" || text == "null" {
		return Coordinate{}, false
	}
	if number, ok := metrics.Number([]byte(text)); ok {
		return Coordinate{Number: &number}, true
	}
	return Coordinate{Text: metrics.Text([]byte(text))}, true
}

// Axes are the named fields that can be coordinates.
func Axes() []Axis {
	return []Axis{
		"execution_datetime", "upload_datetime", "id", "benchmark_id", "benchmark_name", "site_id", "site_name", "site_address",
		"flavor_id", "flavor_name", "tag",
	}
}

func namedCoordinate(axis Axis, item *domain.Measurement, of domain.Measurements) (Coordinate, bool) {
	text := ""
	switch string(axis) {
	case "execution_datetime":
		return Coordinate{Time: &item.ExecutedAt}, true
	case "upload_datetime":
		return Coordinate{Time: &item.UploadedAt}, true
	case "id":
		text = item.ResultID.String()
	case "benchmark_id":
		text = item.BenchmarkID.String()
	case "site_id":
		text = item.SiteID.String()
	case "flavor_id":
		text = item.FlavorID.String()
	case "benchmark_name":
		if b := of.Benchmarks[item.BenchmarkID]; b != nil {
			text = b.Name()
		}
	case "site_name", "site_address":
		if s := of.Sites[item.SiteID]; s != nil {
			text = s.Name
			if axis == "site_address" {
				text = s.Address
			}
		}
	case "flavor_name":
		if f := of.Flavors[item.FlavorID]; f != nil {
			text = f.Name
		}
	case "tag":
		text = tagNames(item, of)
	}
	return Coordinate{Text: text}, text != ""
}

func tagNames(item *domain.Measurement, of domain.Measurements) string {
	var names []string
	for _, id := range item.TagIDs {
		if tag := of.Tags[id]; tag != nil {
			names = append(names, tag.Name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// compare orders times before numbers before texts.
func (c Coordinate) compare(other Coordinate) int {
	switch {
	case c.Time != nil && other.Time != nil:
		return c.Time.Compare(*other.Time)
	case c.Number != nil && other.Number != nil:
		return cmp.Compare(*c.Number, *other.Number)
	default:
		return cmp.Or(cmp.Compare(c.rank(), other.rank()), cmp.Compare(c.Text, other.Text))
	}
}

func (c Coordinate) rank() int {
	switch {
	case c.Time != nil:
		return 0
	case c.Number != nil:
		return 1
	default:
		return 2
	}
}
