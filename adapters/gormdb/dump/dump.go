package dump

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// SchemaReader returns the state of the schema that a connection sees, within a
// transaction for example. adapters/migrations implements it.
type SchemaReader interface {
	StateOf(ctx context.Context, connection *gorm.DB) (domain.SchemaState, error)
}

// Dump is a database as a whole: all its tables, and the rows that a job looks for.
type Dump struct {
	database *session.Database
	schema   SchemaReader
	// trial: see Trial.
	trial bool
}

var (
	_ ports.Tables       = Dump{}
	_ ports.Integrity    = Dump{}
	_ ports.Names        = Dump{}
	_ ports.Documents    = Dump{}
	_ ports.PersonalData = Dump{}
)

// New returns the database as a whole.
func New(database *session.Database, schema SchemaReader) Dump {
	return Dump{database: database, schema: schema}
}

// Trial returns the database for a trial of a restoration. It keeps no JSON documents, which the
// checks of rows have read: only what rows are compared by takes space and time.
func (d Dump) Trial() Dump {
	d.trial = true
	return d
}

// Kind implements ports.Tables.
func (d Dump) Kind() string { return d.database.DB().Name() }

// Snapshot implements ports.Tables.
func (d Dump) Snapshot(ctx context.Context, read func(ctx context.Context, in ports.Snapshot) error) error {
	return d.snapshot(ctx, func(in *snapshot) error { return read(ctx, in) })
}

// Findings implements ports.Integrity.
func (d Dump) Findings(ctx context.Context, each func(domain.Finding) error) error {
	return d.snapshot(ctx, func(in *snapshot) error { return in.allFindings(ctx, each) })
}

// EachName implements ports.Names.
func (d Dump) EachName(ctx context.Context, each func(domain.Name) error) error {
	return d.snapshot(ctx, func(in *snapshot) error { return in.names(ctx, each) })
}

// EachResult implements ports.Documents. The schemas of the benchmarks are held in
// memory meanwhile.
func (d Dump) EachResult(ctx context.Context, benchmarkID *uuid.UUID, each func(domain.StoredResult) error) error {
	return d.snapshot(ctx, func(in *snapshot) error { return in.documents(ctx, benchmarkID, each) })
}

// Personal implements ports.PersonalData.
func (d Dump) Personal(ctx context.Context, user *domain.User, each func(table string, row []byte) error) error {
	return d.snapshot(ctx, func(in *snapshot) error { return in.personal(ctx, user, each) })
}
