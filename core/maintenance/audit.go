package maintenance

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// Audit looks after the audit trail.
type Audit struct{ Storage ports.Storage }

// auditBatch is how many entries are read together.
const auditBatch = 1000

// AuditReport says what a verification has found.
type AuditReport struct {
	// First is where the trail begins: 1, or the entry behind a retention checkpoint.
	First   int64  `json:"first"`
	Entries int64  `json:"entries"`
	Head    string `json:"head"`
	// Removed counts the texts that were removed on purpose.
	Removed int64 `json:"removed_texts"`
	// Signed counts the checkpoints whose signatures were verified, LastSigned is the place of
	// the last of them. Unsigned counts those of other keys.
	Signed     int   `json:"signed"`
	LastSigned int64 `json:"last_signed"`
	Unsigned   int   `json:"other_keys"`
	// Earlier counts the places of an earlier export that the trail still has.
	Earlier int `json:"earlier"`
}

// AuditProof is what an operator has kept elsewhere, to compare the trail with.
type AuditProof struct {
	// Keys are public keys. If there are any, one of them must have signed the checkpoint behind
	// which the trail begins.
	Keys []ed25519.PublicKey
	// Earlier are places that the trail had. Those before its first entry are not compared.
	Earlier []domain.AuditHead
}

// Verify follows the whole trail, of which all events are entries first. It compares the trail with
// its checkpoints, and both with the proof. Error: *audit.Broken for the first entry that was
// changed, removed or inserted.
func (a Audit) Verify(ctx context.Context, caller domain.Caller, proof AuditProof) (AuditReport, error) {
	if err := caller.May(domain.VerifyAudit); err != nil {
		return AuditReport{}, err
	}
	if err := service.NewTrail(a.Storage).Chain(ctx); err != nil {
		return AuditReport{}, err
	}
	for {
		before, err := a.places(ctx, proof)
		if err != nil {
			return AuditReport{}, err
		}
		report, verifyErr := a.verify(ctx, before)
		if _, isBroken := errors.AsType[*audit.Broken](verifyErr); !isBroken {
			return report, verifyErr
		}
		// A server may have removed old entries meanwhile: then the trail begins later than before.
		if now, err := a.places(ctx, proof); err != nil || now.start.Seq <= before.start.Seq {
			return report, errors.Join(verifyErr, err)
		}
	}
}

// places reads the checkpoints.
func (a Audit) places(ctx context.Context, proof AuditProof) (*checkpoints, error) {
	all, err := a.Storage.Repos().Audit.Checkpoints(ctx)
	if err != nil {
		return nil, err
	}
	return newCheckpoints(all, proof), nil
}

// verify compares the trail with the checkpoints, which were read before: the end of the trail is not
// before them, and what is appended meanwhile is behind it.
func (a Audit) verify(ctx context.Context, checkpoints *checkpoints) (AuditReport, error) {
	head, err := a.Storage.Repos().Audit.Lock(ctx)
	if err != nil {
		return AuditReport{}, err
	}
	report, err := a.follow(ctx, head, checkpoints)
	if err == nil {
		err = a.endsAt(ctx, head)
	}
	return report, err
}

// endsAt returns an error if there are entries behind the head that no server has appended: whoever
// appends entries moves the head in the same unit of work. Error: *audit.Broken.
func (a Audit) endsAt(ctx context.Context, head domain.AuditHead) error {
	r := a.Storage.Repos()
	behind, err := r.Audit.After(ctx, head.Seq, 1)
	if err != nil || len(behind) == 0 {
		return err
	}
	now, err := r.Audit.Lock(ctx)
	if err == nil && now.Seq < behind[0].Seq {
		err = &audit.Broken{Seq: behind[0].Seq, Why: "it is behind the end of the trail"}
	}
	return err
}

