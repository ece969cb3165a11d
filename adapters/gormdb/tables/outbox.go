package tables

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// OutgoingMail is a mail that is not sent yet.
type OutgoingMail struct {
	ID          Key      `gorm:"primaryKey;not null;index:outbox_next_attempt_idx,priority:2"`
	Receiver    string   `gorm:"type:text;not null"`
	CopySupport Flag     `gorm:"type:boolean;not null"`
	Subject     string   `gorm:"type:text;not null"`
	Headers     Document `gorm:"type:json;not null"`
	TextBody    string   `gorm:"type:text;not null"`
	// HTMLBody has the same content as TextBody.
	HTMLBody      string    `gorm:"column:html_body;type:text;not null"`
	CreatedAt     Timestamp `gorm:"not null"`
	Attempts      int       `gorm:"type:integer;not null"`
	NextAttemptAt Timestamp `gorm:"not null;index:outbox_next_attempt_idx,priority:1,where:parked_at IS NULL"`
	LeasedUntil   *Timestamp
	GiveUpAt      Timestamp `gorm:"not null"`
	ParkedAt      *Timestamp
	LastError     string   `gorm:"type:text;not null"`
	Reached       Document `gorm:"type:json;not null"`
}

// TableName implements GORM's Tabler.
func (OutgoingMail) TableName() string { return "outbox" }

// NewOutgoingMail converts a mail.
func NewOutgoingMail(m *domain.OutgoingMail) (*OutgoingMail, error) {
	headers, err := json.Marshal(m.Headers)
	if err != nil {
		return nil, fmt.Errorf("encode the headers of mail %s: %w", m.ID, err)
	}
	reached, err := json.Marshal(m.Reached)
	if err != nil {
		return nil, fmt.Errorf("encode the addresses that mail %s has reached: %w", m.ID, err)
	}
	return &OutgoingMail{
		ID: Key(m.ID), Receiver: m.To, CopySupport: Flag(m.CopySupport), Subject: m.Subject, Headers: headers, TextBody: m.Text, HTMLBody: m.HTML,
		CreatedAt: TimestampOf(m.CreatedAt), Attempts: m.Attempts, NextAttemptAt: TimestampOf(m.NextAttemptAt),
		LeasedUntil: TimestampOrNil(m.LeasedUntil), GiveUpAt: TimestampOf(m.GiveUpAt), ParkedAt: TimestampOrNil(m.ParkedAt),
		LastError: m.LastError, Reached: reached,
	}, nil
}

// Entity converts the row.
func (r OutgoingMail) Entity() (*domain.OutgoingMail, error) {
	m := &domain.OutgoingMail{
		ID:        uuid.UUID(r.ID),
		Mail:      domain.Mail{To: r.Receiver, Subject: r.Subject, CopySupport: bool(r.CopySupport), Text: r.TextBody, HTML: r.HTMLBody},
		CreatedAt: r.CreatedAt.Time, Attempts: r.Attempts, NextAttemptAt: r.NextAttemptAt.Time, LeasedUntil: r.LeasedUntil.TimeOrNil(),
		GiveUpAt: r.GiveUpAt.Time, ParkedAt: r.ParkedAt.TimeOrNil(), LastError: r.LastError,
	}
	if err := json.Unmarshal(r.Headers, &m.Headers); err != nil {
		return nil, fmt.Errorf("read the headers of mail %s: %w", m.ID, err)
	}
	if err := json.Unmarshal(r.Reached, &m.Reached); err != nil {
		return nil, fmt.Errorf("read the addresses that mail %s has reached: %w", m.ID, err)
	}
	return m, nil
}
