package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/gormdb"
)

func checkCommand(open opener) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "List what the database holds and should not",
		Long: `List what the database holds and should not: results that are hidden without a
reason or listed in spite of one, claims of no result, reports of nothing, things on
review of which no report tells, mails that are given up. It changes nothing, says
what to do, and fails if it finds anything.`,
		Example: `  admin check
  admin check --json | jq -r .id`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onStore(cmd.Context(), open, func(ctx context.Context, store *gormdb.Store) error {
				return store.Snapshot(ctx, func(ctx context.Context, in *gormdb.Snapshot) error {
					out := newFindings(cmd.OutOrStdout(), asJSON)
					if err := in.Findings(ctx, out.add); err != nil {
						return err
					}
					return out.conclude("Nothing is wrong.")
				})
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	return cmd
}

// findings prints what was found, at once.
type findings struct {
	out    io.Writer
	asJSON bool
	count  int
}

func newFindings(out io.Writer, asJSON bool) *findings { return &findings{out: out, asJSON: asJSON} }

func (f *findings) add(found gormdb.Finding) error {
	f.count++
	if f.asJSON {
		return json.NewEncoder(f.out).Encode(found)
	}
	_, err := fmt.Fprintf(f.out, "%s %s: %s.\n  %s.\n", found.Table, found.ID, found.Problem, found.Remedy)
	return err
}

// conclude says that all is well, or returns an error.
func (f *findings) conclude(well string) error {
	if f.count > 0 {
		return fmt.Errorf("%w: %d found", errFindings, f.count)
	}
	if f.asJSON {
		return nil
	}
	_, err := fmt.Fprintln(f.out, well)
	return err
}
