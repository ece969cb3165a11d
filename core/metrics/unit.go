package metrics

import (
	"strconv"

	"github.com/eosc-perf/backend/core/filter"
)

// Factor is how many of the second unit one of the first one is; ok is false if they measure
// different things, or one of them is not known. Equal units need not be known.
func Factor(from, to string) (factor float64, ok bool) {
	if from == to {
		return 1, true
	}
	source, knownSource := filter.ParseUnit(from)
	target, knownTarget := filter.ParseUnit(to)
	if !knownSource || !knownTarget || source.Kind != target.Kind {
		return 0, false
	}
	numerator, errNumerator := strconv.ParseFloat(source.FactorInBase(), 64)
	denominator, errDenominator := strconv.ParseFloat(target.FactorInBase(), 64)
	return numerator / denominator, errNumerator == nil && errDenominator == nil
}
