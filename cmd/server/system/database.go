package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
	"github.com/eosc-perf/backend/core/domain"
)

// schemaCheck tells whether the schema is what this program needs; if not, why,
// for strangers, and the error for the log.
type schemaCheck func(context.Context) (reason string, err error)

// partsEvery is how often a schema whose revisions are right is looked at in detail.
const partsEvery = 10 * time.Second

func newSchemaCheck(schema migrations.Schema) schemaCheck {
	var next atomic.Int64 // when to look in detail, in nanoseconds
	return func(ctx context.Context) (string, error) {
		state, err := schema.Inspect(ctx)
		if err != nil {
			return "the state of the schema cannot be told", err
		}
		switch err := state.Ready(); {
		case errors.Is(err, domain.ErrUnknownRevision):
			return "the database is newer than this program", err
		case err != nil:
			return "the schema of the database is not up to date", fmt.Errorf("%w, or start the server with AUTO_UPGRADE=true", err)
		}
		if time.Now().UnixNano() < next.Load() {
			return "", nil
		}
		missing, err := schema.Missing(ctx)
		if err != nil {
			return "the state of the schema cannot be told", err
		}
		if len(missing.Essential) > 0 {
			return "the schema of the database is not complete", missing.Err()
		}
		next.Store(time.Now().Add(partsEvery).UnixNano())
		return "", nil
	}
}

// databaseCheck tells whether the database can be read and written; if not, why, for
// strangers, and the error for the log.
func (s *System) databaseCheck(ctx context.Context) (reason string, err error) {
	err = s.store.Ready(ctx)
	if fault := gormdb.FaultOf(err); fault != nil {
		return fault.Reason, err
	}
	return "the database cannot be reached", err
}

// prepareSchema waits for the database, then brings its schema up to date or
// makes sure that it is.
func prepareSchema(ctx context.Context, cfg *config.Config, store *gormdb.Store, log *slog.Logger) (schemaCheck, error) {
	schema, err := migrations.OpenSchema(store)
	if err != nil {
		return nil, err
	}
	if err := wiring.WaitFor(ctx, store, databasePatience, log); err != nil {
		return nil, wiring.AtPlace(cfg.Database, err)
	}
	if cfg.AutoUpgrade {
		if err := upgrade(ctx, schema, log); err != nil {
			return nil, fmt.Errorf("bring the database's schema up to date: %w", err)
		}
	}
	check := newSchemaCheck(schema)
	if _, err := check(ctx); err != nil {
		return nil, fmt.Errorf("the database's schema: %w", err)
	}
	missing, err := schema.Missing(ctx)
	if err != nil {
		return nil, fmt.Errorf("the database's schema: %w", err)
	}
	if err := missing.Err(); err != nil { // indexes only
		log.WarnContext(ctx, "requests are slow", "error", err)
	}
	return check, nil
}

// databasePatience is how long a start waits for the database: containers of one
// deployment start together.
const databasePatience = 30 * time.Second

// upgrade brings the schema to its head; one server does it, the others wait.
func upgrade(ctx context.Context, schema migrations.Schema, log *slog.Logger) error {
	ran, err := schema.Upgrade(ctx, migrations.Head, migrations.Options{
		LockTimeout: migrations.DefaultLockTimeout,
		Waiting:     func() { log.InfoContext(ctx, "waiting for others that change or use the schema") },
	})
	if err == nil && len(ran) > 0 {
		log.InfoContext(ctx, "brought the database's schema up to date", "revisions", ran)
	}
	return err
}
