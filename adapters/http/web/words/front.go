package words

import (
	"strings"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// FrontTotal says how much there is.
func FrontTotal(results, benchmarks, flavors, sites int) string {
	return Plural(results, "result") + " of " + Plural(benchmarks, "benchmark") + " on " + Plural(flavors, "flavor") + " of " +
		Plural(sites, "site") + "."
}

// FrontHeading names the ranking of the front door.
func FrontHeading(benchmark string, resource float64, path string) string {
	if resource == 0 {
		return benchmark
	}
	return benchmark + " at " + Resources(resource, path)
}

// FrontAll leads to the whole ranking.
func FrontAll(flavors int) string {
	return All(flavors, "flavor") + ", with plot, filters and downloads"
}

// FrontAnswer says which row is first.
func (r Ranked) FrontAnswer() Sentence {
	if len(r.Rows) == 0 || r.Metric.Better == domain.NoneBetter {
		return r.Answer()
	}
	if tied := r.tied(); tied != nil {
		return tied
	}
	best := r.Rows[0]
	what := " is best: "
	switch {
	case r.IsSpeed && r.Metric.Better == domain.LowerBetter:
		what = " took the shortest time, "
	case r.IsSpeed:
		what = " was fastest, "
	}
	return Sentence{strong(best.Name), plain(what + MedianWithUnit(best.Group, r.Metric.Unit) + ".")}
}

// StripAbout says what a benchmark measures.
func StripAbout(m domain.Metric, results, sites int) string {
	text := MetricName(m)
	if m.Unit != "" {
		text += ", " + m.Unit
	}
	return text + "; " + Better(m.Better) + ". " + Plural(results, "result") + ", " + Plural(sites, "site")
}

// StripUndeclared says that a benchmark declares no metric.
func StripUndeclared(results int) string {
	return "declares no number to compare by. " + Plural(results, "result")
}

// StripMiddle says where on a strip the best is.
func StripMiddle(better domain.Better, isSpeed bool) string {
	if better == domain.NoneBetter {
		return ""
	}
	return strings.ToLower(Fastest(isSpeed)) + " on the left"
}

// Facts are the facts of a result in short.
type Facts struct {
	Resource string
	Run      time.Time
	Repeats  int
}

// String is such as: 32 cores, run 2020-12-19, 3 repeats.
func (f Facts) String() string {
	parts := []string{"run " + f.Run.UTC().Format(time.DateOnly)}
	if f.Resource != "" {
		parts = append([]string{f.Resource}, parts...)
	}
	if f.Repeats > 1 {
		parts = append(parts, Plural(f.Repeats, "repeat"))
	}
	return strings.Join(parts, ", ")
}
