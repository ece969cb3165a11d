package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/core/plural"
)

func restoreCommand(open opener) *cobra.Command {
	var asJSON, dryRun bool
	var limit rowLimit
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Write a backup into an empty database",
		Long: `Write a backup into an empty database of either kind. The command first reads and checks
the whole file. It restores the whole backup or nothing. It refuses what "backup verify"
refuses, and a database that contains rows, and leaves the database unchanged.

If the database has no tables, the command creates the tables of the backup's revision.
If it has tables, they must have this revision. "migrate upgrade" then upgrades them.`,
		Example: `  admin restore perf.backup --dry-run
  admin restore perf.backup && migrate upgrade`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return limit.explain(restoreFile(cmd, open, limit.archive(), args[0], dryRun, asJSON))
		},
	}
	limit.flag(cmd)
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "verify the file, look whether the database is empty, and change nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

func restoreFile(cmd *cobra.Command, open opener, files maintenance.Archive, path string, dryRun, asJSON bool) error {
	restores := maintenance.Restores{
		Archive: files, Clock: wiring.Clock{},
		Open: func(ctx context.Context, work func(maintenance.Database) error) error {
			return onDatabase(ctx, open, func(_ context.Context, db *database) error {
				return work(maintenance.Database{Tables: db.rows(), Schema: db.schema})
			})
		},
	}
	rows := newBar(cmd.ErrOrStderr(), "rows restored")
	defer rows.remove()
	restored, err := restores.Restore(cmd.Context(), operator, path, dryRun, rows)
	if err != nil {
		return err
	}
	rows.remove()
	return printRestored(cmd.OutOrStdout(), restored, dryRun, asJSON)
}

func printRestored(w io.Writer, restored domain.Backup, dryRun, asJSON bool) error {
	if asJSON {
		return encodeJSON(w, map[string]any{
			"dry_run": dryRun, "revisions": restored.Revisions, "tables": printedTables(restored.Contents), "rows": restored.Rows(),
		})
	}
	text := "Restored"
	if dryRun {
		text = "Would restore"
	}
	_, err := fmt.Fprintf(w, "%s %s, as of %s at revision %s.\n", text, plural.Count(restored.Rows(), "row", "rows"),
		restored.Created.Format(secondsUTC), strings.Join(restored.Revisions, ", "))
	return err
}
