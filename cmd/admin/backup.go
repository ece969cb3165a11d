package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/archive"
	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/cmd/wiring"
)

// standardOutput is the name of a backup that goes there.
const standardOutput = "-"

func backupCommand(open opener) *cobra.Command {
	var b backup
	cmd := &cobra.Command{
		Use:   "backup FILE | FOLDER | -",
		Short: "Write everything that the database holds into one file",
		Long: `Write everything that the database holds into one file, of one moment, while the
service goes on. The file is there when it is whole. It restores into an empty
database of either kind, see "admin restore --help".

In a folder the backup is named for the time; with --keep the newest ones that are
whole stay, and what is older is removed. With - the backup goes to the standard
output. A dry run reads everything, and writes and removes nothing.

It holds e-mail addresses of people and, while there are any, mails that are not sent
yet: keep it where nobody else reads it.`,
		Example: `  admin backup perf.backup
  admin backup /var/backups/perf --keep 14
  admin backup - | ssh vault 'cat > perf.backup'`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onStore(cmd.Context(), open, func(ctx context.Context, store *gormdb.Store) error {
				return b.run(ctx, cmd, store, args[0])
			})
		},
	}
	cmd.Flags().IntVar(&b.keep, "keep", 0, "how many whole backups stay in the folder (default all)")
	cmd.Flags().BoolVar(&b.dryRun, "dry-run", false, "only tell what would be written and removed")
	cmd.Flags().BoolVar(&b.asJSON, "json", false, "print a JSON object")
	cmd.AddCommand(verifyCommand())
	return cmd
}

// onStore runs the work on the database, and closes that.
func onStore(ctx context.Context, open opener, work func(context.Context, *gormdb.Store) error) (err error) {
	store, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return work(ctx, store)
}

// backup is what is wanted of one.
type backup struct {
	// keep is 0 for all.
	keep           int
	dryRun, asJSON bool
}

func (b backup) run(ctx context.Context, cmd *cobra.Command, store *gormdb.Store, target string) error {
	info, err := os.Stat(target)
	inFolder := err == nil && info.IsDir()
	if b.keep < 0 || b.keep > 0 && !inFolder {
		return misusedf("--keep is for a folder that is there, and at least 1")
	}
	if target == standardOutput {
		return b.toOutput(ctx, cmd, store)
	}
	if inFolder {
		target = filepath.Join(target, archive.Name(wiring.Clock{}.Now()))
	}
	r, err := b.toFile(ctx, cmd, store, target)
	if err != nil {
		return err
	}
	if b.keep > 0 {
		rotation, err := b.rotate(filepath.Dir(target))
		if err != nil {
			return err
		}
		r.Removed, r.Damaged = rotation.Removed, rotation.Damaged
	}
	return r.tell(cmd.OutOrStdout(), b.asJSON)
}

func (b backup) toOutput(ctx context.Context, cmd *cobra.Command, store *gormdb.Store) error {
	to := cmd.OutOrStdout()
	if b.dryRun {
		to = io.Discard
	}
	if isTerminal(to) {
		return misusedf("a backup is not for a terminal: name a file, or lead the output somewhere")
	}
	r, err := dump(ctx, cmd, store, to)
	if err != nil {
		return err
	}
	r.DryRun = b.dryRun
	return r.tell(cmd.ErrOrStderr(), b.asJSON)
}

func (b backup) toFile(ctx context.Context, cmd *cobra.Command, store *gormdb.Store, path string) (r backupReport, err error) {
	write := func(to io.Writer) error {
		r, err = dump(ctx, cmd, store, to)
		return err
	}
	if b.dryRun {
		err = write(io.Discard)
	} else {
		err = archive.Create(path, write)
	}
	r.File, r.DryRun = path, b.dryRun
	return r, err
}

// rotate counts the backup that a dry run has not written.
func (b backup) rotate(folder string) (archive.Rotation, error) {
	if b.dryRun {
		return archive.TryRotate(folder, b.keep-1)
	}
	return archive.Rotate(folder, b.keep)
}

