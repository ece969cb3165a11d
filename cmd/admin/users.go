package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func usersCommand(open opener) *cobra.Command {
	return group(&cobra.Command{
		Use:   "users",
		Short: "List, export, remove and block people",
	}, listUsersCommand(open), removeUsersCommand(open), exportUserCommand(open), removalsCommand(open),
		blockCommand(open), unblockCommand(open), blockedCommand(open))
}

// person chooses people by flags. Flags that are not given choose nothing.
type person struct {
	flags           *pflag.FlagSet
	sub, iss, email string
}

func personFlags(cmd *cobra.Command) *person {
	p := &person{flags: cmd.Flags()}
	p.flags.StringVar(&p.sub, "sub", "", "subject: the id of the person at the identity provider")
	p.flags.StringVar(&p.iss, "iss", "", "issuer: the address of the identity provider")
	p.flags.StringVar(&p.email, "email", "", "e-mail address")
	return p
}

func (p *person) match() ports.UserMatch {
	given := func(name string, value *string) *string {
		if !p.flags.Changed(name) {
			return nil
		}
		return value
	}
	return ports.UserMatch{Subject: given("sub", &p.sub), Issuer: given("iss", &p.iss), Email: given("email", &p.email)}
}

// printedUser is a person in JSON.
type printedUser struct {
	Subject      string    `json:"sub"`
	Issuer       string    `json:"iss"`
	Email        string    `json:"email"`
	RegisteredAt time.Time `json:"registered_at"`
	Blocked      bool      `json:"blocked,omitempty"`
}

func printUsers(w io.Writer, users []*domain.User, asJSON bool) error {
	if asJSON {
		printed := make([]printedUser, len(users))
		for i, u := range users {
			printed[i] = printedUser{u.Subject, u.Issuer, u.Email, u.RegisteredAt, u.Blocked}
		}
		return encodeJSON(w, printed)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "SUB\tISS\tEMAIL\tREGISTERED (UTC)") // Flush returns errors
	for _, u := range users {
		state := ""
		if u.Blocked {
			state = "\tblocked"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s%s\n", printable(u.Subject), printable(u.Issuer), printable(u.Email),
			u.RegisteredAt.Format(time.DateTime), state)
	}
	return table.Flush()
}

func listUsersCommand(open opener) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the people who are registered, by issuer and subject",
		Example: `  admin users list --email ada@example.org --json`,
		Args:    cobra.NoArgs,
	}
	who := personFlags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array, times in UTC")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
			users, err := db.users().List(ctx, operator, who.match())
			if err != nil {
				return err
			}
			return printUsers(cmd.OutOrStdout(), users, asJSON)
		})
	}
	return cmd
}

var errNobodyNamed = misusedf("say who: --sub and --iss, or --email; `admin users list` shows everybody")

func removeUsersCommand(open opener) *cobra.Command {
	var asJSON, dryRun bool
	cmd := &cobra.Command{
		Use:   "remove --sub SUB --iss ISS | --email EMAIL",
		Short: "Remove people and their data, and list them",
		Long: `Remove all people whom the flags select, with their results, claims and submissions
on review, and the mails that wait for them, unless another person has the same address.
Tags, approved submissions, and data that other people's results refer to, stay without
the name. Only a backup brings the data back.

From the beginning the people are not registered any more. Their data is removed in small
steps. After an interruption a running server continues, and so does the same command. A
removed person can register again, unless ` + "`admin users block`" + ` has blocked the person.`,
		Example: `  admin users remove --sub ada --iss https://aai.egi.eu/oidc --dry-run
  admin users remove --email ada@example.org`,
		Args: cobra.NoArgs,
	}
	who := personFlags(cmd)
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only list the people who would be removed")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array, times in UTC")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		match := who.match()
		if match == (ports.UserMatch{}) {
			return errNobodyNamed
		}
		return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
			rows := newBar(cmd.ErrOrStderr(), "rows removed")
			users := db.users()
			users.Progress = rows
			removed, err := users.Remove(ctx, operator, match, dryRun)
			rows.remove()
			if err != nil {
				return err
			}
			return printUsers(cmd.OutOrStdout(), removed, asJSON)
		})
	}
	return cmd
}

func exportUserCommand(open opener) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export --sub SUB --iss ISS | --email EMAIL",
		Short: "Print all data of one person as JSON",
		Long: `Print all data of one person as JSON: a line for each row of each table,
{"TABLE": {ROW}}, with times in UTC. Documents are texts in their exact form. Hashes, salts
and what only the server can open are left out. The export is noted in the audit trail.`,
		Example: `  admin users export --email ada@example.org > ada.json`,
		Args:    cobra.NoArgs,
	}
	who := personFlags(cmd)
	cmd.Flags().Bool("json", false, "no effect: the output is always JSON, a line for each row")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		match := who.match()
		if match == (ports.UserMatch{}) {
			return errNobodyNamed
		}
		return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
			out := json.NewEncoder(cmd.OutOrStdout())
			out.SetEscapeHTML(false)
			return db.users().Export(ctx, operator, match, func(table string, row []byte) error {
				return out.Encode(map[string]json.RawMessage{table: row})
			})
		})
	}
	return cmd
}
