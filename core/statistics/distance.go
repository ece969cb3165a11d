package statistics

import "math"

// Distance returns how far a new value is from others, in robust standard deviations as in
// FindOutliers, and whether that is far. It is neither for fewer than 6 others, for values
// that FindOutliers refuses, and where the others do not vary.
func Distance(others []float64, value float64) (score float64, isFar bool) {
	sample, err := NewSample(others)
	if err != nil || len(others) < outlierSize || Check([]float64{value}) != nil {
		return 0, false
	}
	if sample.allPositive() && value > 0 {
		sample, value = sample.logarithms(), math.Log(value)
	}
	center := sample.median()
	scale := normalMAD * sample.mad()
	if scale == 0 {
		distances := make([]float64, len(others))
		for i, v := range sample.sorted {
			distances[i] = math.Abs(v - center)
		}
		scale = normalMeanDistance * mean(distances)
	}
	if scale == 0 {
		return 0, false
	}
	score = math.Abs(value-center) / scale
	return score, score > outlierScore
}
