package service

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Outbox are the use cases of those who look after the mails.
type Outbox struct {
	storage ports.Storage
	clock   ports.Clock
}

// NewOutbox is for programs that need none of the other services.
func NewOutbox(storage ports.Storage, clock ports.Clock) *Outbox {
	return &Outbox{storage: storage, clock: clock}
}

// List returns all mails that are not sent yet, without their texts, the oldest
// first.
func (o *Outbox) List(ctx context.Context) ([]*domain.OutgoingMail, error) {
	return o.storage.Repos().Outbox.List(ctx)
}

// State counts the mails that are not sent yet.
func (o *Outbox) State(ctx context.Context) (domain.OutboxState, error) {
	return o.storage.Repos().Outbox.State(ctx)
}

// Retry makes these mails due now, parked or not, and gives them their whole
// time again. All or none: NotFound names one that is not in the outbox.
func (o *Outbox) Retry(ctx context.Context, ids []uuid.UUID) error {
	return o.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		for _, id := range ids {
			if err := o.retry(ctx, r, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// TryRetry tells what Retry would, and changes nothing.
func (o *Outbox) TryRetry(ctx context.Context, ids []uuid.UUID) error {
	there, err := o.IDs(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !slices.Contains(there, id) {
			return noSuchMail(id)
		}
	}
	return nil
}

// IDs are those of all mails that are not sent yet, the oldest first.
func (o *Outbox) IDs(ctx context.Context) ([]uuid.UUID, error) {
	mails, err := o.List(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(mails))
	for i, mail := range mails {
		ids[i] = mail.ID
	}
	return ids, nil
}

// RetryAll is Retry of all there are, and tells which.
func (o *Outbox) RetryAll(ctx context.Context) (retried []uuid.UUID, err error) {
	err = o.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		retried = nil
		mails, err := r.Outbox.List(ctx)
		if err != nil {
			return err
		}
		for _, mail := range mails {
			err := o.retry(ctx, r, mail.ID)
			switch {
			case domain.KindOf(err) == domain.NotFound: // sent meanwhile
			case err != nil:
				return err
			default:
				retried = append(retried, mail.ID)
			}
		}
		return nil
	})
	return retried, err
}

func (o *Outbox) retry(ctx context.Context, r ports.Repos, id uuid.UUID) error {
	now := o.clock.Now()
	err := r.Outbox.Retry(ctx, id, now, now.Add(mailPatience))
	if errors.Is(err, ports.ErrNotFound) {
		return noSuchMail(id)
	}
	return err
}

func noSuchMail(id uuid.UUID) error {
	return domain.NotFoundf("There is no mail %s in the outbox: it was sent, or never there", id)
}
