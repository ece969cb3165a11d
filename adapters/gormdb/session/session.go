package session

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/ports"
)

// Session is where statements run: inside a transaction, or outside of any.
type Session struct {
	*Database

	db *gorm.DB
	// unit is nil outside of units of work.
	unit *unit
	// isSnapshot: the session sees one state of the database.
	isSnapshot bool
	// connection is that of a snapshot, nil for all other sessions.
	connection *sql.Conn
}

// unit is a unit of work that is running.
type unit struct {
	// broken is the first error of the database. After it nothing may be committed:
	// PostgreSQL refuses a commit then, and this package does so for SQLite.
	broken error
}

// Query begins a statement.
func (s Session) Query(ctx context.Context) *gorm.DB { return s.db.WithContext(ctx) }

// ConnPool is where statements run that are sent without GORM.
func (s Session) ConnPool(ctx context.Context) gorm.ConnPool { return s.Query(ctx).Statement.ConnPool }

// InUnitOfWork tells whether the session belongs to a unit of work.
func (s Session) InUnitOfWork() bool { return s.unit != nil }

// Snapshot runs work in a read-only transaction that sees one state of the database,
// so that the answers of several statements belong together. A session that is in a
// unit of work or in a snapshot already is used as it is.
func (s Session) Snapshot(ctx context.Context, work func(Session) error) error {
	if s.unit != nil || s.isSnapshot {
		return work(s)
	}
	options := &sql.TxOptions{Isolation: s.Dialect.Transactions.SnapshotIsolation(), ReadOnly: true}
	for try := 1; ; try++ {
		began := false
		err := s.Query(ctx).Connection(func(pinned *gorm.DB) error {
			connection, _ := pinned.Statement.ConnPool.(*sql.Conn)
			outlasts, end := outlasting(ctx)
			defer end()
			return pinned.WithContext(outlasts).Transaction(func(tx *gorm.DB) error {
				began = true
				return work(Session{Database: s.Database, db: tx, isSnapshot: true, connection: connection})
			}, options)
		})
		// The server may have ended a connection that was idle.
		if began || try == maxTries || !errors.Is(err, driver.ErrBadConn) {
			return err
		}
	}
}

// BulkResults returns the fast way to read and add results, which uses connections of
// its own. It is nil if the database has none, or if the session is bound to its
// connection by a transaction.
func (s Session) BulkResults() BulkResults {
	if s.unit != nil || s.isSnapshot {
		return nil
	}
	return s.Dialect.BulkResults
}

// RequireChanged returns an error if the statement failed or changed no row.
func (s Session) RequireChanged(ctx context.Context, done *gorm.DB, format string, args ...any) error {
	err := done.Error
	if err == nil && done.RowsAffected == 0 {
		err = gorm.ErrRecordNotFound
	}
	return s.Failed(ctx, err, format, args...)
}

// Failed translates an error of the database and adds what the statement was for; nil
// stays nil. In a unit of work the first such error prevents the commit.
func (s Session) Failed(ctx context.Context, err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	err = s.Database.Failed(ctx, err, format, args...)
	if s.unit != nil && s.unit.broken == nil && !errors.Is(err, ports.ErrNotFound) {
		s.unit.broken = err
	}
	return err
}
