package session

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// retryAfter is when another try makes sense: a database that restarts, or a
// replica that takes over, needs seconds.
const retryAfter = 5 * time.Second

// ErrRefused says that the database answers, but refuses the connection: another try
// makes no sense before somebody has changed the database or the settings.
var ErrRefused = errors.New("the database refuses the connection")

// Away makes the Unavailable error for a database that cannot be reached, or
// that has too much to do.
func Away(cause error) error {
	return domain.UnavailableFor(retryAfter, "The database is not available at the moment", cause)
}

// TooSlow makes the Unavailable error for a query that took too long.
func TooSlow(cause error) error {
	return domain.UnavailableFor(retryAfter,
		"The query took too long. Choose fewer results, by a benchmark for example, or an earlier page", cause)
}

// Unfinished makes the Unavailable error for a query that took too long, and goes on where it stopped
// if it is asked again.
func Unfinished(cause error) error {
	return domain.UnavailableFor(time.Second, "The query looks into many large documents and took too long. Ask again: it goes on "+
		"where it stopped. Or choose fewer results, by a benchmark or times for example", cause)
}

// Failed translates an error of the database and adds what the statement was for; nil
// stays nil.
func (d *Database) Failed(ctx context.Context, err error, format string, args ...any) error {
	return wrap(d.translate(ctx, err), format, args...)
}

// translate turns an error of the database into one that the ports promise. All other
// errors stay as they are.
func (d *Database) translate(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case domain.KindOf(err) != 0: // the request's share
		return err
	case errors.Is(err, gorm.ErrRecordNotFound):
		return ports.ErrNotFound
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("%w: %w", context.Canceled, err)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return TooSlow(err)
	}
	if fault := FaultOf(err); fault != nil {
		return Away(err)
	}
	if known := d.Dialect.Errors.Translate(err); known != nil {
		d.damage.note(known)
		return known
	}
	if d.closed.Load() || isConnectionLost(err) {
		return Away(err)
	}
	return err
}

func isConnectionLost(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded)
}

// wrap adds what was being done; nil stays nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}
