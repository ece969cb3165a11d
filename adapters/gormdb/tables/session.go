package tables

import (
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// BrowserSession is the session of a browser. Data and Tokens are sealed.
type BrowserSession struct {
	TokenHash string    `gorm:"type:text;primaryKey;not null"`
	ID        Key       `gorm:"not null;uniqueIndex:browser_session_id_key"`
	Sub       *string   `gorm:"type:text;uniqueIndex:browser_session_person_key,priority:1"`
	Iss       *string   `gorm:"type:text;uniqueIndex:browser_session_person_key,priority:2"`
	Slot      *int      `gorm:"type:integer;uniqueIndex:browser_session_person_key,priority:3"`
	CreatedAt Timestamp `gorm:"not null"`
	SeenAt    Timestamp `gorm:"not null;index:browser_session_seen_idx"`
	ExpiresAt Timestamp `gorm:"not null;index:browser_session_expires_idx"`
	Data      string    `gorm:"type:text;not null"`
	Tokens    string    `gorm:"type:text;not null"`
	// TokensVersion counts the changes of Tokens.
	TokensVersion int64 `gorm:"type:bigint;not null"`
	// RefreshingUntil is how long another server may take to renew Tokens.
	RefreshingUntil *Timestamp
}

// TableName implements GORM's Tabler.
func (BrowserSession) TableName() string { return "browser_session" }

// NewBrowserSession converts a session.
func NewBrowserSession(s *domain.Session) BrowserSession {
	row := BrowserSession{
		TokenHash: s.Hash, ID: Key(s.ID), CreatedAt: TimestampOf(s.CreatedAt), SeenAt: TimestampOf(s.SeenAt),
		ExpiresAt: TimestampOf(s.ExpiresAt), Data: s.Data, Tokens: s.Tokens, TokensVersion: s.TokensVersion,
	}
	if s.Person != nil {
		row.Sub, row.Iss, row.Slot = &s.Person.Subject, &s.Person.Issuer, &s.Slot
	}
	return row
}

// Entity converts the row.
func (r BrowserSession) Entity() *domain.Session {
	s := &domain.Session{
		Hash: r.TokenHash, ID: uuid.UUID(r.ID), CreatedAt: r.CreatedAt.Time, SeenAt: r.SeenAt.Time, ExpiresAt: r.ExpiresAt.Time,
		Data: r.Data, Tokens: r.Tokens, TokensVersion: r.TokensVersion,
	}
	if r.Sub != nil && r.Iss != nil && r.Slot != nil {
		s.Person, s.Slot = &domain.UserID{Subject: *r.Sub, Issuer: *r.Iss}, *r.Slot
	}
	return s
}
