package gormdb

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/ports"
)

// session is where repositories work: inside a unit of work, or outside of any.
type session struct {
	store *Store
	db    *gorm.DB
	// unit is nil outside of units of work.
	unit *unit
	// still: it sees the database as it was at one time.
	still bool
}

// unit is a unit of work under way.
type unit struct {
	// mails tells that there are new ones in the outbox.
	mails bool
	// broken is the first error of the database, after which nothing may be
	// committed. PostgreSQL insists on that, SQLite is made to.
	broken error
}

// snapshot lets the work see the database as it was at one time: what it reads in
// several statements belongs together. It writes nothing.
func (s session) snapshot(ctx context.Context, work func(session) error) error {
	if s.unit != nil || s.still {
		return work(s)
	}
	return s.query(ctx).Transaction(func(tx *gorm.DB) error {
		return work(session{store: s.store, db: tx, still: true})
	}, &sql.TxOptions{Isolation: s.store.dialect.Snapshot(), ReadOnly: true})
}

func (s session) query(ctx context.Context) *gorm.DB { return s.db.WithContext(ctx) }

// changed is failed for what has to change a row: that there is none is an error.
func (s session) changed(ctx context.Context, done *gorm.DB, format string, args ...any) error {
	err := done.Error
	if err == nil && done.RowsAffected == 0 {
		err = gorm.ErrRecordNotFound
	}
	return s.failed(ctx, err, format, args...)
}

// failed translates an error of the database, and says what was being done; nil
// stays nil.
func (s session) failed(ctx context.Context, err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	err = wrap(s.store.translate(ctx, err), format, args...)
	if s.unit != nil && s.unit.broken == nil && !errors.Is(err, ports.ErrNotFound) {
		s.unit.broken = err
	}
	return err
}
