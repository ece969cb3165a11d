package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/core/domain"
)

func checkCommand(open opener) *cobra.Command {
	var asJSON, fix bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Find rows that contradict the rules",
		Long: `Find rows that contradict the rules: results that are hidden without a reason or
visible although they have a reason to be hidden, claims without a result, reports
without a subject, submissions on review without a report, parked mails, and rows with
values that their columns should not hold, which no backup can hold. The command says
what to do, and fails if it finds anything.

Without --fix the command changes nothing. With --fix it first removes the rows that
belong to nothing any more: claims whose result is gone, with their reports, and reports
of nothing.

It also warns of names that look like the name of another benchmark, site, flavor or
tag, and of names that could not be given today. Warnings are no failure.

Results that the Flask service hid are no failure. The command counts them. With
--json each of them has a line with the level "note".`,
		Example: `  admin check
  admin check --fix
  admin check --json | jq -r 'select(.level == "problem") | .id'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				if fix {
					removed, err := db.integrity().Repair(ctx, operator)
					if err := errors.Join(printRemovedOrphans(cmd.OutOrStdout(), removed, asJSON), err); err != nil {
						return err
					}
				}
				out := &findings{out: cmd.OutOrStdout(), asJSON: asJSON}
				found, err := db.integrity().Check(ctx, operator, out.print)
				if err != nil {
					return err
				}
				return out.conclude(found, "Nothing is wrong.")
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	cmd.Flags().BoolVar(&fix, "fix", false, "first remove claims whose result is gone, and reports of nothing")
	return cmd
}

// printRemovedOrphans prints the rows that a repair has removed.
func printRemovedOrphans(out io.Writer, removed []domain.Finding, asJSON bool) error {
	for _, row := range removed {
		if asJSON {
			if err := json.NewEncoder(out).Encode(printedFinding{"removed", row.Table, row.ID, row.Problem, ""}); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintf(out, "%s %s: removed, it was %s.\n", row.Table, row.ID, row.Problem); err != nil {
			return err
		}
	}
	return nil
}

// findings prints findings as they come. Notes are only counted, unless they are printed
// as JSON.
type findings struct {
	out    io.Writer
	asJSON bool
	// lastNote is the last note.
	lastNote domain.Finding
}

// printedFinding is a finding in JSON.
type printedFinding struct {
	Level   domain.Level `json:"level"`
	Table   string       `json:"table"`
	ID      string       `json:"id"`
	Problem string       `json:"problem"`
	Remedy  string       `json:"remedy"`
}

func (f *findings) print(found domain.Finding) error {
	if found.Level == domain.Note {
		f.lastNote = found
	}
	if f.asJSON {
		return json.NewEncoder(f.out).Encode(printedFinding{found.Level, found.Table, found.ID, found.Problem, found.Remedy})
	}
	if found.Level == domain.Note {
		return nil
	}
	_, err := fmt.Fprintf(f.out, "%s %s: %s.\n  %s.\n", found.Table, found.ID, found.Problem, found.Remedy)
	return err
}

// conclude prints the number of notes, and that all is well if nothing but notes was
// found. Problems are an error.
func (f *findings) conclude(found domain.Findings, well string) error {
	if found.Notes > 0 && !f.asJSON {
		const line = "Note: rows of table %s: %d, %s. `admin check --json` names them.\n  %s.\n"
		if _, err := fmt.Fprintf(f.out, line, f.lastNote.Table, found.Notes, f.lastNote.Problem, f.lastNote.Remedy); err != nil {
			return err
		}
	}
	if found.Problems > 0 {
		return fmt.Errorf("%w: %d found", errFindings, found.Problems)
	}
	if f.asJSON {
		return nil
	}
	_, err := fmt.Fprintln(f.out, well)
	return err
}
