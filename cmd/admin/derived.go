package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/gormdb"
)

func derivedCommand(open opener) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "derived",
		Short: "Check and repair what the database derives from results",
		Long: `Check and repair what the database derives from results: totals, and the values
that filters and sorts are answered from.

Triggers keep it right, whoever writes. Only who writes without triggers, as
pg_restore --disable-triggers does, leaves it wrong.`,
		Args: cobra.NoArgs,
		Run:  func(cmd *cobra.Command, _ []string) { _ = cmd.Help() },
	}
	cmd.AddCommand(checkDerivedCommand(open), repairDerivedCommand(open))
	return cmd
}

func checkDerivedCommand(open opener) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "Compare with the results; it fails where something is wrong",
		Example: `  admin derived check`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onStore(cmd.Context(), open, func(ctx context.Context, store *gormdb.Store) error {
				differences, err := store.CheckDerived(ctx)
				if err != nil {
					return err
				}
				if err := tellDifferences(cmd.OutOrStdout(), differences, asJSON); err != nil || !anyDifference(differences) {
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
		Short: "Derive everything anew; uploads wait meanwhile",
		Long: `Derive everything anew; uploads wait meanwhile. A dry run tells what is wrong, as
"admin derived check" does, and does not fail for that.`,
		Example: `  admin derived repair`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onStore(cmd.Context(), open, func(ctx context.Context, store *gormdb.Store) error {
				if dryRun {
					differences, err := store.CheckDerived(ctx)
					if err != nil {
						return err
					}
					return tellDifferences(cmd.OutOrStdout(), differences, asJSON)
				}
				if err := store.RepairDerived(ctx); err != nil {
					return err
				}
				return tellRepaired(cmd.OutOrStdout(), asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only tell what is wrong")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array: of what is wrong, empty after the repair")
	return cmd
}

func tellRepaired(out io.Writer, asJSON bool) error {
	if asJSON {
		return encodeJSON(out, []gormdb.Difference{})
	}
	_, err := fmt.Fprintln(out, "Everything was derived anew.")
	return err
}

func anyDifference(differences []gormdb.Difference) bool {
	return slices.ContainsFunc(differences, func(d gormdb.Difference) bool { return d.Count > 0 })
}

func tellDifferences(out io.Writer, differences []gormdb.Difference, asJSON bool) error {
	if asJSON {
		return encodeJSON(out, differences)
	}
	for _, d := range differences {
		if _, err := fmt.Fprintf(out, "%s: %d\n", d.What, d.Count); err != nil {
			return err
		}
	}
	return nil
}
