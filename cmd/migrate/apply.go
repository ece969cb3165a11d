package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/migrations"
)

// The commands that change a database.

// lockFlag is the longest wait for other programs.
func lockFlag(cmd *cobra.Command) *time.Duration {
	timeout := cmd.Flags().Duration("lock-timeout", migrations.DefaultLockTimeout,
		"longest total wait for other programs that change the schema or lock its tables; builds of indexes wait for open transactions "+
			"without limit")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if *timeout <= 0 {
			return errors.New("--lock-timeout must be longer than nothing, for example 10m")
		}
		return nil
	}
	return timeout
}

// options print what is being done.
func options(cmd *cobra.Command, lockTimeout time.Duration, describe func(migrations.Revision) string) migrations.Options {
	return migrations.Options{
		LockTimeout: lockTimeout,
		Running:     func(r migrations.Revision) { say(cmd.OutOrStdout(), "%s", describe(r)) },
		Waiting:     func() { say(cmd.ErrOrStderr(), "waiting for others that change the schema or use its tables") },
	}
}

func upgrading(r migrations.Revision) string { return "Upgrade " + stepLine(r) }

func downgrading(r migrations.Revision) string {
	return fmt.Sprintf("Downgrade %s -> %s, %s", r.ID, parents(r), r.Message)
}

func say(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }

func (p *program) upgrade() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "upgrade [REVISION | +N | head]",
		Short: "Apply pending revisions",
		Long: `Apply the pending revisions: up to REVISION, the next N, or all.

Each revision and its record are one transaction, except for revisions that build
indexes while others write. After an interruption, run the upgrade again. If several
programs start at once, one applies the revisions, and the others wait.

A database of the Flask service is taken over: its table alembic_version names its
revision and stays as it is, and only newer revisions run. If its tables differ from
the tables of its revision, the command changes nothing, and lists the differences.`,
		Example: `  migrate upgrade
  migrate upgrade +1
  migrate upgrade 112055db4eff
  migrate upgrade --sql > upgrade.sql`,
		Args: cobra.MaximumNArgs(1),
	}
	asSQL := cmd.Flags().Bool("sql", false, "print the SQL instead of running it")
	lockTimeout := lockFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		target := firstOr(args, migrations.Head)
		return p.withDatabase(cmd.Context(), func(db *database) error {
			before, err := db.schema.Inspect(cmd.Context())
			if err != nil {
				return err
			}
			if *asSQL {
				script, err := db.schema.UpgradeScript(cmd.Context(), target)
				_, _ = io.WriteString(cmd.OutOrStdout(), script)
				return err
			}
			ran, err := db.schema.Upgrade(cmd.Context(), target, options(cmd, *lockTimeout, upgrading))
			if err != nil {
				return err
			}
			if before.Inherited {
				say(cmd.OutOrStdout(), "Taken over from the earlier program, which left it at %s; its table alembic_version is as it was.",
					strings.Join(migrations.IDs(migrations.Heads(before.Applied)), ", "))
			}
			return db.conclude(cmd, len(ran) > 0 || before.Inherited)
		})
	}
	return cmd
}

// conclude prints the state of the database after a change, or that there was no change.
func (d *database) conclude(cmd *cobra.Command, changed bool) error {
	state, err := d.schema.Inspect(cmd.Context())
	if err != nil {
		return err
	}
	if !changed {
		say(cmd.OutOrStdout(), "Nothing to do.")
	}
	say(cmd.OutOrStdout(), "%s", stateText(state, d.schema.Revisions()))
	return nil
}

