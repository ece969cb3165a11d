package statistics

import "math"

// accumulator sums by Neumaier's algorithm (1974): the error of the sum does not grow
// with the number of terms.
type accumulator struct{ sum, correction float64 }

func (a *accumulator) add(v float64) {
	total := a.sum + v
	if math.Abs(a.sum) >= math.Abs(v) {
		a.correction += (a.sum - total) + v
	} else {
		a.correction += (v - total) + a.sum
	}
	a.sum = total
}

func (a *accumulator) value() float64 { return a.sum + a.correction }

func sum(values []float64) float64 {
	var total accumulator
	for _, v := range values {
		total.add(v)
	}
	return total.value()
}

// powerAbove is the exponent of the power of two above the largest magnitude.
func powerAbove(values []float64) int {
	largest := 0.0
	for _, v := range values {
		largest = max(largest, math.Abs(v))
	}
	_, exponent := math.Frexp(largest)
	return exponent
}

// scaled returns each value divided by a power of two, which is exact but for
// values that become subnormal.
func scaled(values []float64, exponent int) []float64 {
	out := make([]float64, len(values))
	copy(out, values)
	scale(out, exponent)
	return out
}

// scale divides each value by a power of two. Multiplication is faster than math.Ldexp, and
// as exact where the factor has all digits.
func scale(values []float64, exponent int) {
	factor := math.Ldexp(1, -exponent)
	if factor < smallestNormal || math.IsInf(factor, 0) {
		for i, v := range values {
			values[i] = math.Ldexp(v, -exponent)
		}
		return
	}
	for i, v := range values {
		values[i] = v * factor
	}
}

// mean is the arithmetic mean of at least one value. It does not overflow.
func mean(values []float64) float64 {
	exponent := powerAbove(values)
	return math.Ldexp(sum(scaled(values, exponent))/float64(len(values)), exponent)
}

// standardDeviation is that of a sample, with the divisor n-1, of at least two values.
// The deviations are scaled once more, so that their squares neither overflow nor
// vanish.
func standardDeviation(values []float64) float64 {
	n := float64(len(values))
	exponent := powerAbove(values)
	deviations := scaled(values, exponent)
	center := sum(deviations) / n
	for i := range deviations {
		deviations[i] -= center
	}
	inner := powerAbove(deviations)
	scale(deviations, inner)
	var total, squares accumulator
	for _, d := range deviations {
		total.add(d)
		squares.add(float64(d * d))
	}
	rest := squares.value() - float64(total.value()*total.value())/n
	return math.Ldexp(math.Sqrt(max(0, rest)/(n-1)), exponent+inner)
}