// dump writes a backup of one state of the database.
func dump(ctx context.Context, cmd *cobra.Command, store *gormdb.Store, to io.Writer) (r backupReport, err error) {
	err = store.Snapshot(ctx, func(ctx context.Context, in *gormdb.Snapshot) error {
		schema, err := migrations.OpenSchema(in)
		if err != nil {
			return err
		}
		state, err := schema.Inspect(ctx)
		if err != nil {
			return fmt.Errorf("the database's schema: %w", err)
		}
		if err := state.Known(); err != nil {
			return fmt.Errorf("a backup would be incomplete: %w", err)
		}
		if len(state.Applied) == 0 {
			return errors.New("there is nothing to back up: the database has no tables of EOSC Perf")
		}
		r.Header = archive.Header{
			Created: wiring.Clock{}.Now(), Program: version, Database: migrations.Dialect(store),
			Revisions: migrations.IDs(migrations.Heads(state.Applied)), Tables: in.Tables(),
		}
		r.Manifest, err = write(ctx, in, r.Header, to, cmd.ErrOrStderr())
		return err
	})
	return r, err
}

func write(ctx context.Context, in *gormdb.Snapshot, header archive.Header, to, watched io.Writer) (archive.Manifest, error) {
	count, err := in.Count(ctx)
	if err != nil {
		return archive.Manifest{}, err
	}
	out, err := archive.NewWriter(to, header)
	if err != nil {
		return archive.Manifest{}, err
	}
	bar := newProgress(watched, "rows saved", count)
	defer bar.done()
	for _, table := range in.Tables() {
		if err := in.Rows(ctx, table, func(row []byte) error {
			bar.step()
			return out.Row(table, row)
		}); err != nil {
			out.Abandon()
			return archive.Manifest{}, err
		}
	}
	return out.Close()
}

func verifyCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "verify FILE",
		Short:   "Read a backup, and tell whether it is whole and what it holds",
		Example: `  admin backup verify perf.backup`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			header, manifest, err := archive.CheckFile(args[0])
			if errors.Is(err, archive.ErrDamaged) || errors.Is(err, archive.ErrForeign) {
				return found(err)
			}
			if err != nil {
				return err
			}
			return backupReport{File: args[0], Header: header, Manifest: manifest}.tell(cmd.OutOrStdout(), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

// backupReport is what the commands tell of a backup.
type backupReport struct {
	File string
	// DryRun says that it would be, and is not there.
	DryRun   bool
	Header   archive.Header
	Manifest archive.Manifest
	Removed  []string
	Damaged  []string
}

func (r backupReport) tell(w io.Writer, asJSON bool) error {
	if asJSON {
		return encodeJSON(w, map[string]any{
			"file": r.File, "dry_run": r.DryRun, "created": r.Header.Created, "program": r.Header.Program, "database": r.Header.Database,
			"revisions": r.Header.Revisions, "tables": r.Manifest.Tables, "rows": r.Manifest.Rows(),
			"removed": append([]string{}, r.Removed...), "damaged": append([]string{}, r.Damaged...),
		})
	}
	var text strings.Builder
	name := r.File
	if name == "" {
		name = "The backup"
	}
	is, removed := "is", "Removed"
	if r.DryRun {
		is, removed = "would be", "Would remove"
	}
	fmt.Fprintf(&text, "%s %s whole: of %s, %s at revision %s, rows: %d\n", name, is, r.Header.Created.Format("2006-01-02 15:04:05 UTC"),
		r.Header.Database, strings.Join(r.Header.Revisions, ", "), r.Manifest.Rows())
	for _, table := range r.Manifest.Tables {
		fmt.Fprintf(&text, "  %-12s %d\n", table.Name, table.Rows)
	}
	for _, path := range r.Removed {
		fmt.Fprintf(&text, "%s %s, which is older.\n", removed, path)
	}
	for _, path := range r.Damaged {
		fmt.Fprintf(&text, "%s is damaged, and does not count.\n", path)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func encodeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
