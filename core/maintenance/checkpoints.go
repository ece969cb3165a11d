package maintenance

import (
	"crypto/ed25519"
	"slices"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
)

// earlierExport is the kind of a place of an earlier export, which is compared as a checkpoint is.
const earlierExport domain.CheckpointKind = "earlier"

// checkpoints are compared with the trail.
type checkpoints struct {
	bySeq map[int64][]domain.AuditCheckpoint
	keys  []ed25519.PublicKey
	// newest is the last of all places.
	newest domain.AuditCheckpoint
	// start is the place behind which the trail begins.
	start domain.AuditHead

	signed, others, earlier int
	last                    int64
}

func newCheckpoints(all []domain.AuditCheckpoint, proof AuditProof) *checkpoints {
	c := &checkpoints{bySeq: map[int64][]domain.AuditCheckpoint{}, keys: proof.Keys}
	for _, head := range proof.Earlier {
		all = append(all, domain.AuditCheckpoint{AuditHead: head, Kind: earlierExport})
	}
	for _, checkpoint := range all {
		c.bySeq[checkpoint.Seq] = append(c.bySeq[checkpoint.Seq], checkpoint)
		if checkpoint.Seq > c.newest.Seq {
			c.newest = checkpoint
		}
		if checkpoint.Kind == domain.RetentionCheckpoint && checkpoint.Seq > c.start.Seq {
			c.start = checkpoint.AuditHead
		}
	}
	return c
}

// begin is the place behind which the trail begins.
func (c *checkpoints) begin() domain.AuditHead { return c.start }

// checkBegin compares the checkpoints where the trail begins. With keys, a signature must prove
// that a server has removed the entries before.
func (c *checkpoints) checkBegin() error {
	err := c.check(c.start)
	if err == nil && c.start.Seq > 0 && len(c.keys) > 0 && !slices.ContainsFunc(c.bySeq[c.start.Seq], func(at domain.AuditCheckpoint) bool {
		return at.Kind == domain.RetentionCheckpoint && c.isSigned(at)
	}) {
		return &audit.Broken{Seq: c.start.Seq, Why: "it and all entries before it are gone, and none of the keys has signed the checkpoint"}
	}
	return err
}

// check compares the checkpoints at a place of the trail.
func (c *checkpoints) check(at domain.AuditHead) error {
	for _, checkpoint := range c.bySeq[at.Seq] {
		isEarlier := checkpoint.Kind == earlierExport
		switch {
		case checkpoint.Hash != at.Hash && isEarlier:
			return &audit.Broken{Seq: at.Seq, Why: "it, or an entry before it, is not the one of the earlier export"}
		case checkpoint.Hash != at.Hash:
			return &audit.Broken{Seq: at.Seq, Why: "it, or an entry before it, is not the one of the checkpoint of " +
				domain.PrintTime(checkpoint.At)}
		case isEarlier:
			c.earlier++
		case c.isSigned(checkpoint):
			c.signed++
			c.last = at.Seq
		case c.isOfAKey(checkpoint):
			return &audit.Broken{Seq: at.Seq, Why: "the signature of its checkpoint of " + domain.PrintTime(checkpoint.At) + " is wrong"}
		default:
			c.others++
		}
	}
	return nil
}

func (c *checkpoints) isSigned(checkpoint domain.AuditCheckpoint) bool {
	return slices.ContainsFunc(c.keys, func(key ed25519.PublicKey) bool { return audit.IsSignedBy(key, checkpoint) })
}

func (c *checkpoints) isOfAKey(checkpoint domain.AuditCheckpoint) bool {
	return slices.ContainsFunc(c.keys, func(key ed25519.PublicKey) bool { return audit.KeyID(key) == checkpoint.Key })
}

// end finds places behind the end of the trail.
func (c *checkpoints) end(head domain.AuditHead) error {
	if c.newest.Seq <= head.Seq {
		return nil
	}
	why := "it was removed: there is a checkpoint behind it"
	if c.newest.Kind == earlierExport {
		why = "it was removed: an earlier export has entries behind it"
	}
	return &audit.Broken{Seq: head.Seq + 1, Why: why}
}
