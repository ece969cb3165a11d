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
	scores, found := sample.scores(), &Outliers{}
	if scores.scale == 0 {
		return found, nil
	}
	for i, v := range values {
		score := scores.of(v)
		found.LargestScore = max(found.LargestScore, score)
		if score > outlierScore {
			found.Indexes = append(found.Indexes, i)
		}
	}
	return found, nil
}

// hasOutliers tells whether FindOutliers finds one: the values at the ends are the farthest.
func (s Sample) hasOutliers() bool {
	if s.Size() < outlierSize {
		return false
	}
	scores := s.scores()
	return scores.scale > 0 && max(scores.of(s.smallest()), scores.of(s.largest())) > outlierScore
}

// robustScores tells how far values are from the median, in robust standard deviations.
type robustScores struct {
	// ofLogarithms: the values are compared on a logarithmic scale.
	ofLogarithms bool
	// scale is 0 where the values do not vary.
	center, scale float64
}

// scores is for at least one value.
func (s Sample) scores() robustScores {
	scores := robustScores{ofLogarithms: s.allPositive()}
	if scores.ofLogarithms {
		s = s.logarithms()
	}
	scores.center, scores.scale = s.median(), normalMAD*s.mad()
	if scores.scale == 0 {
		distances := make([]float64, s.Size())
		for i, v := range s.sorted {
			distances[i] = math.Abs(v - scores.center)
		}
		scores.scale = normalMeanDistance * mean(distances)
	}
	return scores
}

func (r robustScores) of(v float64) float64 {
	if r.ofLogarithms {
		v = math.Log(v)
	}
	return math.Abs(v-r.center) / r.scale
}
