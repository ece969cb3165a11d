package domain

import (
	"time"

	"github.com/google/uuid"
)

// Mail is a message to a person about something that the person submitted.
type Mail struct {
	To      string
	Subject string
	// CopySupport asks for a copy to the support's addresses.
	CopySupport bool
	// Headers are additional headers, for example Resource-ID.
	Headers map[string]string
	// Text and HTML have the same content.
	Text string
	HTML string
}

// MailPatience is how long attempts at a mail go on before the mail is parked.
const MailPatience = 48 * time.Hour

// OutgoingMail is a mail in the outbox with the state of its delivery. It leaves the
// outbox when all its addresses have it.
type OutgoingMail struct {
	// ID is part of the mail's Message-ID: a receiver who gets the mail twice can see that
	// both are the same mail.
	ID uuid.UUID
	Mail
	CreatedAt time.Time
	// Attempts is the number of attempts that were started.
	Attempts int
	// NextAttemptAt is when the mail is due.
	NextAttemptAt time.Time
	// LeasedUntil is set during an attempt: until then no other sender may start one.
	LeasedUntil *time.Time
	// GiveUpAt is when the last attempt is made.
	GiveUpAt time.Time
	// ParkedAt is set if no further attempt is made until an operator asks for it.
	ParkedAt *time.Time
	// LastError is one line, empty if no attempt has failed.
	LastError string
	// Reached are the addresses that have the mail already.
	Reached []string
}

// OutboxState counts the mails in the outbox.
type OutboxState struct {
	Waiting int
	Parked  int
	// OldestWaiting is when the oldest waiting mail was written, nil if no mail waits.
	OldestWaiting *time.Time
}
