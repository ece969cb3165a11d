package parameter

import (
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

// hintAtPlus explains what became of the + of an offset: in a query + stands for a blank.
func hintAtPlus(text string) string {
	_, offset, ok := filter.WithLostPlus(text)
	if !ok {
		return ""
	}
	return "A + in a URL stands for a blank: send the offset as %2B" + offset + "."
}

// parseTime parses a date-time; ok is false if the text is none, or not of the years 1
// to 9999 in UTC.
func parseTime(text string) (t Time, ok bool) {
	t.Time, t.HasZone, ok = filter.ParseTime(text)
	return t, ok
}
