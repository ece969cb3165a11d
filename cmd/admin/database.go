package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
)

// openDatabase opens a database that is there and up to date.
func openDatabase(ctx context.Context, db config.Database) (*gormdb.Store, error) {
	db.QueryTimeout = 0 // a job takes as long as it does
	store, err := openAny(ctx, db)
	if err != nil {
		return nil, err
	}
	if err := upToDate(ctx, store); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

// openAny opens a database that is there, whatever its schema.
func openAny(ctx context.Context, db config.Database) (*gormdb.Store, error) {
	if db.Driver == config.SQLite {
		if _, err := os.Stat(wiring.DatabaseFile(db)); err != nil {
			return nil, fmt.Errorf("there is no database: %w; name its folder with --data-dir or DATA_DIR", err)
		}
	}
	return openOrMake(ctx, db)
}

// openOrMake opens a database that answers; an embedded one is made.
func openOrMake(ctx context.Context, db config.Database) (*gormdb.Store, error) {
	store, err := wiring.OpenStore(ctx, db)
	if err != nil {
		return nil, err
	}
	if err := store.Ping(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

func upToDate(ctx context.Context, store *gormdb.Store) error {
	schema, err := migrations.OpenSchema(store)
	if err != nil {
		return err
	}
	state, err := schema.Inspect(ctx)
	if err != nil {
		return fmt.Errorf("the database's schema: %w", err)
	}
	return state.Ready()
}
