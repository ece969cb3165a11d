package comparison

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

// Interval is the length of the parts of a trend.
type Interval string

// The intervals, in UTC. Weeks begin on Monday.
const (
	Daily     Interval = "day"
	Weekly    Interval = "week"
	Monthly   Interval = "month"
	Quarterly Interval = "quarter"
)

// TrendQuestion asks how groups changed with time.
type TrendQuestion struct {
	Question

	Interval Interval
}

// Trend is the answer to a TrendQuestion.
type Trend struct {
	Basis
	Metric   domain.Metric
	GroupBy  []Dimension
	Interval Interval
	// GroupsTotal is the number of groups; Groups are the first of them.
	GroupsTotal int
	Groups      []Course
	Warnings    []Warning
}

// Course is a group over time.
type Course struct {
	*Group
	Parts   []Part
	Changes []Change
	// Runs are the values in time order, thinned evenly to mostRuns.
	Runs []Run
	// Turns are when another machine or another image ran than before, in time order: the
	// first mostTurns of them.
	Turns []Turn
}

const (
	mostRuns  = 400
	mostTurns = 20
)

// Run is the value of one result.
type Run struct {
	At       time.Time
	Value    float64
	ResultID uuid.UUID
}

// Turn is when what ran became something else.
type Turn struct {
	At time.Time
	// Machine is the label of the new machine, empty if it is the one before. Image is true
	// for another image or version of the benchmark.
	Machine string
	Image   bool
}

// Part is what ran in one interval.
type Part struct {
	// Start is the first day.
	Start  time.Time
	N      int
	Median float64
}

// Change is a lasting change of a group.
type Change struct {
	statistics.Change
	// At is the time of the first run after the change, and ResultID its result.
	At       time.Time
	ResultID uuid.UUID
	Sentence string
}

// Follow returns the groups over time. The error is that of a context that has ended.
func Follow(ctx context.Context, q TrendQuestion, of domain.Measurements) (*Trend, error) {
	of = q.related(of)
	groups, basis, err := q.split(ctx, of, false)
	if err != nil {
		return nil, err
	}
	answer := &Trend{Basis: basis, Metric: q.Metric, GroupBy: q.GroupBy, Interval: q.Interval, GroupsTotal: len(groups)}
	groups = groups[:min(shownGroups, len(groups))]
	for _, group := range groups {
		if err := group.describe(ctx, q.Question, 1-level, false); err != nil {
			return nil, err
		}
		course, err := q.course(ctx, group)
		if err != nil {
			return nil, err
		}
		answer.Groups = append(answer.Groups, course)
	}
	answer.Warnings = q.commonWarnings(answer.Basis, groups)
	forget(groups)
	return answer, nil
}

// course follows one group. Runs of one time are in the order of their results' ids.
func (q TrendQuestion) course(ctx context.Context, group *Group) (Course, error) {
	runtime.Gosched()
	items := inTime(group.items)
	course := Course{Group: group, Turns: turnsOf(items)}
	for _, at := range statistics.Evenly(len(items), mostRuns) {
		course.Runs = append(course.Runs, Run{items[at].ExecutedAt, items[at].Value, items[at].ResultID})
	}
	values := make([]float64, len(items))
	from := 0
	var start, end time.Time
	for i, item := range items {
		values[i] = item.Value
		if i == from {
			start, end = q.Interval.around(item.ExecutedAt)
		}
		if i+1 < len(items) && items[i+1].ExecutedAt.Before(end) {
			continue
		}
		median, err := statistics.ResultValue(values[from : i+1])
		if err != nil {
			return course, err
		}
		course.Parts = append(course.Parts, Part{Start: start, N: i + 1 - from, Median: *median})
		from = i + 1
	}
	changes, err := statistics.FindChanges(ctx, values, q.Metric.Materiality)
	for _, change := range changes.Changes {
		at := items[change.At]
		course.Changes = append(course.Changes, Change{
			Change: change, At: at.ExecutedAt, ResultID: at.ResultID,
			Sentence: statistics.ChangeWords(at.ExecutedAt.UTC().Format(time.DateOnly), q.better(), change),
		})
	}
	return course, err
}

// inTime are the items in the order of their times, then of their ids, by which they are sorted.
func inTime(items []*domain.Measurement) []*domain.Measurement {
	type place struct {
		time int64
		at   int
	}
	places := make([]place, len(items))
	for i, item := range items {
		places[i] = place{item.ExecutedAt.UnixMicro(), i}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.time != b.time {
			return cmp.Compare(a.time, b.time)
		}
		return a.at - b.at
	})
	ordered := make([]*domain.Measurement, len(items))
	for i, p := range places {
		ordered[i] = items[p.at]
	}
	return ordered
}

// turnsOf are the turns of items in time order. What has no label or digest tells nothing.
func turnsOf(items []*domain.Measurement) []Turn {
	var turns []Turn
	machine, image := "", version{}
	for _, item := range items {
		if len(turns) == mostTurns {
			break
		}
		turn := Turn{At: item.ExecutedAt}
		if item.Label != "" && item.Label != machine {
			if machine != "" {
				turn.Machine = item.Label
			}
			machine = item.Label
		}
		if ran := (version{item.ImageDigest, item.BenchmarkID}); item.ImageDigest != "" && ran != image {
			turn.Image = image != version{}
			image = ran
		}
		if turn.Machine != "" || turn.Image {
			turns = append(turns, turn)
		}
	}
	return turns
}

// around are the beginning of the interval that holds the time, and that of the next one.
func (i Interval) around(t time.Time) (start, end time.Time) {
	year, month, day := t.UTC().Date()
	months, days := 0, 1
	switch i {
	case Weekly:
		const week = 7
		day -= (int(t.UTC().Weekday()) + week - 1) % week
		days = week
	case Monthly:
		day, months, days = 1, 1, 0
	case Quarterly:
		const quarter = 3
		month, day, months, days = (month-1)/quarter*quarter+1, 1, quarter, 0
	case Daily:
	}
	start = time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return start, start.AddDate(0, months, days)
}
