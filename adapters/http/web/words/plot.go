package words

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/core/domain"
)

// OwnValue says that a result is compared by the median of its repeats, where the document has
// another value, such as their mean; empty where it is the same.
func OwnValue(median, own float64, unit string) string {
	if Detail(median) == Detail(own) {
		return ""
	}
	return ". They are compared by their median, " + Detail(median) + NoBreak + unit + "; the value in the document is " +
		Detail(own) + NoBreak + unit + "."
}

// PlotLabel is what is read aloud for a plot.
func PlotLabel(y, x string, points int) string {
	return fmt.Sprintf("%s against %s; %s, each a link to its result. The same figures are in the table below.",
		Upper(y), x, Plural(points, "point"))
}

// PlotNotes say what a picture leaves out.
func PlotNotes(missing, drawn, total int) []string {
	var notes []string
	if missing > 0 {
		notes = append(notes, Plural(missing, "result")+" "+verb(missing, "lacks", "lack")+" one of the values, and "+verb(missing, "is", "are")+
			" not shown.")
	}
	if drawn < total {
		notes = append(notes, Number(drawn)+" of "+Number(total)+" points are drawn: the others would hide, or be hidden.")
	}
	return notes
}

// PlotAnswer is what a plot tells.
type PlotAnswer struct {
	Results int
	// Series is the number of series, Kind what a series is: site.
	Series int
	Kind   string
	Metric domain.Metric
	// Steps are by which factor the value changes with twice the cores, ascending; none if
	// that was not asked.
	Steps []float64
	// Scaling is what the fit tells; empty if none is shown.
	Scaling string
}

// fewestSteps is the number of steps from which their median is told.
const fewestSteps = 3

// Sentence says how much is shown, and how the value scales.
func (a PlotAnswer) Sentence() Sentence {
	if a.Results == 0 {
		return nil
	}
	text := Plural(a.Results, "result")
	if a.Series > 0 {
		text += " of " + Plural(a.Series, a.Kind)
	}
	sentence := Sentence{plain(text + ". ")}
	if len(a.Steps) >= fewestSteps {
		middle := a.Steps[len(a.Steps)/2]
		perfect := "0.500"
		if a.Metric.Better == domain.HigherBetter {
			perfect = "2.00"
		}
		sentence = append(sentence, plain("Within a "+a.Kind+", twice the "+Resource(a.Metric.Resource)+" take the "+MetricName(a.Metric)+" to "),
			strong(Value(middle)), plain(fmt.Sprintf(" of what it was (%s to %s, median of %s); perfect scaling is %s. ",
				Value(slices.Min(a.Steps)), Value(slices.Max(a.Steps)), Plural(len(a.Steps), "step"), perfect)))
	}
	if a.Scaling != "" {
		scaling := strings.TrimSuffix(strings.Replace(a.Scaling, "x as fast", " times as fast", 1), ".")
		sentence = append(sentence, plain("Over all results, which may be of different machines: "+Lower(scaling)+"."))
	}
	return sentence
}
