package service

import (
	"context"
	"crypto/ed25519"
	"time"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// TrailPolicy says what happens to the audit trail in the course of time.
type TrailPolicy struct {
	// Key signs heads of the trail, once a day; nil for no signatures.
	Key ed25519.PrivateKey
	// AddressDays is the age in days at which addresses are truncated, 0 for never.
	AddressDays int
	// RetentionDays is the age in days at which entries are removed, 0 for never. It needs a
	// key.
	RetentionDays int
}

const (
	day = 24 * time.Hour
	// addressBatch is how many different addresses are truncated in one unit of work.
	addressBatch = 100
)

// Upkeep does what the policy says is due. Several servers may do it at once.
func (s *Trail) Upkeep(ctx context.Context, clock ports.Clock, policy TrailPolicy) error {
	if policy.AddressDays > 0 {
		if err := s.truncateAddresses(ctx, clock.Now().Add(-time.Duration(policy.AddressDays)*day)); err != nil {
			return err
		}
	}
	if policy.Key == nil {
		return nil
	}
	if err := s.sign(ctx, clock.Now(), policy.Key); err != nil || policy.RetentionDays == 0 {
		return err
	}
	return s.removeBefore(ctx, clock.Now(), time.Duration(policy.RetentionDays)*day, policy.Key)
}

// sign adds the checkpoint of the day, if there is none yet.
func (s *Trail) sign(ctx context.Context, now time.Time, key ed25519.PrivateKey) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		head, err := r.Audit.Lock(ctx)
		if err != nil || head.Seq == 0 {
			return err
		}
		checkpoints, err := r.Audit.Checkpoints(ctx)
		if err != nil {
			return err
		}
		for _, c := range checkpoints {
			if c.Kind == domain.DailyCheckpoint && (c.Seq == head.Seq || c.At.Truncate(day).Equal(now.Truncate(day))) {
				return nil
			}
		}
		return r.Audit.AddCheckpoint(ctx, audit.Sign(key, domain.DailyCheckpoint, head, now))
	})
}

// removeBefore removes entries of that age, behind a signed checkpoint. Checkpoints before it go, too: the
// entries that they could be compared with are gone.
func (s *Trail) removeBefore(ctx context.Context, now time.Time, age time.Duration, key ed25519.PrivateKey) error {
	last, err := s.storage.Repos().Audit.LastBefore(ctx, now.Add(-age))
	if err != nil || last.Seq == 0 {
		return err
	}
	for removed := chainBatch; removed == chainBatch; {
		err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) (err error) {
			// The lock keeps other servers from the same work.
			if _, err = r.Audit.Lock(ctx); err != nil {
				return err
			}
			if err := r.Audit.AddCheckpoint(ctx, audit.Sign(key, domain.RetentionCheckpoint, last, now)); err != nil {
				return err
			}
			if removed, err = r.Audit.RemoveTo(ctx, last.Seq, chainBatch); err != nil {
				return err
			}
			return r.Audit.RemoveCheckpoints(ctx, last.Seq)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// truncateAddresses replaces addresses by their networks.
func (s *Trail) truncateAddresses(ctx context.Context, before time.Time) error {
	for {
		addresses, err := s.storage.Repos().Audit.Addresses(ctx, before, addressBatch)
		if err != nil || len(addresses) == 0 {
			return err
		}
		err = s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
			for _, address := range addresses {
				if err := r.Audit.ReplaceAddress(ctx, address, audit.Network(address), before); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
