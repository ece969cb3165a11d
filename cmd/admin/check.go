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
what to do, and fails if it finds anything.

Results that the earlier program hid are no failure, as they are what they were there.
They are counted; with --json each has a line, of the level "note".`,
		Example: `  admin check
  admin check --json | jq -r 'select(.level == "problem") | .id'`,
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

// findings prints what was found, at once; of notes it is the number that it prints.
type findings struct {
	out             io.Writer
	asJSON          bool
	problems, notes int
	// noted is the last note.
	noted gormdb.Finding
}

func newFindings(out io.Writer, asJSON bool) *findings { return &findings{out: out, asJSON: asJSON} }

func (f *findings) add(found gormdb.Finding) error {
	if found.Level == gormdb.Note {
		f.notes, f.noted = f.notes+1, found
	} else {
		f.problems++
	}
	if f.asJSON {
		return json.NewEncoder(f.out).Encode(found)
	}
	if found.Level == gormdb.Note {
		return nil
	}
	_, err := fmt.Fprintf(f.out, "%s %s: %s.\n  %s.\n", found.Table, found.ID, found.Problem, found.Remedy)
	return err
}

// conclude says that all is well, notes apart, or returns an error.
func (f *findings) conclude(well string) error {
	if f.notes > 0 && !f.asJSON {
		const line = "Note: rows of table %s: %d, %s. `admin check --json` names them.\n  %s.\n"
		if _, err := fmt.Fprintf(f.out, line, f.noted.Table, f.notes, f.noted.Problem, f.noted.Remedy); err != nil {
			return err
		}
	}
	if f.problems > 0 {
		return fmt.Errorf("%w: %d found", errFindings, f.problems)
	}
	if f.asJSON {
		return nil
	}
	_, err := fmt.Fprintln(f.out, well)
	return err
}
