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

// Group is a number of measurements that are alike in something.
type Group struct {
	// Name is for people. No two groups of an answer have the same name, unless their
	// entities have.
	Name string
	// Key holds the names and ids by which the group was formed.
	Key []Field
	statistics.Summary
	// Uploaders is the number of people, First and Last the times of the runs.
	Uploaders   int
	First, Last time.Time
	// MedianInterval is nil if the group is too small for the level.
	MedianInterval *statistics.MedianInterval
	// Rank is nil if the group is not ranked.
	Rank *statistics.RankRange
	// Leads: no group is surely better, or the group is equivalent to the first one.
	Leads bool
	// Percentile is that of the median among all results of the question, 0 to 100.
	Percentile *float64
	// Versus is the comparison with the baseline; nil for the baseline itself, and beyond
	// the groups that are compared.
	Versus   *Versus
	Warnings []Warning
	// Kept is the number of results that were compared, of a group that has the warning Thinned.
	Kept int
	// Facts are there for the groups of an answer.
	Facts

	parts []*part
	// size is the number of items.
	size  int
	items []*domain.Measurement
	// values are what is compared, one for each result or each uploader.
	values []float64
	sample statistics.Sample
	median float64
	// position is the place in the order of all groups.
	position int
}

func newGroup(parts []*part) *Group {
	g := &Group{parts: parts, Name: nameOf(parts, false)}
	for _, p := range parts {
		for _, field := range p.fields {
			if !slices.ContainsFunc(g.Key, func(f Field) bool { return f.Name == field.Name }) {
				g.Key = append(g.Key, field)
			}
		}
	}
	return g
}

// forget drops the measurements of groups, so that an answer can be kept.
func forget(groups []*Group) {
	for _, g := range groups {
		g.items, g.values, g.sample = nil, nil, statistics.Sample{}
	}
}

// isNamed tells whether the text is a name or id of the group.
func (g *Group) isNamed(text string) bool {
	if text == g.Name || text == nameOf(g.parts, true) || text == nameOf(g.parts, false) {
		return true
	}
	if len(g.parts) != 1 {
		return false
	}
	if slices.Contains(g.parts[0].aliases, text) {
		return true
	}
	id, err := uuid.Parse(text) // in any common form, as in other queries
	return err == nil && slices.Contains(g.parts[0].aliases, id.String())
}

// take reads the values of the group: those of its results, or a median for each uploader. The error is that of a
// context that has ended.
func (g *Group) take(ctx context.Context, byUploader bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	g.values = make([]float64, len(g.items))
	for i, item := range g.items {
		g.values[i] = item.Value
	}
	var err error
	if byUploader {
		if g.values, err = g.perUploader(); err != nil {
			return err
		}
	}
	g.sample, err = statistics.NewSample(g.values)
	if median := g.sample.Quantile(half); median != nil {
		g.median = *median
	}
	return err
}

const half = 0.5

// perUploader are the medians of the uploaders, in the order of their names.
func (g *Group) perUploader() ([]float64, error) {
	observed := make([]statistics.Value, len(g.items))
	names := map[domain.UserID]string{}
	for i, item := range g.items {
		name, known := names[item.Uploader]
		if !known {
			name = item.Uploader.Issuer + "\x00" + item.Uploader.Subject
			names[item.Uploader] = name
		}
		observed[i] = statistics.Value{Value: item.Value, Uploader: name}
	}
	medians, err := statistics.ByUploader(observed)
	values := make([]float64, len(medians))
	for i, m := range medians {
		values[i] = m.Value
	}
	return values, err
}

// runs are the results with their times, uploaders and days.
func (g *Group) runs() statistics.Runs {
	n := len(g.items)
	runs := statistics.Runs{Values: make([]float64, n), Times: make([]float64, n), Uploaders: make([]int, n), Days: make([]int, n)}
	people := map[domain.UserID]int{}
	for i, item := range g.items {
		const day, micros = 24 * 60 * 60, 1e6
		runs.Values[i] = item.Value
		runs.Times[i] = float64(item.ExecutedAt.UnixMicro()) / micros
		runs.Days[i] = int(item.ExecutedAt.Unix() / day)
		person, known := people[item.Uploader]
		if !known {
			person = len(people)
			people[item.Uploader] = person
		}
		runs.Uploaders[i] = person
	}
	return runs
}

