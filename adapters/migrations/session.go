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

// lockKey is the key of the advisory lock of PostgreSQL for changes of a schema: "eoscperf"
// in ASCII. There is one lock for the whole database: installations in several schemas of
// one database wait for each other.
const lockKey int64 = 0x656f736370657266

const (
	// lockInterval is the pause between two attempts to get a lock.
	lockInterval = 100 * time.Millisecond
	// noticeDelay is the time after which Options.Waiting is called: a session that has just
	// ended may keep its lock for a moment.
	noticeDelay = time.Second
	// tableLockTimeout is how long a revision waits for a table that is in use. All other
	// queries on the table wait behind the revision.
	tableLockTimeout = 2 * time.Second
	// tablePause is how long a revision then leaves the table to the other queries.
	tablePause = time.Second
)

// ErrBusy says that other programs held locks for longer than Options.LockTimeout.
var ErrBusy = errors.New("others are in the way")

// session is the only one that changes the schema.
type session struct {
	db *gorm.DB
	// transaction runs the work in a transaction.
	transaction func(work func(tx *gorm.DB) error) error
	// outside runs a script outside of transactions.
	outside func(db *gorm.DB, script string) error
}

// within runs the work, in a transaction if the revision is transactional.
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
		// Drivers return errors of their own for a context that has ended.
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
	if sharesSession(connection) {
		if err := connection.Close(); err != nil {
			return fmt.Errorf("return a connection: %w", err)
		}
		return aloneBehindPooler(ctx, db.Session(&gorm.Session{NewDB: true, Context: ctx, SkipDefaultTransaction: true}), newQueue(options), work)
	}
	defer func() { err = errors.Join(err, discard(connection)) }()
	return aloneInPostgres(ctx, pinned, newQueue(options), work)
}

func aloneInPostgres(ctx context.Context, db *gorm.DB, queue *queue, work func(session) error) error {
	if err := awaitLock(ctx, db, queue); err != nil {
		return err
	}
	if err := checkPlace(db); err != nil {
		return err
	}
	if err := prepareSession(db, false); err != nil {
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

// concurrent matches statements that lock no table, and wait for all transactions that have
// begun.
var concurrent = regexp.MustCompile(`(?i)\bCONCURRENTLY\b`)

func setLockTimeout(db *gorm.DB, timeout time.Duration, inTransaction bool) error {
	err := db.Exec("SELECT set_config('lock_timeout', ?, ?)", strconv.FormatInt(timeout.Milliseconds(), 10), inTransaction).Error
	if err != nil {
		return fmt.Errorf("bound the wait for a table: %w", err)
	}
	return nil
}

// isLockTimeout is true for PostgreSQL's error lock_not_available.
func isLockTimeout(err error) bool {
	var coded *pgconn.PgError
	return errors.As(err, &coded) && coded.Code == "55P03"
}

// queue is the time that may still be spent on waiting for other programs.
type queue struct {
	limited bool
	left    time.Duration
	waiting func()
}

func newQueue(options Options) *queue {
	return &queue{limited: options.LockTimeout > 0, left: options.LockTimeout, waiting: options.Waiting}
}

// repeat calls do again, after a pause, as long as its error is inTheWay.
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
		if q.waiting != nil && waited >= noticeDelay {
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

// errNowhere says that a session has no schema for tables.
var errNowhere = errors.New("the database has no current schema: nothing in the search_path of the user exists, or the user may not " +
	"use it; let its owner run GRANT USAGE ON SCHEMA ... TO the role of DB_USER, or ALTER ROLE ... RESET search_path")

// checkPlace returns an error if the user cannot make tables in the current schema, or if
// the tables of the earlier program are in another one.
func checkPlace(db *gorm.DB) error {
	var place struct {
		Name, Role string
		MayCreate  bool
	}
	const question = "SELECT coalesce(s, '') AS name, current_user AS role, has_schema_privilege(s, 'CREATE') AS may_create " +
		"FROM current_schema() AS s"
	if err := db.Raw(question).Scan(&place).Error; err != nil {
		return fmt.Errorf("ask for the current schema: %w", err)
	}
	if place.Name == "" {
		return errNowhere
	}
	if !place.MayCreate {
		return fmt.Errorf("the role %s may not make tables in the schema %s; let the owner of the database run GRANT CREATE ON SCHEMA %s TO %s, "+
			"or migrate as the owner", place.Role, place.Name, place.Name, place.Role)
	}
	return notElsewhere(db)
}

// prepareSession gives the session, or only its transaction, what changes of the schema
// need. It limits the search path to the current schema, so that names in a revision mean
// no table of another schema. It sets no timeout for statements: an index over millions of
// rows takes its time. The server shall notice, if its version can, that the program was
// killed: otherwise it would go on, and hold the lock.
func prepareSession(db *gorm.DB, inTransaction bool) error {
	const settings = "SELECT set_config('search_path', quote_ident(current_schema()), ?), set_config('statement_timeout', '0', ?)"
	if err := db.Exec(settings, inTransaction, inTransaction).Error; err != nil {
		return fmt.Errorf("prepare the session: %w", err)
	}
	const notice = "SELECT set_config(name, '2s', ?) FROM pg_settings WHERE name = 'client_connection_check_interval'"
	if err := db.Exec(notice, inTransaction).Error; err != nil {
		return fmt.Errorf("prepare the session: %w", err)
	}
	return nil
}

// errLocked says that another program is changing the schema.
var errLocked = errors.New("another program changes the schema")

func isLocked(err error) bool { return errors.Is(err, errLocked) }

// awaitLock polls the lock. A session that waits in pg_advisory_lock holds a snapshot, and
// CREATE INDEX CONCURRENTLY of the owner of the lock waits for this snapshot: a deadlock.
func awaitLock(ctx context.Context, db *gorm.DB, queue *queue) error {
	return queue.repeat(ctx, lockInterval, isLocked, func() error { return tryLock(db, "SELECT pg_try_advisory_lock(?)") })
}

// tryLock tries to get the lock by the statement, and returns errLocked if others have it.
func tryLock(db *gorm.DB, statement string) error {
	var mine bool
	if err := db.Raw(statement, lockKey).Scan(&mine).Error; err != nil {
		return fmt.Errorf("lock the schema: %w", err)
	}
	if !mine {
		return errLocked
	}
	return nil
}

// discard closes the connection, and so releases the lock and forgets the settings, also
// after an error or when the context has ended.
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
