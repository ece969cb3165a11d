package comparison

import (
	"cmp"
	"slices"
	"time"

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
	// Percentile is that of the median among all results of the question, 0 to 100.
	Percentile *float64
	// Versus is the comparison with the baseline; nil for the baseline itself, and beyond
	// the groups that are compared.
	Versus   *Versus
	Warnings []Warning
	// Facts are there for the groups of an answer.
	Facts

	parts []*part
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
	return len(g.parts) == 1 && slices.Contains(g.parts[0].aliases, text)
}

// take reads the values of the group: those of its results, or a median for each uploader.
func (g *Group) take(byUploader bool) error {
	if byUploader {
		medians, err := statistics.ByUploader(g.observed())
		if err != nil {
			return err
		}
		for _, m := range medians {
			g.values = append(g.values, m.Value)
		}
	} else {
		g.values = make([]float64, len(g.items))
		for i, item := range g.items {
			g.values[i] = item.Value
		}
	}
	var err error
	g.sample, err = statistics.NewSample(g.values)
	if median := g.sample.Quantile(half); median != nil {
		g.median = *median
	}
	return err
}

const half = 0.5

// observed are the results with their uploaders and sessions. A session is a day of an
// uploader.
func (g *Group) observed() []statistics.Value {
	values := make([]statistics.Value, len(g.items))
	names := map[domain.UserID]string{}
	days := map[int64]string{}
	for i, item := range g.items {
		name, known := names[item.Uploader]
		if !known {
			name = item.Uploader.Issuer + "\x00" + item.Uploader.Subject
			names[item.Uploader] = name
		}
		const day = 24 * 60 * 60
		number := item.ExecutedAt.Unix() / day
		session, known := days[number]
		if !known {
			session = item.ExecutedAt.UTC().Format(time.DateOnly)
			days[number] = session
		}
		values[i] = statistics.Value{Value: item.Value, Uploader: name, Session: session}
	}
	return values
}

// describe sets what is said of the group alone. alpha is 1 minus the level.
func (g *Group) describe(q Question, alpha float64, byUploader bool) error {
	g.Summary = g.sample.Summarize()
	g.MedianInterval = g.sample.MedianInterval(alpha)
	values, times := g.observed(), make([]float64, len(g.items))
	g.First, g.Last = g.items[0].ExecutedAt, g.items[0].ExecutedAt
	for i, item := range g.items {
		times[i] = float64(item.ExecutedAt.UnixMicro()) / 1e6
		g.First, g.Last = earlier(g.First, item.ExecutedAt), later(g.Last, item.ExecutedAt)
	}
	g.Uploaders = statistics.OriginOf(values).Uploaders
	warnings, err := statistics.GroupWarnings(values, times, g.Last, q.Now)
	if err != nil {
		return err
	}
	g.Warnings = warnings
	if byUploader {
		g.warnByUploader()
	}
	if kinds := g.versions(); len(kinds) > 1 {
		g.warn(statistics.MixedVersion)
	}
	if len(g.machines()) > 1 {
		g.warn(statistics.MixedMachine)
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

// versions are the image digests of the results, and the benchmarks of those without.
func (g *Group) versions() map[string]bool {
	versions := map[string]bool{}
	for _, item := range g.items {
		if item.ImageDigest != "" {
			versions[item.ImageDigest] = true
			continue
		}
		versions[string(item.BenchmarkID[:])] = true
	}
	return versions
}

// machines are the descriptions of the machines, and the flavors of results without.
func (g *Group) machines() map[string]bool {
	machines := map[string]bool{}
	for _, item := range g.items {
		if item.Label != "" {
			machines[item.Label] = true
			continue
		}
		machines[string(item.FlavorID[:])] = true
	}
	return machines
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
