package system

import (
	"context"
	"fmt"
	"time"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/service"
)

// rates are the limits of requests.
func rates(c config.FairUse) *fair.Rates {
	limits := map[fair.Class]fair.Rate{}
	for class, rate := range map[fair.Class]config.Rate{
		fair.Reads: c.Reads, fair.HeavyReads: c.HeavyReads, fair.Writes: c.Writes,
		fair.RefusedLogins: c.RefusedLogins, fair.Registrations: c.Registrations,
	} {
		limits[class] = fair.Rate(rate)
	}
	return fair.NewRates(limits)
}

// largestKeyFile is the size in bytes that no file with a key has.
const largestKeyFile = 64 << 10

// trailPolicy reads the key that signs the audit trail.
func trailPolicy(c config.Audit) (service.TrailPolicy, error) {
	policy := service.TrailPolicy{AddressDays: c.AddressDays, RetentionDays: c.RetentionDays}
	if c.KeyFile == "" {
		return policy, nil
	}
	text, err := config.ReadFile(c.KeyFile, largestKeyFile)
	if err != nil {
		return policy, fmt.Errorf("AUDIT_KEY_FILE: %w; `admin audit keygen` makes a key", err)
	}
	if policy.Key, err = audit.ParseKey(text); err != nil {
		return policy, fmt.Errorf("AUDIT_KEY_FILE: %s: %w", c.KeyFile, err)
	}
	return policy, nil
}

// auditUpkeepEvery is how often the audit trail is looked after.
const auditUpkeepEvery = time.Hour

// startAudit makes the audit trail, and looks after it, until the context ends.
func (s *System) startAudit(ctx context.Context, policy service.TrailPolicy) {
	ctx, s.stopAudit = context.WithCancel(ctx)
	go s.services.Trail.Run(ctx, s.log)
	s.noting.Go(func() { s.services.Refusals.Run(ctx, s.log) })
	go func() {
		ticks := time.NewTicker(auditUpkeepEvery)
		defer ticks.Stop()
		for {
			if err := s.services.Trail.Upkeep(ctx, wiring.Clock{}, policy); err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "background work failed", "work", "look after the audit trail", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
			}
		}
	}()
}
