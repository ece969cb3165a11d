package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/archive"
	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/migrations"
)

func restoreCommand(open opener) *cobra.Command {
	var asJSON, dryRun bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Write a backup into an empty database",
		Long: `Write a backup into an empty database of either kind, whatever kind it is of. The
whole file is checked first. Either all of it is restored, or nothing: a database
that holds anything is refused and stays as it is.

Where there are no tables, they are made as of the revision of the backup. Where there
are, they must be of that revision. "migrate upgrade" leads on to the newest one.`,
		Example: `  admin restore perf.backup --dry-run
  admin restore perf.backup && migrate upgrade`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return restoreFile(cmd, open, args[0], dryRun, asJSON)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "check the file and the database, and change nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

func restoreFile(cmd *cobra.Command, open opener, path string, dryRun, asJSON bool) error {
	file, err := os.Open(path) //nolint:gosec // the operator's own choice
	if err != nil {
		return fmt.Errorf("open the backup: %w", err)
	}
	defer func() { _ = file.Close() }() // it was read only
	header, manifest, err := archive.Check(file, func() {})
	if err != nil {
		return fmt.Errorf("%s: %w; nothing was written", path, err)
	}
	if err := onStore(cmd.Context(), open, func(ctx context.Context, store *gormdb.Store) error {
		r := restoring{store: store, header: header, manifest: manifest, file: file, watched: cmd.ErrOrStderr()}
		return r.run(ctx, dryRun)
	}); err != nil {
		return err
	}
	return tellRestored(cmd.OutOrStdout(), header, manifest, dryRun, asJSON)
}

func tellRestored(w io.Writer, header archive.Header, manifest archive.Manifest, dryRun, asJSON bool) error {
	if asJSON {
		return encodeJSON(w, map[string]any{"dry_run": dryRun, "revisions": header.Revisions, "tables": manifest.Tables, "rows": manifest.Rows()})
	}
	text := "Restored"
	if dryRun {
		text = "Would restore"
	}
	_, err := fmt.Fprintf(w, "%s %d rows, as of %s at revision %s.\n", text, manifest.Rows(),
		header.Created.Format("2006-01-02 15:04:05 UTC"), strings.Join(header.Revisions, ", "))
	return err
}

// restoring is a restore under way, of a backup that was checked.
type restoring struct {
	store    *gormdb.Store
	schema   migrations.Schema
	header   archive.Header
	manifest archive.Manifest
	file     io.ReadSeeker
	watched  io.Writer
}

func (r *restoring) run(ctx context.Context, dryRun bool) (err error) {
	if r.schema, err = migrations.OpenSchema(r.store); err != nil {
		return err
	}
	for _, id := range r.header.Revisions {
		if !slices.Contains(migrations.IDs(r.schema.Revisions()), id) {
			return fmt.Errorf("%w: it is of the schema's revision %s, which this program does not know: use the admin of the program that wrote it (%s), or a newer one",
				archive.ErrNewer, id, r.header.Program)
		}
	}
	state, err := r.schema.Inspect(ctx)
	if err != nil {
		return fmt.Errorf("the database's schema: %w", err)
	}
	if len(state.Applied) == 0 && len(state.Unknown) == 0 {
		return r.fromNothing(ctx, dryRun)
	}
	if err := r.checkRevision(state); err != nil {
		return err
	}
	if dryRun {
		return r.store.Snapshot(ctx, func(ctx context.Context, in *gormdb.Snapshot) error {
			if count, err := in.Count(ctx); err != nil || count > 0 {
				return errors.Join(err, gormdb.ErrNotEmpty)
			}
			return nil
		})
	}
	return r.fill(ctx)
}

// fromNothing makes the tables first, and undoes that if it comes to nothing.
func (r *restoring) fromNothing(ctx context.Context, dryRun bool) error {
	if len(r.header.Revisions) != 1 {
		return fmt.Errorf("the backup is of a database between two branches of the schema: bring this one to the revisions %s with `migrate upgrade` first",
			strings.Join(r.header.Revisions, ", "))
	}
	if dryRun {
		return nil
	}
	options := migrations.Options{LockTimeout: migrations.DefaultLockTimeout}
	if _, err := r.schema.Upgrade(ctx, r.header.Revisions[0], options); err != nil {
		return fmt.Errorf("make the tables: %w", err)
	}
	err := r.fill(ctx)
	if err == nil || errors.Is(err, gormdb.ErrNotEmpty) {
		return err
	}
	_, undone := r.schema.Downgrade(context.WithoutCancel(ctx), migrations.Base, options)
	return errors.Join(err, undone)
}

// checkRevision compares the database's with the backup's.
func (r *restoring) checkRevision(state migrations.State) error {
	if err := state.Known(); err != nil {
		return fmt.Errorf("the database's schema: %w", err)
	}
	if state.Inherited {
		return errors.New("the database is the earlier program's: restore into another one")
	}
	at, wanted := migrations.IDs(migrations.Heads(state.Applied)), r.header.Revisions
	if slices.Equal(at, wanted) {
		return nil
	}
	way := "migrate upgrade " + strings.Join(wanted, " ")
	if slices.Contains(migrations.IDs(state.Applied), wanted[0]) {
		way = "migrate downgrade " + strings.Join(wanted, " ")
	}
	return fmt.Errorf("the tables of the database are of revision %s, the backup is of %s: bring the empty database there with `%s`, restore, and upgrade it then",
		strings.Join(at, ", "), strings.Join(wanted, ", "), way)
}

// fill writes the rows, and makes sure once more, in the same transaction, that they
// are for these tables, and those that were checked.
func (r *restoring) fill(ctx context.Context) error {
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the backup again: %w", err)
	}
	from, err := archive.NewReader(r.file)
	if err != nil {
		return err
	}
	defer from.Close()
	bar := newProgress(r.watched, "rows restored", r.manifest.Rows())
	defer bar.done()
	return r.store.Restore(ctx, func(ctx context.Context, to *gormdb.Restoration) error {
		state, err := migrations.NewSchema(to, r.schema.Revisions()).Inspect(ctx)
		if err != nil {
			return fmt.Errorf("the database's schema: %w", err)
		}
		if err := r.checkRevision(state); err != nil {
			return err
		}
		for {
			table, row, err := from.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := to.Insert(ctx, table, row); err != nil {
				return err
			}
			bar.step()
		}
	})
}
