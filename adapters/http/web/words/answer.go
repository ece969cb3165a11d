package words

import (
	"fmt"
	"strings"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

// Row is a row of a ranking, as sentences name it.
type Row struct {
	Name string
	*comparison.Group
}

// Ranked is a ranking that a sentence is about.
type Ranked struct {
	Metric domain.Metric
	// Rows are the first rows, the best first. Total is the number of all.
	Rows  []Row
	Total int
	// Kind is what a row is: flavor.
	Kind string
	// Baseline is the name of the baseline that somebody chose; empty for none.
	Baseline string
	// Common is the number of the resource that most results have, if they differ; 0 for
	// none.
	Common float64
	// IsSpeed is true for times and rates.
	IsSpeed bool
}

// Answer says what a ranking tells, in a sentence or two.
func (r Ranked) Answer() Sentence {
	switch {
	case len(r.Rows) == 0:
		return nil
	case r.Metric.Better == domain.NoneBetter:
		return Sentence{plain("Whether lower or higher is better is not declared. Rows are in the order of the names of the " +
			Noun(2, r.Kind) + ".")}
	case r.Baseline != "":
		return append(r.first(), r.versus())
	}
	if tied := r.tied(); tied != nil {
		return tied
	}
	return r.first()
}

// first names the first row, and the first with the most usual resource.
func (r Ranked) first() Sentence {
	best := r.Rows[0]
	sentence := Sentence{strong(Fastest(r.IsSpeed) + ": " + best.Name), plain(", " + MedianWithUnit(best.Group, r.Metric.Unit))}
	if len(best.Resources) == 1 && r.Metric.Resource != "" {
		sentence = append(sentence, plain(" on "+Resources(best.Resources[0], r.Metric.Resource)))
	}
	sentence = append(sentence, plain(". "))
	if r.Common == 0 || r.Baseline != "" {
		return sentence
	}
	for _, row := range r.Rows {
		if len(row.Resources) == 1 && row.Resources[0] == r.Common && row.Name != best.Name {
			return append(sentence, strong("At "+Resources(r.Common, r.Metric.Resource)+": "+row.Name),
				plain(", "+MedianWithUnit(row.Group, r.Metric.Unit)+". "))
		}
	}
	return sentence
}

// tied names the first rows if they cannot be told apart; nil if they can.
func (r Ranked) tied() Sentence {
	var leaders []string
	together := true
	for _, row := range r.Rows {
		if row.Leads || row.Rank != nil && row.Rank.Low == 1 {
			leaders = append(leaders, row.Name)
		}
	}
	if len(leaders) < 2 || r.Rows[0].Rank == nil {
		return nil
	}
	for _, row := range r.Rows {
		if row.Rank == nil || row.Rank.Low == 1 && row.Rank.High > len(leaders) {
			together = false
		}
	}
	const few = 2
	if len(leaders) == few && together && len(r.Rows) > few {
		return Sentence{strong(List(leaders)), plain(" cannot be told apart; both are " + adjective(r.IsSpeed, true) + " than the rest. ")}
	}
	const named = 4
	others := leaders[1:]
	if len(others) > named {
		others = append(others[:named:named], fmt.Sprintf("%d more", len(leaders)-1-named))
	}
	return Sentence{
		strong(Fastest(r.IsSpeed) + ": " + leaders[0]),
		plain(", " + MedianWithUnit(r.Rows[0].Group, r.Metric.Unit) + "; " + List(others) + " cannot be told from it. "),
	}
}

func adjective(isSpeed, isBetter bool) string {
	switch {
	case isSpeed && isBetter:
		return "faster"
	case isSpeed:
		return "slower"
	case isBetter:
		return "better"
	}
	return "worse"
}

// versus counts the verdicts against the baseline.
func (r Ranked) versus() Phrase {
	counts := map[statistics.Verdict]int{}
	for _, row := range r.Rows {
		if row.Versus != nil {
			counts[row.Versus.Verdict]++
		}
	}
	none := counts[statistics.Equivalent] + counts[statistics.Indistinguishable]
	var parts []string
	add := func(n int, text string) {
		if n > 0 {
			parts = append(parts, Number(n)+" "+text)
		}
	}
	add(counts[statistics.Faster], adjective(r.IsSpeed, true))
	add(counts[statistics.Slower], adjective(r.IsSpeed, false))
	add(none, verb(none, "shows", "show")+" no difference")
	add(counts[statistics.NotEnoughData], verb(counts[statistics.NotEnoughData], "has", "have")+" too few results")
	if len(parts) == 0 {
		return plain("There is nothing to compare with " + r.Baseline + ".")
	}
	return plain("Compared with " + r.Baseline + ": " + strings.Join(parts, ", ") + ".")
}

func verb(n int, singular, plural string) string {
	if n == 1 {
		return singular
	}
	return plural
}

// Provisional is the reservation behind an answer; empty if there is none.
func (r Ranked) Provisional() string {
	most := 0
	for _, row := range r.Rows {
		most = max(most, row.N)
	}
	switch {
	case len(r.Rows) == 0, r.Metric.Better == domain.NoneBetter: // nothing is said that may change
		return ""
	case most == 1:
		return "provisional: one result each"
	case r.Rows[0].N < statistics.FirmSize:
		return "provisional: fewer than 6 results"
	}
	return ""
}

// Verdict is a verdict as a sign and a word, and its class in the sheet.
func Verdict(v *comparison.Versus, metric domain.Metric, isSpeed bool) (text, class string) {
	if v == nil {
		return "", ""
	}
	switch v.Verdict {
	case statistics.Faster:
		text, class = "▲ "+adjective(isSpeed, true), "good"
	case statistics.Slower:
		text, class = "▼ "+adjective(isSpeed, false), "bad"
	case statistics.Equivalent:
		text, class = fmt.Sprintf("≈ equivalent within %s %%", Plain(100*metric.Materiality)), ""
	case statistics.Indistinguishable:
		text, class = "? cannot be told apart", ""
	case statistics.NotEnoughData:
		return "too few results", "quiet"
	default:
		return "", ""
	}
	if v.Provisional {
		text += ", provisional"
	}
	return text, class
}

// Rank is a rank as a range: 5–6.
func Rank(r statistics.RankRange) string {
	if r.Low == r.High {
		return Number(r.Low)
	}
	return Number(r.Low) + "–" + Number(r.High)
}
