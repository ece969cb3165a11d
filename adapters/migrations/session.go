package migrations

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// lockKey is the advisory lock of PostgreSQL that we hold while we change a
// schema: "eoscperf" in ASCII. It is one for the whole database, so that
// installations in several schemas of it wait for each other.
const lockKey int64 = 0x656f736370657266

const (
	// patience is how long we wait before we ask for a lock again.
	patience = 100 * time.Millisecond
	// politeness is how long we wait before we say so: a session that has just
	// ended keeps its lock for a moment.
	politeness = time.Second
	// tableLockTimeout is how long a revision may wait for a table that somebody
	// uses: meanwhile all others queue up behind it.
	tableLockTimeout = 2 * time.Second
	// tablePause is how long the others then have the table to themselves.
	tablePause = time.Second
)

// ErrBusy says that others stood in the way for longer than Options.LockTimeout.
var ErrBusy = errors.New("others are in the way")

// session is the one connection that changes a schema, alone.
type session struct {
	db *gorm.DB
	// transaction runs the work in a transaction.
	transaction func(work func(tx *gorm.DB) error) error
	// outside runs a script outside of any.
	outside func(db *gorm.DB, script string) error
}

// within runs the work in a transaction if the revision wants one.
func (s session) within(r Revision, work func(tx *gorm.DB) error) error {
	if !r.Transactional {
		return work(s.db)
	}
	return s.transaction(work)
}

// alone runs the work while no other program changes the schema.
func alone(ctx context.Context, db *gorm.DB, options Options, work func(session) error) (err error) {
	pool, err := db.DB()
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	connection, err := pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer func() {
		// Drivers have words of their own for a context that has ended.
		if err != nil && ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
			err = errors.Join(ctx.Err(), err)
		}
	}()
	pinned := db.Session(&gorm.Session{NewDB: true, Context: ctx, SkipDefaultTransaction: true})
	pinned.Statement.ConnPool = connection
	if db.Name() == sqlite {
		defer func() { err = errors.Join(err, connection.Close()) }()
		return aloneInSQLite(ctx, pinned, newQueue(options), work)
	}
	defer func() { err = errors.Join(err, discard(connection)) }()
	return aloneInPostgres(ctx, pinned, newQueue(options), work)
}

func aloneInPostgres(ctx context.Context, db *gorm.DB, queue *queue, work func(session) error) error {
	if err := awaitLock(ctx, db, queue); err != nil {
		return err
	}
	if err := settle(db); err != nil {
		return err
	}
	transaction := func(work func(*gorm.DB) error) error {
		return queue.repeat(ctx, tablePause, isLockTimeout, func() error {
			return db.Transaction(func(tx *gorm.DB) error {
				if err := setLockTimeout(tx, tableLockTimeout, true); err != nil {
					return err
				}
				return work(tx)
			})
		})
	}
	outside := func(db *gorm.DB, script string) error {
		if concurrent.MatchString(script) {
			return errors.Join(setLockTimeout(db, 0, false), send(db, script))
		}
		return queue.repeat(ctx, tablePause, isLockTimeout, func() error {
			return errors.Join(setLockTimeout(db, tableLockTimeout, false), send(db, script))
		})
	}
	if err := work(session{db, transaction, outside}); err != nil {
		return err
	}
	if err := db.Exec("SELECT pg_advisory_unlock(?)", lockKey).Error; err != nil {
		return fmt.Errorf("unlock the schema: %w", err)
	}
	return nil
}

// concurrent tells statements that stop nobody, and must wait for transactions that
// are under way.
var concurrent = regexp.MustCompile(`(?i)\bCONCURRENTLY\b`)

func setLockTimeout(db *gorm.DB, timeout time.Duration, inTransaction bool) error {
	err := db.Exec("SELECT set_config('lock_timeout', ?, ?)", strconv.FormatInt(timeout.Milliseconds(), 10), inTransaction).Error
	if err != nil {
		return fmt.Errorf("bound the wait for a table: %w", err)
	}
	return nil
}

// isLockTimeout tells lock_not_available.
func isLockTimeout(err error) bool {
	var coded *pgconn.PgError
	return errors.As(err, &coded) && coded.Code == "55P03"
}

// queue is the waiting for others, for no longer than all of it may take.
type queue struct {
	limited bool
	left    time.Duration
	waiting func()
}

func newQueue(options Options) *queue {
	return &queue{limited: options.LockTimeout > 0, left: options.LockTimeout, waiting: options.Waiting}
}

// repeat does again, after a pause, what failed because others are in the way.
func (q *queue) repeat(ctx context.Context, pause time.Duration, inTheWay func(error) bool, do func() error) error {
	var waited time.Duration
	defer func() { q.left -= waited }()
	for start := time.Now(); ; waited = time.Since(start) {
		err := do()
		if !inTheWay(err) {
			return err
		}
		if q.limited && waited >= q.left {
			return fmt.Errorf("%w: %w; wait until they are done, or let us wait longer", ErrBusy, err)
		}
		if q.waiting != nil && waited >= politeness {
			q.waiting()
			q.waiting = nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
		}
	}
}

// settle lets names in a revision mean the current schema, not a neighbour
// further down the path, lets an index over millions of rows take its time, and
// lets the server notice, where it can, that we were killed meanwhile: else it
// would go on, and hold the lock.
func settle(db *gorm.DB) error {
	var schema *string
	if err := db.Raw("SELECT quote_ident(current_schema())").Scan(&schema).Error; err != nil {
		return fmt.Errorf("ask for the current schema: %w", err)
	}
	if schema == nil {
		return errors.New("the database has no current schema: nothing in the search_path exists")
	}
	if err := notElsewhere(db); err != nil {
		return err
	}
	if err := db.Exec("SELECT set_config('search_path', ?, false), set_config('statement_timeout', '0', false)", *schema).Error; err != nil {
		return fmt.Errorf("prepare the session: %w", err)
	}
	const notice = "SELECT set_config(name, '2s', false) FROM pg_settings WHERE name = 'client_connection_check_interval'"
	if err := db.Exec(notice).Error; err != nil {
		return fmt.Errorf("prepare the session: %w", err)
	}
	return nil
}

// errLocked says that another program changes the schema.
var errLocked = errors.New("another program changes the schema")

// awaitLock polls: who waits inside pg_advisory_lock holds a snapshot, for which
// CREATE INDEX CONCURRENTLY in the owner of the lock waits in turn.
func awaitLock(ctx context.Context, db *gorm.DB, queue *queue) error {
	isLocked := func(err error) bool { return errors.Is(err, errLocked) }
	return queue.repeat(ctx, patience, isLocked, func() error {
		var mine bool
		if err := db.Raw("SELECT pg_try_advisory_lock(?)", lockKey).Scan(&mine).Error; err != nil {
			return fmt.Errorf("lock the schema: %w", err)
		}
		if !mine {
			return errLocked
		}
		return nil
	})
}

// discard ends the session for good, and with it the lock and the settings, also
// after an error or a cancelled context.
func discard(connection *sql.Conn) error {
	err := connection.Raw(func(driverConn any) error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if session, ok := driverConn.(*stdlib.Conn); ok {
			_ = session.Conn().Close(ctx) // the session is over in any case
		}
		return driver.ErrBadConn // tells the pool to forget it
	})
	if err != nil && !errors.Is(err, driver.ErrBadConn) && !errors.Is(err, sql.ErrConnDone) {
		return fmt.Errorf("end the session: %w", err)
	}
	return nil
}
