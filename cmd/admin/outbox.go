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
	"github.com/eosc-perf/backend/core/maintenance"
)

// outboxTime is the longest time that a command works on the database.
const outboxTime = time.Minute

func outboxCommand(open opener) *cobra.Command {
	return group(&cobra.Command{
		Use:   "outbox",
		Short: "List and retry the mails that are not sent yet",
		Long: `List and retry the mails that are not sent yet.

A mail waits in the outbox until the mail server accepts it. The server tries for two
days. After that, or if the mail server refuses the mail for good, the mail is parked:
it stays in the outbox, and the server tries again only after "admin outbox retry".`,
	}, listCommand(open), retryCommand(open))
}

func listCommand(open opener) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the waiting and the parked mails, the oldest first",
		Example: `  admin outbox list
  admin outbox list --json | jq -r '.[] | select(.state == "parked") | .id'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onOutbox(cmd.Context(), open, func(ctx context.Context, outbox maintenance.Outbox) error {
				mails, err := outbox.List(ctx, operator)
				if err != nil {
					return err
				}
				if asJSON {
					return printMailsAsJSON(cmd.OutOrStdout(), mails)
				}
				return printMails(cmd.OutOrStdout(), mails)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array, times in UTC")
	return cmd
}

func retryCommand(open opener) *cobra.Command {
	var in maintenance.RetryMails
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "retry [ID... | --all]",
		Short: "Send waiting or parked mails now, and try for two days again",
		Long: `Send waiting or parked mails now, and try for two days again. A running server
sends them within five seconds. If one of several IDs is not in the outbox, the command
changes nothing.`,
		Example: `  admin outbox retry 0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b
  admin outbox retry --all`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if in.IDs, err = parseIDs(args, "a mail; `admin outbox list` shows them"); err != nil {
				return err
			}
			if in.All == (len(args) > 0) {
				return misusedf("name the mails to retry, or all of them with --all; `admin outbox list` shows them")
			}
			return onOutbox(cmd.Context(), open, func(ctx context.Context, outbox maintenance.Outbox) error {
				retried, err := outbox.Retry(ctx, operator, in)
				if err != nil {
					return err
				}
				return printRetried(cmd.OutOrStdout(), retried, in.DryRun, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&in.All, "all", false, "all mails in the outbox")
	cmd.Flags().BoolVar(&in.DryRun, "dry-run", false, "only list the mails that would be sent")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object, with the IDs")
	return cmd
}

func printRetried(out io.Writer, retried []uuid.UUID, dryRun, asJSON bool) error {
	if asJSON {
		return encodeJSON(out, map[string]any{"dry_run": dryRun, "retried": append([]uuid.UUID{}, retried...)})
	}
	text := "mails to be sent now: %d\n"
	if dryRun {
		text = "mails that would be sent: %d\n"
	}
	_, err := fmt.Fprintf(out, text, len(retried))
	return err
}

// parseIDs reads IDs. Errors name the subject of the IDs, and where they are listed.
func parseIDs(texts []string, subject string) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	for _, text := range texts {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, misusedf("%q is no ID, which looks like 0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b, of %s", text, subject)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// onOutbox opens the database, does the work, and closes the database.
func onOutbox(ctx context.Context, open opener, work func(context.Context, maintenance.Outbox) error) error {
	ctx, cancel := context.WithTimeout(ctx, outboxTime)
	defer cancel()
	return onDatabase(ctx, open, func(ctx context.Context, db *database) error { return work(ctx, db.outbox()) })
}

// state is the state of a mail in one word.
func state(m *domain.OutgoingMail) string {
	if m.ParkedAt != nil {
		return "parked"
	}
	return "waiting"
}

func printMails(w io.Writer, mails []*domain.OutgoingMail) error {
	if len(mails) == 0 {
		_, err := fmt.Fprintln(w, "The outbox is empty: every mail was sent.")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ID\tSTATE\tWRITTEN (UTC)\tATTEMPTS\tNEXT (UTC)\tTO\tSUBJECT\tLAST ERROR") // Flush returns errors
	for _, m := range mails {
		next := "-"
		if m.ParkedAt == nil {
			next = m.NextAttemptAt.Format(time.DateTime)
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", m.ID, state(m), m.CreatedAt.Format(time.DateTime), m.Attempts, next,
			printable(m.To), printable(m.Subject), printable(m.LastError))
	}
	return table.Flush()
}

// printable returns a text as it is, or quoted if it could do harm to a terminal.
func printable(text string) string {
	if quoted := fmt.Sprintf("%q", text); quoted != `"`+text+`"` {
		return quoted
	}
	return text
}

func printMailsAsJSON(w io.Writer, mails []*domain.OutgoingMail) error {
	type listed struct {
		ID            uuid.UUID  `json:"id"`
		State         string     `json:"state"`
		To            string     `json:"to"`
		CopySupport   bool       `json:"copy_support"`
		Reached       []string   `json:"reached"`
		Subject       string     `json:"subject"`
		CreatedAt     time.Time  `json:"created_at"`
		Attempts      int        `json:"attempts"`
		NextAttemptAt time.Time  `json:"next_attempt_at"`
		GiveUpAt      time.Time  `json:"give_up_at"`
		ParkedAt      *time.Time `json:"parked_at,omitempty"`
		LastError     string     `json:"last_error"`
	}
	list := make([]listed, len(mails))
	for i, m := range mails {
		list[i] = listed{
			ID: m.ID, State: state(m), To: m.To, CopySupport: m.CopySupport, Reached: append([]string{}, m.Reached...), Subject: m.Subject,
			CreatedAt: m.CreatedAt, Attempts: m.Attempts, NextAttemptAt: m.NextAttemptAt, GiveUpAt: m.GiveUpAt, ParkedAt: m.ParkedAt,
			LastError: m.LastError,
		}
	}
	return encodeJSON(w, list)
}
