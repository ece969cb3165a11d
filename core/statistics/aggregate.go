package statistics

import (
	"cmp"
	"maps"
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
	s, err := NewSample(samples)
	if err != nil {
		return nil, err
	}
	return s.Quantile(0.5), nil
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
func OriginOf(values []Value) Origin {
	uploaders, sessions := map[string]int{}, map[[2]string]int{}
	for _, v := range values {
		uploaders[v.Uploader]++
		sessions[[2]string{v.Uploader, v.Session}]++
	}
	origin := Origin{Uploaders: len(uploaders)}
	n := float64(len(values))
	if n == 0 {
		return origin
	}
	squares := 0.0
	for _, count := range uploaders {
		squares += float64(count) * float64(count)
	}
	origin.EffectiveUploaders = new(n * n / squares)
	origin.LargestUploader = new(float64(largest(uploaders)) / n)
	origin.LargestSession = new(float64(largest(sessions)) / n)
	return origin
}

func largest[K comparable](counts map[K]int) int {
	return slices.Max(slices.Collect(maps.Values(counts)))
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
