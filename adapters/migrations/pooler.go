package migrations

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"

	"gorm.io/gorm"
)

// refusesTransaction matches statements that cannot be in a transaction, after comments.
var refusesTransaction = regexp.MustCompile(`(?i)^(?:\s|--[^\n]*\n)*(?:CALL|VACUUM)\b|\bCONCURRENTLY\b`)

// sharesSession is true if a pooler gives the connection another session of PostgreSQL for
// each transaction, which a connection of the storage then says.
func sharesSession(connection *sql.Conn) bool {
	var shares bool
	_ = connection.Raw(func(driverConn any) error { // fails only for a closed connection
		_, shares = driverConn.(interface{ SharesSession() })
		return nil
	})
	return shares
}

// aloneBehindPooler runs the work while a transaction of another connection holds the lock.
// Builds of indexes wait for the end of each transaction that has a snapshot. So each
// attempt to get the lock has a transaction of its own, and the one that succeeds keeps no
// snapshot: a query with values would, until the next query.
func aloneBehindPooler(ctx context.Context, db *gorm.DB, queue *queue, work func(session) error) error {
	return queue.repeat(ctx, lockInterval, isLocked, func() error {
		return db.Transaction(func(lock *gorm.DB) error {
			if err := tryLock(lock, "SELECT pg_try_advisory_xact_lock(?)"); err != nil {
				return err
			}
			if err := stillLocked(lock); err != nil {
				return err
			}
			if err := checkPlace(db); err != nil {
				return err
			}
			return work(sessionUnderLock(ctx, db, lock, queue))
		})
	})
}

// sessionUnderLock returns the session of the connections of db, as long as the lock is held.
func sessionUnderLock(ctx context.Context, db, lock *gorm.DB, queue *queue) session {
	transaction := func(work func(*gorm.DB) error) error {
		return queue.repeat(ctx, tablePause, isLockTimeout, func() error {
			return db.Transaction(func(tx *gorm.DB) error {
				if err := prepareSession(tx, true); err != nil {
					return err
				}
				if err := setLockTimeout(tx, tableLockTimeout, true); err != nil {
					return err
				}
				if err := work(tx); err != nil {
					return err
				}
				return stillLocked(lock)
			})
		})
	}
	// Statements that refuse a transaction are run with the settings of the role.
	outside := func(db *gorm.DB, script string) error {
		if err := stillLocked(lock); err != nil {
			return err
		}
		if refusesTransaction.MatchString(script) {
			return send(db, script)
		}
		return transaction(func(tx *gorm.DB) error { return send(tx, script) })
	}
	return session{db, transaction, outside}
}

// stillLocked returns an error if the connection that holds the lock is gone.
func stillLocked(lock *gorm.DB) error {
	if err := lock.Exec("SELECT 1").Error; err != nil {
		return fmt.Errorf("the lock of the schema is lost: %w; run the command again", err)
	}
	return nil
}
