package maintenance_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/ports"
)

func TestRetriedMailsAreDueNowAndHaveTheirWholeTime(t *testing.T) {
	w := newWorld(t)
	outbox := maintenance.Outbox{Storage: w.Store, Clock: clock(started)}
	parked := started.Add(-time.Hour)
	first, second, missing := uuid.New(), uuid.New(), uuid.New()
	park := func() {
		w.write(func(ctx context.Context, r ports.Repos) error {
			for i, id := range []uuid.UUID{first, second} {
				if err := r.Outbox.Remove(ctx, id); err != nil {
					return err
				}
				if err := r.Outbox.Enqueue(ctx, &domain.OutgoingMail{
					ID: id, CreatedAt: parked.Add(time.Duration(i) * time.Second), ParkedAt: &parked, GiveUpAt: parked, Attempts: 7,
				}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for name, c := range map[string]struct {
		in            maintenance.RetryMails
		want, changed []uuid.UUID
		missing       bool
	}{
		"one": {in: maintenance.RetryMails{IDs: []uuid.UUID{second}}, want: []uuid.UUID{second},
			changed: []uuid.UUID{second}},
		"all": {in: maintenance.RetryMails{All: true}, want: []uuid.UUID{first, second},
			changed: []uuid.UUID{first, second}},
		"one of two missing":               {in: maintenance.RetryMails{IDs: []uuid.UUID{first, missing}}, missing: true},
		"a dry run of one":                 {in: maintenance.RetryMails{IDs: []uuid.UUID{first}, DryRun: true}, want: []uuid.UUID{first}},
		"a dry run of all":                 {in: maintenance.RetryMails{All: true, DryRun: true}, want: []uuid.UUID{first, second}},
		"a dry run of one that is missing": {in: maintenance.RetryMails{IDs: []uuid.UUID{missing}, DryRun: true}, missing: true},
	} {
		park()
		got, err := outbox.Retry(t.Context(), operator, c.in)
		if !slices.Equal(got, c.want) || (domain.KindOf(err) == domain.NotFound) != c.missing || c.missing &&
			!strings.Contains(err.Error(), missing.String()) {
			t.Errorf("%s: retried %v, %v; want %v", name, got, err, c.want)
		}
		mails, err := outbox.List(t.Context(), operator)
		if err != nil || len(mails) != 2 || mails[0].ID != first {
			t.Fatalf("%s: listed %v, %v", name, mails, err)
		}
		for _, m := range mails {
			if !slices.Contains(c.changed, m.ID) {
				if m.ParkedAt == nil {
					t.Errorf("%s: %s is not parked any more", name, m.ID)
				}
				continue
			}
			if m.ParkedAt != nil || !m.NextAttemptAt.Equal(started) || !m.GiveUpAt.Equal(started.Add(48*time.Hour)) {
				t.Errorf("%s: retried %+v, want it due now, for two days", name, m)
			}
		}
	}
}

func TestALateMailIsReported(t *testing.T) {
	w := newWorld(t)
	early, late := started.Add(-29*time.Minute), started.Add(-31*time.Minute)
	wanted := uuid.New()
	w.write(func(ctx context.Context, r ports.Repos) error {
		for _, m := range []domain.OutgoingMail{
			{ID: uuid.New(), CreatedAt: late.Add(-time.Hour), ParkedAt: &late, LastError: "refused"},
			{ID: uuid.New(), CreatedAt: late.Add(-time.Minute)},
			{ID: wanted, CreatedAt: late, LastError: "greylisted"},
			{ID: uuid.New(), CreatedAt: late.Add(time.Second), LastError: "greylisted"},
			{ID: uuid.New(), CreatedAt: early, LastError: "greylisted"},
		} {
			if err := r.Outbox.Enqueue(ctx, &m); err != nil {
				return err
			}
		}
		return nil
	})
	for at, want := range map[time.Time]uuid.UUID{started: wanted, started.Add(-5 * time.Minute): {}} {
		report, err := maintenance.Outbox{Storage: w.Store, Clock: clock(at)}.Report(t.Context(), operator)
		if err != nil || report.Waiting != 4 || report.Parked != 1 {
			t.Errorf("the report at %s is %+v, %v; want 4 waiting, 1 parked", at, report, err)
		}
		if late := report.Late; (late != nil) != (want != uuid.UUID{}) || late != nil && late.ID != want {
			t.Errorf("late at %s is %+v, want %s", at, late, want)
		}
	}
}

// sentMeanwhile is a storage whose mails are all sent after they were listed.
type sentMeanwhile struct{ ports.Storage }

// Do implements ports.Storage.
func (s sentMeanwhile) Do(ctx context.Context, fn func(context.Context, ports.Repos) error) error {
	return s.Storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		r.Outbox = sentMails{r.Outbox}
		return fn(ctx, r)
	})
}

type sentMails struct{ ports.Outbox }

// Retry implements ports.Outbox.
func (sentMails) Retry(context.Context, uuid.UUID, time.Time, time.Time) error {
	return ports.ErrNotFound
}

func TestMailsThatWereSentMeanwhileAreNotRetried(t *testing.T) {
	w := newWorld(t)
	id := uuid.New()
	w.write(func(ctx context.Context, r ports.Repos) error {
		return r.Outbox.Enqueue(ctx, &domain.OutgoingMail{ID: id})
	})
	outbox := maintenance.Outbox{Storage: sentMeanwhile{w.Store}, Clock: clock(started)}
	if got, err := outbox.Retry(t.Context(), operator, maintenance.RetryMails{All: true}); err != nil || len(got) > 0 {
		t.Errorf("of all, retried %v, %v", got, err)
	}
	if got, err := outbox.Retry(t.Context(), operator, maintenance.RetryMails{IDs: []uuid.UUID{id}}); domain.KindOf(err) != domain.NotFound {
		t.Errorf("by its id, retried %v, %v", got, err)
	}
}
