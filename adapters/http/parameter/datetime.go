package parameter

import (
	"regexp"
	"time"
)

// Time is a date-time with an offset from UTC or without.
type Time struct {
	time.Time
	// HasZone is false for a date-time without an offset. Its Time is in UTC then.
	HasZone bool
}

// dateTime is ISO 8601 as the contract defines it: `T` or a space between date and
// time, minutes precision or any number of fraction digits (of which six count), an
// offset of less than a day or none.
var dateTime = regexp.MustCompile(
	`^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?:(:\d{2})(?:(\.\d{1,6})\d*)?)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$`)

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
	m := dateTime.FindStringSubmatch(text)
	if m == nil {
		return t, false
	}
	date, minutes, seconds, fraction, zone := m[1], m[2], m[3], m[4], m[5]
	if seconds == "" {
		seconds = ":00"
	}
	t.HasZone = zone != ""
	if !t.HasZone {
		zone = "Z"
	}
	if len(zone) == len("+0200") {
		zone = zone[:3] + ":" + zone[3:]
	}
	var err error
	if t.Time, err = time.Parse(time.RFC3339, date+"T"+minutes+seconds+fraction+zone); err != nil {
		return t, false
	}
	year := t.UTC().Year()
	return t, 1 <= year && year <= 9999
}
