package statistics

import (
	"cmp"
	"slices"
)

// Value is one result as comparisons see it.
type Value struct {
	// Value is the median of the result's samples.
	Value float64
	// Uploader and Session (the uploader's day in UTC) only tell results apart.
	Uploader, Session string
}

// ResultValue is the median of the samples of one result. The samples share node,
// allocation and day, and say nothing about the next run: they are no results of
// their own (Kalibera & Jones 2013; Georges et al. 2007). Nil without samples. Error:
// *ValueError.
func ResultValue(samples []float64) (*float64, error) {
	if len(samples) == 0 {
		return nil, nil //nolint:nilnil // documented
	}
	median, err := MedianOf(slices.Clone(samples))
	if err != nil {
		return nil, err
	}
	return &median, nil
}

// MedianOf is ResultValue of at least one sample. It sorts the samples, and takes no memory of
// its own for few of them.
func MedianOf(samples []float64) (float64, error) {
	if err := Check(samples); err != nil {
		return 0, err
	}
	sortValues(samples)
	return Sample{sorted: samples}.median(), nil
}

// Origin tells how many people a group of results comes from.
type Origin struct {
	Uploaders int
	// EffectiveUploaders is n^2 / sum of squares of the uploaders' shares (Kish 1965).
	// It, and the shares, are nil without results.
	EffectiveUploaders *float64
	// LargestUploader and LargestSession are shares of the results, 0 to 1.
	LargestUploader, LargestSession *float64
}

// OriginOf counts uploaders and sessions.
func OriginOf(values []Value) Origin { return RunsOf(values, nil).origin() }

// RunsOf numbers the uploaders and sessions of results, which ran at these times.
func RunsOf(values []Value, times []float64) Runs {
	runs := Runs{Times: times}
	uploaders, days := map[string]int{}, map[string]int{}
	number := func(numbers map[string]int, name string) int {
		if _, known := numbers[name]; !known {
			numbers[name] = len(numbers)
		}
		return numbers[name]
	}
	for _, v := range values {
		runs.Values = append(runs.Values, v.Value)
		runs.Uploaders = append(runs.Uploaders, number(uploaders, v.Uploader))
		runs.Days = append(runs.Days, number(days, v.Session))
	}
	return runs
}

// origin counts uploaders and sessions.
func (r Runs) origin() Origin {
	if len(r.Uploaders) == 0 {
		return Origin{}
	}
	counts := make([]int, slices.Max(r.Uploaders)+1)
	type session struct{ uploader, day int }
	sessions := make([]session, len(r.Uploaders))
	for i, uploader := range r.Uploaders {
		counts[uploader]++
		sessions[i] = session{uploader, r.Days[i]}
	}
	origin, n, squares := Origin{}, float64(len(sessions)), 0.0
	for _, count := range counts {
		squares += float64(count) * float64(count)
		if count > 0 {
			origin.Uploaders++
		}
	}
	slices.SortFunc(sessions, func(a, b session) int { return cmp.Or(a.uploader-b.uploader, a.day-b.day) })
	largest, length := 1, 1
	for i := 1; i < len(sessions); i++ {
		if sessions[i] != sessions[i-1] {
			length = 0
		}
		length++
		largest = max(largest, length)
	}
	origin.EffectiveUploaders = new(n * n / squares)
	origin.LargestUploader = new(float64(slices.Max(counts)) / n)
	origin.LargestSession = new(float64(largest) / n)
	return origin
}

// ByUploader replaces the values of each uploader by their median, in the order of
// the uploaders' names. Error: *ValueError, its index that among the uploader's values.
func ByUploader(values []Value) ([]Value, error) {
	of := map[string][]float64{}
	for _, v := range values {
		of[v.Uploader] = append(of[v.Uploader], v.Value)
	}
	medians := make([]Value, 0, len(of))
	for uploader, theirs := range of {
		median, err := ResultValue(theirs)
		if err != nil {
			return nil, err
		}
		medians = append(medians, Value{Value: *median, Uploader: uploader})
	}
	slices.SortFunc(medians, func(a, b Value) int { return cmp.Compare(a.Uploader, b.Uploader) })
	return medians, nil
}

const (
	// mostCompared is the number of values of two groups that comparisons take whole.
	mostCompared = 200_000
	// thinnedSize is how many values of one group are left of more.
	thinnedSize = 100_000
)

// ThinningStep returns j for each of two groups: if they are very large, comparisons take
// the values at 0, j, 2j, ... in the order of the results' ids.
func ThinningStep(n1, n2 int) (first, second int) {
	if n1+n2 <= mostCompared {
		return 1, 1
	}
	step := func(n int) int { return max(1, (n+thinnedSize-1)/thinnedSize) }
	return step(n1), step(n2)
}

// Thin takes every step-th of the values, from the first.
func Thin(values []float64, step int) []float64 {
	if step <= 1 {
		return values
	}
	left := make([]float64, 0, (len(values)+step-1)/step)
	for i := 0; i < len(values); i += step {
		left = append(left, values[i])
	}
	return left
}
