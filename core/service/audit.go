package service

import (
	"context"
	"log/slog"
	"time"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// chainBatch is how many events become entries of the audit trail in one unit of work.
	chainBatch = 1000
	// chainEvery is how long an event waits at most until it becomes an entry.
	chainEvery = time.Second
)

// Audit are the use cases of the audit trail.
type Audit struct {
	storage ports.Storage
	trail   *Trail
}

// List returns a page of the trail, which has all changes that were committed before. Error:
// ErrNoSuchPage.
func (s *Audit) List(ctx context.Context, caller domain.Caller, q ports.AuditQuery) (domain.Page[ports.ListedEntry], error) {
	if err := caller.May(domain.ListAuditEvents); err != nil {
		return domain.Page[ports.ListedEntry]{}, err
	}
	if err := s.trail.Chain(ctx); err != nil {
		return domain.Page[ports.ListedEntry]{}, err
	}
	return existing(s.storage.Repos().Audit.List(ctx, q))
}

// Trail makes the audit trail. Every change adds an event in its own unit of work. Afterwards
// one server at a time makes entries of the events: so changes do not wait for each other.
type Trail struct{ storage ports.Storage }

// NewTrail returns the audit trail in the storage.
func NewTrail(storage ports.Storage) *Trail { return &Trail{storage: storage} }

// Chain makes entries of all events that wait.
func (s *Trail) Chain(ctx context.Context) error {
	for {
		waits, err := s.storage.Repos().Audit.Waiting(ctx)
		if err != nil || !waits {
			return err
		}
		if err := s.storage.Do(ctx, chainSome); err != nil {
			return err
		}
	}
}

// chainSome makes entries of the oldest events that wait.
func chainSome(ctx context.Context, r ports.Repos) error {
	head, err := r.Audit.Lock(ctx)
	if err != nil {
		return err
	}
	events, err := r.Audit.Take(ctx, chainBatch)
	if err != nil {
		return err
	}
	entries := make([]domain.AuditEntry, len(events))
	for i, event := range events {
		entries[i] = audit.Link(head, event)
		head = audit.Head(entries[i])
	}
	return r.Audit.Append(ctx, entries)
}

// Run makes entries of events until the context ends.
func (s *Trail) Run(ctx context.Context, log *slog.Logger) {
	for ctx.Err() == nil {
		if err := s.Chain(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "events do not become entries of the audit trail; they will later", "error", err)
			sleep(ctx, removalPoll)
		}
		sleep(ctx, chainEvery)
	}
}
