package gormdb

import (
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// The types of columns that databases name differently: SQLite's tables have
// TEXT for all of them.

const sqliteName = "sqlite"

func typeIn(db *gorm.DB, name string) string {
	if db.Name() == sqliteName {
		return "text"
	}
	return name
}

// key is a UUID; as text it is in its 36-character form in lower case.
type key uuid.UUID

// Key is for dialects that read rows themselves.
type Key = key

func keyOf(id *uuid.UUID) *key { return (*key)(id) }

func keysOf(ids []uuid.UUID) []key {
	keys := make([]key, len(ids))
	for i, id := range ids {
		keys[i] = key(id)
	}
	return keys
}

// Value implements driver.Valuer.
func (k key) Value() (driver.Value, error) { return uuid.UUID(k).String(), nil }

// Scan implements sql.Scanner.
func (k *key) Scan(value any) error { return (*uuid.UUID)(k).Scan(value) }

// GormDBDataType names the type in the database.
func (key) GormDBDataType(db *gorm.DB, _ *schema.Field) string { return typeIn(db, "uuid") }

// document is a JSON text, never decoded on its way through.
type document []byte

// Value implements driver.Valuer.
func (d document) Value() (driver.Value, error) { return string(d), nil }

// Scan implements sql.Scanner.
func (d *document) Scan(value any) error {
	switch v := value.(type) {
	case []byte:
		*d = append(document(nil), v...)
	case string:
		*d = document(v)
	default:
		return fmt.Errorf("a JSON document cannot be read from %T", value)
	}
	return nil
}

// GormDBDataType names the type in the database, PostgreSQL's from the tag.
func (document) GormDBDataType(db *gorm.DB, field *schema.Field) string {
	return typeIn(db, field.TagSettings["TYPE"])
}

// status is the state of a review; rows of earlier programs may have NULL.
type status string

// statusType is PostgreSQL's name of it.
const statusType = "resourcestatus"

// GormDBDataType names the type in the database.
func (status) GormDBDataType(db *gorm.DB, _ *schema.Field) string {
	return typeIn(db, statusType)
}

// resourceType is what a report is about.
type resourceType string

// GormDBDataType names the type in the database.
func (resourceType) GormDBDataType(db *gorm.DB, _ *schema.Field) string {
	return typeIn(db, "varchar")
}

// timestamp is a point in time as the tables hold it: UTC without zone, to the
// microsecond. In SQLite it is a text of fixed width, so that the order of the
// texts is the order of the times; PostgreSQL takes the same text.
type timestamp struct{ time.Time }

// Timestamp is for dialects that read rows themselves.
type Timestamp = timestamp

const (
	timestampForm = "2006-01-02 15:04:05.000000"
	// What others wrote may have fewer digits; Parse takes any number of them.
	lenientForm = "2006-01-02 15:04:05"
)

func timestampOf(t time.Time) timestamp {
	return timestamp{t.UTC().Truncate(time.Microsecond)}
}

func timestampOrNil(t *time.Time) *timestamp {
	if t == nil {
		return nil
	}
	stamp := timestampOf(*t)
	return &stamp
}

// time is nil if the timestamp is.
func (t *timestamp) time() *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// Value implements driver.Valuer.
func (t timestamp) Value() (driver.Value, error) { return t.Format(timestampForm), nil }

// Scan implements sql.Scanner. Both databases give times without zone: they are
// UTC. What others wrote beyond the years 1 to 9999, PostgreSQL's infinities
// included, is read as the nearest time within.
func (t *timestamp) Scan(value any) error {
	switch v := value.(type) {
	case time.Time:
		*t = bound(v)
	case string:
		parsed, err := parseTimestamp(v)
		if err != nil {
			return err
		}
		*t = bound(parsed)
	default:
		return fmt.Errorf("a timestamp cannot be read from %T", value)
	}
	return nil
}

func parseTimestamp(text string) (time.Time, error) {
	const beyondAll = 10_000
	switch text {
	case "infinity":
		return time.Date(beyondAll, 1, 1, 0, 0, 0, 0, time.UTC), nil
	case "-infinity":
		return time.Time{}, nil
	}
	t, err := time.Parse(lenientForm, text)
	if err != nil {
		return t, fmt.Errorf("read a timestamp: %w", err)
	}
	return t, nil
}

// GormDBDataType names the type in the database.
func (timestamp) GormDBDataType(db *gorm.DB, _ *schema.Field) string {
	return typeIn(db, "timestamp")
}
