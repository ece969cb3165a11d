package domain

import (
	"time"

	"github.com/google/uuid"
)

// Mail is a message to a person about something of theirs.
type Mail struct {
	To      string
	Subject string
	// CopySupport asks for a copy to the support's addresses.
	CopySupport bool
	// Headers are additional ones, for example Resource-ID.
	Headers map[string]string
	// Text and HTML say the same.
	Text string
	HTML string
}

// MailPatience is how long a mail is tried before it is parked.
const MailPatience = 48 * time.Hour

// OutgoingMail is a mail in the outbox, with what happened to it so far. It
// leaves the outbox when everybody whom it is for has it.
type OutgoingMail struct {
	// ID is also what the mail's Message-ID is made of: who gets it twice can see
	// that it is the same.
	ID uuid.UUID
	Mail
	CreatedAt time.Time
	// Attempts counts those that were begun.
	Attempts int
	// NextAttemptAt is when it is due.
	NextAttemptAt time.Time
	// LeasedUntil is set while somebody attempts to send it: nobody else may
	// until then.
	LeasedUntil *time.Time
	// GiveUpAt is when the last attempt is made.
	GiveUpAt time.Time
	// ParkedAt is set when nothing more is attempted, until somebody asks for it.
	ParkedAt *time.Time
	// LastError is one line, empty if nothing went wrong yet.
	LastError string
	// Reached are the addresses that have the mail already.
	Reached []string
}

// OutboxState is how much there is in the outbox.
type OutboxState struct {
	Waiting int
	Parked  int
	// OldestWaiting is when the oldest mail that waits was written, nil if none waits.
	OldestWaiting *time.Time
}
