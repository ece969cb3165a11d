package gormdb

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/domain"
)

// skipLocked is nothing in SQLite.
var skipLocked = clause.Locking{Strength: clause.LockingStrengthUpdate, Options: clause.LockingOptionsSkipLocked}

var errNoUnit = errors.New("a mail belongs to a unit of work: there is none")

type outbox struct{ session }

// Enqueue implements ports.Outbox.
func (o outbox) Enqueue(ctx context.Context, mail *domain.OutgoingMail) error {
	if o.unit == nil {
		return errNoUnit
	}
	row, err := newOutboxRow(mail)
	if err != nil {
		return err
	}
	if err := o.query(ctx).Create(row).Error; err != nil {
		return o.failed(ctx, err, "add a mail to the outbox")
	}
	o.unit.mails = true
	return nil
}

// Lease implements ports.Outbox. Of several that ask at once each gets another
// mail: what one has locked, the others skip. In SQLite one comes after the other.
func (o outbox) Lease(ctx context.Context, now, until time.Time) (*domain.OutgoingMail, error) {
	at := timestampOf(now)
	due := o.query(ctx).Model(&outboxRow{}).Select("id").
		Where("parked_at IS NULL AND next_attempt_at <= ? AND (leased_until IS NULL OR leased_until <= ?)", at, at).
		Order("next_attempt_at, id").Limit(1).Clauses(skipLocked)
	var rows []outboxRow
	err := o.query(ctx).Raw("UPDATE outbox SET attempts = attempts + 1, leased_until = ? WHERE id = (?) RETURNING *", timestampOf(until), due).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return nil, o.failed(ctx, err, "take a mail from the outbox")
	}
	return rows[0].mail()
}

// Settle implements ports.Outbox. The number of the attempt tells whether the
// lease is still the caller's.
func (o outbox) Settle(ctx context.Context, mail *domain.OutgoingMail) error {
	row, err := newOutboxRow(mail)
	if err != nil {
		return err
	}
	done := o.query(ctx).Model(&outboxRow{}).Where("id = ? AND attempts = ?", row.ID, row.Attempts).Updates(map[string]any{
		"next_attempt_at": row.NextAttemptAt, "leased_until": nil, "parked_at": row.ParkedAt, "last_error": row.LastError, "reached": row.Reached,
	})
	return o.changed(ctx, done, "store what became of mail %s", mail.ID)
}

// Remove implements ports.Outbox.
func (o outbox) Remove(ctx context.Context, id uuid.UUID) error {
	err := o.query(ctx).Where("id = ?", key(id)).Delete(&outboxRow{}).Error
	return o.failed(ctx, err, "remove mail %s from the outbox", id)
}

// RemoveTo implements ports.Outbox.
func (o outbox) RemoveTo(ctx context.Context, address string) error {
	var where conditions
	where.text("receiver", &address)
	err := o.query(ctx).Clauses(where.clause()).Delete(&outboxRow{}).Error
	return o.failed(ctx, err, "remove the mails to somebody from the outbox")
}

// List implements ports.Outbox.
func (o outbox) List(ctx context.Context) ([]*domain.OutgoingMail, error) {
	var rows []outboxRow
	err := o.query(ctx).Omit("text_body", "html_body").Order("created_at, id").Find(&rows).Error
	if err != nil {
		return nil, o.failed(ctx, err, "list the outbox")
	}
	mails := make([]*domain.OutgoingMail, len(rows))
	for i, row := range rows {
		if mails[i], err = row.mail(); err != nil {
			return nil, err
		}
	}
	return mails, nil
}

// Retry implements ports.Outbox.
func (o outbox) Retry(ctx context.Context, id uuid.UUID, at, giveUpAt time.Time) error {
	done := o.query(ctx).Model(&outboxRow{}).Where("id = ?", key(id)).Updates(map[string]any{
		"next_attempt_at": timestampOf(at), "give_up_at": timestampOf(giveUpAt), "parked_at": nil,
	})
	return o.changed(ctx, done, "retry mail %s", id)
}

// State implements ports.Outbox.
func (o outbox) State(ctx context.Context) (domain.OutboxState, error) {
	var found struct {
		Waiting, Parked int
		Oldest          *timestamp
	}
	err := o.query(ctx).Raw(`SELECT count(*) - count(parked_at) AS waiting, count(parked_at) AS parked,
		min(CASE WHEN parked_at IS NULL THEN created_at END) AS oldest FROM outbox`).Scan(&found).Error
	if err != nil {
		return domain.OutboxState{}, o.failed(ctx, err, "count the outbox")
	}
	return domain.OutboxState{Waiting: found.Waiting, Parked: found.Parked, OldestWaiting: found.Oldest.time()}, nil
}

func newOutboxRow(m *domain.OutgoingMail) (*outboxRow, error) {
	headers, err := json.Marshal(m.Headers)
	if err != nil {
		return nil, wrap(err, "encode the headers of mail %s", m.ID)
	}
	reached, err := json.Marshal(m.Reached)
	if err != nil {
		return nil, wrap(err, "encode whom mail %s has reached", m.ID)
	}
	return &outboxRow{
		ID: key(m.ID), Receiver: m.To, CopySupport: m.CopySupport, Subject: m.Subject, Headers: headers, TextBody: m.Text, HTMLBody: m.HTML,
		CreatedAt: timestampOf(m.CreatedAt), Attempts: m.Attempts, NextAttemptAt: timestampOf(m.NextAttemptAt), LeasedUntil: timestampOrNil(m.LeasedUntil),
		GiveUpAt: timestampOf(m.GiveUpAt), ParkedAt: timestampOrNil(m.ParkedAt), LastError: m.LastError, Reached: reached,
	}, nil
}

func (r outboxRow) mail() (*domain.OutgoingMail, error) {
	m := &domain.OutgoingMail{
		ID:        uuid.UUID(r.ID),
		Mail:      domain.Mail{To: r.Receiver, Subject: r.Subject, CopySupport: r.CopySupport, Text: r.TextBody, HTML: r.HTMLBody},
		CreatedAt: r.CreatedAt.Time, Attempts: r.Attempts, NextAttemptAt: r.NextAttemptAt.Time, LeasedUntil: r.LeasedUntil.time(),
		GiveUpAt: r.GiveUpAt.Time, ParkedAt: r.ParkedAt.time(), LastError: r.LastError,
	}
	if err := json.Unmarshal(r.Headers, &m.Headers); err != nil {
		return nil, wrap(err, "read the headers of mail %s", m.ID)
	}
	return m, wrap(json.Unmarshal(r.Reached, &m.Reached), "read whom mail %s has reached", m.ID)
}
