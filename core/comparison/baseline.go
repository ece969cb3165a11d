package comparison

import (
	"context"
	"errors"
	"slices"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

// Why there is no baseline.
var (
	ErrNoBaseline       = errors.New("no group has this name or id")
	ErrSeveralBaselines = errors.New("several groups have this name: use the id")
)

// Versus is the comparison of a group with the baseline.
type Versus struct {
	// Speedup is how much better the group is: above 1 it is better. Speedup and
	// SpeedupInterval are nil where values are not positive.
	Speedup         *float64
	SpeedupInterval *statistics.Interval
	// Alpha is 1 minus the level of all intervals; 0 if the pair was not compared.
	Alpha  float64
	Method statistics.Method
	// Shift is by how much the values of the group exceed those of the baseline, in their
	// unit.
	Shift         *float64
	ShiftInterval *statistics.Interval
	P, PAdjusted  *float64
	Superiority   *statistics.Superiority
	statistics.Decision
	Sentence string
}

// baselineOf is the group of that name or id, by default the first; nil where nothing is
// compared.
func (q CompareQuestion) baselineOf(groups []*Group) (*Group, error) {
	var found []*Group
	if q.Baseline == "" {
		found = groups[:min(1, len(groups))]
	} else {
		for _, group := range groups {
			if group.isNamed(q.Baseline) {
				found = append(found, group)
			}
		}
		switch {
		case len(found) == 0:
			return nil, ErrNoBaseline
		case len(found) > 1:
			return nil, ErrSeveralBaselines
		}
	}
	if q.better() == statistics.NoneBetter || len(found) == 0 {
		return nil, nil //nolint:nilnil // without a direction nothing is compared
	}
	return found[0], nil
}

// compareWith compares the first groups with the baseline, in one family. The error is that of a context that has ended.
func (q CompareQuestion) compareWith(ctx context.Context, answer *Comparison, groups []*Group) error {
	baseline := answer.Baseline
	var members, apart []*Group
	for _, group := range groups[:min(familySize, len(groups))] {
		switch {
		case group == baseline:
		case group.overlaps(baseline):
			group.warn(statistics.OverlappingGroups)
			apart = append(apart, group)
		default:
			members = append(members, group)
		}
	}
	samples := thinnedSamples(append([]*Group{baseline}, members...))
	family := q.family()
	family.Detail = func(a int) bool { return slices.Contains(answer.Groups.Items, members[a]) }
	result, err := family.Against(ctx, samples[0], samples[1:])
	if err != nil {
		return err
	}
	answer.M, answer.R, answer.Alpha = result.M, result.R, result.Alpha
	words := statistics.Words{
		B: baseline.Name, SizeB: len(baseline.values), Speed: IsSpeed(q.Metric.Unit), Materiality: q.Metric.Materiality,
		Correction: q.Correction, Comparisons: max(1, result.M), Level: 1 - q.Alpha, Alpha: result.Alpha, Unit: q.Metric.Unit,
		Precision: precisionOf(q.Metric),
	}
	relations := map[int]statistics.Relation{}
	for _, relation := range result.Relations {
		relations[relation.A] = relation
	}
	for i, group := range members {
		relation, compared := relations[i]
		words.A, words.SizeA = group.Name, len(group.values)
		if !compared {
			group.Versus = notCompared(words)
			continue
		}
		if relation.Details != nil {
			group.Versus = versusOf(relation, result.Alpha)
			group.Versus.Sentence = words.Sentence(relation.Comparison, relation.Decision)
			group.warnOf(relation)
		}
	}
	for _, group := range apart {
		group.Versus = &Versus{Decision: statistics.Decision{Verdict: statistics.NotEnoughData}}
		group.Versus.Sentence = words.B + " and " + group.Name + " have results in common, and cannot be compared."
	}
	return nil
}

func notCompared(words statistics.Words) *Versus {
	decision := statistics.Decision{Verdict: statistics.NotEnoughData}
	return &Versus{Decision: decision, Sentence: words.Sentence(statistics.Comparison{}, decision)}
}

// precisionOf is what advice aims at: the materiality, or that of the default for 0.
func precisionOf(metric domain.Metric) float64 {
	if metric.Materiality > 0 {
		return metric.Materiality
	}
	return statistics.DefaultMateriality
}

// versusOf collects the numbers of a comparison with the baseline.
func versusOf(r statistics.Relation, alpha float64) *Versus {
	v := &Versus{
		Alpha: alpha, Method: r.Method, P: &r.P, PAdjusted: &r.PAdjusted, Decision: r.Decision,
		Shift: &r.Details.Shift.Estimate, Superiority: &r.Details.Superiority,
	}
	if r.Details.Shift.HasInterval {
		v.ShiftInterval = &r.Details.Shift.Interval
	}
	if r.Scale != statistics.Ratio {
		return v
	}
	v.Speedup = &r.Estimate
	if r.HasInterval {
		v.SpeedupInterval = &r.Interval
	}
	return v
}

// warnOf adds the warnings that follow from the comparison.
func (g *Group) warnOf(r statistics.Relation) {
	if r.Method == statistics.Medians {
		g.warn(statistics.UnequalSpread)
	}
	if r.Details.HasShape {
		g.warn(statistics.Shape)
	}
	if r.Details.DecidedByOne {
		g.warn(statistics.OneResultDecides)
	}
}
