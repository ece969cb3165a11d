package gormdb

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
)

// skipLocked has no effect in SQLite.
var skipLocked = clause.Locking{Strength: clause.LockingStrengthUpdate, Options: clause.LockingOptionsSkipLocked}

var errNoUnitOfWork = errors.New("a mail can be added to the outbox in a unit of work only")

type outbox struct {
	session.Session

	// enqueued is set when a mail is added.
	enqueued *bool
}

// Enqueue implements ports.Outbox.
func (o outbox) Enqueue(ctx context.Context, mail *domain.OutgoingMail) error {
	return o.EnqueueAll(ctx, []*domain.OutgoingMail{mail})
}

// outboxBatch is how many rows one statement adds: a statement takes 65,535 values in
// PostgreSQL, half of that in SQLite.
const outboxBatch = 1000

// EnqueueAll implements ports.Outbox.
func (o outbox) EnqueueAll(ctx context.Context, mails []*domain.OutgoingMail) error {
	if !o.InUnitOfWork() {
		return errNoUnitOfWork
	}
	rows := make([]*tables.OutgoingMail, len(mails))
	for i, mail := range mails {
		var err error
		if rows[i], err = tables.NewOutgoingMail(mail); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(rows, outboxBatch) {
		if err := o.Query(ctx).Create(some).Error; err != nil {
			return o.Failed(ctx, err, "add mails to the outbox")
		}
	}
	*o.enqueued = *o.enqueued || len(mails) > 0
	return nil
}

// Lease implements ports.Outbox. If several senders ask at once, each gets another
// mail: a sender skips the rows that others have locked. In SQLite one sender comes
// after the other.
func (o outbox) Lease(ctx context.Context, now, until time.Time) (*domain.OutgoingMail, error) {
	at := tables.TimestampOf(now)
	due := o.Query(ctx).Model(&tables.OutgoingMail{}).Select("id").
		Where("parked_at IS NULL AND next_attempt_at <= ? AND (leased_until IS NULL OR leased_until <= ?)", at, at).
		Order("next_attempt_at, id").Limit(1).Clauses(skipLocked)
	var rows []tables.OutgoingMail
	err := o.Query(ctx).Raw("UPDATE outbox SET attempts = attempts + 1, leased_until = ? WHERE id = (?) RETURNING *",
		tables.TimestampOf(until), due).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return nil, o.Failed(ctx, err, "take a mail from the outbox")
	}
	return rows[0].Entity()
}

// Settle implements ports.Outbox. The number of the attempt tells whether the caller
// still has the lease.
func (o outbox) Settle(ctx context.Context, mail *domain.OutgoingMail) error {
	row, err := tables.NewOutgoingMail(mail)
	if err != nil {
		return err
	}
	done := o.Query(ctx).Model(&tables.OutgoingMail{}).Where("id = ? AND attempts = ?", row.ID, row.Attempts).Updates(map[string]any{
		"next_attempt_at": row.NextAttemptAt, "leased_until": nil, "parked_at": row.ParkedAt, "last_error": row.LastError, "reached": row.Reached,
	})
	return o.RequireChanged(ctx, done, "store the outcome of an attempt to send mail %s", mail.ID)
}

// Remove implements ports.Outbox.
func (o outbox) Remove(ctx context.Context, id uuid.UUID) error {
	err := o.Query(ctx).Where("id = ?", tables.Key(id)).Delete(&tables.OutgoingMail{}).Error
	return o.Failed(ctx, err, "remove mail %s from the outbox", id)
}

// RemoveTo implements ports.Outbox.
func (o outbox) RemoveTo(ctx context.Context, address string, limit int) (int, error) {
	var where query.Conditions
	where.Text("receiver", &address)
	some := o.Query(ctx).Model(&tables.OutgoingMail{}).Select("id").Clauses(where.Where()).Limit(limit)
	done := o.Query(ctx).Where("id IN (?)", some).Delete(&tables.OutgoingMail{})
	return int(done.RowsAffected), o.Failed(ctx, done.Error, "remove the mails to somebody from the outbox")
}

// List implements ports.Outbox.
func (o outbox) List(ctx context.Context) ([]*domain.OutgoingMail, error) {
	var rows []tables.OutgoingMail
	err := o.Query(ctx).Omit("text_body", "html_body").Order("created_at, id").Find(&rows).Error
	if err != nil {
		return nil, o.Failed(ctx, err, "list the outbox")
	}
	mails := make([]*domain.OutgoingMail, len(rows))
	for i, row := range rows {
		if mails[i], err = row.Entity(); err != nil {
			return nil, err
		}
	}
	return mails, nil
}

// Retry implements ports.Outbox.
func (o outbox) Retry(ctx context.Context, id uuid.UUID, at, giveUpAt time.Time) error {
	done := o.Query(ctx).Model(&tables.OutgoingMail{}).Where("id = ?", tables.Key(id)).Updates(map[string]any{
		"next_attempt_at": tables.TimestampOf(at), "give_up_at": tables.TimestampOf(giveUpAt), "parked_at": nil,
	})
	return o.RequireChanged(ctx, done, "retry mail %s", id)
}

var countOutbox = statements.Text("count_outbox")

// State implements ports.Outbox.
func (o outbox) State(ctx context.Context) (domain.OutboxState, error) {
	var found struct {
		Waiting, Parked int
		Oldest          *tables.Timestamp
	}
	if err := o.Query(ctx).Raw(countOutbox).Scan(&found).Error; err != nil {
		return domain.OutboxState{}, o.Failed(ctx, err, "count the outbox")
	}
	return domain.OutboxState{Waiting: found.Waiting, Parked: found.Parked, OldestWaiting: found.Oldest.TimeOrNil()}, nil
}
