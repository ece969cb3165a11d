package tables

import (
	"database/sql/driver"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// Timestamp is a point in time as the tables store it: UTC without a zone, truncated
// to microseconds, in the years 1 to 9999. In SQLite it is a text of fixed width, so
// that texts sort like times; PostgreSQL accepts the same text.
type Timestamp struct{ time.Time }

const (
	timestampForm = "2006-01-02 15:04:05.000000"
	// lenientForm is for rows of other programs, which may have any number of digits
	// after the second; time.Parse accepts them all.
	lenientForm = "2006-01-02 15:04:05"
)

// otherForms are forms that no row of this program has. SQLite stores any text as a time, and one that
// cannot be read would break each list that has it.
var otherForms = []string{
	lenientForm + "Z07:00", "2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly,
}

// TimestampOf converts a time.
func TimestampOf(t time.Time) Timestamp {
	return Timestamp{t.UTC().Truncate(time.Microsecond)}
}

// TimestampOrNil converts a time; nil stays nil.
func TimestampOrNil(t *time.Time) *Timestamp {
	if t == nil {
		return nil
	}
	stamp := TimestampOf(*t)
	return &stamp
}

// NearestTimestamp converts a time. A time outside of the years 1 to 9999, which can
// be written with four digits and which every database knows, becomes the nearest
// one inside.
func NearestTimestamp(t time.Time) Timestamp {
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	if t.Before(first) {
		t = first
	}
	if t.After(last) {
		t = last
	}
	return TimestampOf(t)
}

// TimeOrNil returns the time, nil for a nil timestamp.
func (t *Timestamp) TimeOrNil() *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// Value implements driver.Valuer.
func (t Timestamp) Value() (driver.Value, error) { return t.Format(timestampForm), nil }

// Scan implements sql.Scanner. Both databases return times without a zone: they are
// UTC. Other programs may have written times beyond the years 1 to 9999, also
// PostgreSQL's infinities: Scan returns the nearest time inside. A text that is no time is read as the
// first one; `admin check` names its row.
func (t *Timestamp) Scan(value any) error {
	switch v := value.(type) {
	case time.Time:
		*t = NearestTimestamp(v)
	case string:
		*t = NearestTimestamp(parseTimestamp(v))
	case []byte:
		*t = NearestTimestamp(parseTimestamp(string(v)))
	default:
		return fmt.Errorf("a timestamp cannot be read from %T", value)
	}
	return nil
}

// ParseTimestamp reads the text of a timestamp. What this program wrote is read digit by digit, a
// tenth of the time.
func ParseTimestamp(text []byte) Timestamp {
	if t, ok := parseFixed(text); ok {
		return Timestamp{t}
	}
	return NearestTimestamp(parseTimestamp(string(text)))
}

// parseFixed reads a time in timestampForm; ok is false for all other texts.
func parseFixed(text []byte) (t time.Time, ok bool) {
	if len(text) != len(timestampForm) {
		return t, false
	}
	numbers := [7]int{} // year, month, day, hour, minute, second, microsecond
	at := 0
	for i, c := range text {
		switch digit := c - '0'; {
		case timestampForm[i] >= '0' && timestampForm[i] <= '9':
			if digit > 9 {
				return t, false
			}
			numbers[at] = 10*numbers[at] + int(digit)
		case c != timestampForm[i]:
			return t, false
		default:
			at++
		}
	}
	year, month, day, hour, minute, second := numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]
	const micro = 1000 // nanoseconds
	t = time.Date(year, time.Month(month), day, hour, minute, second, micro*numbers[6], time.UTC)
	// time.Date reads the 30th of February as the 2nd of March.
	ok = year > 0 && month >= 1 && month <= 12 && t.Day() == day && hour < 24 && minute < 60 && second < 60
	return t, ok
}

func parseTimestamp(text string) time.Time {
	const beyondAll = 10_000
	if text == "infinity" {
		return time.Date(beyondAll, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	t, err := time.Parse(lenientForm, text)
	for i := 0; err != nil && i < len(otherForms); i++ {
		t, err = time.Parse(otherForms[i], text)
	}
	return t // the first time where there is an error
}

// GormDBDataType names the type in the database.
func (Timestamp) GormDBDataType(db *gorm.DB, _ *schema.Field) string {
	return typeIn(db, "timestamp")
}
