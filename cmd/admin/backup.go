package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/archive"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/ports"
)

// standardOutput is the name of the standard output as a target.
const standardOutput = "-"

func backupCommand(open opener) *cobra.Command {
	var b backup
	cmd := &cobra.Command{
		Use:   "backup FILE | FOLDER | -",
		Short: "Write the whole database into one file",
		Long: `Write the whole database of one moment into one file, while the service goes on.
The file appears when it is complete, and replaces a file of the same name. "admin
restore" writes it into an empty database of either kind. A row that could not be
restored ends the backup with an error, and "admin check" names all such rows.

In a folder, the backup has its time in its name. With --keep, the newest complete
backups stay, and older backups are removed. With -, the backup goes to the standard
output. A dry run reads everything, and writes and removes nothing.

The file contains e-mail addresses of people, and mails that are not sent yet. Keep it
where nobody else can read it.`,
		Example: `  admin backup perf.backup
  admin backup /var/backups/perf --keep 14
  admin backup - | ssh vault 'cat > perf.backup'`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				backups := db.backups()
				backups.Archive = b.maxRow.archive()
				return b.run(ctx, cmd, backups, args[0])
			})
		},
	}
	b.maxRow.flag(cmd)
	cmd.Flags().IntVar(&b.keep, "keep", 0, "number of complete backups that stay in the folder (default all)")
	cmd.Flags().BoolVar(&b.dryRun, "dry-run", false, "only say what would be written and removed")
	cmd.Flags().BoolVar(&b.asJSON, "json", false, "print a JSON object")
	cmd.AddCommand(verifyCommand())
	return cmd
}

// backup are the flags of a backup.
type backup struct {
	// keep is 0 for all.
	keep           int
	maxRow         rowLimit
	dryRun, asJSON bool
}

// rowLimit is the largest row, in bytes, that is read of a backup.
type rowLimit int

func (l *rowLimit) flag(cmd *cobra.Command) {
	cmd.Flags().IntVar((*int)(l), "max-row", archive.DefaultMaxRow, "largest row in bytes that is read of a backup; it bounds the memory")
}

func (l rowLimit) archive() maintenance.Archive {
	files := backupFiles
	files.Format = archive.Format{MaxRow: int(l)}
	return files
}

// explain adds what to do about rows beyond the limit.
func (rowLimit) explain(err error) error {
	if _, ok := errors.AsType[*ports.LongRowError](err); ok {
		return fmt.Errorf("%w; --max-row raises it, for a backup that you trust", err)
	}
	return err
}

func (b backup) run(ctx context.Context, cmd *cobra.Command, backups maintenance.Backups, target string) error {
	rows := newBar(cmd.ErrOrStderr(), "rows saved")
	defer rows.remove()
	if target == standardOutput && b.keep == 0 {
		return b.toOutput(ctx, cmd, backups, rows)
	}
	saved, err := backups.Save(ctx, operator, maintenance.SaveBackup{Target: target, Keep: b.keep, DryRun: b.dryRun}, rows)
	if errors.Is(err, maintenance.ErrKeep) {
		return misusedf("--keep is for a folder that is there, and at least 1")
	}
	if err != nil {
		return err
	}
	rows.remove()
	return backupReport{SavedBackup: saved, dryRun: b.dryRun}.print(cmd.OutOrStdout(), b.asJSON)
}

func (b backup) toOutput(ctx context.Context, cmd *cobra.Command, backups maintenance.Backups, rows *bar) error {
	to := cmd.OutOrStdout()
	if b.dryRun {
		to = io.Discard
	}
	if wiring.IsTerminal(to) {
		return misusedf("a backup is not for a terminal: name a file, or lead the output somewhere")
	}
	written, err := backups.Write(ctx, operator, to, rows)
	if err != nil {
		return err
	}
	rows.remove()
	return backupReport{SavedBackup: maintenance.SavedBackup{Backup: written}, dryRun: b.dryRun}.print(cmd.ErrOrStderr(), b.asJSON)
}

func verifyCommand() *cobra.Command {
	var asJSON bool
	var limit rowLimit
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check that a backup is complete, and list its content",
		Long: `Check that a backup is complete and as it was written, and that "admin restore" would
write it into an empty database. The command checks every row, and then restores the
backup into an embedded database in the folder that TMPDIR names, without the JSON
documents, and removes this database. It names the line that is wrong. It holds one row
in memory, and refuses a row of more than --max-row bytes.`,
		Example: `  admin backup verify perf.backup`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			rows := newBar(cmd.ErrOrStderr(), "rows verified")
			defer rows.remove()
			backup, err := maintenance.Backups{Archive: limit.archive(), Clock: wiring.Clock{}}.Verify(cmd.Context(), operator, args[0], rows)
			if errors.Is(err, ports.ErrBackupDamaged) || errors.Is(err, ports.ErrBackupForeign) {
				return found(limit.explain(err))
			}
			if err != nil {
				return err
			}
			rows.remove()
			return backupReport{SavedBackup: maintenance.SavedBackup{Backup: backup, Path: args[0]}}.print(cmd.OutOrStdout(), asJSON)
		},
	}
	limit.flag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

// backupReport is what the commands print about a backup.
type backupReport struct {
	maintenance.SavedBackup
	// dryRun: there is no file.
	dryRun bool
}

func (r backupReport) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return encodeJSON(w, map[string]any{
			"file": r.Path, "dry_run": r.dryRun, "created": r.Created, "program": r.Program, "database": r.Database,
			"revisions": r.Revisions, "tables": printedTables(r.Contents), "rows": r.Rows(),
			"largest_row": r.LargestRow, "removed": append([]string{}, r.Removed...), "damaged": append([]string{}, r.Damaged...),
		})
	}
	var text strings.Builder
	name := r.Path
	if name == "" {
		name = "The backup"
	}
	is, removed := "is", "Removed"
	if r.dryRun {
		is, removed = "would be", "Would remove"
	}
	fmt.Fprintf(&text, "%s %s whole: of %s, %s at revision %s, rows: %d\n", name, is, r.Created.Format(secondsUTC),
		printable(r.Database), printable(strings.Join(r.Revisions, ", ")), r.Rows())
	for _, table := range r.Contents {
		fmt.Fprintf(&text, "  %-15s %d\n", printable(table.Name), table.Rows)
	}
	if r.LargestRow > archive.DefaultMaxRow {
		fmt.Fprintf(&text, "Its largest row has %d bytes: verify and restore it with --max-row %d.\n", r.LargestRow, r.LargestRow)
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

// secondsUTC prints a time in UTC.
const secondsUTC = "2006-01-02 15:04:05 UTC"

// printedTable is a table of a backup in JSON.
type printedTable struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

func printedTables(tables []domain.BackupTable) []printedTable {
	printed := make([]printedTable, len(tables))
	for i, table := range tables {
		printed[i] = printedTable(table)
	}
	return printed
}

func encodeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
