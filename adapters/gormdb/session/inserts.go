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
	// Results prepares to store the results of one person and their tags, but for those whose digests
	// other results hold: it does what needs no transaction, while others write.
	Results(list []*domain.Result) Insertion
	// Events stores events.
	Events(ctx context.Context, tx gorm.ConnPool, events []tables.AuditEvent) error
	// Entries stores entries of the audit trail.
	Entries(ctx context.Context, tx gorm.ConnPool, entries []tables.AuditEntry) error
}

// Insertion stores what was prepared in a transaction, once more in another one if the first was given
// up. It returns the ids of the results that it stored.
type Insertion func(ctx context.Context, tx gorm.ConnPool) (added []uuid.UUID, err error)
