package statistics

import "math"

const (
	// outlierSize is the size from which outliers are looked for.
	outlierSize = 6
	// outlierScore is the robust score beyond which a value counts as one (Iglewicz &
	// Hoaglin 1993).
	outlierScore = 3.5
	// normalMAD and normalMeanDistance scale the median and the mean distance from the
	// median of normal values to their standard deviation.
	normalMAD          = 1.4826
	normalMeanDistance = 1.253314
)

// Outliers are values far from the others.
type Outliers struct {
	// Indexes are positions in the input, ascending.
	Indexes []int
	// LargestScore is the largest robust score of a value.
	LargestScore float64
}

// FindOutliers looks at the logarithms if all values are positive, so that a right skew is
// no outlier. Values that do not vary have none. Nil for fewer than 6 values. Error:
// *ValueError.
func FindOutliers(values []float64) (*Outliers, error) {
	sample, err := NewSample(values)
	if err != nil || len(values) < outlierSize {
		return nil, err
	}
	measure := func(v float64) float64 { return v }
	if sample.allPositive() {
		sample, measure = sample.logarithms(), math.Log
	}
	center := sample.median()
	scale := normalMAD * sample.mad()
	if scale == 0 {
		distances := make([]float64, len(values))
		for i, v := range sample.sorted {
			distances[i] = math.Abs(v - center)
		}
		scale = normalMeanDistance * mean(distances)
	}
	found := &Outliers{}
	if scale == 0 {
		return found, nil
	}
	for i, v := range values {
		score := math.Abs(measure(v)-center) / scale
		found.LargestScore = max(found.LargestScore, score)
		if score > outlierScore {
			found.Indexes = append(found.Indexes, i)
		}
	}
	return found, nil
}
