package comparison

import (
	"context"
	"slices"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

const (
	// familySize is the number of groups that are compared with the baseline: the first
	// ones.
	familySize = 200
	// rankedSize is the number of groups that are ranked.
	rankedSize = 30
)

// CompareQuestion asks for groups side by side.
type CompareQuestion struct {
	Question

	// Baseline is the name or id of a group; empty for the first group.
	Baseline string
	// Alpha is 1 minus the level: 0.05, 0.1 or 0.01.
	Alpha float64
	// ByUploader replaces the values of each uploader by their median.
	ByUploader bool
	Correction statistics.Correction
	Page       domain.PageRequest
}

// Comparison is the answer to a CompareQuestion.
type Comparison struct {
	Basis
	Metric  domain.Metric
	GroupBy []Dimension
	// Baseline is nil if nothing is compared.
	Baseline *Group
	// M is the number of comparisons with the baseline, R that of the differences that their
	// intervals bear out, Alpha 1 minus the level of each interval; 0 for M = 0.
	M, R  int
	Alpha float64
	// Groups is the page.
	Groups   domain.Page[*Group]
	Warnings []Warning
}

// Compare describes and compares groups of measurements, which are sorted by id.
//
// Errors: ErrNoBaseline, ErrSeveralBaselines, that of a context that has ended.
func Compare(ctx context.Context, q CompareQuestion, of domain.Measurements) (*Comparison, error) {
	of = q.related(of)
	groups, basis, err := q.split(ctx, of, q.ByUploader)
	if err != nil {
		return nil, err
	}
	answer := &Comparison{Basis: basis, Metric: q.Metric, GroupBy: q.GroupBy}
	answer.Groups = domain.Page[*Group]{PageRequest: q.Page, Total: len(groups), Items: pageOf(groups, q.Page)}
	all, err := sampleOf(of.Items)
	if err != nil {
		return nil, err
	}
	for _, group := range answer.Groups.Items {
		if err := group.describe(ctx, q.Question, q.Alpha, q.ByUploader); err != nil {
			return nil, err
		}
		group.Percentile = all.PercentileRank(group.median)
	}
	if answer.Baseline, err = q.baselineOf(groups); err != nil {
		return nil, err
	}
	if answer.Baseline != nil {
		if err := q.compareWith(ctx, answer, groups); err != nil {
			return nil, err
		}
		if err := rank(ctx, q, groups); err != nil {
			return nil, err
		}
	}
	answer.Warnings = q.commonWarnings(answer.Basis, groups)
	forget(groups)
	return answer, nil
}

// split returns the groups of the measurements in their order, and what all of them are. The error is that of a context
// that has ended.
func (q Question) split(ctx context.Context, of domain.Measurements, byUploader bool) ([]*Group, Basis, error) {
	groups, ungrouped, err := newGrouper(q.GroupBy, of).split(ctx)
	if err != nil {
		return nil, Basis{}, err
	}
	for _, group := range groups {
		if err := group.take(ctx, byUploader); err != nil {
			return nil, Basis{}, err
		}
	}
	inOrder(groups, q.better())
	basis, err := basisOf(ctx, of)
	basis.Ungrouped = ungrouped
	return groups, basis, err
}

// related are the measurements with the values that the question asks for.
func (q Question) related(of domain.Measurements) domain.Measurements {
	if q.PerResource {
		of.Items = perResource(of.Items, q.Metric.Better)
	}
	return of
}

// perResource leaves out measurements without a positive resource.
func perResource(items []domain.Measurement, better domain.Better) []domain.Measurement {
	related := make([]domain.Measurement, 0, len(items))
	for _, item := range items {
		if item.Resource == nil || *item.Resource <= 0 {
			continue
		}
		if better == domain.LowerBetter {
			item.Value *= *item.Resource
		} else {
			item.Value /= *item.Resource
		}
		if statistics.Check([]float64{item.Value}) == nil {
			related = append(related, item)
		}
	}
	return related
}

func pageOf(groups []*Group, page domain.PageRequest) []*Group {
	if page.Offset() >= len(groups) {
		return nil
	}
	return groups[page.Offset():min(page.Offset()+page.Size, len(groups))]
}

func sampleOf(items []domain.Measurement) (statistics.Sample, error) {
	values := make([]float64, len(items))
	for i, item := range items {
		values[i] = item.Value
	}
	return statistics.NewSample(values)
}

// commonWarnings are those of a whole answer with these groups: that they differ in version,
// and what its comparisons suffer from.
func (q Question) commonWarnings(basis Basis, groups []*Group) []Warning {
	var warnings []Warning
	if !basis.IsFinal() {
		warnings = append(warnings, statistics.Deriving)
	}
	if q.MixedUnits {
		warnings = append(warnings, statistics.MixedUnit)
	}
	if !slices.Contains(q.GroupBy, ByBenchmark) && versionsDiffer(groups...) {
		warnings = append(warnings, statistics.MixedVersion)
	}
	if !q.separatesMachines() && machinesDiffer(groups...) {
		warnings = append(warnings, statistics.MixedMachine)
	}
	for _, w := range []Warning{statistics.OverlappingGroups, statistics.Thinned} {
		if slices.ContainsFunc(groups, func(g *Group) bool { return slices.Contains(g.Warnings, w) }) {
			warnings = append(warnings, w)
		}
	}
	return warnings
}

// separatesMachines tells whether the question itself is about different machines.
func (q Question) separatesMachines() bool {
	return slices.ContainsFunc(q.GroupBy, func(d Dimension) bool {
		path, ok := d.Path()
		return d == BySite || d == ByFlavor || ok && path == q.Metric.Label
	})
}

// rank ranks the first groups. Groups that have results in common with another one are not
// ranked. The error is that of a context that has ended.
func rank(ctx context.Context, q CompareQuestion, groups []*Group) error {
	first := groups[:min(rankedSize, len(groups))]
	var ranked []*Group
	for _, group := range first {
		if !slices.ContainsFunc(first, func(other *Group) bool { return other != group && group.overlaps(other) }) {
			ranked = append(ranked, group)
		}
	}
	result, err := q.family().Rank(ctx, thinnedSamples(ranked))
	for _, i := range result.Used {
		ranked[i].Rank, ranked[i].Leads = &result.Ranks[i], result.Leaders[i]
	}
	return err
}

// family is how the comparisons of this question are made.
func (q CompareQuestion) family() statistics.Family {
	return statistics.Family{
		Better: q.better(), Correction: q.Correction, Alpha: q.Alpha, Materiality: q.Metric.Materiality,
	}
}

// overlaps tells whether two groups have results in common. Only groups by tags can.
func (g *Group) overlaps(other *Group) bool {
	if !g.mayOverlap() {
		return false
	}
	ids := make(map[string]bool, len(g.items))
	for _, item := range g.items {
		ids[string(item.ResultID[:])] = true
	}
	return slices.ContainsFunc(other.items, func(item *domain.Measurement) bool { return ids[string(item.ResultID[:])] })
}

func (g *Group) mayOverlap() bool {
	return slices.ContainsFunc(g.Key, func(f Field) bool { return f.Name == "tag_id" })
}

// thinnedSamples are the samples that are compared: if two of the groups are very large
// together, all that are very large are thinned in the order of the results' ids.
func thinnedSamples(groups []*Group) []statistics.Sample {
	largest, second := 0, 0
	for _, group := range groups {
		switch n := len(group.values); {
		case n > largest:
			largest, second = n, largest
		case n > second:
			second = n
		}
	}
	samples := make([]statistics.Sample, len(groups))
	for i, group := range groups {
		samples[i] = group.sample
		if step, _ := statistics.ThinningStep(len(group.values), largest+second-len(group.values)); step > 1 {
			// The values passed the checks of the whole sample.
			kept := statistics.Thin(group.values, step)
			samples[i], _ = statistics.NewSample(kept)
			group.Kept = len(kept)
			group.warn(statistics.Thinned)
		}
	}
	return samples
}
