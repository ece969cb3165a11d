package wiring

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/sqlite"
	"github.com/eosc-perf/backend/config"
)

// DatabaseFile is where the embedded database lies.
func DatabaseFile(db config.Database) string { return filepath.Join(db.DataDir, "eosc-perf.db") }

// DatabasePlace names the database for people, without secrets.
func DatabasePlace(db config.Database) string {
	if db.Driver != config.SQLite {
		return "PostgreSQL at " + net.JoinHostPort(db.Host, strconv.Itoa(db.Port)) + ", database " + db.Name
	}
	path := DatabaseFile(db)
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return path
}

// OpenStore opens the database that the settings name; it need not answer yet.
func OpenStore(ctx context.Context, db config.Database, options ...gormdb.Option) (*gormdb.Store, error) {
	options = append(options, gormdb.WithHeavy(max(1, min(db.HeavyConnections, db.MaxConnections-1)), db.QueryTimeout))
	if db.Driver == config.SQLite {
		return sqlite.Open(ctx, DatabaseFile(db), options...)
	}
	return postgres.Open(ctx, postgres.Config{
		Host: db.Host, Port: db.Port, User: db.User, Password: db.Password.Reveal(),
		Name: db.Name, SSLMode: db.SSLMode, MaxConnections: db.MaxConnections, QueryTimeout: db.QueryTimeout,
	}, options...)
}

// WaitFor returns once the database answers: containers of one deployment start
// together. The error says why it does not, when the time is over, or at once if
// the database refuses us.
func WaitFor(ctx context.Context, store *gormdb.Store, atMost time.Duration, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	const interval = time.Second
	for {
		err := store.Ping(ctx)
		if err == nil {
			return nil
		}
		if errors.Is(err, gormdb.ErrRefused) {
			return fmt.Errorf("the database refuses us: %w", err)
		}
		log.WarnContext(ctx, "the database does not answer yet", "error", err)
		select {
		case <-ctx.Done():
			return fmt.Errorf("the database does not answer: %w", err)
		case <-time.After(interval):
		}
	}
}

// LogHandler writes the log as the settings say.
func LogHandler(settings config.Log, w io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: settings.Level}
	if settings.Format == config.TextLog {
		return slog.NewTextHandler(w, options)
	}
	return slog.NewJSONHandler(w, options)
}

// Clock is the machine's.
type Clock struct{}

// Now implements ports.Clock.
func (Clock) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
