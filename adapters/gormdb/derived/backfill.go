package derived

import (
	"context"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// Backfill writes the values of old results at paths that a changed schema names for the
// first time. Until then lists read the documents of these results. If several programs
// call it at once, one of them does the work. It can be interrupted, and returns at
// once if no value is missing.
func Backfill(ctx context.Context, database *session.Database) error {
	err := database.Dialect.Derived.Backfill(ctx, database)
	return database.Failed(ctx, err, "fill the values of results")
}
