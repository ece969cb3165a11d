package service_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// outboxMails lists the mails that are not sent yet.
func (w *world) outboxMails() []*domain.OutgoingMail {
	w.t.Helper()
	mails, err := w.Outbox.List(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return mails
}

func TestRetryOfMails(t *testing.T) {
	w := newWorld(t)
	parked := w.now.Add(-time.Hour)
	both := []uuid.UUID{uuid.New(), uuid.New()}
	w.write(func(ctx context.Context, r ports.Repos) error {
		for i, id := range both {
			err := r.Outbox.Enqueue(ctx, &domain.OutgoingMail{
				ID: id, CreatedAt: w.now.Add(time.Duration(i) * time.Second), ParkedAt: &parked, GiveUpAt: parked, Attempts: 7,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err := w.Outbox.Retry(t.Context(), both[:1]); err != nil {
		t.Error(err)
	}
	mails := w.outboxMails()
	if m := mails[0]; m.ParkedAt != nil || !m.NextAttemptAt.Equal(w.now) || !m.GiveUpAt.Equal(w.now.Add(48*time.Hour)) || mails[1].ParkedAt == nil {
		t.Errorf("retried %+v, want it due now, for two days more", m)
	}
	missing := uuid.New()
	if err := w.Outbox.Retry(t.Context(), []uuid.UUID{missing}); domain.KindOf(err) != domain.NotFound || !strings.Contains(err.Error(), missing.String()) {
		t.Errorf("retry of an unknown mail: %v", err)
	}
	if err := w.Outbox.TryRetry(t.Context(), both); err != nil || w.outboxMails()[1].ParkedAt == nil {
		t.Errorf("a try: %v", err)
	}
	err := w.Outbox.TryRetry(t.Context(), []uuid.UUID{both[0], missing})
	if domain.KindOf(err) != domain.NotFound || !strings.Contains(err.Error(), missing.String()) {
		t.Errorf("a try with an unknown mail: %v", err)
	}
	if would, err := w.Outbox.IDs(t.Context()); !slices.Equal(would, both) || err != nil {
		t.Errorf("would retry %v (%v), want %v", would, err, both)
	}
	if retried, err := w.Outbox.RetryAll(t.Context()); !slices.Equal(retried, both) || err != nil || w.outboxMails()[1].ParkedAt != nil {
		t.Errorf("retried %v (%v), want both", retried, err)
	}
	if state, err := w.Outbox.State(t.Context()); state.Waiting != 2 || err != nil {
		t.Errorf("state %+v, %v", state, err)
	}
}
