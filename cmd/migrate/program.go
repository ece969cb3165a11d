package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/mattn/go-isatty"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
)

// defaultDirectory is where the earlier program had its revisions too.
const defaultDirectory = "migrations/versions"

// program is what the commands share.
type program struct {
	load func() (*config.Config, error)
	// directory is the flag.
	directory string
	// writes says that the folder may be made.
	writes bool
	// interactive tells whether a person answers on standard input.
	interactive func() bool
}

func isTerminal() bool { return isatty.IsTerminal(os.Stdin.Fd()) }

// folder is where new revisions are written.
func (p *program) folder() string {
	if p.directory == "" {
		return filepath.FromSlash(defaultDirectory)
	}
	return p.directory
}

// extra is the folder as it is read for a dialect, nil if there is none.
func (p *program) extra(dialect string) ([]fs.FS, error) {
	entries, err := os.ReadDir(p.folder())
	if errors.Is(err, fs.ErrNotExist) && (p.directory == "" || p.writes) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the folder of revisions cannot be read: %w; name another with --directory", err)
	}
	for _, entry := range entries {
		stray := ""
		switch name := entry.Name(); {
		case filepath.Ext(name) == ".sql":
			stray = name
		case entry.IsDir() && !slices.Contains(migrations.Dialects(), name):
			stray = revisionIn(filepath.Join(p.folder(), name))
		}
		if stray != "" {
			return nil, fmt.Errorf("%s in the folder %s is for no database: revisions are in its folders postgres and sqlite", stray, p.folder())
		}
	}
	return []fs.FS{os.DirFS(filepath.Join(p.folder(), dialect))}, nil
}

// revisionIn returns the path of a file that looks like a revision, if there is one.
func revisionIn(folder string) string {
	entries, _ := os.ReadDir(folder) // what cannot be read is none of ours
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) == ".sql" {
			return filepath.Join(filepath.Base(folder), entry.Name())
		}
	}
	return ""
}

// revisions are all that are known for a dialect.
func (p *program) revisions(dialect string) ([]migrations.Revision, error) {
	extra, err := p.extra(dialect)
	if err != nil {
		return nil, err
	}
	known, err := migrations.Load(dialect, extra...)
	if err != nil {
		return nil, fmt.Errorf("the revisions for %s cannot be used: %w (folder %s)", dialect, err, filepath.Join(p.folder(), dialect))
	}
	return known, nil
}

// everything are the revisions for all dialects, which must be the same but for
// their scripts; what is not about scripts may be read off the first.
func (p *program) everything() (map[string][]migrations.Revision, []migrations.Revision, error) {
	all := map[string][]migrations.Revision{}
	var first []migrations.Revision
	for _, dialect := range migrations.Dialects() {
		known, err := p.revisions(dialect)
		if err != nil {
			return nil, nil, err
		}
		if first == nil {
			first = known
		}
		if !slices.EqualFunc(first, known, sameStep) {
			return nil, nil, fmt.Errorf("the folder %s does not have the same revisions, with the same headers but for the transaction, for all databases: %s has %v, %s has %v",
				p.folder(), migrations.Dialects()[0], migrations.IDs(first), dialect, migrations.IDs(known))
		}
		all[dialect] = known
	}
	return all, first, nil
}

func sameStep(a, b migrations.Revision) bool {
	return a.ID == b.ID && slices.Equal(a.Parents, b.Parents) && a.Message == b.Message && a.Created.Equal(b.Created) &&
		a.Compatible == b.Compatible // what is dropped differs where a table is in one kind only
}

// database is an open database and the revisions for it.
type database struct {
	*gormdb.Store
	config config.Database
	schema migrations.Schema
}

// open connects to the database of the settings; it is an error if it does not answer.
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
		return nil, errors.Join(fmt.Errorf("no connection to %s: %w; check DB_HOST and the other settings of the database", wiring.DatabasePlace(cfg.Database), err), db.Close())
	}
	return db, nil
}

// schema is the database's, with all revisions that are known for its dialect.
func (p *program) schema(database migrations.Database) (migrations.Schema, error) {
	known, err := p.revisions(migrations.Dialect(database))
	return migrations.NewSchema(database, known), err
}

func (d *database) dialect() string { return migrations.Dialect(d.Store) }

// withDatabase does the work with an open database.
func (p *program) withDatabase(ctx context.Context, work func(*database) error) (err error) {
	db, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return work(db)
}
