package tables

import (
	"context"
	"database/sql/driver"
	"fmt"
	"hash/maphash"

	lru "github.com/hashicorp/golang-lru/v2"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"github.com/eosc-perf/backend/core/document"
)

// Document is a JSON text. Storage does not decode it.
type Document []byte

// Value implements driver.Valuer.
func (d Document) Value() (driver.Value, error) { return string(d), nil }

// Scan implements sql.Scanner.
func (d *Document) Scan(value any) error {
	switch v := value.(type) {
	case []byte:
		*d = append(Document(nil), v...)
	case string:
		*d = Document(v)
	default:
		return fmt.Errorf("a JSON document cannot be read from %T", value)
	}
	return nil
}

// GormDBDataType names the type in the database. The tag of the field names
// PostgreSQL's type: json or jsonb.
func (Document) GormDBDataType(db *gorm.DB, field *schema.Field) string {
	return typeIn(db, field.TagSettings["TYPE"])
}

// isJSON tells whether the text can be read: SQLite stores any text as a document. `admin check` names the
// rows whose documents cannot be read.
func (d Document) isJSON() bool { return checked.isJSON(d) }

// maxChecked is how many documents are remembered, about 3 MB.
const maxChecked = 30_000

// checked are the documents that were read lately. To read one of a megabyte takes some milliseconds, and a list
// has a hundred of them.
var checked = newCheckedDocuments(maxChecked)

// checkedDocuments remembers by their hashes which texts are JSON. Many goroutines may use it at once.
type checkedDocuments struct {
	seed maphash.Seed
	good *lru.Cache[uint64, struct{}]
}

func newCheckedDocuments(size int) checkedDocuments {
	good, err := lru.New[uint64, struct{}](size)
	if err != nil {
		panic(err) // only a size below 1 is an error
	}
	return checkedDocuments{maphash.MakeSeed(), good}
}

func (c checkedDocuments) isJSON(text []byte) bool {
	hash := maphash.Bytes(c.seed, text)
	if _, isKnown := c.good.Get(hash); isKnown {
		return true
	}
	if document.Check(context.Background(), text, document.StoredLimits) != nil {
		return false
	}
	c.good.Add(hash, struct{}{})
	return true
}
