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

// DatabaseFile is the path of the embedded database.
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

// OpenStore opens the database that the settings name. The database need not answer yet.
func OpenStore(ctx context.Context, db config.Database, options ...gormdb.Option) (*gormdb.Store, error) {
	options = append(options, gormdb.WithHeavyTimeout(db.QueryTimeout))
	if db.Driver == config.SQLite {
		store, err := sqlite.Open(ctx, DatabaseFile(db), options...)
		if gormdb.FaultOf(err) != nil {
			err = AtPlace(db, err)
		}
		return store, err
	}
	return postgres.Open(ctx, postgres.Config{
		Host: db.Host, Port: db.Port, User: db.User, Password: db.Password.Reveal(),
		Name: db.Name, SSLMode: db.SSLMode, MaxConnections: db.MaxConnections, QueryTimeout: db.QueryTimeout,
		Pooler: postgres.Pooler(db.Pooler),
	}, options...)
}

// WaitFor returns when the database can be read and written: containers of one deployment
// start together, and a standby may take over. It returns an error after the given time, or
// as soon as waiting makes no sense. The error names no place: see AtPlace.
func WaitFor(ctx context.Context, store *gormdb.Store, atMost time.Duration, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	refused := func(err error) bool { return errors.Is(err, gormdb.ErrRefused) }
	err := Poll(ctx, time.Second, store.Ready, refused, func(err error) {
		log.WarnContext(ctx, "the database cannot be used yet", "error", err)
	})
	if err != nil && gormdb.FaultOf(err) == nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	return err
}

// AtPlace makes an error for operators: the place of the database that cannot be used, what
// is wrong with it, and what to do. Nil stays nil.
func AtPlace(db config.Database, err error) error {
	if fault := gormdb.FaultOf(err); fault != nil {
		return fmt.Errorf("%s: %w", DatabasePlace(db), &unusable{fault, err})
	}
	if err != nil {
		return fmt.Errorf("%s: %w; check the settings DB_... and DATA_DIR", DatabasePlace(db), err)
	}
	return nil
}

// unusable is an error with the text of its fault alone.
type unusable struct {
	fault *gormdb.Fault
	err   error
}

func (u *unusable) Error() string { return u.fault.Error() }

func (u *unusable) Unwrap() error { return u.err }

// Poll calls check again and again, with the interval between, until it returns nil, an
// error that is final, or the context ends. It returns the last error of check. Each
// other error is passed to waiting.
func Poll(ctx context.Context, interval time.Duration, check func(context.Context) error, isFinal func(error) bool,
	waiting func(error)) error {
	for {
		err := check(ctx)
		if err == nil || isFinal(err) {
			return err
		}
		waiting(err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(interval):
		}
	}
}

// LogHandler returns a handler that writes the log to w as the settings say.
func LogHandler(settings config.Log, w io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: settings.Level}
	if settings.Format == config.TextLog {
		return slog.NewTextHandler(w, options)
	}
	return slog.NewJSONHandler(w, options)
}

// Clock is the clock of the machine.
type Clock struct{}

// Now implements ports.Clock.
func (Clock) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
