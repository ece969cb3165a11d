package statistics

import (
	"fmt"
	"math"
	"slices"
)

// Limits of the absolute value of a measured value other than zero. Within them no
// sum, difference or square of scaled values overflows.
const (
	smallestMagnitude = 1e-300
	largestMagnitude  = 1e300
)

// ValueError says which value of an input cannot be used.
type ValueError struct {
	// Index is the position in the input, from 0.
	Index int
	// Value is not finite, or its magnitude is out of range.
	Value float64
}

// Error implements error.
func (e *ValueError) Error() string {
	return fmt.Sprintf("value %d is %g: a value is 0, or its magnitude is between %g and %g",
		e.Index, e.Value, smallestMagnitude, largestMagnitude)
}

// Check returns a *ValueError for the first value that is not finite, or whose
// magnitude is neither 0 nor within 1e-300 and 1e300.
func Check(values []float64) error {
	for i, v := range values {
		if magnitude := math.Abs(v); v != 0 && !(magnitude >= smallestMagnitude && magnitude <= largestMagnitude) {
			return &ValueError{Index: i, Value: v}
		}
	}
	return nil
}

// Sample is a group of values that passed Check. The zero value is the empty group.
// A Sample does not change, and may be used by several goroutines.
type Sample struct {
	// sorted is in ascending order.
	sorted []float64
}

// NewSample copies the values. Error: *ValueError.
func NewSample(values []float64) (Sample, error) {
	if err := Check(values); err != nil {
		return Sample{}, err
	}
	sorted := slices.Clone(values)
	sortValues(sorted)
	return Sample{sorted: sorted}, nil
}

// Size is the number of values.
func (s Sample) Size() int { return len(s.sorted) }

func (s Sample) smallest() float64 { return s.sorted[0] }

func (s Sample) largest() float64 { return s.sorted[len(s.sorted)-1] }

// allPositive is true if there are values, and all are above zero.
func (s Sample) allPositive() bool { return len(s.sorted) > 0 && s.sorted[0] > 0 }

// logarithms are the natural logarithms of positive values, in ascending order.
func (s Sample) logarithms() Sample {
	logs := make([]float64, len(s.sorted))
	for i, v := range s.sorted {
		logs[i] = math.Log(v)
	}
	return Sample{sorted: logs}
}

// Interval is closed.
type Interval struct {
	Low, High float64
}

// contains tells whether the value lies inside or on the border.
func (i Interval) contains(v float64) bool { return i.Low <= v && v <= i.High }
