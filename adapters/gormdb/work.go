package gormdb

import (
	"context"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/ports"
)

const (
	// tries is how often a unit of work is done before its failure counts.
	tries = 5
	// pause is the longest that is waited after the first try, after the second
	// twice that, and so on; by chance, so that those who were in each other's way
	// do not meet again.
	pause = 20 * time.Millisecond
)

// Do implements ports.Storage. A panic of fn leaves nothing behind either.
func (s *Store) Do(ctx context.Context, fn func(ctx context.Context, r ports.Repos) error) error {
	for try := 1; ; try++ {
		u := &unit{}
		err := s.try(ctx, u, fn)
		if err == nil {
			if u.mails {
				s.onMail()
			}
			return nil
		}
		if try == tries || !s.dialect.Transient(u.broken) {
			return err
		}
		select {
		case <-ctx.Done(): // the next try tells so
		case <-time.After(rand.N(time.Duration(try) * pause)): //nolint:gosec // no secret
		}
	}
}

// try does the unit of work once, on one connection.
func (s *Store) try(ctx context.Context, u *unit, fn func(ctx context.Context, r ports.Repos) error) error {
	in := session{store: s, unit: u}
	began := false
	err := s.db.WithContext(ctx).Connection(func(connection *gorm.DB) error {
		in.db = connection.Begin()
		if in.db.Error != nil {
			return in.db.Error
		}
		began = true
		// After a commit this does nothing.
		defer func() { in.db.Rollback() }()
		if err := fn(ctx, s.repos(in)); err != nil {
			return err
		}
		if u.broken != nil {
			return u.broken
		}
		return in.commit(ctx, connection)
	})
	if !began {
		return in.failed(ctx, err, "begin a unit of work")
	}
	return err
}

// commit leaves no transaction on the connection: SQLite would keep one that
// could not be committed, where the driver takes it for ended.
func (s session) commit(ctx context.Context, connection *gorm.DB) error {
	err := s.db.Commit().Error
	if err != nil {
		connection.WithContext(context.WithoutCancel(ctx)).Exec("ROLLBACK")
	}
	return s.failed(ctx, err, "commit a unit of work")
}
