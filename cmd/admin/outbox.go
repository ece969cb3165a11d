package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// opener opens the database that the settings name.
type opener func(context.Context) (*gormdb.Store, error)

// outboxTime bounds a command's work on the database.
const outboxTime = time.Minute

func outboxCommand(open opener) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "outbox",
		Short: "Look after the mails that are not sent yet",
		Long: `Look after the mails that are not sent yet.

A mail waits in the outbox until the mail server has taken it. It is tried for two
days; after that, or when the server refuses it for good, it is parked: kept, and
not tried again before somebody asks for it.`,
		Args: cobra.NoArgs,
		Run:  func(cmd *cobra.Command, _ []string) { _ = cmd.Help() },
	}
	cmd.AddCommand(listCommand(open), retryCommand(open))
	return cmd
}

func listCommand(open opener) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the mails that wait or are parked, the oldest first",
		Example: `  admin outbox list
  admin outbox list --json | jq -r '.[] | select(.state == "parked") | .id'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onOutbox(cmd.Context(), open, func(ctx context.Context, outbox *service.Outbox) error {
				mails, err := outbox.List(ctx)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), mails)
				}
				return writeTable(cmd.OutOrStdout(), mails)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array, times in UTC")
	return cmd
}

func retryCommand(open opener) *cobra.Command {
	var r retry
	cmd := &cobra.Command{
		Use:   "retry [ID... | --all]",
		Short: "Send mails now, parked or not, and try them for two days again",
		Long: `Send mails now, parked or not, and try them for two days again. A running server
takes them on within five seconds. Of several IDs all must be in the outbox, or
nothing is changed.`,
		Example: `  admin outbox retry 0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b
  admin outbox retry --all`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if r.ids, err = parseIDs(args, "a mail; `admin outbox list` shows them"); err != nil {
				return err
			}
			if r.all == (len(args) > 0) {
				return misusedf("name the mails to retry, or all of them with --all; `admin outbox list` shows them")
			}
			return onOutbox(cmd.Context(), open, func(ctx context.Context, outbox *service.Outbox) error {
				if err := r.run(ctx, outbox); err != nil {
					return err
				}
				return r.tell(cmd.OutOrStdout())
			})
		},
	}
	cmd.Flags().BoolVar(&r.all, "all", false, "all mails in the outbox")
	cmd.Flags().BoolVar(&r.dryRun, "dry-run", false, "only tell which would be sent")
	cmd.Flags().BoolVar(&r.asJSON, "json", false, "print a JSON object, with the IDs")
	return cmd
}

// retry is what is wanted of one.
type retry struct {
	// ids are those of the mails; if all are wanted they are known afterwards.
	ids                 []uuid.UUID
	all, dryRun, asJSON bool
}

func (r *retry) run(ctx context.Context, outbox *service.Outbox) (err error) {
	switch {
	case r.dryRun && r.all:
		r.ids, err = outbox.IDs(ctx)
	case r.dryRun:
		err = outbox.TryRetry(ctx, r.ids)
	case r.all:
		r.ids, err = outbox.RetryAll(ctx)
	default:
		err = outbox.Retry(ctx, r.ids)
	}
	return err
}

func (r *retry) tell(out io.Writer) error {
	if r.asJSON {
		return encodeJSON(out, map[string]any{"dry_run": r.dryRun, "retried": append([]uuid.UUID{}, r.ids...)})
	}
	text := "mails to be sent now: %d\n"
	if r.dryRun {
		text = "mails that would be sent: %d\n"
	}
	_, err := fmt.Fprintf(out, text, len(r.ids))
	return err
}

// parseIDs reads IDs of what the words say.
func parseIDs(texts []string, of string) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	for _, text := range texts {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, misusedf("%q is no ID, which looks like 0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b, of %s", text, of)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// onOutbox runs the work on the database, and closes that.
func onOutbox(ctx context.Context, open opener, work func(context.Context, *service.Outbox) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, outboxTime)
	defer cancel()
	store, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return work(ctx, service.NewOutbox(store, wiring.Clock{}))
}

// state is in one word what a mail is up to.
func state(m *domain.OutgoingMail) string {
	if m.ParkedAt != nil {
		return "parked"
	}
	return "waiting"
}

func writeTable(w io.Writer, mails []*domain.OutgoingMail) error {
	if len(mails) == 0 {
		_, err := fmt.Fprintln(w, "The outbox is empty: every mail was sent.")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ID\tSTATE\tWRITTEN (UTC)\tATTEMPTS\tNEXT (UTC)\tTO\tSUBJECT\tLAST ERROR") // Flush tells of errors
	for _, m := range mails {
		next := "-"
		if m.ParkedAt == nil {
			next = m.NextAttemptAt.Format(time.DateTime)
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", m.ID, state(m), m.CreatedAt.Format(time.DateTime), m.Attempts, next, printable(m.To), m.Subject, m.LastError)
	}
	return table.Flush()
}

// printable shows an address as it is, unless it could do harm to a terminal.
func printable(address string) string {
	if quoted := fmt.Sprintf("%q", address); quoted != `"`+address+`"` {
		return quoted
	}
	return address
}

func writeJSON(w io.Writer, mails []*domain.OutgoingMail) error {
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
			CreatedAt: m.CreatedAt, Attempts: m.Attempts, NextAttemptAt: m.NextAttemptAt, GiveUpAt: m.GiveUpAt, ParkedAt: m.ParkedAt, LastError: m.LastError,
		}
	}
	return encodeJSON(w, list)
}
