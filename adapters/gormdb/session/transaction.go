package session

import (
	"context"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"
)

const (
	// maxTries is how often a unit of work is run before its error counts.
	maxTries = 5
	// maxPause is the longest pause after the first try; after the second it is twice as
	// long, and so on. The pause is random, so that units of work that were in each
	// other's way do not meet again.
	maxPause = 20 * time.Millisecond
)

// Work is what a unit of work does. The database may run it several times.
type Work func(ctx context.Context, in Session) error

// Do runs a unit of work: a transaction that is committed if work returns nil, and
// rolled back otherwise, also when work panics. It runs work again if the database
// gave the transaction up for a reason that may be gone at the next try. In the context
// of DoOnce the transaction stays open.
func (d *Database) Do(ctx context.Context, work Work) error {
	run := d.try
	if once := onceOf(ctx, d); once != nil {
		run = once.try
	}
	for try := 1; ; try++ {
		u := &unit{}
		err := run(ctx, u, work)
		if err == nil || try == maxTries || !d.Dialect.Errors.Transient(u.broken) {
			return err
		}
		select {
		case <-ctx.Done(): // the next try returns the reason
		case <-time.After(rand.N(time.Duration(try) * maxPause)): //nolint:gosec // no secret
		}
	}
}

// maxTurn is how long a unit of work waits for its turn. After it the database says whether
// it can write.
const maxTurn = 5 * time.Second

// awaitTurn waits until no other unit of work writes, if there are turns, and returns the
// function that ends the turn.
func (d *Database) awaitTurn(ctx context.Context) (end func()) {
	if d.turn == nil {
		return func() {}
	}
	select {
	case d.turn <- struct{}{}:
		return func() { <-d.turn }
	default:
	}
	timeout := time.NewTimer(maxTurn)
	defer timeout.Stop()
	select {
	case d.turn <- struct{}{}:
		return func() { <-d.turn }
	case <-ctx.Done(): // to begin returns the reason
	case <-timeout.C:
	}
	return func() {}
}

// try runs the unit of work once, on one connection.
func (d *Database) try(ctx context.Context, u *unit, work Work) error {
	defer d.awaitTurn(ctx)()
	in := Session{Database: d, unit: u}
	began := false
	err := d.writer.WithContext(ctx).Connection(func(connection *gorm.DB) error {
		outlasts, end := outlasting(ctx)
		defer end()
		in.db = connection.WithContext(outlasts).Begin()
		if in.db.Error != nil {
			return in.db.Error
		}
		began = true
		// After a commit this has no effect.
		defer func() { in.db.Rollback() }()
		if err := work(ctx, in); err != nil {
			return err
		}
		if u.broken != nil {
			return u.broken
		}
		return in.commit(ctx, connection)
	})
	if !began {
		return in.Failed(ctx, err, "begin a unit of work")
	}
	return err
}

// commit leaves no transaction on the connection. When a commit fails, SQLite keeps
// the transaction, but the driver takes it for ended.
func (s Session) commit(ctx context.Context, connection *gorm.DB) error {
	if err := s.Dialect.Derived.BeforeCommit(ctx, s.Query(ctx)); err != nil {
		s.db.Rollback()
		return s.Failed(ctx, err, "complete a unit of work")
	}
	err := s.db.Commit().Error
	if err != nil {
		connection.WithContext(context.WithoutCancel(ctx)).Exec("ROLLBACK")
	}
	return s.Failed(ctx, err, "commit a unit of work")
}
