package gormdb

import (
	"context"
	"errors"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Do implements ports.Storage. A panic of fn leaves nothing behind either.
func (s *Store) Do(ctx context.Context, fn func(ctx context.Context, r ports.Repos) error) error {
	tx := s.db.WithContext(ctx).Begin()
	if tx.Error != nil {
		return wrap(s.translate(ctx, tx.Error), "begin a unit of work")
	}
	// After a commit this does nothing.
	defer func() { tx.Rollback() }()
	u := &unit{}
	if err := fn(ctx, s.repos(session{store: s, db: tx, unit: u})); err != nil {
		return err
	}
	if u.broken != nil {
		return u.broken
	}
	if err := tx.Commit().Error; err != nil {
		return wrap(s.translate(ctx, err), "commit a unit of work")
	}
	s.send(ctx, u.mails)
	return nil
}

// send hands over mails, also when the one who caused them does not wait any more.
func (s *Store) send(ctx context.Context, mails []domain.Mail) {
	if s.mails == nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	for _, mail := range mails {
		if err := s.mails.Send(ctx, mail); err != nil {
			s.log.ErrorContext(ctx, "a mail was not sent", "subject", mail.Subject, "error", err)
		}
	}
}

var errNoUnit = errors.New("a mail belongs to a unit of work: there is none")

type outbox struct{ session }

// Enqueue implements ports.Outbox. Outside of a unit of work it is an error.
func (o outbox) Enqueue(_ context.Context, mail domain.Mail) error {
	if o.unit == nil {
		return errNoUnit
	}
	o.unit.mails = append(o.unit.mails, mail)
	return nil
}
