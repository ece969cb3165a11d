package domain

import (
	"time"

	"github.com/google/uuid"
)

// Session is what the server remembers of one browser. Its contents are sealed: only the
// server's key opens them.
type Session struct {
	// Hash is made of the token in the browser's cookie. The token itself is not stored.
	Hash string
	// ID names the session for people. It does not open the session.
	ID uuid.UUID
	// Person is who has logged in, nil if nobody has.
	Person    *UserID
	CreatedAt time.Time
	// SeenAt is about when the browser last sent a request.
	SeenAt time.Time
	// ExpiresAt is when the session ends, however often it is used.
	ExpiresAt time.Time
	// Slot distinguishes the sessions of one person, from 1. It is 0 if nobody has logged in.
	Slot int
	// Data is sealed.
	Data string
	// Tokens are those of the identity provider, sealed; empty if nobody has logged in.
	Tokens string
	// TokensVersion counts the changes of Tokens.
	TokensVersion int64
}
