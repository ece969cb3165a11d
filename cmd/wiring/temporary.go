package wiring

import (
	"context"
	"errors"
	"fmt"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/sqlite"
	"github.com/eosc-perf/backend/adapters/migrations"
)

// WithEmbedded does the work with a temporary embedded database that has all revisions.
func WithEmbedded(ctx context.Context, revisions []migrations.Revision, work func(*gormdb.Store) error) error {
	return sqlite.WithTemporary(ctx, atHead(ctx, revisions, work))
}

// WithPostgres does the work with a temporary database that has all revisions. The URL,
// the value of the flag --postgres-url, names its server.
func WithPostgres(ctx context.Context, url string, revisions []migrations.Revision, work func(*gormdb.Store) error) error {
	if url == "" {
		return errors.New("this needs a PostgreSQL at hand, for a temporary database: name one with --postgres-url " +
			"postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	config, err := postgres.ParseURL(url)
	if err != nil {
		return fmt.Errorf("--postgres-url: %w", err)
	}
	return postgres.WithTemporary(ctx, config, atHead(ctx, revisions, work))
}

// atHead returns a function that upgrades the database and then does the work.
func atHead(ctx context.Context, revisions []migrations.Revision, work func(*gormdb.Store) error) func(*gormdb.Store) error {
	return func(store *gormdb.Store) error {
		if _, err := migrations.NewSchema(store, revisions).Upgrade(ctx, migrations.Head, migrations.Options{}); err != nil {
			return fmt.Errorf("bring a temporary database to the head of the revisions: %w", err)
		}
		return work(store)
	}
}
