package gormdb

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

// ErrRefused says that the database answers, but does not let us in: another try
// makes no sense before somebody has changed something.
var ErrRefused = errors.New("the database refuses the connection")

// Away makes the Unavailable error for a database that cannot be reached, or
// that has too much to do.
func Away(cause error) error {
	return domain.UnavailableFor(retryAfter, "The database is not available at the moment", cause)
}

// TooSlow makes the Unavailable error for a query that took too long.
func TooSlow(cause error) error {
	return domain.UnavailableFor(retryAfter, "The query took too long. Choose fewer results, by a benchmark for example, or an earlier page", cause)
}

// translate turns a database's error into what the ports promise. What has no
// meaning for the core stays as it is.
func (s *Store) translate(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		return ports.ErrNotFound
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("%w: %w", context.Canceled, err)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return TooSlow(err)
	}
	if known := s.dialect.Translate(err); known != nil {
		return known
	}
	if s.closed.Load() || isConnectionLost(err) {
		return Away(err)
	}
	return err
}

func isConnectionLost(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded)
}

// wrap says what was being done; nil stays nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}
