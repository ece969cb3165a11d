package statistics

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Words are the names by which a comparison is put into a sentence.
type Words struct {
	// A and B name the groups.
	A, B string
	// SizeA and SizeB are the numbers of results.
	SizeA, SizeB int
	// Speed says "faster" and "slower", which is right for times and rates, instead of
	// "better" and "worse".
	Speed bool
	// Materiality is the share within which groups count as equivalent.
	Materiality float64
	Correction  Correction
	// Comparisons is the number of comparisons in the family, at least 1.
	Comparisons int
	// Level is that of the family: 0.95.
	Level float64
	// Alpha is 1 minus the level of this interval.
	Alpha float64
	// Unit is that of a shift; may be empty.
	Unit string
	// Precision is what more results should reach, for the advice where groups cannot be
	// told apart; 0 for no advice.
	Precision float64
}

// Sentence says what the comparison of A with B tells, in one or two sentences; it is
// empty without a direction that is better.
func (w Words) Sentence(c Comparison, d Decision) string {
	var text string
	switch d.Verdict {
	case Faster, Slower:
		text = w.difference(c, d)
	case Equivalent:
		text = fmt.Sprintf("%s and %s are equivalent within %s (%s).", w.A, w.B, percent(w.Materiality), w.evidence(c))
	case Indistinguishable:
		text = fmt.Sprintf("The results do not tell %s and %s apart (%s).", w.A, w.B, w.evidence(c)) + w.advice(c)
	case NotEnoughData:
		return fmt.Sprintf("Not enough data to compare %s and %s: n = %d and %d; %s.", w.A, w.B, w.SizeA, w.SizeB, w.needed(c.Method))
	default:
		return ""
	}
	if d.Provisional {
		text += " Provisional: fewer than 6 results."
	}
	return text
}

// advice says, after a blank, how many more results would narrow the interval.
func (w Words) advice(c Comparison) string {
	if w.Precision == 0 || c.Scale != Ratio {
		return ""
	}
	more := MoreResults(c.Interval, []int{w.SizeA, w.SizeB}, w.Precision)
	if more != nil && more[0] == 0 && more[1] == 0 {
		return ""
	}
	return " " + AdviceWords(more, w.Precision)
}

func (w Words) difference(c Comparison, d Decision) string {
	estimate, low, high := c.Estimate, c.Interval.Low, c.Interval.High
	if d.Verdict == Slower && c.Scale == Ratio {
		estimate, low, high = 1/estimate, 1/high, 1/low
	}
	if d.Verdict == Slower && c.Scale == Shift {
		estimate, low, high = -estimate, -high, -low
	}
	text := fmt.Sprintf("%s is %s %s than %s (%s, n = %d and %d).",
		w.A, w.amount(c.Scale, estimate), w.adjective(d.Verdict), w.B, w.interval(c.Scale, estimate, low, high), w.SizeA, w.SizeB)
	if d.Material == Possible {
		text += " The difference may be smaller than " + percent(w.Materiality) + "."
	}
	return text
}

func (w Words) adjective(v Verdict) string {
	switch {
	case v == Faster && w.Speed:
		return "faster"
	case v == Faster:
		return "better"
	case w.Speed:
		return "slower"
	default:
		return "worse"
	}
}

// amount is a factor, or a difference with its unit.
func (w Words) amount(scale Scale, v float64) string {
	if scale == Ratio {
		return factor(v, v) + "x"
	}
	return strings.TrimSpace(significant(v) + " " + w.Unit)
}

func (w Words) interval(scale Scale, estimate, low, high float64) string {
	if scale == Ratio {
		return fmt.Sprintf("%s %s-%s", w.level(), factor(low, estimate), factor(high, estimate))
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s to %s %s", w.level(), significant(low), significant(high), w.Unit))
}

// evidence is the comparison in brackets.
func (w Words) evidence(c Comparison) string {
	name, amount := "ratio", factor(c.Estimate, c.Estimate)
	if c.Scale == Shift {
		name, amount = "difference", w.amount(c.Scale, c.Estimate)
	}
	interval := w.interval(c.Scale, c.Estimate, c.Interval.Low, c.Interval.High)
	return fmt.Sprintf("%s %s, %s, n = %d and %d", name, amount, interval, w.SizeA, w.SizeB)
}

func (w Words) level() string {
	level := percent(w.Level)
	switch {
	case w.Comparisons <= 1:
		return level + " CI"
	case w.Correction == Simultaneous:
		return level + " simultaneous CI"
	default:
		return "FDR-corrected " + level + " CI"
	}
}

// needed tells how many results each group would need.
func (w Words) needed(method Method) string {
	if min(w.SizeA, w.SizeB) < smallestGroup {
		return fmt.Sprintf("at least %d each are needed", smallestGroup)
	}
	text := fmt.Sprintf("about %d each are needed", NeededSize(method, w.Alpha))
	if method == Medians {
		noisy := w.A
		if w.SizeB < w.SizeA {
			noisy = w.B
		}
		text = fmt.Sprintf("%s's runs vary more, so %s", noisy, text)
	}
	if w.Comparisons > 1 {
		text += fmt.Sprintf(" among %d comparisons", w.Comparisons)
	}
	return text
}

// factor has the decimals that the estimate asks for: 3 within 1.1, 2 below 10, 1
// below 100.
func factor(v, estimate float64) string {
	size := max(estimate, 1/estimate)
	decimals := 0
	switch {
	case size < 1.1:
		decimals = 3
	case size < 10:
		decimals = 2
	case size < 100:
		decimals = 1
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// significant has three digits.
func significant(v float64) string {
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// percent of a share, with at most two decimals.
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e4)/1e2, 'f', -1, 64) + " %"
}

// PValue writes a p-value for people.
func PValue(p float64) string {
	if p < 0.0001 {
		return "p < 0.0001"
	}
	return "p = " + strconv.FormatFloat(p, 'g', 2, 64)
}
