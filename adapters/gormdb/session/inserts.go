package session

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
)

// Inserts adds the rows of uploads in a transaction, with few statements. The errors are the
// database's own.
type Inserts interface {
	// Results stores the results of one person and their tags, but for those whose digests other
	// results hold. It returns the ids of the results that it stored.
	Results(ctx context.Context, tx gorm.ConnPool, list []*domain.Result) (added []uuid.UUID, err error)
	// Events stores events.
	Events(ctx context.Context, tx gorm.ConnPool, events []tables.AuditEvent) error
	// Entries stores entries of the audit trail.
	Entries(ctx context.Context, tx gorm.ConnPool, entries []tables.AuditEntry) error
}
