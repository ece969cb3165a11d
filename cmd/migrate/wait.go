package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/domain"
)

func (p *program) wait() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "wait",
		Short: "Wait until the database answers and is up to date",
		Long: `Wait until the database answers and no revision is pending, or fail after --timeout.
The command changes nothing. Use it for programs that start while another program
upgrades the database.`,
		Example: `  migrate wait --timeout 5m && server`,
		Args:    cobra.NoArgs,
	}
	timeout := cmd.Flags().Duration("timeout", time.Minute, "longest wait")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if *timeout <= 0 {
			return errors.New("--timeout must be longer than nothing, for example 1m")
		}
		cfg, err := p.load()
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), *timeout)
		defer cancel()
		store, err := wiring.OpenStore(ctx, cfg.Database)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, store.Close()) }()
		db := &database{Store: store, config: cfg.Database}
		if db.schema, err = p.schema(store); err != nil {
			return err
		}
		return db.await(ctx, cmd, *timeout)
	}
	return cmd
}

// await returns when the database is up to date. It prints why it waits when the reason
// changes.
func (d *database) await(ctx context.Context, cmd *cobra.Command, timeout time.Duration) error {
	printed := ""
	err := wiring.Poll(ctx, 500*time.Millisecond, d.check, isFinal, func(reason error) {
		if ctx.Err() != nil && printed != "" {
			return // the check was interrupted: the reason is that of the check before
		}
		if text := reason.Error(); text != printed {
			printed = text
			say(cmd.ErrOrStderr(), "waiting: %s", text)
		}
	})
	switch {
	case err == nil:
		return d.conclude(cmd, true)
	case isFinal(err):
		return err
	case cmd.Context().Err() != nil:
		return errors.New("interrupted")
	default:
		return fmt.Errorf("not up to date after %s: %s", timeout, printed)
	}
}

// isFinal is true for an error that time alone does not mend.
func isFinal(err error) bool {
	return errors.Is(err, gormdb.ErrRefused) || errors.Is(err, domain.ErrUnknownRevision)
}

// check returns nil if the database answers and is up to date.
func (d *database) check(ctx context.Context) error {
	if err := d.Ping(ctx); err != nil {
		return fmt.Errorf("no connection to %w", wiring.AtPlace(d.config, err))
	}
	return d.ready(ctx)
}
