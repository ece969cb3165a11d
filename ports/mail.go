package ports

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// MailSender hands mails over to a mail server.
type MailSender interface {
	// Send sends the mail to every address that is not in mail.Reached, and returns the
	// addresses that the mail server accepted. An error may come with addresses, because
	// a server may accept some addresses and refuse others.
	//
	// Errors: *MailRefusedError if an address will never get the mail, *MailServerError
	// if the server accepts no mail at all at present; any other error concerns this mail
	// and may pass. If one address is refused for good and another for now, the error is
	// the one for now.
	Send(ctx context.Context, mail *domain.OutgoingMail) (reached []string, err error)
}

// MailRefusedError means that the mail server will never accept the mail for an address:
// another attempt is of no use.
type MailRefusedError struct{ Cause error }

// Error returns the reason.
func (e *MailRefusedError) Error() string { return e.Cause.Error() }

// Unwrap returns the reason.
func (e *MailRefusedError) Unwrap() error { return e.Cause }

// MailServerError means that no mail can be sent at present, whatever its content: the
// server does not answer, or refuses the connection or the login.
type MailServerError struct {
	Cause error
	// MayHaveSent is true if the server got the whole mail, and its answer was lost: each
	// further attempt may send the mail again.
	MayHaveSent bool
}

// Error returns the reason.
func (e *MailServerError) Error() string { return e.Cause.Error() }

// Unwrap returns the reason.
func (e *MailServerError) Unwrap() error { return e.Cause }

// Outbox stores mails until they are sent.
type Outbox interface {
	// Enqueue adds a mail in a unit of work. The mail is sent after the commit; without
	// a commit it is not sent. Outside of a unit of work Enqueue returns an error.
	Enqueue(ctx context.Context, mail *domain.OutgoingMail) error
	// EnqueueAll is Enqueue for several mails.
	EnqueueAll(ctx context.Context, mails []*domain.OutgoingMail) error
	// Lease returns the mail that has been due for the longest time, adds one to its
	// attempts, and reserves it for the caller until the given time. ErrNotFound if no
	// mail is due.
	Lease(ctx context.Context, now, until time.Time) (*domain.OutgoingMail, error)
	// Settle stores the outcome of an attempt (the time of the next one, the error, the
	// addresses reached, whether the mail is parked) and ends the lease. ErrNotFound if
	// the mail was removed, or the lease has ended and another caller has the mail.
	Settle(ctx context.Context, mail *domain.OutgoingMail) error
	// Remove removes a mail that was sent. It is idempotent.
	Remove(ctx context.Context, id uuid.UUID) error
	// RemoveTo removes mails to an address, leased and parked ones too, at most limit, and
	// returns their number.
	RemoveTo(ctx context.Context, address string, limit int) (int, error)
	// List returns all mails without their texts, the oldest first.
	List(ctx context.Context) ([]*domain.OutgoingMail, error)
	// Retry makes a mail, parked or not, due at the time, and sets the time of the last
	// attempt. Error: ErrNotFound.
	Retry(ctx context.Context, id uuid.UUID, at, giveUpAt time.Time) error
	// State counts the mails.
	State(ctx context.Context) (domain.OutboxState, error)
}
