package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mattn/go-isatty"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
)

// defaultDirectory is the folder of revisions. The earlier program had the same.
const defaultDirectory = "migrations/versions"

// program is what the commands share.
type program struct {
	load func() (*config.Config, error)
	// directory is the flag.
	directory string
	// writes is true if the command may create the folder.
	writes bool
	// interactive is true if a person can answer on the standard input.
	interactive func() bool
}

func isTerminal() bool { return isatty.IsTerminal(os.Stdin.Fd()) }

// folder is the folder of the revisions that are not embedded.
func (p *program) folder() migrations.Folder {
	if p.directory == "" {
		return migrations.Folder{Path: filepath.FromSlash(defaultDirectory), Optional: true}
	}
	return migrations.Folder{Path: p.directory, Optional: p.writes}
}

// database is an open database with its schema.
type database struct {
	*gormdb.Store
	config config.Database
	schema migrations.Schema
}

// open opens the database of the settings. It is an error if the database does not answer.
func (p *program) open(ctx context.Context) (*database, error) {
	cfg, err := p.load()
	if err != nil {
		return nil, err
	}
	db := &database{config: cfg.Database}
	if db.Store, err = wiring.OpenStore(ctx, cfg.Database); err != nil {
		return nil, err
	}
	if db.schema, err = p.schema(db.Store); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("no connection to %w", wiring.AtPlace(cfg.Database, err)), db.Close())
	}
	return db, nil
}

// schema is the schema of the database, with all revisions for its dialect.
func (p *program) schema(database migrations.Database) (migrations.Schema, error) {
	known, err := p.folder().Load(migrations.Dialect(database))
	return migrations.NewSchema(database, known), err
}

func (d *database) dialect() string { return migrations.Dialect(d.Store) }

// withDatabase opens the database, does the work, and closes the database.
func (p *program) withDatabase(ctx context.Context, work func(*database) error) (err error) {
	db, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return work(db)
}
