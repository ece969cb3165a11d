package audit

import (
	"fmt"

	"github.com/eosc-perf/backend/core/domain"
)

// Verifier follows a trail from its beginning, or from the checkpoint behind which it begins.
type Verifier struct {
	head domain.AuditHead
	// Entries counts the entries that were verified.
	Entries int64
	// Removed counts the texts that were removed from entries: of people who were removed,
	// and addresses that were truncated.
	Removed int64
}

// Broken is the error of a trail in which something was changed.
type Broken struct {
	// Seq is the place of the first entry that is wrong.
	Seq int64
	// Why says what is wrong with it.
	Why string
}

// Error implements error.
func (b *Broken) Error() string { return fmt.Sprintf("entry %d: %s", b.Seq, b.Why) }

// NewVerifier returns a verifier of the trail behind the head, which is zero for a whole trail.
func NewVerifier(behind domain.AuditHead) *Verifier { return &Verifier{head: behind} }

// Head is the last entry that was verified.
func (v *Verifier) Head() domain.AuditHead { return v.head }

// Next verifies the next entry. Error: *Broken.
func (v *Verifier) Next(e domain.AuditEntry) error {
	switch want := v.head.Seq + 1; {
	case e.Seq > want:
		return &Broken{want, "it was removed"}
	case e.Seq < want:
		return &Broken{e.Seq, "it was inserted"}
	}
	isEmpty := func(text string) bool { return text == "" }
	for _, text := range []struct {
		name, text string
		seal       domain.Seal
		// isRest tells whether the server leaves this text where it removes one.
		isRest func(string) bool
	}{
		{"actor", actorText(e.Event), e.ActorSeal, isTombstone}, {"address", e.Address, e.AddressSeal, isNetwork},
		{"reason", e.Reason, e.ReasonSeal, isEmpty}, {"changes", e.Changes, e.ChangesSeal, isEmpty},
	} {
		switch {
		case text.seal.Salt != "" && seal(text.text, text.seal.Salt) != text.seal:
			return &Broken{e.Seq, "its " + text.name + " was changed"}
		case text.seal.Hash == "" && text.text != "":
			return &Broken{e.Seq, "its " + text.name + " was added"}
		case text.seal.Hash != "" && text.seal.Salt == "" && !text.isRest(text.text):
			return &Broken{e.Seq, "its " + text.name + " was replaced by another text"}
		case text.seal.Hash != "" && text.seal.Salt == "":
			v.Removed++
		}
	}
	if hash(v.head.Hash, e) != e.Hash {
		return &Broken{e.Seq, "it was changed, or inserted"}
	}
	v.head = Head(e)
	v.Entries++
	return nil
}

// End verifies that the trail ends where the head is. Error: *Broken.
func (v *Verifier) End(head domain.AuditHead) error {
	switch {
	case v.head.Seq < head.Seq:
		return &Broken{v.head.Seq + 1, "it was removed"}
	case v.head.Seq > head.Seq:
		return &Broken{head.Seq + 1, "it was inserted"}
	case v.head.Hash != head.Hash:
		return &Broken{head.Seq, "it is not the entry with which the trail ended"}
	}
	return nil
}
