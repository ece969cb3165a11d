package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
)

// schemaCheck tells whether the schema is what this program needs; if not, why,
// for strangers, and the error for the log.
type schemaCheck func(context.Context) (reason string, err error)

func newSchemaCheck(store *gormdb.Store, revisions []migrations.Revision) schemaCheck {
	return func(ctx context.Context) (string, error) {
		pending, err := migrations.Pending(ctx, store.DB(), revisions)
		switch {
		case errors.Is(err, migrations.ErrUnknownRevision):
			return "the database is newer than this program", err
		case err != nil:
			return "the state of the schema cannot be told", err
		case len(pending) > 0:
			return "the schema of the database is not up to date",
				fmt.Errorf("revisions not applied yet: %s; run `migrate upgrade`, or start the server with AUTO_UPGRADE=true", strings.Join(pending, ", "))
		}
		return "", nil
	}
}

// prepareSchema waits for the database, then brings its schema up to date or
// makes sure that it is.
func prepareSchema(ctx context.Context, cfg *config.Config, store *gormdb.Store, log *slog.Logger) (schemaCheck, error) {
	revisions, err := migrations.Load(store.DB().Name())
	if err != nil {
		return nil, fmt.Errorf("load the schema revisions: %w", err)
	}
	if err := wiring.WaitFor(ctx, store, databasePatience, log); err != nil {
		return nil, err
	}
	if cfg.AutoUpgrade {
		ran, err := migrations.Upgrade(ctx, store.DB(), revisions)
		if err != nil {
			return nil, fmt.Errorf("bring the database's schema up to date: %w", err)
		}
		if len(ran) > 0 {
			log.InfoContext(ctx, "brought the database's schema up to date", "revisions", ran)
		}
	}
	check := newSchemaCheck(store, revisions)
	if _, err := check(ctx); err != nil {
		return nil, fmt.Errorf("the database's schema: %w", err)
	}
	return check, nil
}

// databasePatience is how long a start waits for the database: containers of one
// deployment start together.
const databasePatience = 30 * time.Second
