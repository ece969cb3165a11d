package gormdb

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// SchemaReader returns the state of the schema that a connection sees, within a
// transaction for example. adapters/migrations implements it.
type SchemaReader interface {
	StateOf(ctx context.Context, connection *gorm.DB) (domain.SchemaState, error)
}

// Maintenance is the store as the operator's jobs need it.
type Maintenance struct {
	store  *Store
	schema SchemaReader
}

var (
	_ ports.Tables       = Maintenance{}
	_ ports.Integrity    = Maintenance{}
	_ ports.Documents    = Maintenance{}
	_ ports.PersonalData = Maintenance{}
	_ ports.DerivedData  = (*Store)(nil)
)

// NewMaintenance joins a store with the reader of its schema.
func NewMaintenance(store *Store, schema SchemaReader) Maintenance {
	return Maintenance{store: store, schema: schema}
}

// Kind implements ports.Tables.
func (m Maintenance) Kind() string { return m.store.db.Name() }

// Snapshot implements ports.Tables.
func (m Maintenance) Snapshot(ctx context.Context, read func(ctx context.Context, snapshot ports.Snapshot) error) error {
	return m.store.Snapshot(ctx, func(ctx context.Context, in *Snapshot) error {
		return read(ctx, snapshotWithSchema{in, m.schema})
	})
}

type snapshotWithSchema struct {
	*Snapshot
	reader SchemaReader
}

// Schema implements ports.Snapshot.
func (s snapshotWithSchema) Schema(ctx context.Context) (domain.SchemaState, error) {
	return s.reader.StateOf(ctx, s.db)
}

// Restore implements ports.Tables.
func (m Maintenance) Restore(ctx context.Context, write func(ctx context.Context, restoration ports.Restoration) error) error {
	return m.store.Restore(ctx, func(ctx context.Context, to *Restoration) error {
		return write(ctx, restorationWithSchema{to, m.schema})
	})
}

type restorationWithSchema struct {
	*Restoration
	reader SchemaReader
}

// Schema implements ports.Restoration.
func (r restorationWithSchema) Schema(ctx context.Context) (domain.SchemaState, error) {
	return r.reader.StateOf(ctx, r.db)
}

// Findings implements ports.Integrity.
func (m Maintenance) Findings(ctx context.Context, each func(domain.Finding) error) error {
	return m.store.Snapshot(ctx, func(ctx context.Context, in *Snapshot) error { return in.Findings(ctx, each) })
}

// EachResult implements ports.Documents.
func (m Maintenance) EachResult(ctx context.Context, benchmarkID *uuid.UUID, each func(domain.StoredResult) error) error {
	return m.store.Snapshot(ctx, func(ctx context.Context, in *Snapshot) error { return in.Documents(ctx, benchmarkID, each) })
}

// Personal implements ports.PersonalData.
func (m Maintenance) Personal(ctx context.Context, user *domain.User, each func(table string, row []byte) error) error {
	return m.store.Snapshot(ctx, func(ctx context.Context, in *Snapshot) error { return in.Personal(ctx, user, each) })
}
