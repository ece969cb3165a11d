package tables

import (
	"database/sql"
	"database/sql/driver"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"github.com/eosc-perf/backend/core/domain"
)

// The databases have different names for the types of these columns. SQLite's
// tables use TEXT for all of them.

const sqliteName = "sqlite"

// typeIn returns PostgreSQL's name of the type, or SQLite's.
func typeIn(db *gorm.DB, postgresName string) string {
	if db.Name() == sqliteName {
		return "text"
	}
	return postgresName
}

// Key is a UUID. SQLite stores the text with 36 characters in lower case.
type Key uuid.UUID

// KeyOrNil converts an ID; nil stays nil.
func KeyOrNil(id *uuid.UUID) *Key { return (*Key)(id) }

// Keys converts IDs.
func Keys(ids []uuid.UUID) []Key {
	keys := make([]Key, len(ids))
	for i, id := range ids {
		keys[i] = Key(id)
	}
	return keys
}

// Value implements driver.Valuer.
func (k Key) Value() (driver.Value, error) { return uuid.UUID(k).String(), nil }

// Scan implements sql.Scanner. SQLite stores any text as an id: one that cannot be read would break
// each list that has it, and is read as the nil UUID, which nothing has. `admin check` names its row.
func (k *Key) Scan(value any) error {
	switch v := value.(type) {
	case string:
		*k = Key(ParseKey([]byte(v)))
	case []byte:
		*k = Key(ParseKey(v))
	default:
		return (*uuid.UUID)(k).Scan(value)
	}
	return nil
}

// ParseKey reads the text of an id, or its 16 bytes; see Key.Scan.
func ParseKey(text []byte) uuid.UUID {
	if id, err := uuid.ParseBytes(text); err == nil {
		return id
	}
	id, _ := uuid.FromBytes(text) // the nil UUID if there are not 16 bytes
	return id
}

// GormDBDataType names the type in the database.
func (Key) GormDBDataType(db *gorm.DB, _ *schema.Field) string { return typeIn(db, "uuid") }

// TextOrNil converts a text; the empty text becomes nil.
func TextOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// TextOf returns the text, the empty one for nil.
func TextOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// Flag is a boolean. SQLite stores any number in its column: as in SQL, all but 0 are true, and what is no
// number is false. `admin check` names the rows.
type Flag bool

// Value implements driver.Valuer.
func (f Flag) Value() (driver.Value, error) { return bool(f), nil }

// Scan implements sql.Scanner.
func (f *Flag) Scan(value any) error {
	var text sql.NullString
	if err := text.Scan(value); err != nil {
		return err
	}
	if flag, err := strconv.ParseBool(text.String); err == nil {
		*f = Flag(flag)
		return nil
	}
	number, err := strconv.ParseFloat(text.String, 64)
	*f = err == nil && number != 0
	return nil
}

// GormDBDataType names the type in the database.
func (Flag) GormDBDataType(*gorm.DB, *schema.Field) string { return "boolean" }

// Status is the state of a review. Rows of the earlier program may have NULL.
type Status string

// statusType is PostgreSQL's name of the type.
const statusType = "resourcestatus"

// GormDBDataType names the type in the database.
func (Status) GormDBDataType(db *gorm.DB, _ *schema.Field) string {
	return typeIn(db, statusType)
}

// StatusOrDefault returns the status to store and to search for: an empty one is "on review".
func StatusOrDefault(s domain.Status) domain.Status {
	if s == "" {
		return domain.OnReview
	}
	return s
}

// Enums returns the values, in their order, of each enumerated type that columns
// of the models have. SQLite has no such types; a check constraint lists the values there.
func Enums() map[string][]string {
	return map[string][]string{statusType: {string(domain.OnReview), string(domain.Approved)}}
}

// ResourceType names the kind of entity that a submit or a claim refers to.
type ResourceType string

// GormDBDataType names the type in the database.
func (ResourceType) GormDBDataType(db *gorm.DB, _ *schema.Field) string {
	return typeIn(db, "varchar")
}
