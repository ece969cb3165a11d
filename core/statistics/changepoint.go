package statistics

import (
	"context"
	"math"
	"slices"
)

const (
	// changeSize is the size from which a series is searched for changes.
	changeSize = 13
	// segmentSize is the smallest number of values between two changes.
	segmentSize = 5
	// mostSearched is the longest series that is searched value by value.
	mostSearched = 2000
	// tieMargin is by how much a later cut must be better to count.
	tieMargin = 1e-9
	// sweeps is how often cuts are moved to their best place.
	sweeps = 3
	// mostCorrelated bounds the correlation of neighbours that is allowed for.
	mostCorrelated = 0.9
)

// Change is a lasting change of a series.
type Change struct {
	// At is the position from 0 of the first value after the change.
	At int
	// Comparison is of the values after the change with those before it, by the method
	// of Hodges and Lehmann.
	Comparison
	MedianBefore, MedianAfter float64
	// Before and After are the numbers of values.
	Before, After int
}

// Changes are the changes of a series.
type Changes struct {
	// Candidates are the cuts before small and unsure changes are left out.
	Candidates []int
	// Correlation is that of neighbouring values within segments; nil where there are
	// no cuts.
	Correlation *float64
	Changes     []Change
}

// FindChanges looks for changes of level in a series of at least 13 values in the order
// of time, by rank-based optimal partitioning (Lung-Yut-Fong, Lévy-Leduc & Cappé 2011).
// Changes below the materiality are left out. A series of more than 2,000 values is
// searched by the medians of blocks. Errors: *ValueError, that of a context that has ended.
func FindChanges(ctx context.Context, values []float64, materiality float64) (Changes, error) {
	series, err := NewSample(values)
	if err != nil {
		return Changes{}, err
	}
	block := 1
	if len(values) > mostSearched {
		block = (len(values) + mostSearched - 1) / mostSearched
		values = blockMedians(values, block)
	}
	var found Changes
	if found.Candidates, err = cuts(ctx, values, 1); err != nil || len(found.Candidates) == 0 {
		return found, err
	}
	correlation := neighbourCorrelation(values, found.Candidates)
	found.Correlation = &correlation
	if correlation > 0 {
		if found.Candidates, err = cuts(ctx, values, (1+correlation)/(1-correlation)); err != nil {
			return Changes{}, err
		}
	}
	moveCuts(values, found.Candidates)
	if found.Changes, err = keepMaterial(ctx, values, slices.Clone(found.Candidates), commonScale(series), materiality); err != nil {
		return Changes{}, err
	}
	for i := range found.Candidates {
		found.Candidates[i] *= block
	}
	for i := range found.Changes {
		found.Changes[i].At *= block
	}
	return found, nil
}

func blockMedians(values []float64, block int) []float64 {
	medians := make([]float64, 0, len(values)/block+1)
	for some := range slices.Chunk(values, block) {
		medians = append(medians, sortedSample(some).median())
	}
	return medians
}

// sortedSample is for values that were checked.
func sortedSample(values []float64) Sample {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return Sample{sorted: sorted}
}

// centeredRanks are the doubled midranks of the values minus their mean, which are
// integers.
func centeredRanks(values []float64) []float64 {
	order := ascending(values)
	ranks := make([]float64, len(values))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && values[order[to]] == values[order[from]] {
			to++
		}
		rank := float64(from + to - len(values)) // 2*midrank - (n+1)
		for _, i := range order[from:to] {
			ranks[i] = rank
		}
		from = to
	}
	return ranks
}

func prefixSums(values []float64) []float64 {
	sums := make([]float64, len(values)+1)
	for i, v := range values {
		sums[i+1] = sums[i] + v
	}
	return sums
}

// cuts are the positions at which the ranks change their level, at a price of each cut that grows with c.
// Each part is searched again by ranks of its own. The error is that of a context that has ended.
func cuts(ctx context.Context, values []float64, c float64) ([]int, error) {
	n := len(values)
	if err := ctx.Err(); err != nil || n < changeSize {
		return nil, err
	}
	best := partition(centeredRanks(values), c)
	if len(best) == 0 {
		return nil, nil
	}
	var all []int
	for k := range len(best) + 1 {
		from, to := 0, n
		if k > 0 {
			from = best[k-1]
			all = append(all, from)
		}
		if k < len(best) {
			to = best[k]
		}
		within, err := cuts(ctx, values[from:to], c)
		if err != nil {
			return nil, err
		}
		for _, inner := range within {
			all = append(all, from+inner)
		}
	}
	return all, nil
}

