package audit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// saltLength is in bytes.
const saltLength = 16

// Link returns the entry of an event behind the head of the trail.
func Link(head domain.AuditHead, e domain.Event) domain.AuditEntry {
	var salts [4 * saltLength]byte
	_, _ = rand.Read(salts[:]) // it never fails
	salt := func(i int) string { return hex.EncodeToString(salts[i*saltLength : (i+1)*saltLength]) }
	entry := domain.AuditEntry{
		Event: e, Seq: head.Seq + 1,
		ActorSeal: seal(actorText(e), salt(0)), AddressSeal: seal(e.Address, salt(1)),
		ReasonSeal: seal(e.Reason, salt(2)), ChangesSeal: seal(e.Changes, salt(3)),
	}
	entry.Hash = hash(head.Hash, entry)
	return entry
}

// Head is the head of a trail that ends with the entry.
func Head(e domain.AuditEntry) domain.AuditHead { return domain.AuditHead{Seq: e.Seq, Hash: e.Hash} }

// actorText is the text of an actor that is sealed: issuer and subject as a JSON array.
func actorText(e domain.Event) string {
	if e.Actor == nil {
		return ""
	}
	text := document.AppendText([]byte("["), e.Actor.Issuer)
	text = document.AppendText(append(text, ','), e.Actor.Subject)
	return string(append(text, ']'))
}

// isTombstone tells whether the text is that of the actor of entries whose actor was removed.
func isTombstone(text string) bool {
	return text == actorText(domain.Event{Actor: &domain.Tombstone})
}

func seal(text, salt string) domain.Seal {
	if text == "" {
		return domain.Seal{}
	}
	sum := sha256.Sum256([]byte(salt + text))
	return domain.Seal{Hash: hex.EncodeToString(sum[:]), Salt: salt}
}

// hash returns the SHA-256, in hexadecimal digits, over the entry's canonical form.
func hash(previous string, e domain.AuditEntry) string {
	sum := sha256.Sum256(appendCanonical(make([]byte, 0, 1024), previous, e))
	return hex.EncodeToString(sum[:])
}

// appendCanonical appends the form of RFC 8785 of the entry: an object whose members are in
// the order of their names. Members without a value are left out.
func appendCanonical(b []byte, previous string, e domain.AuditEntry) []byte {
	separator := byte('{')
	member := func(name, value string) {
		if value == "" {
			return
		}
		b = append(append(append(b, separator, '"'), name...), `":`...)
		b = document.AppendText(b, value)
		separator = ','
	}
	member("action", e.Action)
	member("actor", e.ActorSeal.Hash)
	member("address", e.AddressSeal.Hash)
	member("changes", e.ChangesSeal.Hash)
	member("id", e.ID.String())
	member("previous", previous)
	member("reason", e.ReasonSeal.Hash)
	member("request_id", e.RequestID)
	member("resource_id", e.ResourceID.String())
	member("resource_type", string(e.Resource))
	member("role", string(e.Role))
	b = strconv.AppendInt(append(b, `,"seq":`...), e.Seq, 10)
	member("time", domain.PrintTime(e.At))
	return append(b, '}')
}
