package tables

import (
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// AuditEvent is an event that waits to become an entry of the audit trail. Its row was added
// in the transaction of the change. The table has no index but that of its key: it is short,
// and every upload adds a row.
type AuditEvent struct {
	ID        Key       `gorm:"primaryKey;not null"`
	At        Timestamp `gorm:"not null"`
	ActorRole string    `gorm:"type:text;not null"`
	// ActorSub and ActorIss are nil for the operator and the system.
	ActorSub *string `gorm:"type:text"`
	ActorIss *string `gorm:"type:text"`
	// Action is the id of the operation or job.
	Action       string `gorm:"type:text;not null"`
	ResourceType string `gorm:"type:text;not null"`
	// ResourceID is the zero UUID for what has no id.
	ResourceID Key     `gorm:"not null"`
	Reason     *string `gorm:"type:text"`
	RequestID  *string `gorm:"type:text"`
	Address    *string `gorm:"type:text"`
	// Changes is a JSON Patch. It is stored as it was hashed, byte for byte.
	Changes *string `gorm:"type:text"`
}

// TableName implements GORM's Tabler.
func (AuditEvent) TableName() string { return "audit_event" }

// NewAuditEvent converts an event.
func NewAuditEvent(e domain.Event) AuditEvent {
	row := AuditEvent{
		ID: Key(e.ID), At: TimestampOf(e.At), ActorRole: string(e.Role), Action: e.Action,
		ResourceType: string(e.Resource), ResourceID: Key(e.ResourceID), Reason: TextOrNil(e.Reason), RequestID: TextOrNil(e.RequestID),
		Address: TextOrNil(e.Address), Changes: TextOrNil(e.Changes),
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
		Reason: TextOf(r.Reason), RequestID: TextOf(r.RequestID), Address: TextOf(r.Address), Changes: TextOf(r.Changes),
	}
	if r.ActorSub != nil && r.ActorIss != nil {
		e.Actor = &domain.UserID{Subject: *r.ActorSub, Issuer: *r.ActorIss}
	}
	return e
}

// AuditEntry is an entry of the audit trail. Rows are only added, but texts with a seal can be
// removed, together with their salt.
type AuditEntry struct {
	Seq       int64     `gorm:"type:bigint;primaryKey;autoIncrement:false;not null;index:audit_entry_resource_idx,priority:3"`
	ID        Key       `gorm:"not null"`
	At        Timestamp `gorm:"not null"`
	ActorRole string    `gorm:"type:text;not null"`
	ActorSub  *string   `gorm:"type:text;index:audit_entry_actor_idx,priority:1,where:actor_sub IS NOT NULL"`
	ActorIss  *string   `gorm:"type:text;index:audit_entry_actor_idx,priority:2"`
	Action    string    `gorm:"type:text;not null"`

	ResourceType string  `gorm:"type:text;not null;index:audit_entry_resource_idx,priority:1"`
	ResourceID   Key     `gorm:"not null;index:audit_entry_resource_idx,priority:2"`
	Reason       *string `gorm:"type:text"`
	RequestID    *string `gorm:"type:text"`
	Address      *string `gorm:"type:text"`
	Changes      *string `gorm:"type:text"`
	// The hashes and salts are nil where the text is. A text that was removed has a hash only.
	ActorHash   *string `gorm:"type:text"`
	ActorSalt   *string `gorm:"type:text"`
	AddressHash *string `gorm:"type:text"`
	AddressSalt *string `gorm:"type:text"`
	ReasonHash  *string `gorm:"type:text"`
	ReasonSalt  *string `gorm:"type:text"`
	ChangesHash *string `gorm:"type:text"`
	ChangesSalt *string `gorm:"type:text"`
	Hash        string  `gorm:"type:text;not null"`
}

// TableName implements GORM's Tabler.
func (AuditEntry) TableName() string { return "audit_entry" }

// NewAuditEntry converts an entry.
func NewAuditEntry(e domain.AuditEntry) AuditEntry {
	event := NewAuditEvent(e.Event)
	return AuditEntry{
		Seq: e.Seq, ID: event.ID, At: event.At, ActorRole: event.ActorRole, ActorSub: event.ActorSub, ActorIss: event.ActorIss,
		Action: event.Action, ResourceType: event.ResourceType, ResourceID: event.ResourceID, Reason: event.Reason,
		RequestID: event.RequestID, Address: event.Address, Changes: event.Changes,
		ActorHash: TextOrNil(e.ActorSeal.Hash), ActorSalt: TextOrNil(e.ActorSeal.Salt),
		AddressHash: TextOrNil(e.AddressSeal.Hash), AddressSalt: TextOrNil(e.AddressSeal.Salt),
		ReasonHash: TextOrNil(e.ReasonSeal.Hash), ReasonSalt: TextOrNil(e.ReasonSeal.Salt),
		ChangesHash: TextOrNil(e.ChangesSeal.Hash), ChangesSalt: TextOrNil(e.ChangesSeal.Salt), Hash: e.Hash,
	}
}

// Event returns the columns of the event that the entry is about.
func (r AuditEntry) Event() AuditEvent {
	return AuditEvent{
		ID: r.ID, At: r.At, ActorRole: r.ActorRole, ActorSub: r.ActorSub, ActorIss: r.ActorIss, Action: r.Action,
		ResourceType: r.ResourceType, ResourceID: r.ResourceID, Reason: r.Reason, RequestID: r.RequestID, Address: r.Address,
		Changes: r.Changes,
	}
}

// Entity converts the row.
func (r AuditEntry) Entity() domain.AuditEntry {
	seal := func(hash, salt *string) domain.Seal { return domain.Seal{Hash: TextOf(hash), Salt: TextOf(salt)} }
	return domain.AuditEntry{
		Event: r.Event().Entity(), Seq: r.Seq, Hash: r.Hash,
		ActorSeal: seal(r.ActorHash, r.ActorSalt), AddressSeal: seal(r.AddressHash, r.AddressSalt),
		ReasonSeal: seal(r.ReasonHash, r.ReasonSalt), ChangesSeal: seal(r.ChangesHash, r.ChangesSalt),
	}
}

// AuditHead is the one row that says where the audit trail ends. Whoever appends entries
// locks it.
type AuditHead struct {
	// Name is always AuditHeadName.
	Name string `gorm:"type:text;primaryKey;not null"`
	Seq  int64  `gorm:"type:bigint;not null"`
	// Hash is empty for an empty trail.
	Hash string `gorm:"type:text;not null"`
}

// AuditHeadName is the key of the one row.
const AuditHeadName = "trail"

// TableName implements GORM's Tabler.
func (AuditHead) TableName() string { return "audit_head" }

// AuditCheckpoint is a signed place of the audit trail.
type AuditCheckpoint struct {
	Kind      string    `gorm:"type:text;primaryKey;not null"`
	Seq       int64     `gorm:"type:bigint;primaryKey;autoIncrement:false;not null"`
	Hash      string    `gorm:"type:text;not null"`
	At        Timestamp `gorm:"not null"`
	KeyID     string    `gorm:"type:text;not null"`
	Signature string    `gorm:"type:text;not null"`
}

// TableName implements GORM's Tabler.
func (AuditCheckpoint) TableName() string { return "audit_checkpoint" }

// NewAuditCheckpoint converts a checkpoint.
func NewAuditCheckpoint(c domain.AuditCheckpoint) AuditCheckpoint {
	return AuditCheckpoint{
		Kind: string(c.Kind), Seq: c.Seq, Hash: c.Hash, At: TimestampOf(c.At), KeyID: c.Key, Signature: c.Signature,
	}
}

// Entity converts the row.
func (r AuditCheckpoint) Entity() domain.AuditCheckpoint {
	return domain.AuditCheckpoint{
		AuditHead: domain.AuditHead{Seq: r.Seq, Hash: r.Hash}, Kind: domain.CheckpointKind(r.Kind), At: r.At.Time,
		Key: r.KeyID, Signature: r.Signature,
	}
}

// DailyUse counts what a person did on a day, for the quotas.
type DailyUse struct {
	Sub string `gorm:"type:text;primaryKey;not null"`
	Iss string `gorm:"type:text;primaryKey;not null"`
	// Kind is the name of the quota, Day a date in UTC as YYYY-MM-DD.
	Kind string `gorm:"type:text;primaryKey;not null"`
	Day  string `gorm:"type:text;primaryKey;not null"`
	Used int64  `gorm:"type:bigint;not null"`
}

// TableName implements GORM's Tabler.
func (DailyUse) TableName() string { return "daily_use" }
