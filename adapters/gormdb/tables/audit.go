package tables

import (
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// AuditEvent is a change of a resource, in the transaction of which the row was added. Rows
// are never changed, but for the columns that name people who were removed.
type AuditEvent struct {
	ID        Key       `gorm:"primaryKey;not null;index:audit_event_resource_idx,priority:4"`
	At        Timestamp `gorm:"not null;index:audit_event_resource_idx,priority:3"`
	ActorRole string    `gorm:"type:text;not null"`
	// ActorSub and ActorIss are nil for the operator and the system.
	ActorSub *string `gorm:"type:text;index:audit_event_actor_idx,priority:1,where:actor_sub IS NOT NULL"`
	ActorIss *string `gorm:"type:text;index:audit_event_actor_idx,priority:2"`
	// Action is the id of the operation or job.
	Action       string  `gorm:"type:text;not null"`
	ResourceType string  `gorm:"type:text;not null;index:audit_event_resource_idx,priority:1"`
	ResourceID   Key     `gorm:"not null;index:audit_event_resource_idx,priority:2"`
	Reason       *string `gorm:"type:text"`
	RequestID    *string `gorm:"type:text"`
}

// TableName implements GORM's Tabler.
func (AuditEvent) TableName() string { return "audit_event" }

// NewAuditEvent converts an event.
func NewAuditEvent(e domain.Event) AuditEvent {
	row := AuditEvent{
		ID: Key(e.ID), At: TimestampOf(e.At), ActorRole: string(e.Role), Action: e.Action,
		ResourceType: string(e.Resource), ResourceID: Key(e.ResourceID), Reason: TextOrNil(e.Reason), RequestID: TextOrNil(e.RequestID),
	}
	if e.Actor != nil {
		row.ActorSub, row.ActorIss = &e.Actor.Subject, &e.Actor.Issuer
	}
	return row
}

// Entity converts the row.
func (r AuditEvent) Entity() domain.Event {
	e := domain.Event{
		ID: uuid.UUID(r.ID), At: r.At.Time, Role: domain.Role(r.ActorRole), Action: r.Action,
		Resource: domain.Resource(r.ResourceType), ResourceID: uuid.UUID(r.ResourceID),
		Reason: TextOf(r.Reason), RequestID: TextOf(r.RequestID),
	}
	if r.ActorSub != nil && r.ActorIss != nil {
		e.Actor = &domain.UserID{Subject: *r.ActorSub, Issuer: *r.ActorIss}
	}
	return e
}

// IdempotencyKey is a key that a client gave a request, with the answer to the request.
type IdempotencyKey struct {
	// Name is the key as the client chose it.
	Name      string    `gorm:"type:text;primaryKey;not null"`
	CreatedAt Timestamp `gorm:"not null;autoCreateTime:false;index:idempotency_key_created_idx"`
	// Fingerprint is a hash of the request.
	Fingerprint string `gorm:"type:text;not null"`
	// The person who sent the request.
	UploaderSub string `gorm:"type:text;not null;index:idempotency_key_uploader_idx,priority:1"`
	UploaderIss string `gorm:"type:text;not null;index:idempotency_key_uploader_idx,priority:2"`
	Status      int    `gorm:"type:integer;not null"`
	// Location is the header of the answer, nil if it has none.
	Location *string `gorm:"type:text"`
	// Body is the answer's; nil if it was too long to be kept.
	Body *string `gorm:"type:text"`
}

// TableName implements GORM's Tabler.
func (IdempotencyKey) TableName() string { return "idempotency_key" }
