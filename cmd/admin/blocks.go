package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/ports"
)

// Each of these commands prints a table or, with --json, a JSON array.

const timesInUTC = "print a JSON array, times in UTC"

func blockCommand(open opener) *cobra.Command {
	var reason string
	var asJSON, dryRun bool
	cmd := &cobra.Command{
		Use:   "block --sub SUB --iss ISS | --email EMAIL",
		Short: "Keep people from writing, and from registering again",
		Long: `Keep people from writing, and from registering again, until ` + "`admin users unblock`" + `.
Blocked people see what is public, their own results and their own claims. Whatever they
have uploaded stays. To remove it, block the person first and then use ` + "`admin users remove`" + `.

--sub and --iss together block a person, registered or not; the command says if nobody
like that is registered. --email blocks the registered people who have the address. The reason is for operators only.`,
		Example: `  admin users block --sub ada --iss https://aai.egi.eu/oidc --reason "12,000 false claims"`,
		Args:    cobra.NoArgs,
	}
	who := personFlags(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why, one line for operators")
	changeFlags(cmd, &asJSON, &dryRun, "blocked")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if who.match() == (ports.UserMatch{}) {
			return errNobodyNamed
		}
		return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
			blocked, err := db.users().Block(ctx, operator, who.match(), reason, dryRun)
			if err != nil {
				return err
			}
			return printPeople(cmd.OutOrStdout(), "blocked", blocked, asJSON, dryRun)
		})
	}
	return cmd
}

// changeFlags are the flags of a command that changes people.
func changeFlags(cmd *cobra.Command, asJSON, dryRun *bool, changed string) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print a JSON array")
	cmd.Flags().BoolVar(dryRun, "dry-run", false, "only list the people who would be "+changed)
}

func unblockCommand(open opener) *cobra.Command {
	var asJSON, dryRun bool
	cmd := &cobra.Command{
		Use:     "unblock --sub SUB --iss ISS | --email EMAIL",
		Short:   "Let blocked people write again",
		Example: `  admin users unblock --sub ada --iss https://aai.egi.eu/oidc`,
		Args:    cobra.NoArgs,
	}
	who := personFlags(cmd)
	changeFlags(cmd, &asJSON, &dryRun, "unblocked")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if who.match() == (ports.UserMatch{}) {
			return errNobodyNamed
		}
		return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
			unblocked, err := db.users().Unblock(ctx, operator, who.match(), dryRun)
			if err != nil {
				return err
			}
			return printPeople(cmd.OutOrStdout(), "unblocked", unblocked, asJSON, dryRun)
		})
	}
	return cmd
}

// printPeople prints the people whom a command has changed, or would change.
func printPeople(out io.Writer, changed string, people []maintenance.Person, asJSON, dryRun bool) error {
	if asJSON {
		printed := make([]map[string]any, len(people))
		for i, person := range people {
			printed[i] = map[string]any{"sub": person.Subject, "iss": person.Issuer, "registered": person.Registered}
		}
		return encodeJSON(out, printed)
	}
	verb := "is "
	if dryRun {
		verb = "would be "
	}
	for _, person := range people {
		note := ""
		if !person.Registered {
			note = " Nobody of this subject and issuer is registered."
		}
		if _, err := fmt.Fprintf(out, "%s of %s %s.%s\n", printable(person.Subject), printable(person.Issuer), verb+changed, note); err != nil {
			return err
		}
	}
	return nil
}

// printedBlock is a blocked person in JSON.
type printedBlock struct {
	Subject   string    `json:"sub"`
	Issuer    string    `json:"iss"`
	BlockedAt time.Time `json:"blocked_at"`
	Reason    string    `json:"reason"`
}

func blockedCommand(open opener) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "blocked",
		Short:   "List the people who are blocked, registered or not",
		Example: `  admin users blocked --json`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				blocks, err := db.users().Blocked(ctx, operator)
				if err != nil {
					return err
				}
				return printBlocks(cmd.OutOrStdout(), blocks, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, timesInUTC)
	return cmd
}

func printBlocks(out io.Writer, blocks []*domain.Block, asJSON bool) error {
	if asJSON {
		printed := make([]printedBlock, len(blocks))
		for i, b := range blocks {
			printed[i] = printedBlock{b.Subject, b.Issuer, b.BlockedAt, b.Reason}
		}
		return encodeJSON(out, printed)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "SUB\tISS\tBLOCKED (UTC)\tREASON") // Flush returns errors
	for _, b := range blocks {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", printable(b.Subject), printable(b.Issuer), b.BlockedAt.Format(time.DateTime),
			printable(b.Reason))
	}
	return table.Flush()
}

// printedRemoval is a removal in JSON.
type printedRemoval struct {
	Subject     string    `json:"sub"`
	Issuer      string    `json:"iss"`
	RequestedAt time.Time `json:"requested_at"`
	Done        int64     `json:"rows_removed"`
	Left        int64     `json:"rows_left"`
}

func removalsCommand(open opener) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "removals",
		Short: "List the removals of people that have not ended",
		Long: `List the removals of people that have not ended, with the number of rows that are
removed and left. Any running server continues them; so does ` + "`admin users remove`" + `.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				removals, err := db.users().Removals(ctx, operator)
				if err != nil {
					return err
				}
				return printRemovals(cmd.OutOrStdout(), removals, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, timesInUTC)
	return cmd
}

func printRemovals(out io.Writer, removals []*domain.Removal, asJSON bool) error {
	if asJSON {
		printed := make([]printedRemoval, len(removals))
		for i, r := range removals {
			printed[i] = printedRemoval{r.User.Subject, r.User.Issuer, r.RequestedAt, r.Done, r.Left()}
		}
		return encodeJSON(out, printed)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "SUB\tISS\tREQUESTED (UTC)\tROWS REMOVED\tROWS LEFT") // Flush returns errors
	for _, r := range removals {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\n", printable(r.User.Subject), printable(r.User.Issuer),
			r.RequestedAt.Format(time.DateTime), r.Done, r.Left())
	}
	return table.Flush()
}
