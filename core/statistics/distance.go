package statistics

import "math"

// Neighbors are values of which only their middle and their spread are known. Nothing is far
// from the zero value.
type Neighbors struct {
	// plain is for the values, logarithms for their logarithms if all values are positive.
	plain, logarithms *location
}

type location struct{ center, scale float64 }

// NewNeighbors returns neighbors of new values. Fewer than 6 values, and values that
// FindOutliers refuses, are no neighbors.
func NewNeighbors(values []float64) Neighbors {
	sample, err := NewSample(values)
	if err != nil || len(values) < outlierSize {
		return Neighbors{}
	}
	n := Neighbors{plain: sample.location()}
	if sample.allPositive() {
		n.logarithms = sample.logarithms().location()
	}
	return n
}

// location is the median, and the standard deviation as FindOutliers estimates it.
func (s Sample) location() *location {
	center := s.median()
	scale := normalMAD * s.mad()
	if scale == 0 {
		distances := make([]float64, len(s.sorted))
		for i, v := range s.sorted {
			distances[i] = math.Abs(v - center)
		}
		scale = normalMeanDistance * mean(distances)
	}
	return &location{center, scale}
}

// Distance returns how far a new value is from the neighbors, in robust standard deviations as in
// FindOutliers, and whether that is far. It is neither where the neighbors do not vary.
func (n Neighbors) Distance(value float64) (score float64, isFar bool) {
	at := n.plain
	if at == nil || Check([]float64{value}) != nil {
		return 0, false
	}
	if n.logarithms != nil && value > 0 {
		at, value = n.logarithms, math.Log(value)
	}
	if at.scale == 0 {
		return 0, false
	}
	score = math.Abs(value-at.center) / at.scale
	return score, score > outlierScore
}
