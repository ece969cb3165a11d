package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/adapters/migrations/autogen"
	"github.com/eosc-perf/backend/cmd/wiring"
)

// The dialects, by the names of package migrations.
const (
	postgres = "postgres"
	sqlite   = "sqlite"
)

// The commands that compare the models with a database.

func (p *program) migrate() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "migrate -m TEXT",
		Aliases: []string{"autogenerate"},
		Short:   "Write a revision with the differences of models and database",
		Long: `Compare the models in this program with the database, which must be up to date, and
write a revision into --directory, with its upgrade and its downgrade for both kinds of
databases. If nothing differs, the command writes nothing.

It needs a PostgreSQL whose user has the right to create schemas: the PostgreSQL of the
settings, or, if the settings name an embedded database, the PostgreSQL of
--postgres-url, whose user must have the right to create databases. Nothing stays
there, except for a database eosc_perf_temporary_... if the program is killed.

The command ignores tables that the revisions in this program do not create.

Read the files that it wrote. The comparison takes a renamed column for a dropped and an
added column, does not see functions and triggers, and does not move data.`,
		Example: `  migrate migrate -m "a benchmark has a licence"
  APP_ENV=development migrate migrate -m "a licence" --postgres-url postgres://postgres@127.0.0.1/postgres`,
		Args: cobra.NoArgs,
	}
	message := messageFlag(cmd)
	id := cmd.Flags().String("rev-id", "", "id of the (first) revision, 12 hexadecimal digits; random by default")
	url := postgresFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return p.generate(cmd, *id, *message, *url) }
	return cmd
}

func postgresFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("postgres-url", "",
		"with an embedded database: a PostgreSQL for a temporary database that is compared")
}

func (p *program) generate(cmd *cobra.Command, id, message, url string) error {
	p.writes = true
	first, err := migrations.NewDraft(id, message)
	if err != nil {
		return err
	}
	byDialect, known, err := p.folder().LoadAll()
	if err != nil {
		return err
	}
	parent, err := migrations.Find(known, migrations.Head)
	if err != nil {
		return err
	}
	first.Parents = []string{parent.ID}
	return p.withDatabase(cmd.Context(), func(db *database) error {
		state, err := db.schema.Inspect(cmd.Context())
		if err != nil {
			return err
		}
		if err := errors.Join(state.Known(), state.Ready()); err != nil {
			return err
		}
		found, err := db.compareBoth(cmd.Context(), byDialect, url)
		if err != nil {
			return err
		}
		return p.writeAll(cmd, first, known, found)
	})
}

// ready returns nil if the program can work with the database: see domain.SchemaState.Ready.
func (d *database) ready(ctx context.Context) error {
	state, err := d.schema.Inspect(ctx)
	if err != nil {
		return err
	}
	return state.Ready()
}

// compareBoth compares the models with the database, and with a temporary database of the
// other dialect at the head of the revisions.
func (d *database) compareBoth(ctx context.Context, byDialect map[string][]migrations.Revision, url string) (map[string]autogen.Changes,
	error) {
	found := map[string]autogen.Changes{}
	models, err := ownModels(ctx)
	if err != nil {
		return nil, err
	}
	err = wiring.WithEmbedded(ctx, byDialect[sqlite], func(embedded *gormdb.Store) error {
		compare := func(store *gormdb.Store) error {
			changes, err := autogen.Compare(ctx, store, models)
			found[migrations.Dialect(store)] = changes
			return err
		}
		if err := compare(d.Store); err != nil {
			return err
		}
		if d.dialect() == postgres {
			return compare(embedded)
		}
		if url == "" {
			return errors.New("revisions are written for PostgreSQL too, and that needs one at hand: name it with --postgres-url " +
				"postgres://USER:PASSWORD@HOST:PORT/DATABASE, " +
				"or let DB_HOST and the other settings name a database there")
		}
		return wiring.WithPostgres(ctx, url, byDialect[postgres], compare)
	})
	return found, err
}

// ownModels returns the models of this program, and the tables that its own revisions
// make. All other tables are left alone.
func ownModels(ctx context.Context) (autogen.Models, error) {
	models := autogen.Models{Rows: tables.Models(), Enums: tables.Enums()}
	own, err := migrations.Load(sqlite)
	if err != nil {
		return models, fmt.Errorf("load this program's revisions: %w", err)
	}
	err = wiring.WithEmbedded(ctx, own, func(atHead *gormdb.Store) error {
		all, err := autogen.Tables(ctx, atHead)
		models.Owned = tables.Modelled(all)
		return err
	})
	return models, err
}

// writeAll writes the revisions of the changes, one after the other.
func (p *program) writeAll(cmd *cobra.Command, first migrations.Draft, known []migrations.Revision,
	found map[string]autogen.Changes) error {
	files, err := autogen.Files(first, found)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		say(cmd.OutOrStdout(), "Nothing differs between models and database: no revision was written.")
		return nil
	}
	for _, file := range files {
		if err := p.write(cmd, file.Draft, known, file.Texts); err != nil {
			return err
		}
		known = append(slices.Clone(known), file.Draft.Revision(nil, nil))
	}
	for _, dialect := range migrations.Dialects() {
		printLines(cmd, "Difference in "+dialect, found[dialect].Differences)
		printLines(cmd, "Warning for "+dialect, found[dialect].Warnings)
	}
	say(cmd.OutOrStdout(), "Read the files, then apply them with `migrate upgrade`.")
	return nil
}

func printLines(cmd *cobra.Command, what string, lines []string) {
	for _, line := range lines {
		say(cmd.OutOrStdout(), "%s: %s", what, line)
	}
}

// errDiffers says that a check found a difference.
var errDiffers = errors.New("models and database differ: write a revision with `migrate migrate -m \"...\"`, or undo what was changed " +
	"by hand")

func (p *program) check() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Fail if models and database differ, or revisions are pending",
		Long: `Compare the models in this program with the database. The command lists the
differences, and fails if there are any or if revisions are pending. It changes nothing.
The user of PostgreSQL must have the right to create schemas.`,
		Example: `  migrate check`,
		Args:    cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.withDatabase(cmd.Context(), func(db *database) error {
			if err := db.ready(cmd.Context()); err != nil {
				return err
			}
			models, err := ownModels(cmd.Context())
			if err != nil {
				return err
			}
			changes, err := autogen.Compare(cmd.Context(), db, models)
			if err != nil {
				return err
			}
			if len(changes.Differences) > 0 {
				printLines(cmd, "Difference", changes.Differences)
				return errDiffers
			}
			say(cmd.OutOrStdout(), "Nothing differs between models and database.")
			return db.conclude(cmd, true)
		})
	}
	return cmd
}
