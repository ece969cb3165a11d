package statistics_test

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/eosc-perf/backend/core/statistics"
)

// simulations is how many families are drawn. SIMULATIONS=20000 takes some ten minutes.
func simulations(t *testing.T) int {
	t.Helper()
	count, err := strconv.Atoi(os.Getenv("SIMULATIONS"))
	if err != nil {
		return 200
	}
	return count
}

// drawn is a group of times around a true one.
func drawn(random *rand.Rand, truth, variation float64) statistics.Sample {
	const smallest, different = 4, 20
	values := make([]float64, smallest+random.IntN(different))
	for i := range values {
		values[i] = truth * math.Exp(variation*random.NormFloat64())
	}
	s, _ := statistics.NewSample(values) // such values are finite
	return s
}

// Groups of 4 to 23 log-normal times, half of them equal to the baseline and half 3 or 10 %
// away: on average at most 5 % of the differences that are shown are false, and at most 5 %
// of their intervals miss the truth. An interval of a median covers it in at least 95 %.
func TestSimulatedErrorRatesAreAsPromised(t *testing.T) {
	count := simulations(t)
	for _, variation := range []float64{0.02, 0.05, 0.10} {
		random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same figures each time
		var falseShare, missedShare, covered, intervals, found, differences float64
		for range count {
			const groups = 8
			truths, samples := make([]float64, groups), make([]statistics.Sample, groups)
			for i := range truths {
				truths[i] = []float64{1, 1, 1.03, 1.1}[i%4]
				samples[i] = drawn(random, truths[i], variation)
				if interval := samples[i].MedianInterval(0.05); interval != nil {
					intervals++
					if interval.Low <= truths[i] && truths[i] <= interval.High {
						covered++
					}
				}
			}
			family := statistics.Family{
				Better: statistics.LowerBetter, Correction: statistics.FalseDiscovery, Alpha: 0.05, Materiality: 0.02,
			}
			shown, wrong, missed := 0.0, 0.0, 0.0
			result, err := family.Against(t.Context(), drawn(random, 1, variation), samples)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range result.Relations {
				speedup := 1 / truths[r.A]
				isShown := r.Decision.Verdict == statistics.Faster || r.Decision.Verdict == statistics.Slower
				if speedup != 1 {
					differences++
				}
				if !isShown {
					continue
				}
				shown++
				if speedup == 1 || speedup < 1 && r.Decision.Verdict == statistics.Faster {
					wrong++
				} else {
					found++
				}
				if speedup < r.Interval.Low || speedup > r.Interval.High {
					missed++
				}
			}
			falseShare += wrong / max(shown, 1)
			missedShare += missed / max(shown, 1)
		}
		n := float64(count)
		t.Logf("variation %4.0f %%: false %.3f, missed %.3f, median covered %.3f, found %.2f, families %d",
			100*variation, falseShare/n, missedShare/n, covered/intervals, found/differences, count)
		// Three standard errors of a share of 5 % in so many families.
		allowance := 3 * math.Sqrt(0.05*0.95/n)
		if falseShare/n > 0.05+allowance || missedShare/n > 0.05+allowance {
			t.Errorf("variation %g: %.3f of the differences are false and %.3f of the intervals miss, want at most 0.05",
				variation, falseShare/n, missedShare/n)
		}
		if covered/intervals < 0.95-3*math.Sqrt(0.05*0.95/intervals) {
			t.Errorf("variation %g: %.3f of the intervals cover the median, want 0.95", variation, covered/intervals)
		}
	}
}
