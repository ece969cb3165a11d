package domain

import "time"

// AuditEntry is an event in the audit trail. The hash of an entry is calculated from the
// entry and from the hash of the entry before it.
type AuditEntry struct {
	Event
	// Seq is the place of the entry in the trail, from 1.
	Seq int64
	// The entry's hash is calculated from the seals of these texts, so that the texts can
	// be removed.
	ActorSeal, AddressSeal, ReasonSeal, ChangesSeal Seal
	// Hash is in hexadecimal digits.
	Hash string
}

// Seal is the salted hash of a text that may be removed. Without a text it is zero. After the
// text was removed, the hash alone is left: without the salt nobody can try out what it was.
type Seal struct{ Hash, Salt string }

// AuditHead is the end of the audit trail, or a place in it: the entry at Seq has the hash.
// The head of an empty trail is zero.
type AuditHead struct {
	Seq  int64
	Hash string
}

// CheckpointKind is the reason for a checkpoint.
type CheckpointKind string

// The kinds of checkpoints.
const (
	// DailyCheckpoint is the end of the trail at some time of a day.
	DailyCheckpoint CheckpointKind = "daily"
	// RetentionCheckpoint is the last entry that was removed because of its age.
	RetentionCheckpoint CheckpointKind = "retention"
)

// AuditCheckpoint is a head of the trail that was signed.
type AuditCheckpoint struct {
	AuditHead

	Kind CheckpointKind
	At   time.Time
	// Key identifies the public key: the first 16 hexadecimal digits of its SHA-256.
	Key string
	// Signature is that of Ed25519, in base64.
	Signature string
}
