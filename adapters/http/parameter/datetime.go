package parameter

import (
	"regexp"
	"time"

	"github.com/eosc-perf/backend/core/filter"
)

// Time is a date-time with an offset from UTC or without.
type Time struct {
	time.Time
	// HasZone is false for a date-time without an offset. Its Time is in UTC then.
	HasZone bool
}

// Instant returns the time without its offset; nil for nil.
func (t *Time) Instant() *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// barePlus is a date-time whose offset has a blank in the place of its +.
var barePlus = regexp.MustCompile(`^(.*\d) (\d{2}:?\d{2})$`)

// hintAtPlus explains what became of the + of an offset: in a query + stands for a blank.
func hintAtPlus(text string) string {
	m := barePlus.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	if _, ok := parseTime(m[1] + "+" + m[2]); !ok {
		return ""
	}
	return "A + in a URL stands for a blank: send the offset as %2B" + m[2] + "."
}

// parseTime parses a date-time; ok is false if the text is none, or not of the years 1
// to 9999 in UTC.
func parseTime(text string) (t Time, ok bool) {
	t.Time, t.HasZone, ok = filter.ParseTime(text)
	return t, ok
}