func (a Audit) follow(ctx context.Context, head domain.AuditHead, checkpoints *checkpoints) (AuditReport, error) {
	begin := checkpoints.begin()
	verifier := audit.NewVerifier(begin)
	report := AuditReport{First: begin.Seq + 1}
	err := checkpoints.checkBegin()
	for err == nil && verifier.Head().Seq < head.Seq {
		var entries []domain.AuditEntry
		if entries, err = a.Storage.Repos().Audit.After(ctx, verifier.Head().Seq, auditBatch); err != nil || len(entries) == 0 {
			break
		}
		for _, entry := range entries {
			if entry.Seq > head.Seq {
				break
			}
			if err = verifier.Next(entry); err == nil {
				err = checkpoints.check(verifier.Head())
			}
			if err != nil {
				break
			}
		}
	}
	if err == nil {
		err = verifier.End(head)
	}
	if err == nil {
		err = checkpoints.end(head)
	}
	report.Entries, report.Removed, report.Head = verifier.Entries, verifier.Removed, verifier.Head().Hash
	report.Signed, report.LastSigned, report.Unsigned = checkpoints.signed, checkpoints.last, checkpoints.others
	report.Earlier = checkpoints.earlier
	return report, err
}

// ExportedEntry is an entry of the trail as Export writes it: all that its hash is
// calculated from, and the texts with their salts.
type ExportedEntry struct {
	Seq          int64           `json:"seq"`
	ID           uuid.UUID       `json:"id"`
	Time         string          `json:"time"`
	Role         string          `json:"role"`
	Actor        *ExportedActor  `json:"actor,omitempty"`
	Action       string          `json:"action"`
	ResourceType string          `json:"resource_type,omitempty"`
	ResourceID   uuid.UUID       `json:"resource_id"`
	RequestID    string          `json:"request_id,omitempty"`
	Address      string          `json:"address,omitempty"`
	Reason       string          `json:"reason,omitempty"`
	Changes      json.RawMessage `json:"changes,omitempty"`
	Seals        map[string]Seal `json:"seals,omitempty"`
	Hash         string          `json:"hash"`
}

// ExportedActor is a person.
type ExportedActor struct {
	Sub string `json:"sub"`
	Iss string `json:"iss"`
}

// Seal is a salted hash. The salt is empty for a text that was removed.
type Seal struct {
	Hash string `json:"hash"`
	Salt string `json:"salt,omitempty"`
}

// Export calls entry with each entry of the trail, and then checkpoint with each checkpoint. An
// error of them ends the export, and is returned.
func (a Audit) Export(
	ctx context.Context, caller domain.Caller, entry func(ExportedEntry) error, checkpoint func(domain.AuditCheckpoint) error,
) error {
	if err := caller.May(domain.ExportAudit); err != nil {
		return err
	}
	if err := service.NewTrail(a.Storage).Chain(ctx); err != nil {
		return err
	}
	r := a.Storage.Repos()
	for after := int64(0); ; {
		entries, err := r.Audit.After(ctx, after, auditBatch)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			if err := entry(exported(e)); err != nil {
				return err
			}
			after = e.Seq
		}
	}
	checkpoints, err := r.Audit.Checkpoints(ctx)
	for _, c := range checkpoints {
		err = errors.Join(err, checkpoint(c))
	}
	return err
}

func exported(e domain.AuditEntry) ExportedEntry {
	out := ExportedEntry{
		Seq: e.Seq, ID: e.ID, Time: domain.PrintTime(e.At), Role: string(e.Role), Action: e.Action, ResourceType: string(e.Resource),
		ResourceID: e.ResourceID, RequestID: e.RequestID, Address: e.Address, Reason: e.Reason, Hash: e.Hash, Seals: map[string]Seal{},
	}
	if e.Actor != nil {
		out.Actor = &ExportedActor{Sub: e.Actor.Subject, Iss: e.Actor.Issuer}
	}
	if json.Valid([]byte(e.Changes)) {
		out.Changes = json.RawMessage(e.Changes)
	}
	for name, seal := range map[string]domain.Seal{
		"actor": e.ActorSeal, "address": e.AddressSeal, "reason": e.ReasonSeal, "changes": e.ChangesSeal,
	} {
		if seal.Hash != "" {
			out.Seals[name] = Seal(seal)
		}
	}
	return out
}

// recordJob adds an event about a job to the unit of work: the caller and the time are added to
// what the event says.
func recordJob(
	ctx context.Context, r ports.Repos, clock ports.Clock, caller domain.Caller, operation domain.Operation, e domain.Event,
) error {
	e.At, e.Role, e.Actor, e.Action = clock.Now(), caller.RoleOn(domain.UserID{}), caller.Actor(), operation.ID
	if err := ports.Record(ctx, r, e); err != nil {
		return fmt.Errorf("note the job in the audit trail: %w", err)
	}
	return nil
}
