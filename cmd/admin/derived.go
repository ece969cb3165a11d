package main

import (
	"context"
	"errors"
	"fmt"
	"io"

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
	cmd.AddCommand(
		&cobra.Command{
			Use: "check", Short: "Compare with the results; the exit status is 1 where something is wrong", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return checkDerived(cmd.Context(), open, cmd.OutOrStdout())
			},
		},
		&cobra.Command{
			Use: "repair", Short: "Derive everything anew; uploads wait meanwhile", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) (err error) {
				store, err := open(cmd.Context())
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, store.Close()) }()
				return store.RepairDerived(cmd.Context())
			},
		},
	)
	return cmd
}

func checkDerived(ctx context.Context, open opener, out io.Writer) (err error) {
	store, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	differences, err := store.CheckDerived(ctx)
	if err != nil {
		return err
	}
	return tellDifferences(out, differences)
}

func tellDifferences(out io.Writer, differences []gormdb.Difference) error {
	wrong := false
	for _, d := range differences {
		if _, err := fmt.Fprintf(out, "%s: %d\n", d.What, d.Count); err != nil {
			return err
		}
		wrong = wrong || d.Count > 0
	}
	if wrong {
		return errors.New("what is derived from results is wrong: run `admin derived repair`")
	}
	return nil
}
