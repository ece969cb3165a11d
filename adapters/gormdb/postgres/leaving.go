package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// leaveDelay is how long a statement goes on after its client has left, behind a transaction
// pooler. A connection that ends within a transaction costs the pooler a session, and PgBouncer
// begins sessions one by one: clients that leave would stop the others. Most statements end
// before.
const leaveDelay = time.Second

// leaving ends the statements of a connection with their contexts.
type leaving struct {
	connection *pgconn.PgConn
	sessions   *sessions
}

// watch returns what ends the statements of a connection.
func (s *sessions) watch(connection *pgconn.PgConn) ctxwatch.Handler {
	return leaving{connection, s}
}

// HandleCancel implements ctxwatch.Handler. Statements whose time is over, or of whose rows there
// are enough, end at once.
func (l leaving) HandleCancel(ctx context.Context) {
	end := time.Now()
	if errors.Is(context.Cause(ctx), context.Canceled) {
		end = end.Add(session.Parting)
		if l.sessions.ofTransaction.Load() != nil {
			end = end.Add(leaveDelay - session.Parting)
		}
	}
	_ = l.connection.Conn().SetDeadline(end) // it fails only if the connection is closed
}

// HandleUnwatchAfterCancel implements ctxwatch.Handler.
func (l leaving) HandleUnwatchAfterCancel() {
	_ = l.connection.Conn().SetDeadline(time.Time{}) // it fails only if the connection is closed
}

// rollback ends the transaction, also after the end of the context. If it fails, the
// connection is closed, and with it the transaction.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingTimeout)
	defer cancel()
	_ = tx.Rollback(ctx)
}

// commit ends the transaction. After the end of the context it changes nothing.
func commit(ctx context.Context, tx pgx.Tx) error {
	if err := ctx.Err(); err != nil {
		rollback(ctx, tx)
		return err
	}
	return tx.Commit(ctx)
}

// alone lets work use a transaction of its own, which has the settings.
func (s *sessions) alone(ctx context.Context, from interface {
	BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error)
}, work func(pgx.Tx) error) error {
	tx, err := from.BeginTx(ctx, s.transaction(readCommitted))
	if err != nil {
		return err
	}
	if err := work(tx); err != nil {
		rollback(ctx, tx)
		return err
	}
	return commit(ctx, tx)
}
