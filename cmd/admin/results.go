package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/core/maintenance"
)

func resultsCommand(open opener) *cobra.Command {
	return group(&cobra.Command{
		Use:   "results",
		Short: "Restore, purge and validate results",
	}, restoreResultCommand(open), purgeCommand(open), revalidateCommand(open))
}

func restoreResultCommand(open opener) *cobra.Command {
	var asJSON, dryRun bool
	cmd := &cobra.Command{
		Use:   "restore ID...",
		Short: "Make deleted results visible again",
		Long: `Make results visible again that were deleted, also by the Flask service. A result
with an open or approved claim stays hidden until the claim is rejected. If one of
several results cannot be restored, the command restores the others, and fails.`,
		Example: `  admin results restore 0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, err := parseIDs(args, "a result; GET /results lists them")
			if err != nil {
				return err
			}
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				restored, failed := db.results().Restore(ctx, operator, ids, dryRun)
				return errors.Join(printRestoredResults(cmd.OutOrStdout(), restored, dryRun, asJSON), failed)
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would happen to the results")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return cmd
}

// printedResult is a restored result in JSON.
type printedResult struct {
	ID     uuid.UUID `json:"id"`
	Hidden bool      `json:"hidden"`
}

func printRestoredResults(w io.Writer, restored []maintenance.RestoredResult, dryRun, asJSON bool) error {
	if asJSON {
		printed := make([]printedResult, len(restored))
		for i, result := range restored {
			printed[i] = printedResult(result)
		}
		return encodeJSON(w, printed)
	}
	is := "is"
	if dryRun {
		is = "would be"
	}
	for _, result := range restored {
		text := "listed again"
		if result.Hidden {
			text = "not deleted any more, but claimed, and still hidden"
		}
		if _, err := fmt.Fprintf(w, "Result %s %s %s.\n", result.ID, is, text); err != nil {
			return err
		}
	}
	return nil
}

// parseBenchmark reads the ID of a benchmark, nil if the text is empty.
func parseBenchmark(text string) (*uuid.UUID, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // the flag is optional
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, misusedf("--benchmark: %q is no ID of a benchmark: GET /benchmarks lists them", text)
	}
	return &id, nil
}

func revalidateCommand(open opener) *cobra.Command {
	var benchmark string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "revalidate",
		Short: "List the results that do not satisfy their benchmark's schema",
		Long: `List the results that do not satisfy the schema of their benchmark, also hidden
results. The schema may have changed, or another program wrote the result. The command
changes nothing, and fails if it finds a result.`,
		Example: `  admin results revalidate
  admin results revalidate --benchmark 0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			only, err := parseBenchmark(benchmark)
			if err != nil {
				return err
			}
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				out := &findings{out: cmd.OutOrStdout(), asJSON: asJSON}
				found, err := db.results().Revalidate(ctx, operator, only, out.print)
				if err != nil {
					return err
				}
				return out.conclude(found, "Every result satisfies its benchmark's schema.")
			})
		},
	}
	cmd.Flags().StringVar(&benchmark, "benchmark", "", "only results of the benchmark with this id")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	return cmd
}
