package words

import (
	"fmt"
	"time"
)

// TrendTitle says what a trend shows: c-ray: time month by month, by flavor.
func TrendTitle(benchmark, name, kind string) string {
	return benchmark + ": " + name + " month by month, by " + kind
}

// TrendLabel is what is read aloud for a trend.
func TrendLabel(name string, groups int, kind string) string {
	return fmt.Sprintf("%s over time: the medians of months of %s. The table below has the figures.", Upper(name), Plural(groups, kind))
}

// TrendNote says how many groups are drawn.
func TrendNote(drawn, total int, kind string) string {
	return fmt.Sprintf("%s of %s are drawn: those with the most results.", Number(drawn), Plural(total, kind))
}

// Month is the note of a month: A, 2020-12: 28.1 s, 3 results.
func Month(name string, start time.Time, median float64, unit string, n int) string {
	return fmt.Sprintf("%s, %s: %s, %s", name, start.Format("2006-01"), WithUnit(median, unit), Plural(n, "result"))
}

// Turn is the note of a line where another machine or image begins.
func Turn(name string, at time.Time, machine string, isImage bool) string {
	text := name + ", " + at.UTC().Format(time.DateOnly) + ": "
	switch {
	case machine != "" && isImage:
		return text + "another machine, " + machine + ", and another image"
	case machine != "":
		return text + "another machine, " + machine
	}
	return text + "another image of the benchmark"
}

// Changed is a lasting change of a group.
type Changed struct{ Name, Sentence string }

// TrendAnswer says which groups changed.
func TrendAnswer(results, groups int, kind string, changes []Changed) Sentence {
	if groups == 0 {
		return nil
	}
	sentence := Sentence{plain(Plural(results, "result") + " of " + Plural(groups, kind) + ". ")}
	if len(changes) == 0 {
		return append(sentence, plain("No lasting change was found; that takes 13 results of one "+kind+" at least."))
	}
	const most = 3
	for _, change := range changes[:min(most, len(changes))] {
		sentence = append(sentence, strong(change.Name+": "), plain(change.Sentence+" "))
	}
	if len(changes) > most {
		sentence = append(sentence, plain(Plural(len(changes)-most, "more change")+" "+verb(len(changes)-most, "is", "are")+" in the table."))
	}
	return sentence
}
