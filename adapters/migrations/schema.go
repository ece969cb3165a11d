package migrations

import (
	"context"
	"fmt"
	"io/fs"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
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

var _ ports.Schema = Schema{}

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

// Known implements ports.Schema.
func (s Schema) Known() []string { return IDs(s.revisions) }

// State implements ports.Schema.
func (s Schema) State(ctx context.Context) (domain.SchemaState, error) { return s.StateOf(ctx, s.db) }

// StateOf returns the state of the schema that a connection sees, in a transaction for
// example. Errors: those of Inspect.
func (s Schema) StateOf(ctx context.Context, connection *gorm.DB) (domain.SchemaState, error) {
	state, err := inspect(connection.WithContext(ctx), s.revisions)
	return state.Summary(), err
}

// Create implements ports.Schema.
func (s Schema) Create(ctx context.Context, revision string) error {
	_, err := s.Upgrade(ctx, revision, Options{LockTimeout: DefaultLockTimeout})
	return err
}

// Drop implements ports.Schema.
func (s Schema) Drop(ctx context.Context) error {
	_, err := s.Downgrade(ctx, Base, Options{LockTimeout: DefaultLockTimeout})
	return err
}
