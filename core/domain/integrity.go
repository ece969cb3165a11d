package domain

import (
	"encoding/json"
	"slices"

	"github.com/google/uuid"
)

// Finding is a row of the database that should not be as it is, or that an operator
// should know about.
type Finding struct {
	Level Level
	// Table and ID name the row.
	Table string
	ID    string
	// Problem says what is wrong with the row, and Remedy what to do.
	Problem string
	Remedy  string
	// Orphan is true for a row that belongs to nothing any more: its removal changes
	// nothing else.
	Orphan bool
}

// Name is the name of a benchmark, a site, a flavor or a tag.
type Name struct {
	// Table and ID name the row.
	Table string
	ID    string
	// Scope is the site of a flavor, "" for all others: names of one table and one scope
	// differ.
	Scope string
	// Text is the name, IMAGE:TAG for a benchmark.
	Text string
}

// Level is how much a finding matters.
type Level string

const (
	// Problem marks a row that is wrong.
	Problem Level = "problem"
	// Warning marks a row that somebody should look at: it may be right.
	Warning Level = "warning"
	// Note marks a row that may stay as it is.
	Note Level = "note"
)

// Findings counts what a check has found.
type Findings struct {
	Problems, Warnings, Notes int
}

// Counting returns a function that counts a finding, and passes it on to each.
func (f *Findings) Counting(each func(Finding) error) func(Finding) error {
	return func(found Finding) error {
		switch found.Level {
		case Note:
			f.Notes++
		case Warning:
			f.Warnings++
		default:
			f.Problems++
		}
		return each(found)
	}
}

// Difference is how far data that the database derives from results is from the results.
type Difference struct {
	// What names the rows that are counted, for people.
	What string
	// Count is the number of rows that differ, 0 if all is well.
	Count int
}

// Differ is true if any count is not 0.
func Differ(differences []Difference) bool {
	return slices.ContainsFunc(differences, func(d Difference) bool { return d.Count > 0 })
}

// StoredResult is a result as a check of its document needs it.
type StoredResult struct {
	ID          uuid.UUID
	BenchmarkID uuid.UUID
	// Schema is the JSON Schema of the benchmark.
	Schema json.RawMessage
	// JSON is the document of the result.
	JSON json.RawMessage
}
