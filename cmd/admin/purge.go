package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
)

func purgeCommand(open opener) *cobra.Command {
	var p purge
	var date, benchmark string
	cmd := &cobra.Command{
		Use:   "purge --deleted-before DATE",
		Short: "Remove for good the results that were deleted before a date",
		Long: `Remove for good the results that an administrator deleted before a date, with their
claims, also open claims, and their links to tags. Nobody receives a mail. Only a
backup brings the results back.

DATE is a day, which begins at midnight UTC, or a time such as 2026-01-31T12:00:00Z.

The command never removes results that only claims hide, or that the Flask service hid:
the Flask service also hides results whose claims were rejected. To purge such a result,
first delete it with the API. Older servers recorded no time of deletion. The command
removes such results only with --undated.

It removes a hundred results at a time. After an error or an interruption, the results
that it lists are removed, and all others are unchanged.`,
		Example: `  admin results purge --deleted-before 2026-01-31 --dry-run
  admin results purge --deleted-before "$(date --utc --date '1 year ago' +%F)"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if p.before, err = parseMoment(date); err != nil {
				return err
			}
			if p.rule, err = domain.NewPurge(p.before, wiring.Clock{}.Now(), p.undated); err != nil {
				return misusedf("--deleted-before: %w: nothing can have been deleted after now", err)
			}
			if p.benchmark, err = parseBenchmark(benchmark); err != nil {
				return err
			}
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				return p.run(ctx, db.results(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			})
		},
	}
	cmd.Flags().StringVar(&date, "deleted-before", "", "the day or the time before which the results were deleted")
	cmd.Flags().BoolVar(&p.undated, "undated", false, "also results whose time of deletion is not known")
	cmd.Flags().StringVar(&benchmark, "benchmark", "", "only results of the benchmark with this id")
	cmd.Flags().BoolVar(&p.dryRun, "dry-run", false, "only count the results that would be removed")
	cmd.Flags().BoolVar(&p.asJSON, "json", false, "print a JSON object, with the IDs")
	return cmd
}

// parseMoment reads a day or a time.
func parseMoment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, misusedf("say which: --deleted-before 2026-01-31")
	}
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, misusedf("--deleted-before: %q is neither a day, 2026-01-31, nor a time, 2026-01-31T12:00:00Z", text)
}

// purge are the flags of a purge.
type purge struct {
	before         time.Time
	rule           domain.Purge
	benchmark      *uuid.UUID
	undated        bool
	dryRun, asJSON bool
}

func (p *purge) run(ctx context.Context, results maintenance.Results, out, watched io.Writer) error {
	removed := newBar(watched, "results removed")
	purged, failed := results.Purge(ctx, operator, maintenance.PurgeResults{Rule: p.rule, BenchmarkID: p.benchmark, DryRun: p.dryRun}, removed)
	removed.remove()
	if failed != nil && len(purged.IDs) == 0 {
		return failed
	}
	return errors.Join(p.print(out, purged), failed)
}

func (p *purge) print(out io.Writer, purged maintenance.PurgedResults) error {
	if p.asJSON {
		return encodeJSON(out, map[string]any{
			"dry_run": p.dryRun, "deleted_before": p.before, "removed": append([]uuid.UUID{}, purged.IDs...), "undated": purged.Undated,
		})
	}
	verb := "Removed"
	if p.dryRun {
		verb = "Would remove"
	}
	text := fmt.Sprintf("%s for good what was deleted before %s, results: %d\n", verb, p.before.Format(secondsUTC), len(purged.IDs))
	if purged.Undated > 0 {
		text += fmt.Sprintf("Deleted nobody knows when, and kept without --undated, results: %d\n", purged.Undated)
	}
	_, err := io.WriteString(out, text)
	return err
}
