package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/core/domain"
)

func derivedCommand(open opener) *cobra.Command {
	return group(&cobra.Command{
		Use:   "derived",
		Short: "Check and repair the data that the database derives from results",
		Long: `Check and repair the data that the database derives from results: totals, and the
values for filters and sorts.

Triggers maintain this data, whichever program writes. It becomes wrong only if a
program writes with triggers disabled, as pg_restore --disable-triggers does.`,
	}, checkDerivedCommand(open), repairDerivedCommand(open))
}

func checkDerivedCommand(open opener) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "Compare the derived data with the results, and fail if they differ",
		Example: `  admin derived check`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				differences, err := db.derived().Check(ctx, operator)
				if err != nil {
					return err
				}
				if err := printDifferences(cmd.OutOrStdout(), differences, asJSON); err != nil || !domain.Differ(differences) {
					return err
				}
				return found(errors.New("what is derived from results is wrong: run `admin derived repair`"))
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return cmd
}

func repairDerivedCommand(open opener) *cobra.Command {
	var asJSON, dryRun bool
	cmd := &cobra.Command{
		Use:   "repair",
		Short: "Derive all data again; uploads wait meanwhile",
		Long: `Derive all data again. Uploads wait meanwhile. A dry run lists the differences, as
"admin derived check" does, and does not fail because of them.`,
		Example: `  admin derived repair`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				if dryRun {
					differences, err := db.derived().Check(ctx, operator)
					if err != nil {
						return err
					}
					return printDifferences(cmd.OutOrStdout(), differences, asJSON)
				}
				if err := db.derived().Repair(ctx, operator); err != nil {
					return err
				}
				return printRepaired(cmd.OutOrStdout(), asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only list the differences")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array of the differences, empty after the repair")
	return cmd
}

func printRepaired(out io.Writer, asJSON bool) error {
	if asJSON {
		return printDifferences(out, nil, true)
	}
	_, err := fmt.Fprintln(out, "Everything was derived anew.")
	return err
}

// printedDifference is a difference in JSON.
type printedDifference struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

func printDifferences(out io.Writer, differences []domain.Difference, asJSON bool) error {
	if asJSON {
		printed := make([]printedDifference, len(differences))
		for i, d := range differences {
			printed[i] = printedDifference(d)
		}
		return encodeJSON(out, printed)
	}
	for _, d := range differences {
		if _, err := fmt.Fprintf(out, "%s: %d\n", d.What, d.Count); err != nil {
			return err
		}
	}
	return nil
}
