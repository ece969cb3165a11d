package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func sessionsCommand(open opener) *cobra.Command {
	return group(&cobra.Command{
		Use:   "sessions",
		Short: "List and end the sessions of people who have logged in with a browser",
	}, listSessionsCommand(open), revokeSessionsCommand(open))
}

func listSessionsCommand(open opener) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [--sub SUB] [--iss ISS] [--email EMAIL]",
		Short: "List the sessions of people, by person",
		Long: `List the sessions of people who have logged in with a browser, by person. Sessions that
have expired are among them until the server removes them, a few minutes later.`,
		Example: `  admin sessions list --email ada@example.org`,
		Args:    cobra.NoArgs,
	}
	who := personFlags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, timesInUTC)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
			sessions, err := db.sessions().List(ctx, operator, who.match())
			if err != nil {
				return err
			}
			return printSessions(cmd.OutOrStdout(), sessions, asJSON)
		})
	}
	return cmd
}

func revokeSessionsCommand(open opener) *cobra.Command {
	var asJSON, dryRun bool
	var text string
	cmd := &cobra.Command{
		Use:   "revoke --sub SUB --iss ISS | --email EMAIL | --id ID",
		Short: "End the sessions of people, or one session",
		Long: `End the sessions of people who have logged in with a browser, or one session, and print
what was ended. It counts from the next request on, at every server. The people can log in
again: ` + "`admin users block`" + ` keeps them from writing.`,
		Example: `  admin sessions revoke --sub ada --iss https://aai.egi.eu/auth/realms/egi`,
		Args:    cobra.NoArgs,
	}
	who := personFlags(cmd)
	cmd.Flags().StringVar(&text, "id", "", "id of a session")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only list the sessions that would end")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		var id *uuid.UUID
		if text != "" {
			parsed, err := uuid.Parse(text)
			if err != nil {
				return misused(fmt.Errorf("--id: %q is no id of a session", text))
			}
			id = &parsed
		}
		if who.match() == (ports.UserMatch{}) && id == nil {
			return misusedf("say which: --id, --sub and --iss, or --email; `admin sessions list` shows all sessions")
		}
		return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
			ended, err := db.sessions().Revoke(ctx, operator, who.match(), id, dryRun)
			if err != nil {
				return err
			}
			return printSessions(cmd.OutOrStdout(), ended, asJSON)
		})
	}
	return cmd
}

// printedSession is a session in JSON.
type printedSession struct {
	ID        uuid.UUID `json:"id"`
	Subject   string    `json:"sub"`
	Issuer    string    `json:"iss"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

func printSessions(out io.Writer, sessions []*domain.Session, asJSON bool) error {
	if asJSON {
		printed := make([]printedSession, len(sessions))
		for i, s := range sessions {
			printed[i] = printedSession{s.ID, s.Person.Subject, s.Person.Issuer, s.CreatedAt, s.SeenAt, s.ExpiresAt}
		}
		return encodeJSON(out, printed)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "SUB\tISS\tSESSION\tLOGGED IN (UTC)\tLAST USED\tENDS AT THE LATEST") // Flush returns errors
	for _, s := range sessions {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", printable(s.Person.Subject), printable(s.Person.Issuer), s.ID,
			s.CreatedAt.Format(time.DateTime), s.SeenAt.Format(time.DateTime), s.ExpiresAt.Format(time.DateTime))
	}
	return table.Flush()
}