// describe sets what is said of the group alone. alpha is 1 minus the level. The error is that of a context that has ended.
func (g *Group) describe(ctx context.Context, q Question, alpha float64, byUploader bool) error {
	runtime.Gosched() // many groups take long: shorter work goes first
	g.Summary = g.sample.Summarize()
	g.MedianInterval = g.sample.MedianInterval(alpha)
	g.First, g.Last = g.items[0].ExecutedAt, g.items[0].ExecutedAt
	for _, item := range g.items {
		g.First, g.Last = earlier(g.First, item.ExecutedAt), later(g.Last, item.ExecutedAt)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	runs, ofResults := g.runs(), g.sample
	if byUploader {
		var err error
		if ofResults, err = statistics.NewSample(runs.Values); err != nil {
			return err
		}
	}
	g.Warnings, g.Uploaders = ofResults.Warnings(runs, g.Last, q.Now)
	if byUploader {
		g.warnByUploader()
	}
	if versionsDiffer(g) {
		g.warn(statistics.MixedVersion)
	}
	if machinesDiffer(g) {
		g.warn(statistics.MixedMachine)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	g.Facts = g.facts()
	return nil
}

// warnByUploader leaves out the warnings whose advice was followed, and counts uploaders
// instead of results.
func (g *Group) warnByUploader() {
	g.Warnings = slices.DeleteFunc(g.Warnings, func(w Warning) bool {
		return w == statistics.FewUploaders || w == statistics.DominantSession || w == statistics.FewResults
	})
	if len(g.values) < statistics.FirmSize {
		g.Warnings = slices.Insert(g.Warnings, 0, statistics.FewResults)
	}
}

func (g *Group) warn(w Warning) {
	if !slices.Contains(g.Warnings, w) {
		g.Warnings = append(g.Warnings, w)
	}
}

// version is the image digest of a result, and the benchmark of one without.
type version struct {
	digest    string
	benchmark uuid.UUID
}

func versionOf(item *domain.Measurement) version {
	if item.ImageDigest != "" {
		return version{digest: item.ImageDigest}
	}
	return version{benchmark: item.BenchmarkID}
}

// versionsDiffer tells whether the results of the groups are of more than one version.
func versionsDiffer(groups ...*Group) bool {
	var first version
	known := false
	for _, group := range groups {
		for _, item := range group.items {
			switch v := versionOf(item); {
			case !known:
				first, known = v, true
			case v != first:
				return true
			}
		}
	}
	return false
}

// machinesDiffer tells whether the results of the groups are of more than one machine: by its
// description, or by the flavor of results without.
func machinesDiffer(groups ...*Group) bool {
	var first *domain.Measurement
	for _, group := range groups {
		for _, item := range group.items {
			if first == nil {
				first = item
			}
			if item.Label != first.Label || item.Label == "" && item.FlavorID != first.FlavorID {
				return true
			}
		}
	}
	return false
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// inOrder sorts groups by their medians, the best first; of equal ones the larger, then by
// name. Where no direction is better it sorts by name.
func inOrder(groups []*Group, better statistics.Better) {
	slices.SortStableFunc(groups, func(a, b *Group) int {
		byMedian := cmp.Compare(a.median, b.median)
		switch better {
		case statistics.LowerBetter:
		case statistics.HigherBetter:
			byMedian = -byMedian
		default:
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(keyOf(a.parts), keyOf(b.parts)))
		}
		return cmp.Or(
			byMedian, cmp.Compare(len(b.values), len(a.values)), cmp.Compare(a.Name, b.Name), cmp.Compare(keyOf(a.parts), keyOf(b.parts)),
		)
	})
	for i, group := range groups {
		group.position = i
	}
}
