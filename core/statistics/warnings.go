package statistics

import (
	"fmt"
	"time"
)

// Warning is a code for something that a reader of a number should know.
type Warning string

// The warnings.
const (
	FewResults        Warning = "few_results"
	Constant          Warning = "constant"
	SingleUploader    Warning = "single_uploader"
	FewUploaders      Warning = "few_uploaders"
	DominantSession   Warning = "dominant_session"
	MixedVersion      Warning = "mixed_version"
	MixedUnit         Warning = "mixed_unit"
	MixedMachine      Warning = "mixed_machine"
	Stale             Warning = "stale"
	HasOutliers       Warning = "outliers"
	Multimodal        Warning = "multimodal"
	UnequalSpread     Warning = "unequal_spread"
	Thinned           Warning = "thinned"
	Shape             Warning = "shape"
	OneResultDecides  Warning = "one_result_decides"
	HasTrend          Warning = "trend"
	OverlappingGroups Warning = "overlap"
	Deriving          Warning = "deriving"
)

// Text explains the warning to a reader.
func (w Warning) Text() string { return warningTexts[w] }

var warningTexts = map[Warning]string{
	FewResults:     "Fewer than 6 results: there is no 95 % interval of the median.",
	Constant:       "All results are equal.",
	SingleUploader: "All results are from one uploader.",
	FewUploaders:   "Most results are from one uploader: compare by uploader (unit=uploader) if 4 or more uploaded.",
	DominantSession: "More than half of the results are from one uploader on one day: " +
		"compare by uploader (unit=uploader) if 4 or more uploaded.",
	MixedVersion:      "The results are of more than one version of the benchmark.",
	MixedUnit:         "The results were uploaded in more than one unit, and converted.",
	MixedMachine:      "The results are from more than one kind of machine.",
	Stale:             "The newest result is older than a year.",
	HasOutliers:       "Some results are far from the others. They count.",
	Multimodal:        "Two or more groups of speeds are mixed: look at flavor, version or node.",
	UnequalSpread:     "The smaller group varies more: the medians are compared.",
	Thinned:           "The groups are very large: the comparison takes a regular part of the results.",
	Shape:             "The groups differ by more than a factor: the ratio of their medians is outside the interval.",
	OneResultDecides:  "Leaving out one of the results would change the verdict.",
	HasTrend:          "The results rise or fall with time.",
	OverlappingGroups: "The groups have results in common, and cannot be compared.",
	Deriving: "The values of this metric are still being derived. Until they are, answers are read from the documents: " +
		"complete, but slower.",
}

// ThinnedText is Thinned for a group of so many results, of which so many were compared.
func ThinnedText(results, kept int) string {
	return fmt.Sprintf("The groups are very large: the comparison takes %d of %d results, evenly in the order of their ids.", kept, results)
}

// FewerPointsText is Thinned for a series.
func FewerPointsText(points, kept int) string {
	return fmt.Sprintf("%d of %d points are here, evenly along x.", kept, points)
}

const (
	// trendP and trendTau are the limits beyond which a trend is worth a warning.
	trendP, trendTau = 0.01, 0.2
	// multimodalP is the limit of the dip test.
	multimodalP = 0.05
	// staleAfter is the age of the newest result.
	staleAfter = 365 * 24 * time.Hour
)

// Runs are the results of one group, in any order: all lists have one length.
type Runs struct {
	Values []float64
	// Times are in seconds.
	Times []float64
	// Uploaders and Days only tell results apart. Uploaders are numbers from 0 on. A session is a
	// day of an uploader.
	Uploaders, Days []int
}

// Warnings are those that follow from the values of one group, which are the sample, their
// uploaders and their times; uploaders is the number of people. newest is the time of the newest
// result, now that of the question.
func (s Sample) Warnings(of Runs, newest, now time.Time) (warnings []Warning, uploaders int) {
	n, origin, dip, trend := s.Size(), of.origin(), s.Dip(), findTrend(of.Times, of.Values)
	for _, rule := range []struct {
		warning Warning
		holds   bool
	}{
		{FewResults, n < firmGroup},
		{Constant, n >= smallestGroup && s.smallest() == s.largest()},
		{SingleUploader, n >= 2 && origin.Uploaders == 1},
		{FewUploaders, origin.EffectiveUploaders != nil && *origin.EffectiveUploaders < 2},
		{DominantSession, n >= smallestGroup && *origin.LargestSession > 0.5},
		{Stale, n > 0 && now.Sub(newest) > staleAfter},
		{HasOutliers, s.hasOutliers()},
		{Multimodal, dip != nil && dip.P < multimodalP},
		{HasTrend, trend != nil && trend.isNotable()},
	} {
		if rule.holds {
			warnings = append(warnings, rule.warning)
		}
	}
	return warnings, origin.Uploaders
}

func (t Trend) isNotable() bool {
	return t.P < trendP && t.TauB != nil && max(*t.TauB, -*t.TauB) >= trendTau
}

// HasShape tells whether the ratio of the medians lies outside the interval of a
// comparison of s with y by Hodges and Lehmann: the groups differ by more than a factor.
func (s Sample) HasShape(y Sample, c Comparison) bool {
	if c.Scale != Ratio || c.Method != HodgesLehmann || !c.HasInterval {
		return false
	}
	return !c.Interval.contains(s.median() / y.median())
}

// mostLeftOut is the size of a group up to which results are left out one by one.
const mostLeftOut = 20

// DecidedByOneResult tells whether leaving out some single result, of a group of at most 20,
// changes the verdict of A over B at the level 1 - alpha.
func DecidedByOneResult(a, b Sample, family Family, alpha float64) bool {
	return newComparer().isDecidedByOne(a, b, family, alpha)
}

func (c *comparer) isDecidedByOne(a, b Sample, family Family, alpha float64) bool {
	scale := commonScale(a, b)
	verdict := func(a, b Sample) Verdict {
		x, y := newGroup(a, scale), newGroup(b, scale)
		if family.Better == LowerBetter {
			x, y = y, x
		}
		return Decide(c.compare(c.prepare(x, y, scale), alpha), family.Better, a.Size(), b.Size(), family.Materiality, b.median()).Verdict
	}
	if min(a.Size(), b.Size()) < smallestGroup {
		return false
	}
	whole := verdict(a, b)
	for i := 0; a.Size() <= mostLeftOut && i < a.Size(); i++ {
		if verdict(a.without(i), b) != whole {
			return true
		}
	}
	for i := 0; b.Size() <= mostLeftOut && i < b.Size(); i++ {
		if verdict(a, b.without(i)) != whole {
			return true
		}
	}
	return false
}

// without leaves out the value at a position in ascending order.
func (s Sample) without(i int) Sample {
	rest := make([]float64, 0, len(s.sorted)-1)
	return Sample{sorted: append(append(rest, s.sorted[:i]...), s.sorted[i+1:]...)}
}
