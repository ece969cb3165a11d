package draw

import (
	"math"
	"slices"
)

// Measure is how values are laid along an axis.
type Measure string

// Measures of axes. Their names are those of the addresses of pages.
const (
	Auto   Measure = ""       // logarithmic if the largest value is more than five times the smallest
	Linear Measure = "linear" // equal differences have equal lengths
	Log    Measure = "log"    // equal factors have equal lengths
	Near   Measure = "near"   // 30 % around the baseline
)

// Tick is a labelled place on an axis.
type Tick struct {
	At    float64
	Label string
	// Between is whether a narrow picture leaves the label out.
	Between bool
}

// Scale maps values to fractions of a frame.
type Scale struct {
	// Log is whether equal factors have equal lengths.
	Log bool
	// Reversed is whether the largest value comes first.
	Reversed  bool
	Ticks     []Tick
	low, high float64 // transformed bounds of the frame
}

const (
	// logFrom is the ratio of the largest value to the smallest from which on a scale is
	// logarithmic.
	logFrom = 5
	// margin is what a scale has beyond the values, as a share of their range.
	margin = 0.03
	// nearBy is what the near scale shows around the baseline.
	nearBy = 0.3
)

// NewScale returns the scale of the values. Values that are not finite do not count, and a
// logarithmic scale needs positive values.
func NewScale(values []float64, measure Measure) Scale {
	low, high := extremes(values)
	log := low > 0 && (measure == Log || measure == Auto && high/low > logFrom)
	s := fitted(low, high, log)
	s.Ticks = s.numbers()
	return s
}

// NewCountsScale returns the scale of counts: no tick lies between two whole numbers, if all values are whole.
func NewCountsScale(values []float64, measure Measure) Scale {
	s := NewScale(values, measure)
	if wholeNumbers(values) {
		s.Ticks = s.wholes()
	}
	return s
}

// NewCoresScale returns the scale of numbers of cores. Ticks of a logarithmic one are powers of two.
func NewCoresScale(values []float64, measure Measure) Scale {
	s := NewCountsScale(values, measure)
	if s.Log {
		if ticks := s.powersOfTwo(); len(ticks) > 1 {
			s.Ticks = ticks
		}
	}
	return s
}

func wholeNumbers(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return finite(v) && v != math.Trunc(v) })
}

// NewNearScale returns the scale from 30 % below the baseline to 30 % above it.
func NewNearScale(baseline float64) Scale {
	width := math.Abs(baseline) * nearBy
	if width == 0 || !finite(baseline) {
		return NewScale([]float64{baseline}, Linear)
	}
	s := Scale{low: baseline - width*(1+2*margin), high: baseline + width*(1+2*margin)}
	for percent := -30; percent <= 30; percent += 10 {
		label := exactly(float64(percent)) + "\u00a0%"
		if percent > 0 {
			label = "+" + label
		}
		s.Ticks = append(s.Ticks, Tick{s.Within(baseline + math.Abs(baseline)*float64(percent)/100), label, percent%20 != 0})
	}
	return s
}

// NewCategories returns the scale of n categories: category i has the value i.
func NewCategories(names []string) Scale {
	s := Scale{low: -0.5, high: float64(len(names)) - 0.5}
	every := (len(names) + maxCategories - 1) / maxCategories
	for i, name := range names {
		if i%max(1, every) == 0 {
			s.Ticks = append(s.Ticks, Tick{At: s.Within(float64(i)), Label: Shortened(name, categoryRunes(len(names)))})
		}
	}
	return s
}

// maxCategories is the number of categories whose names have room on an axis.
const maxCategories = 12

// categoryRunes is how long the name of a category may be.
func categoryRunes(n int) int { return max(5, 84/max(1, min(n, maxCategories))) }

// extremes are the smallest and the largest finite value; 0 and 1 if there is none.
func extremes(values []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if finite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return 0, 1
	}
	return low, high
}

// largest is the largest value that a scale shows. Results have no larger ones.
const largest = 1e300

// finite tells whether a scale can show the value.
func finite(v float64) bool { return math.Abs(v) <= largest }

// fitted is a scale with a margin beyond both bounds.
func fitted(low, high float64, log bool) Scale {
	s := Scale{Log: log}
	from, to := s.transformed(low), s.transformed(high)
	space := (to - from) * margin
	if space <= 0 {
		space = 0.05 * math.Abs(from)
		if log || space == 0 {
			space = 0.1
		}
	}
	s.low, s.high = from-space, to+space
	return s
}

func (s Scale) transformed(v float64) float64 {
	if s.Log {
		return math.Log(v)
	}
	return v
}

// At is the place of a value, between 0 and 1 if it lies in the frame.
func (s Scale) At(v float64) float64 {
	f := s.transformed(v)/2 - s.low/2
	f /= s.high/2 - s.low/2
	if s.Reversed {
		return 1 - f
	}
	return f
}

// Within is the place of a value, or of the end of the frame that it lies beyond.
func (s Scale) Within(v float64) float64 {
	f := s.At(v)
	if math.IsNaN(f) {
		return 0
	}
	return min(1, max(0, f))
}

// Outside is -1 for a value before the frame, 1 for one after it, and 0 inside.
func (s Scale) Outside(v float64) int {
	const tolerance = 1e-9
	switch f := s.At(v); {
	case f < -tolerance, math.IsNaN(f): // a logarithmic scale has no place for 0
		return -1
	case f > 1+tolerance:
		return 1
	}
	return 0
}

// Reverse returns the scale with the largest value first.
func (s Scale) Reverse() Scale {
	s.Reversed = !s.Reversed
	s.Ticks = slices.Clone(s.Ticks)
	for i := range s.Ticks {
		s.Ticks[i].At = 1 - s.Ticks[i].At
	}
	slices.Reverse(s.Ticks)
	return s
}

// bounds are the values at both ends of the frame.
func (s Scale) bounds() (low, high float64) {
	if s.Log {
		return math.Exp(s.low), math.Exp(s.high)
	}
	return s.low, s.high
}
