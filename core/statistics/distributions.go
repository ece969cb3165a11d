package statistics

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// belowBorder is the factor by which a tail probability must be below its limit, so
// that a probability which equals the limit but for rounding does not count as
// smaller.
const belowBorder = 1 - 1e-12

// normalQuantile is the upper alpha/2 quantile of the standard normal distribution,
// for 0 < alpha < 1. The small side is asked, where no digit is lost.
func normalQuantile(alpha float64) float64 { return -mathext.NormalQuantile(alpha / 2) }

// studentQuantile is the upper alpha/2 quantile of Student's t distribution with these degrees
// of freedom, for 0 < alpha < 1. The probability that |T| exceeds x is the regularized incomplete
// beta function I_t(degrees/2, 1/2) at t = degrees / (degrees + x²), which the quantile inverts.
func studentQuantile(alpha, degrees float64) float64 {
	t := mathext.InvRegIncBeta(degrees/2, 0.5, alpha)
	return math.Sqrt(degrees * (1 - t) / t)
}

// normalTail is the two-sided tail probability of a standard normal value.
func normalTail(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }

// exactBinomial is the largest number of trials whose probabilities are summed as
// they are: 2 to the power of -n is a normal float64.
const exactBinomial = 1000

// halfBinomial is the lower tail of the binomial distribution of n trials with the
// probability 1/2.
type halfBinomial struct {
	n int
	// tails are P(B <= j); nil above exactBinomial.
	tails []float64
}

func newHalfBinomial(n int) halfBinomial {
	b := halfBinomial{n: n}
	if n > exactBinomial {
		return b
	}
	b.tails = make([]float64, n+1)
	term, total := math.Ldexp(1, -n), 0.0
	for j := range b.tails {
		total += term
		b.tails[j] = total
		term = float64(term*float64(n-j)) / float64(j+1)
	}
	return b
}

// tail is P(B <= j), 0 for j < 0.
func (b halfBinomial) tail(j int) float64 {
	switch {
	case j < 0:
		return 0
	case b.tails != nil:
		return b.tails[j]
	case j >= b.n:
		return 1
	default:
		return mathext.RegIncBeta(float64(b.n-j), float64(j+1), 0.5)
	}
}