// partition minimises the cost of all segments: minus the Kruskal-Wallis statistic
// plus the price of the cuts.
func partition(ranks []float64, c float64) []int {
	n := len(ranks)
	squares := 0.0
	for _, r := range ranks {
		squares += r * r
	}
	scale := squares / float64(n-1)
	if scale == 0 {
		return nil
	}
	price := c * (3.4 + 5.4*math.Log(math.Log(float64(n))))
	sums := prefixSums(ranks)
	// weights[n-d] is 1 / (d scale), the weight of a segment of d values: backwards, so that it
	// ascends with the segment's start.
	weights := make([]float64, n+1)
	for d := 1; d <= n; d++ {
		weights[n-d] = 1 / (float64(d) * scale)
	}
	cost, before := make([]float64, n+1), make([]int, n+1)
	cost[0] = -price
	for t := segmentSize; t <= n; t++ {
		lowest, at := cost[0]-sums[t]*sums[t]*weights[n-t]+price, 0
		if last := t - segmentSize; last >= segmentSize {
			starts := cost[segmentSize : last+1]
			levels, weightsOf := sums[segmentSize:][:len(starts)], weights[n-t+segmentSize:][:len(starts)]
			for i, c := range starts {
				level := sums[t] - levels[i]
				if value := c - level*level*weightsOf[i] + price; value < lowest-tieMargin {
					lowest, at = value, segmentSize+i
				}
			}
		}
		cost[t], before[t] = lowest, at
	}
	var found []int
	for t := before[n]; t > 0; t = before[t] {
		found = append(found, t)
	}
	slices.Reverse(found)
	return found
}

// bounds are the cuts with both ends of the series.
func bounds(cuts []int, n int) []int { return append(append([]int{0}, cuts...), n) }

// neighbourCorrelation is the correlation of ranks with the one before, within segments, at
// most 0.9.
func neighbourCorrelation(values []float64, cuts []int) float64 {
	var products, squares accumulator
	ends := bounds(cuts, len(values))
	for k := 1; k < len(ends); k++ {
		ranks := centeredRanks(values[ends[k-1]:ends[k]])
		size := float64(len(ranks) + 1)
		for i, r := range ranks {
			e := r / size
			squares.add(e * e)
			if i > 0 {
				products.add(e * (ranks[i-1] / size))
			}
		}
	}
	if squares.value() == 0 {
		return 0
	}
	return min(mostCorrelated, products.value()/squares.value())
}

// moveCuts moves each cut to the place between its neighbours at which the ranks of both
// segments differ most.
func moveCuts(values []float64, cuts []int) {
	for range sweeps {
		moved := false
		for k := range cuts {
			ends := bounds(cuts, len(values))
			from, to := ends[k], ends[k+2]
			if at := from + bestCut(values[from:to]); at != cuts[k] {
				cuts[k], moved = at, true
			}
		}
		if !moved {
			return
		}
	}
}

// bestCut is the first place of the largest difference of ranks.
func bestCut(values []float64) int {
	m := len(values)
	sums := prefixSums(centeredRanks(values))
	largest, at := math.Inf(-1), 0
	for s := segmentSize; s <= m-segmentSize; s++ {
		difference := sums[s] * sums[s] / (float64(s) * float64(m-s))
		if at == 0 || difference > largest*(1+tieMargin) {
			largest, at = difference, s
		}
	}
	return at
}

// keepMaterial leaves out changes that are not sure or too small, the least first. The error is that of a context
// that has ended.
func keepMaterial(ctx context.Context, values []float64, cuts []int, scale Scale, materiality float64) ([]Change, error) {
	c := newComparer()
	for {
		changes, err := compareSegments(ctx, c, values, cuts, scale)
		if err != nil {
			return nil, err
		}
		least, smallest := -1, math.Inf(1)
		for i, change := range changes {
			size := change.size()
			if (!change.excludesNeutral() || size < change.threshold(materiality)) && size < smallest {
				least, smallest = i, size
			}
		}
		if least < 0 {
			return changes, nil
		}
		cuts = slices.Delete(cuts, least, least+1)
	}
}

func compareSegments(ctx context.Context, c *comparer, values []float64, cuts []int, scale Scale) ([]Change, error) {
	ends := bounds(cuts, len(values))
	changes := make([]Change, len(cuts))
	for k, at := range cuts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		before, after := sortedSample(values[ends[k]:at]), sortedSample(values[at:ends[k+2]])
		p := pair{x: group{Sample: after}, y: group{Sample: before}, scale: scale, method: HodgesLehmann}
		c.estimate(&p)
		changes[k] = Change{
			At: at, Comparison: c.compare(p, 0.05/float64(len(cuts))),
			MedianBefore: before.median(), MedianAfter: after.median(), Before: before.Size(), After: after.Size(),
		}
	}
	return changes, nil
}

// size is how large a change is, to compare with its threshold.
func (c Change) size() float64 {
	if c.Scale == Ratio {
		return math.Abs(math.Log(c.Estimate))
	}
	return math.Abs(c.Estimate)
}

func (c Change) threshold(materiality float64) float64 {
	if c.Scale == Ratio {
		return math.Log1p(materiality)
	}
	return materiality * math.Abs(c.MedianBefore)
}
