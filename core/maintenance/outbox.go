package maintenance

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Outbox looks after the mails that are not sent yet.
type Outbox struct {
	Storage ports.Storage
	Clock   ports.Clock
}

// List returns all mails that are not sent yet, without their texts, the oldest first.
func (o Outbox) List(ctx context.Context, caller domain.Caller) ([]*domain.OutgoingMail, error) {
	if err := caller.May(domain.ListMails); err != nil {
		return nil, err
	}
	return o.Storage.Repos().Outbox.List(ctx)
}

// mailDelay is how long a mail may wait with errors before something is wrong: longer than
// mail servers that accept no mail of a new sender at first (greylisting) need.
const mailDelay = 30 * time.Minute

// OutboxReport says whether mails leave the outbox.
type OutboxReport struct {
	Waiting, Parked int
	// Late is the oldest mail that waits too long because of an error, nil if none does.
	Late *domain.OutgoingMail
}

// Report counts the mails that are not sent yet.
func (o Outbox) Report(ctx context.Context, caller domain.Caller) (OutboxReport, error) {
	mails, err := o.List(ctx, caller)
	if err != nil {
		return OutboxReport{}, err
	}
	var report OutboxReport
	now := o.Clock.Now()
	for _, m := range mails {
		if m.ParkedAt != nil {
			report.Parked++
			continue
		}
		report.Waiting++
		if report.Late == nil && m.LastError != "" && now.Sub(m.CreatedAt) > mailDelay {
			report.Late = m
		}
	}
	return report, nil
}

// RetryMails chooses mails.
type RetryMails struct {
	// IDs are those of the mails. All must be in the outbox.
	IDs []uuid.UUID
	// All chooses all mails in the outbox instead.
	All bool
	// DryRun changes nothing.
	DryRun bool
}

// Retry makes mails due now, parked or not, and gives them their whole time again. It
// returns the ids of the mails. Either all are retried or none: NotFound names one that
// is not in the outbox.
func (o Outbox) Retry(ctx context.Context, caller domain.Caller, in RetryMails) ([]uuid.UUID, error) {
	if err := caller.May(domain.RetryMails); err != nil {
		return nil, err
	}
	if in.DryRun {
		return chosenMails(ctx, o.Storage.Repos(), in)
	}
	var retried []uuid.UUID
	err := o.Storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		ids, err := chosenMails(ctx, r, in)
		if err != nil {
			return err
		}
		if retried, err = o.retry(ctx, r, ids, in.All); err != nil || len(retried) == 0 {
			return err
		}
		return recordJob(ctx, r, o.Clock, caller, domain.RetryMails, domain.Event{
			Resource: domain.MailResource, Changes: audit.Changed(nil, audit.Fields{"retried": retried}),
		})
	})
	return retried, err
}

// chosenMails returns the ids of the mails. NotFound names one that is not in the outbox.
func chosenMails(ctx context.Context, r ports.Repos, in RetryMails) ([]uuid.UUID, error) {
	mails, err := r.Outbox.List(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(mails))
	for i, mail := range mails {
		ids[i] = mail.ID
	}
	if in.All {
		return ids, nil
	}
	for _, id := range in.IDs {
		if !slices.Contains(ids, id) {
			return nil, errNoSuchMail(id)
		}
	}
	return in.IDs, nil
}

// retry makes the mails due. A mail that was sent since it was listed is left out if
// absent mails are no error.
func (o Outbox) retry(ctx context.Context, r ports.Repos, ids []uuid.UUID, mayBeAbsent bool) (retried []uuid.UUID, err error) {
	now := o.Clock.Now()
	for _, id := range ids {
		err := r.Outbox.Retry(ctx, id, now, now.Add(domain.MailPatience))
		switch {
		case errors.Is(err, ports.ErrNotFound) && mayBeAbsent:
		case errors.Is(err, ports.ErrNotFound):
			return nil, errNoSuchMail(id)
		case err != nil:
			return nil, err
		default:
			retried = append(retried, id)
		}
	}
	return retried, nil
}

func errNoSuchMail(id uuid.UUID) error {
	return domain.NotFoundf("There is no mail %s in the outbox: it was sent, or never there", id)
}
