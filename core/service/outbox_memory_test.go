package service_test

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// outbox is the world's, for one at a time.
type outbox struct{ w *world }

func (o outbox) index(id uuid.UUID) int {
	return slices.IndexFunc(o.w.mails, func(m *domain.OutgoingMail) bool { return m.ID == id })
}
func (o outbox) Enqueue(_ context.Context, m *domain.OutgoingMail) error {
	o.w.mails = append(o.w.mails, m)
	return nil
}
func (o outbox) Lease(_ context.Context, now, until time.Time) (*domain.OutgoingMail, error) {
	var due []*domain.OutgoingMail
	for _, m := range o.w.mails {
		if m.ParkedAt == nil && !m.NextAttemptAt.After(now) && (m.LeasedUntil == nil || !m.LeasedUntil.After(now)) {
			due = append(due, m)
		}
	}
	if len(due) == 0 {
		return nil, ports.ErrNotFound
	}
	m := slices.MinFunc(due, func(a, b *domain.OutgoingMail) int {
		return cmp.Or(a.NextAttemptAt.Compare(b.NextAttemptAt), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	m.Attempts, m.LeasedUntil = m.Attempts+1, &until
	leased := *m
	return &leased, nil
}
func (o outbox) Settle(_ context.Context, m *domain.OutgoingMail) error {
	i := o.index(m.ID)
	if i < 0 || o.w.mails[i].Attempts != m.Attempts {
		return ports.ErrNotFound
	}
	settled := *m
	settled.LeasedUntil = nil
	o.w.mails[i] = &settled
	return nil
}
func (o outbox) Remove(_ context.Context, id uuid.UUID) error {
	o.w.mails = slices.DeleteFunc(o.w.mails, func(m *domain.OutgoingMail) bool { return m.ID == id })
	return nil
}
func (o outbox) RemoveTo(_ context.Context, address string) error {
	o.w.mails = slices.DeleteFunc(o.w.mails, func(m *domain.OutgoingMail) bool { return m.To == address })
	return nil
}
func (o outbox) List(context.Context) ([]*domain.OutgoingMail, error) {
	return slices.Clone(o.w.mails), nil
}
func (o outbox) Retry(_ context.Context, id uuid.UUID, at, giveUpAt time.Time) error {
	i := o.index(id)
	if i < 0 {
		return ports.ErrNotFound
	}
	o.w.mails[i].NextAttemptAt, o.w.mails[i].GiveUpAt, o.w.mails[i].ParkedAt = at, giveUpAt, nil
	return nil
}
func (o outbox) State(context.Context) (domain.OutboxState, error) {
	return domain.OutboxState{Waiting: len(o.w.mails)}, nil
}
