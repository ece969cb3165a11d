package statistics

import (
	"fmt"
	"math"
	"strings"
)

// SuperioritySentence says how often a run of A beats one of B, with the p-value of the
// comparison. s is oriented so that more than 1/2 says that A is better.
func (w Words) SuperioritySentence(s Superiority, pAdjusted float64) string {
	text := fmt.Sprintf("A run at %s beats a run at %s in %.0f %% of pairs (CI %.0f-%.0f %%); %s",
		w.A, w.B, 100*s.Probability, 100*s.Low, 100*s.High, PValue(pAdjusted))
	switch {
	case w.Comparisons <= 1:
		return text + "."
	case w.Correction == Simultaneous:
		return text + " (Holm)."
	default:
		return text + " (FDR-corrected)."
	}
}

// Footnote explains what the corrected numbers of a page promise; it is empty for fewer
// than 2 comparisons.
func (f Family) Footnote(comparisons int) string {
	level := percent(1 - f.Alpha)
	switch {
	case comparisons < 2:
		return ""
	case f.Correction == Simultaneous:
		return fmt.Sprintf("Simultaneous: %d comparisons are made here; with %s confidence none of the differences shown as "+
			"faster or slower is false.", comparisons, level)
	default:
		return fmt.Sprintf("FDR-corrected: %d comparisons are made here; of the differences shown as faster or slower, "+
			"on average at most %s are false.", comparisons, percent(f.Alpha))
	}
}

// RankWords says which ranks a group may have among so many.
func RankWords(name string, r RankRange, among int) string {
	if r.Low == r.High {
		return fmt.Sprintf("%s: rank %d of %d", name, r.Low, among)
	}
	return fmt.Sprintf("%s: rank %d-%d of %d", name, r.Low, r.High, among)
}

// LeaderWords names the first group, and those that cannot be told from it.
func LeaderWords(first string, others []string) string {
	switch len(others) {
	case 0:
		return "Fastest: " + first + "."
	case 1:
		return fmt.Sprintf("Fastest: %s; %s cannot be told from it.", first, others[0])
	default:
		last := len(others) - 1
		return fmt.Sprintf("Fastest: %s; %s and %s cannot be told from it.", first, strings.Join(others[:last], ", "), others[last])
	}
}

// ChangeWords says from when on a series is faster or slower, by how much.
func ChangeWords(date string, better Better, c Change) string {
	estimate, low, high := c.Estimate, c.Interval.Low, c.Interval.High
	if c.Scale == Shift {
		return fmt.Sprintf("From %s on different by %s (95 %% CI %s to %s), n = %d before, %d after.",
			date, significant(estimate), significant(low), significant(high), c.Before, c.After)
	}
	adjective := "larger"
	if estimate < 1 {
		estimate, low, high = 1/estimate, 1/high, 1/low
		adjective = "smaller"
	}
	switch {
	case better == NoneBetter:
	case (better == HigherBetter) == (adjective == "larger"):
		adjective = "faster"
	default:
		adjective = "slower"
	}
	return fmt.Sprintf("From %s on %sx %s (95 %% CI %s-%s), n = %d before, %d after.",
		date, factor(estimate, estimate), adjective, factor(low, estimate), factor(high, estimate), c.Before, c.After)
}

// ScalingWords says what the fit that is shown tells; it is empty if none is.
func (s Scaling) ScalingWords() string {
	switch s.Show {
	case Amdahl:
		fit := s.Amdahl
		text := fmt.Sprintf("Serial part %.1f %%", 100*fit.SerialFraction)
		if i := fit.SerialInterval; i != nil {
			text += fmt.Sprintf(" (95 %% CI %.1f-%.1f %%)", 100*min(1, max(0, i.Low)), 100*min(1, max(0, i.High)))
		}
		if fit.SerialFraction <= 0 {
			return text + "; no limit was reached."
		}
		return text + fmt.Sprintf("; at most %.0fx however many cores.", 1/fit.SerialFraction)
	case PowerLaw:
		exponent := -s.Power.Slope
		text := fmt.Sprintf("Twice the cores are %sx as fast", factor(math.Exp2(exponent), math.Exp2(exponent)))
		if s.Amdahl.SerialFraction < 0 {
			text += "; the scaling is superlinear"
		}
		return text + "."
	default:
		return ""
	}
}

// AdviceWords says how many more results would help.
func AdviceWords(more []int, precision float64) string {
	switch {
	case more == nil:
		return "More results would hardly narrow this: reduce the noise instead."
	case len(more) == 1:
		return fmt.Sprintf("About %d more results would narrow this to +-%s.", more[0], percent(precision))
	case more[0] == more[1]:
		return fmt.Sprintf("About %d more results each would narrow this to +-%s.", more[0], percent(precision))
	default:
		return fmt.Sprintf("About %d and %d more results would narrow this to +-%s.", more[0], more[1], percent(precision))
	}
}
