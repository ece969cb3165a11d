package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/eosc-perf/backend/adapters/archive"
	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/dump"
	"github.com/eosc-perf/backend/adapters/jsonschema"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/core/service"
)

// operator is the caller of all jobs: whoever may run this program.
var operator = domain.Operator()

// backupFiles is how backups are stored.
var backupFiles = maintenance.Archive{Format: archive.Format{}, Files: archive.Files{}, Rows: dump.RowCheck{}, Trial: onTrial}

// database is an open database, which the jobs are wired to.
type database struct {
	store  *gormdb.Store
	schema migrations.Schema
}

// opener opens the database that the settings name.
type opener func(context.Context) (*database, error)

// onDatabase opens the database, does the work, and closes the database.
func onDatabase(ctx context.Context, open opener, work func(context.Context, *database) error) (err error) {
	db, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.store.Close()) }()
	return work(ctx, db)
}

// onTrial does the work on an embedded database in a temporary folder, for the trial of a
// restoration.
func onTrial(ctx context.Context, work func(maintenance.Database) error) (err error) {
	folder, err := os.MkdirTemp("", "eosc-perf-trial.")
	if err != nil {
		return fmt.Errorf("make a folder for the trial of the restoration: %w; name another place with TMPDIR", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	open := func(ctx context.Context) (*database, error) {
		return openOrCreate(ctx, config.Database{Driver: config.SQLite, DataDir: folder})
	}
	return onDatabase(ctx, open, func(_ context.Context, db *database) error {
		return work(maintenance.Database{Tables: db.rows().Trial(), Schema: db.schema})
	})
}

// openCurrent opens a database that exists and is up to date.
func openCurrent(ctx context.Context, settings config.Database) (*database, error) {
	settings.QueryTimeout = 0 // a job takes as long as it does
	db, err := openExisting(ctx, settings)
	if err != nil {
		return nil, err
	}
	if err := db.upToDate(ctx); err != nil {
		return nil, errors.Join(err, db.store.Close())
	}
	return db, nil
}

// openExisting opens a database that exists, whatever its schema.
func openExisting(ctx context.Context, settings config.Database) (*database, error) {
	if settings.Driver == config.SQLite {
		if _, err := os.Stat(wiring.DatabaseFile(settings)); err != nil {
			return nil, fmt.Errorf("there is no database: %w; name its folder with --data-dir or DATA_DIR", err)
		}
	}
	return openOrCreate(ctx, settings)
}

// openOrCreate opens a database that answers; an embedded one is created.
func openOrCreate(ctx context.Context, settings config.Database) (*database, error) {
	store, err := wiring.OpenStore(ctx, settings)
	if err != nil {
		return nil, err
	}
	schema, err := migrations.OpenSchema(store)
	if err == nil {
		err = store.Ping(ctx)
	}
	if err != nil {
		return nil, errors.Join(wiring.AtPlace(settings, err), store.Close())
	}
	return &database{store: store, schema: schema}, nil
}

func (d *database) upToDate(ctx context.Context) error {
	state, err := d.schema.State(ctx)
	if err != nil {
		return fmt.Errorf("the database's schema: %w", err)
	}
	return state.Ready()
}

// complete returns an error if parts of the schema are missing.
func (d *database) complete(ctx context.Context) error {
	missing, err := d.schema.Missing(ctx)
	if err != nil {
		return fmt.Errorf("the database's schema: %w", err)
	}
	return missing.Err()
}

// rows are the rows of the tables, for jobs on the database as a whole.
func (d *database) rows() dump.Dump { return d.store.Dump(d.schema) }

func (d *database) backups() maintenance.Backups {
	return maintenance.Backups{Tables: d.rows(), Storage: d.store, Archive: backupFiles, Clock: wiring.Clock{}, Program: version}
}

func (d *database) results() maintenance.Results {
	return maintenance.Results{Storage: d.store, Documents: d.rows(), Schemas: jsonschema.New(), Clock: wiring.Clock{}}
}

func (d *database) outbox() maintenance.Outbox {
	return maintenance.Outbox{Storage: d.store, Clock: wiring.Clock{}}
}

func (d *database) sessions() maintenance.Sessions {
	return maintenance.Sessions{Storage: d.store, Clock: wiring.Clock{}}
}

func (d *database) integrity() maintenance.Integrity {
	return maintenance.Integrity{Rows: d.rows(), Names: d.rows(), Storage: d.store, Clock: wiring.Clock{}}
}

func (d *database) plans() maintenance.Plans { return maintenance.Plans{Lists: d.store} }

func (d *database) derived() maintenance.Derived {
	return maintenance.Derived{Data: d.store, Clock: wiring.Clock{}}
}

// users needs no address of the service: its mails have no links.
func (d *database) users() maintenance.Users {
	services := service.New(service.Dependencies{Storage: d.store, Clock: wiring.Clock{}})
	return maintenance.Users{Users: services.Users, Storage: d.store, Clock: wiring.Clock{}, Personal: d.rows()}
}
