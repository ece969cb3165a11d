package migrations

import (
	"context"
	"fmt"
	"io/fs"

	"gorm.io/gorm"
)

// Database is what this package needs of a storage: its connections. The stores of
// adapters/gormdb have them. Only this package and its subpackages call DB.
type Database interface {
	DB() *gorm.DB
}

// Dialect names the kind of a database: "postgres" or "sqlite".
func Dialect(database Database) string { return database.DB().Name() }

// Schema is the schema of one database, with the revisions that the program knows.
type Schema struct {
	db        *gorm.DB
	revisions []Revision
}

// NewSchema returns the schema of a database whose dialect the revisions were loaded for.
func NewSchema(database Database, revisions []Revision) Schema {
	return Schema{db: database.DB(), revisions: revisions}
}

// OpenSchema returns the schema of a database with the embedded revisions and those of
// the extra directories. Errors: those of Load.
func OpenSchema(database Database, extra ...fs.FS) (Schema, error) {
	revisions, err := Load(Dialect(database), extra...)
	if err != nil {
		return Schema{}, fmt.Errorf("load the schema revisions: %w", err)
	}
	return NewSchema(database, revisions), nil
}

// Revisions are the known ones, parents first.
func (s Schema) Revisions() []Revision { return s.revisions }

// Inspect returns which of the revisions the database has. It changes nothing. The
// error is an ErrUnknownRevision if the earlier program left the database at a revision
// that is not a known one.
func (s Schema) Inspect(ctx context.Context) (State, error) {
	return inspect(s.db.WithContext(ctx), s.revisions)
}