func (p *program) downgrade() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "downgrade [REVISION | -N | base]",
		Short: "Undo revisions, by default the last one",
		Long: `Undo the revisions after REVISION, the last N, or all, the newest first.

If this drops data, the command lists the data and asks. Without a terminal it needs
--yes. The table alembic_version of the Flask service stays as it is.`,
		Example: `  migrate downgrade
  migrate downgrade -2
  migrate downgrade 112055db4eff --yes
  migrate downgrade base --sql`,
		Args: cobra.MaximumNArgs(1),
	}
	yes := cmd.Flags().BoolP("yes", "y", false, "drop data without asking")
	asSQL := cmd.Flags().Bool("sql", false, "print the SQL instead of running it")
	lockTimeout := lockFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		target := strings.TrimPrefix(firstOr(args, "-1"), stepsBack)
		return p.withDatabase(cmd.Context(), func(db *database) error {
			if *asSQL {
				script, err := db.schema.DowngradeScript(cmd.Context(), target)
				_, _ = io.WriteString(cmd.OutOrStdout(), script)
				return err
			}
			state, err := db.schema.Inspect(cmd.Context())
			if err != nil {
				return err
			}
			undo, err := state.Beyond(db.schema.Revisions(), target)
			if err != nil {
				return err
			}
			losses, err := db.schema.Losses(cmd.Context(), undo)
			if err != nil {
				return err
			}
			if err := p.ask(cmd, losses, *yes); err != nil {
				return err
			}
			settings := options(cmd, *lockTimeout, downgrading)
			settings.Agree = migrations.AgreeTo(undo, losses)
			undone, err := db.schema.Downgrade(cmd.Context(), target, settings)
			if err != nil {
				return err
			}
			return db.conclude(cmd, len(undone) > 0)
		})
	}
	return cmd
}

// ask returns nil if no data would be dropped, or if the user agrees.
func (p *program) ask(cmd *cobra.Command, losses []migrations.Loss, yes bool) error {
	if len(losses) == 0 {
		return nil
	}
	say(cmd.OutOrStdout(), "This drops data:")
	for _, loss := range losses {
		say(cmd.OutOrStdout(), "  %s  %s", loss.Revision.ID, lossText(loss))
	}
	if yes {
		return nil
	}
	if !p.interactive() {
		return errors.New("nothing was changed: say --yes if this data may go; make a backup first")
	}
	_, _ = io.WriteString(cmd.ErrOrStderr(), "Go on? [y/N] ")
	answer, err := readLine(cmd.Context(), cmd.InOrStdin())
	if err != nil {
		return err
	}
	if answer != "y" && answer != "yes" {
		return errors.New("nothing was changed")
	}
	return nil
}

func lossText(loss migrations.Loss) string {
	if loss.Rows < 0 {
		return loss.What
	}
	if table, column, isColumn := strings.Cut(loss.What, "."); isColumn {
		return fmt.Sprintf("column %s of table %s (rows with a value: %d)", column, table, loss.Rows)
	}
	return fmt.Sprintf("table %s (rows: %d)", loss.What, loss.Rows)
}

// readLine reads a line, in lower case. It waits until the context ends.
func readLine(ctx context.Context, in io.Reader) (string, error) {
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(in).ReadString('\n') // the end of the input is an empty answer
		line <- strings.ToLower(strings.TrimSpace(text))
	}()
	select {
	case text := <-line:
		return text, nil
	case <-ctx.Done():
		return "", errors.New("nothing was changed: interrupted")
	}
}

func (p *program) stamp() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stamp REVISION | head | base",
		Short: "Record the revision of the database without running anything",
		Long: `Record that the database is at REVISION, without running anything. This revision
and all revisions before it count as applied, all others as pending. Use the command
after another program has changed the tables. After a wrong stamp a later upgrade fails.`,
		Example: `  migrate stamp 112055db4eff
  migrate stamp head`,
		Args: cobra.ExactArgs(1),
	}
	lockTimeout := lockFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.withDatabase(cmd.Context(), func(db *database) error {
			if err := db.schema.Stamp(cmd.Context(), args[0], options(cmd, *lockTimeout, upgrading)); err != nil {
				return err
			}
			return db.conclude(cmd, true)
		})
	}
	return cmd
}

// firstOr returns the first argument, or the other text if there is none.
func firstOr(args []string, otherwise string) string {
	if len(args) == 0 {
		return otherwise
	}
	return args[0]
}
