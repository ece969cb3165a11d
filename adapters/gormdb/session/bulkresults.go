package session

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// BulkResults reads and adds results with one statement each, on connections of its
// own. It also returns the version of the entities that results refer to, so that
// cached entities need not be read again.
type BulkResults interface {
	// Read returns the results whose ids the statement selects, in its order. The
	// statement has two columns: id, and total, which may be NULL.
	Read(ctx context.Context, ids Statement) ([]ResultRow, error)
	// Listed is the statement that selects these ids, without a total.
	Listed(ids []tables.Key) Statement
	// Add stores the result, its tags, and the event about it, nil for none, and counts the
	// use, nil for none. The errors are the database's own, and ports.ErrUsedUp.
	Add(ctx context.Context, r *domain.Result, e *domain.Event, use *ports.Use) error
	// AddAll stores the results of one person and their tags, but for those whose digests
	// other results hold, and the events about those that it stores: the event at a place is
	// about the result at that place; no events at all are possible. It returns the ids of the
	// results that it stored. The errors are the database's own.
	AddAll(ctx context.Context, list []*domain.Result, events []domain.Event) ([]uuid.UUID, error)
	// ReferenceVersion returns the version of the benchmarks, sites, flavors and tags.
	// It changes when anybody changes one of them.
	ReferenceVersion(ctx context.Context) (int64, error)
}

// Statement is the text of a statement, and the values of its placeholders.
type Statement struct {
	SQL    string
	Values []any
}

// StatementOf returns the statement that the query would send.
func StatementOf(query *gorm.DB) (Statement, error) {
	var none []map[string]any
	dry := query.Session(&gorm.Session{DryRun: true}).Find(&none)
	return Statement{dry.Statement.SQL.String(), dry.Statement.Vars}, dry.Error
}

// ResultRow is a result with the ids of the entities that it refers to.
type ResultRow struct {
	ID                            uuid.UUID
	Upload                        domain.Upload
	ExecutedAt                    time.Time
	JSON                          json.RawMessage
	BenchmarkID, SiteID, FlavorID uuid.UUID
	// TagIDs are in their order.
	TagIDs []uuid.UUID
	// Total is the value of the statement's column.
	Total *int
	// ReferenceVersion: see BulkResults.
	ReferenceVersion int64
}
