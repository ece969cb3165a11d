package draw

import (
	"strings"
	"time"
)

// Words of captions.
const (
	LowerIsBetter  = "lower is better"
	HigherIsBetter = "higher is better"
)

// Caption is what a figure shows, in words to paste below it.
type Caption struct {
	// Subject is such as "Time of c-ray (IMAGE:TAG) on 20 flavors of 5 sites".
	Subject string
	// Log is whether the values are on a logarithmic scale.
	Log bool
	// Better is LowerIsBetter, HigherIsBetter or "" if that is not declared.
	Better string
	// Signs explains the marks, such as "Mark: median; bar: 95 % interval".
	Signs string
	// Set is the checksum of the results, Day their day and Address the permanent link.
	Set     string
	Day     time.Time
	Address string
}

// String is the caption.
func (c Caption) String() string {
	words := []string{c.Subject}
	if c.Log {
		words = append(words, "logarithmic")
	}
	if c.Better != "" {
		words = append(words, c.Better)
	}
	sentences := []string{strings.Join(words, ", ") + "."}
	if c.Signs != "" {
		sentences = append(sentences, c.Signs+".")
	}
	return strings.Join(append(sentences, c.source()), " ")
}

// source is the citation in short.
func (c Caption) source() string {
	parts := []string{"EOSC Perf"}
	if c.Set != "" {
		parts = append(parts, "set "+c.Set)
	}
	if !c.Day.IsZero() {
		parts = append(parts, c.Day.UTC().Format(time.DateOnly))
	}
	if c.Address != "" {
		parts = append(parts, c.Address)
	}
	return strings.Join(parts, ", ") + "."
}
