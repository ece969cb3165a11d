package comparison

import (
	"context"
	"math"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

const (
	// shownGroups is the number of groups of answers without pages: the first ones.
	shownGroups = 200
	// steps is the largest number of points of a distribution function.
	steps = 200
)

// DistributionQuestion asks how the values of groups are distributed.
type DistributionQuestion struct {
	Question

	// Bins is the number of bins of the histograms; 0 chooses one.
	Bins int
	// Logarithmic: the bins are equally wide on a logarithmic scale, if all values are
	// positive.
	Logarithmic bool
}

// Distribution is the answer to a DistributionQuestion.
type Distribution struct {
	Basis
	Metric  domain.Metric
	GroupBy []Dimension
	// Edges are the borders of the bins of all histograms, ascending.
	Edges []float64
	// GroupsTotal is the number of groups; Groups are the first of them.
	GroupsTotal int
	Groups      []Distributed
	Warnings    []Warning
}

// Distributed is a group with its histogram and its distribution function.
type Distributed struct {
	*Group
	Counts []int
	Steps  []statistics.Step
}

// Distribute describes the distributions of groups. The error is that of a context that has ended.
func Distribute(ctx context.Context, q DistributionQuestion, of domain.Measurements) (*Distribution, error) {
	of = q.related(of)
	groups, basis, err := q.split(ctx, of, false)
	if err != nil {
		return nil, err
	}
	answer := &Distribution{Basis: basis, Metric: q.Metric, GroupBy: q.GroupBy, GroupsTotal: len(groups)}
	groups = groups[:min(shownGroups, len(groups))]
	all, err := sampleOf(of.Items)
	if err != nil {
		return nil, err
	}
	answer.Edges = q.edges(all)
	for _, group := range groups {
		if err := group.describe(ctx, q.Question, 1-level, false); err != nil {
			return nil, err
		}
		answer.Groups = append(answer.Groups, Distributed{group, group.sample.Histogram(answer.Edges), group.sample.Distribution(steps)})
	}
	answer.Warnings = q.commonWarnings(answer.Basis, groups)
	forget(groups)
	return answer, nil
}

// level is that of intervals which no question chooses.
const level = 0.95

// edges are the borders of the bins.
func (q DistributionQuestion) edges(all statistics.Sample) []float64 {
	logs, positive := all.Logarithms()
	if !q.Logarithmic || !positive {
		return all.Edges(q.bins(all))
	}
	edges := logs.Edges(q.bins(logs))
	for i := range edges {
		edges[i] = math.Exp(edges[i])
	}
	edges[0], edges[len(edges)-1] = *all.Quantile(0), *all.Quantile(1)
	return edges
}

func (q DistributionQuestion) bins(s statistics.Sample) int {
	if q.Bins > 0 {
		return q.Bins
	}
	return s.Bins()
}
