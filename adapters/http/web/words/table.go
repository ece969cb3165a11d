package words

import (
	"fmt"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

// TableLabel says what a table of a ranking is.
func TableLabel(rows int, kind, name string, better domain.Better, isSpeed bool) string {
	text := fmt.Sprintf("%s by %s", Plural(rows, kind), name)
	switch {
	case better == domain.NoneBetter:
		return text + ", in the order of their names"
	case isSpeed:
		return "Ranking of " + text + ", fastest first"
	}
	return "Ranking of " + text + ", best first"
}

// Place says at which place of all flavors one is: 2-3 of 20 flavors.
func Place(place string, total int) string { return place + " of " + Plural(total, "flavor") }

// PlaceLater leads to the place of a flavor where the page did not wait for it.
const PlaceLater = "among all flavors"

// AxisWords says what the drawing beside a column is.
func AxisWords(isLog, isNear bool) string {
	switch {
	case isNear:
		return "Drawing of the next column, 30 % around the baseline"
	case isLog:
		return "Drawing of the next column, on a logarithmic scale"
	}
	return "Drawing of the next column, on a linear scale"
}

// Times is the head of the column of ratios.
func Times(hasBaseline, isSpeed bool) string {
	switch {
	case hasBaseline:
		return "times" + NoBreak + "the baseline"
	case isSpeed:
		return "times" + NoBreak + "the fastest"
	}
	return "times" + NoBreak + "the best"
}

// Rest says how many rows are shown.
func Rest(shown, total int) string {
	return fmt.Sprintf("%s of %s rows; all are in the CSV", Number(shown), Number(total))
}

// Range is from a value to another: 105 to 106. Both have the usual digits, or one more where both would read
// alike: 27.96 to 28.04.
func Range(low, high float64) string {
	if Value(low) != Value(high) {
		return Value(low) + " to " + Value(high)
	}
	if Detail(low) != Detail(high) {
		return Detail(low) + " to " + Detail(high)
	}
	return Value(low) + " to " + Value(high)
}

// Interval is an interval of a median. Its ends have the digits of the median.
func Interval(i statistics.Interval) string {
	return Within(i.Low, i) + " to " + Within(i.High, i)
}

// Within is a value in an interval: with more digits than usual where the interval is narrow, down to the first digit
// of its width.
func Within(v float64, i statistics.Interval) string {
	const most = 15
	digits := usualDigits
	if width := i.High - i.Low; width > 0 && v != 0 {
		digits = max(digits, min(most, firstDigit(v)-firstDigit(width)+1))
	}
	return significant(v, digits)
}

// Median is the median of a group, with the digits that its interval allows.
func Median(g *comparison.Group) string {
	if g.MedianInterval == nil {
		return Value(*g.Median)
	}
	return Within(*g.Median, g.MedianInterval.Interval)
}

// MedianWithUnit is the median of a group with its unit.
func MedianWithUnit(g *comparison.Group, unit string) string { return withUnit(Median(g), unit) }

// Subject says what a figure shows.
func Subject(name, benchmark string, rows int, kind string, sites, results int) string {
	text := name + " of " + benchmark + " on " + Plural(rows, kind)
	if kind != "site" && sites > 0 {
		text += " of " + Plural(sites, "site")
	}
	return text + ", " + Plural(results, "result")
}

// What readers should keep in mind.
const (
	OneUploader  = "All results are from one uploader: another may measure something else."
	LatestTag    = "The image’s tag is latest: runs of different months may be of different programs."
	MixedDigests = "The results are of different images or versions of the benchmark."
)

// OneEach warns of rows with one result each.
func OneEach(kind string) string {
	return "Each " + kind + " has one result. Repeats inside one run say nothing about other days or other machines: " +
		"an interval needs 6 results."
}

// FewEach warns of rows with few results.
func FewEach(kind string) string {
	return Upper(Noun(2, kind)) + " with a grey rank have fewer than 6 results, or are not ranked: " +
		"their place is that of the median and may change."
}

// MixedResources warns of rows with different numbers of cores.
func MixedResources(kind string, low, high float64, m domain.Metric) string {
	return fmt.Sprintf("%s have %s to %s. Compare at equal %s or in %s.",
		Upper(Noun(2, kind)), Plain(low), Resources(high, m.Resource), Resource(m.Resource), PerResource(m))
}

// TwoModes warns of a row that mixes speeds.
func TwoModes(name string) string {
	return name + " mixes two or more groups of speeds: look at its results by machine, version or day."
}

// Stale warns of old results.
func Stale(newest string) string {
	return "The newest of these runs is of " + newest + ": older than a year."
}

// Ungrouped says that some results are in no row.
func Ungrouped(n int, kind string) string {
	return Plural(n, "result") + " " + verb(n, "has", "have") + " no " + kind + ", and " + verb(n, "is", "are") + " in no row."
}

// Axis names an axis: Time, s, logarithmic; lower is better.
func Axis(name, unit string, isLog bool, better domain.Better) string {
	text := Upper(name)
	if unit != "" {
		text += ", " + unit
	}
	if isLog {
		text += ", logarithmic"
	}
	return text + "; " + Better(better)
}
