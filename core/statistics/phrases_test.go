package statistics_test

import (
	"testing"

	"github.com/eosc-perf/backend/core/statistics"
)

func TestPhrases(t *testing.T) {
	family := statistics.Family{Better: statistics.LowerBetter, Correction: statistics.FalseDiscovery, Alpha: 0.05}
	strict := family
	strict.Correction = statistics.Simultaneous
	words := statistics.Words{A: "CESGA", B: "IFCA", SizeA: 12, SizeB: 9, Comparisons: 28, Correction: statistics.FalseDiscovery}
	alone, holm := words, words
	alone.Comparisons, holm.Correction = 1, statistics.Simultaneous
	superiority := statistics.Superiority{Probability: 0.83, Interval: statistics.Interval{Low: 0.68, High: 0.92}}
	change := statistics.Change{
		Comparison: statistics.Comparison{
			Scale: statistics.Ratio, Method: statistics.HodgesLehmann, Estimate: 1.19,
			Interval: statistics.Interval{Low: 1.17, High: 1.21}, HasInterval: true,
		},
		Before: 40, After: 38,
	}
	shift := change
	shift.Comparison = statistics.Comparison{
		Scale: statistics.Shift, Estimate: -2.5, Interval: statistics.Interval{Low: -3.25, High: -1}, HasInterval: true,
	}
	amdahl := statistics.Scaling{Show: statistics.Amdahl, Amdahl: &statistics.AmdahlFit{
		SerialFraction: 0.042, SerialInterval: &statistics.Interval{Low: 0.024, High: 0.061},
	}}
	linear := statistics.Scaling{Show: statistics.Amdahl, Amdahl: &statistics.AmdahlFit{}}
	power := statistics.Scaling{
		Show: statistics.PowerLaw, Power: &statistics.PowerFit{Slope: -1.1}, Amdahl: &statistics.AmdahlFit{SerialFraction: -0.02},
	}
	for _, c := range []struct{ got, want string }{
		{
			words.SuperioritySentence(superiority, 0.003),
			"A run at CESGA beats a run at IFCA in 83 % of pairs (CI 68-92 %); p = 0.003 (FDR-corrected).",
		},
		{holm.SuperioritySentence(superiority, 0.003), "A run at CESGA beats a run at IFCA in 83 % of pairs (CI 68-92 %); p = 0.003 (Holm)."},
		{alone.SuperioritySentence(superiority, 1e-9), "A run at CESGA beats a run at IFCA in 83 % of pairs (CI 68-92 %); p < 0.0001."},
		{family.Footnote(1), ""},
		{
			family.Footnote(28),
			"FDR-corrected: 28 comparisons are made here; of the differences shown as faster or slower, on average at most 5 % are false.",
		},
		{
			strict.Footnote(28),
			"Simultaneous: 28 comparisons are made here; with 95 % confidence none of the differences shown as faster or slower is false.",
		},
		{statistics.RankWords("IFCA", statistics.RankRange{Low: 1, High: 3}, 7), "IFCA: rank 1-3 of 7"},
		{statistics.RankWords("IFCA", statistics.RankRange{Low: 2, High: 2}, 7), "IFCA: rank 2 of 7"},
		{statistics.LeaderWords("CESGA", nil), "Fastest: CESGA."},
		{statistics.LeaderWords("CESGA", []string{"IFCA"}), "Fastest: CESGA; IFCA cannot be told from it."},
		{statistics.LeaderWords("CESGA", []string{"IFCA", "BIFI"}), "Fastest: CESGA; IFCA and BIFI cannot be told from it."},
		{
			statistics.ChangeWords("2024-03-11", statistics.LowerBetter, change),
			"From 2024-03-11 on 1.19x slower (95 % CI 1.17-1.21), n = 40 before, 38 after.",
		},
		{
			statistics.ChangeWords("2024-03-11", statistics.HigherBetter, change),
			"From 2024-03-11 on 1.19x faster (95 % CI 1.17-1.21), n = 40 before, 38 after.",
		},
		{
			statistics.ChangeWords("2024-03-11", statistics.NoneBetter, shift),
			"From 2024-03-11 on different by -2.5 (95 % CI -3.25 to -1), n = 40 before, 38 after.",
		},
		{amdahl.ScalingWords(), "Serial part 4.2 % (95 % CI 2.4-6.1 %); at most 24x however many cores."},
		{linear.ScalingWords(), "Serial part 0.0 %; no limit was reached."},
		{power.ScalingWords(), "Twice the cores are 2.14x as fast; the scaling is superlinear."},
		{statistics.Scaling{Reason: statistics.PoorFit}.ScalingWords(), ""},
		{statistics.AdviceWords([]int{15, 15}, 0.02), "About 15 more results each would narrow this to +-2 %."},
		{statistics.AdviceWords([]int{15, 7}, 0.02), "About 15 and 7 more results would narrow this to +-2 %."},
		{statistics.AdviceWords([]int{3}, 0.005), "About 3 more results would narrow this to +-0.5 %."},
		{statistics.AdviceWords(nil, 0.02), "More results would hardly narrow this: reduce the noise instead."},
	} {
		equal(t, "phrase", c.got, c.want)
	}
}

func TestSentenceOfAShift(t *testing.T) {
	comparison := statistics.Comparison{
		Scale: statistics.Shift, Method: statistics.HodgesLehmann, Estimate: -3,
		Interval: statistics.Interval{Low: -4, High: -2}, HasInterval: true,
	}
	words := statistics.Words{
		A: "CESGA", B: "IFCA", SizeA: 8, SizeB: 8, Materiality: 0.02, Comparisons: 1, Level: 0.95, Alpha: 0.05, Unit: "s",
	}
	for _, c := range []struct {
		decision statistics.Decision
		want     string
	}{
		{
			statistics.Decision{Verdict: statistics.Slower, Material: statistics.Certain},
			"CESGA is 3 s worse than IFCA (95 % CI 2 to 4 s, n = 8 and 8).",
		},
		{
			statistics.Decision{Verdict: statistics.Indistinguishable},
			"The results do not tell CESGA and IFCA apart (difference -3 s, 95 % CI -4 to -2 s, n = 8 and 8).",
		},
		{statistics.Decision{Verdict: statistics.NoVerdict}, ""},
	} {
		equal(t, "sentence", words.Sentence(comparison, c.decision), c.want)
	}
}
