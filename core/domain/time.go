package domain

import "time"

// PrintTime returns the time as the API prints it: ISO 8601 in UTC without an offset, with
// six digits after the second, or none if the microseconds are zero.
func PrintTime(t time.Time) string {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05")
	}
	return t.Format("2006-01-02T15:04:05.000000")
}
