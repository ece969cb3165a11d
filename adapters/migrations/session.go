package migrations

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// lockKey is the advisory lock of PostgreSQL that we hold while we change a
// schema: "eoscperf" in ASCII. It is one for the whole database, so that
// installations in several schemas of it wait for each other.
const lockKey int64 = 0x656f736370657266

// patience is how long we wait before we ask for a lock again.
const patience = 100 * time.Millisecond

// session is the one connection that changes a schema, alone.
type session struct {
	db *gorm.DB
	// transaction runs the work in a transaction.
	transaction func(work func(tx *gorm.DB) error) error
}

// within runs the work in a transaction if the revision wants one.
func (s session) within(r Revision, work func(tx *gorm.DB) error) error {
	if !r.Transactional {
		return work(s.db)
	}
	return s.transaction(work)
}

// alone runs the work while no other program changes the schema. It waits as
// long as the context allows.
func alone(ctx context.Context, db *gorm.DB, work func(session) error) (err error) {
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
		return aloneInSQLite(ctx, pinned, work)
	}
	defer func() { err = errors.Join(err, discard(connection)) }()
	return aloneInPostgres(ctx, pinned, work)
}

func aloneInPostgres(ctx context.Context, db *gorm.DB, work func(session) error) error {
	if err := awaitLock(ctx, db); err != nil {
		return err
	}
	if err := settle(db); err != nil {
		return err
	}
	return work(session{db: db, transaction: func(work func(*gorm.DB) error) error { return db.Transaction(work) }})
}

// settle lets names in a revision mean the current schema, not a neighbour
// further down the path, and lets an index over millions of rows take its time.
func settle(db *gorm.DB) error {
	var schema *string
	if err := db.Raw("SELECT quote_ident(current_schema())").Scan(&schema).Error; err != nil {
		return fmt.Errorf("ask for the current schema: %w", err)
	}
	if schema == nil {
		return errors.New("the database has no current schema: nothing in the search_path exists")
	}
	if err := db.Exec("SELECT set_config('search_path', ?, false), set_config('statement_timeout', '0', false)", *schema).Error; err != nil {
		return fmt.Errorf("prepare the session: %w", err)
	}
	return nil
}

// awaitLock polls: who waits inside pg_advisory_lock holds a snapshot, for which
// CREATE INDEX CONCURRENTLY in the owner of the lock waits in turn.
func awaitLock(ctx context.Context, db *gorm.DB) error {
	for {
		var mine bool
		if err := db.Raw("SELECT pg_try_advisory_lock(?)", lockKey).Scan(&mine).Error; err != nil {
			return fmt.Errorf("lock the schema: %w", err)
		}
		if mine {
			return nil
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("wait until another program has changed the schema: %w", err)
		}
	}
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(patience):
		return nil
	}
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
