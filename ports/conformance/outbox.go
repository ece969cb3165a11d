package conformance

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// aMail returns a mail that is due at noon.
func aMail(subject string) *domain.OutgoingMail {
	return &domain.OutgoingMail{
		ID: uuid.Must(uuid.NewV7()), Mail: domain.Mail{To: "user@example.org", Subject: subject, Headers: map[string]string{}},
		CreatedAt: noon, NextAttemptAt: noon, GiveUpAt: noon.Add(time.Hour), Reached: []string{},
	}
}

// enqueue adds the mails in one unit of work.
func (w *world) enqueue(t tester, mails ...*domain.OutgoingMail) {
	t.Helper()
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		for _, mail := range mails {
			if err := r.Outbox.Enqueue(ctx, mail); err != nil {
				return err
			}
		}
		return nil
	})
}

// lease returns nil if no mail is due.
func (w *world) lease(t tester, now, until time.Time) *domain.OutgoingMail {
	t.Helper()
	mail, err := w.Repos().Outbox.Lease(t.Context(), now, until)
	if err != nil && !errors.Is(err, ports.ErrNotFound) {
		t.Fatalf("lease a mail: %v", err)
	}
	return mail
}

// subjects returns the subjects of all mails.
func (w *world) subjects(t tester) []string {
	t.Helper()
	mails, err := w.Repos().Outbox.List(t.Context())
	if err != nil {
		t.Fatalf("list mails: %v", err)
	}
	var subjects []string
	for _, mail := range mails {
		subjects = append(subjects, mail.Subject)
	}
	return subjects
}

func mailsAreStored(t *testing.T, w *world) {
	want := aMail("Grüße: \"quoted\"")
	want.CopySupport, want.Headers = true, map[string]string{"Result-ID": "a", "Claim-ID": "b"}
	want.Text, want.HTML = "line\r\nother 'line'\n", "<p>&amp; \\ ü</p>"
	want.Reached = []string{"support@example.org"}
	w.enqueue(t, want)
	until := noon.Add(time.Minute)
	got := w.lease(t, noon, until)
	want.Attempts, want.LeasedUntil = 1, &until
	if !reflect.DeepEqual(got, want) {
		t.Errorf("leased\n%+v, want\n%+v", got, want)
	}
	list, err := w.Repos().Outbox.List(t.Context())
	want.Text, want.HTML = "", ""
	if err != nil || len(list) != 1 || !reflect.DeepEqual(list[0], want) {
		t.Errorf("listed %+v (%v), want it without its texts:\n%+v", list, err, want)
	}
	for range 2 {
		if err := w.Repos().Outbox.Remove(t.Context(), want.ID); err != nil {
			t.Errorf("remove: %v", err)
		}
	}
	if got := w.subjects(t); len(got) > 0 {
		t.Errorf("removed, and still there: %v", got)
	}
}

func mailsBelongToWork(t *testing.T, w *world) {
	if err := w.Repos().Outbox.Enqueue(t.Context(), aMail("nowhere")); err == nil {
		t.Errorf("a mail outside of a unit of work: no error")
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		if err := r.Outbox.Enqueue(ctx, aMail("first")); err != nil {
			return err
		}
		if got := w.subjects(t); len(got) > 0 || w.woken.Load() > 0 {
			t.Errorf("before the commit: %v can be seen, woken %d times", got, w.woken.Load())
		}
		return r.Outbox.Enqueue(ctx, aMail("second"))
	})
	if got := w.woken.Load(); got != 1 {
		t.Errorf("after the commit: woken %d times, want once", got)
	}
	if got := w.subjects(t); !slices.Equal(got, []string{"first", "second"}) {
		t.Errorf("mails %v, want first and second", got)
	}
	w.tag(t)
	if got := w.woken.Load(); got != 1 {
		t.Errorf("woken by a unit of work without mails")
	}
}

func mailsAreLeasedInOrder(t *testing.T, w *world) {
	first, second, late, early, parked := aMail("first"), aMail("second"), aMail("late"), aMail("early"), aMail("parked")
	late.NextAttemptAt, early.NextAttemptAt, parked.ParkedAt = noon.Add(time.Second), noon.Add(-time.Second), &noon
	w.enqueue(t, first, second, late, early, parked)
	leased := func(now time.Time) (subjects []string) {
		t.Helper()
		for {
			mail := w.lease(t, now, now.Add(time.Minute))
			if mail == nil {
				return subjects
			}
			subjects = append(subjects, mail.Subject)
		}
	}
	for _, c := range []struct {
		name string
		now  time.Time
		want []string
	}{
		{"before any is due", noon.Add(-time.Hour), nil},
		{"at noon", noon, []string{"early", "first", "second"}},
		{"a second later", noon.Add(time.Second), []string{"late"}},
		{"when leases are almost over", noon.Add(time.Minute - time.Microsecond), nil},
		{"when leases are over", noon.Add(time.Minute), []string{"early", "first", "second"}},
	} {
		if got := leased(c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s: leased %v, want %v", c.name, got, c.want)
		}
	}
}

func leaseRaces(t *testing.T, w *world) {
	const mails, workers = 40, 8
	var all []*domain.OutgoingMail
	for range mails {
		all = append(all, aMail(w.name("mail")))
	}
	w.enqueue(t, all...)
	var lock sync.Mutex
	times := map[uuid.UUID]int{}
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for {
				mail, err := w.Repos().Outbox.Lease(t.Context(), noon, noon.Add(time.Hour))
				if errors.Is(err, ports.ErrNotFound) {
					return
				}
				if err != nil {
					t.Errorf("lease: %v", err)
					return
				}
				lock.Lock()
				times[mail.ID]++
				lock.Unlock()
			}
		})
	}
	group.Wait()
	// A sender that finds all due mails leased by others gets none.
	for mail := w.lease(t, noon, noon.Add(time.Hour)); mail != nil; mail = w.lease(t, noon, noon.Add(time.Hour)) {
		times[mail.ID]++
	}
	for _, mail := range all {
		if times[mail.ID] != 1 {
			t.Errorf("%s was leased %d times", mail.Subject, times[mail.ID])
		}
	}
}

func settledMailsAreStored(t *testing.T, w *world) {
	outbox := w.Repos().Outbox
	w.enqueue(t, aMail("mail"))
	mail := w.lease(t, noon, noon.Add(time.Minute))
	mail.LastError, mail.NextAttemptAt, mail.Reached = "450 \"busy\"", noon.Add(time.Second), []string{"a@example.org", "b@example.org"}
	if err := outbox.Settle(t.Context(), mail); err != nil {
		t.Fatalf("settle: %v", err)
	}
	if got := w.lease(t, noon, noon.Add(time.Minute)); got != nil {
		t.Errorf("leased before it is due: %+v", got)
	}
	again := w.lease(t, noon.Add(time.Second), noon.Add(time.Minute))
	if again == nil || again.LastError != mail.LastError || again.Attempts != 2 || !slices.Equal(again.Reached, mail.Reached) {
		t.Fatalf("leased %+v, want what was settled", again)
	}
	mail.LastError = "too late"
	if err := outbox.Settle(t.Context(), mail); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("settled an attempt after which another one began: %v, want ErrNotFound", err)
	}
	again.ParkedAt = &noon
	if err := outbox.Settle(t.Context(), again); err != nil {
		t.Errorf("park: %v", err)
	}
	if got := w.lease(t, noon.Add(time.Hour), noon.Add(time.Hour)); got != nil {
		t.Errorf("leased although it is parked: %+v", got)
	}
	list, err := outbox.List(t.Context())
	if err != nil || len(list) != 1 || list[0].ParkedAt == nil || list[0].LeasedUntil != nil || list[0].LastError != again.LastError {
		t.Errorf("listed %+v (%v), want one that is parked", list, err)
	}
	if err := outbox.Settle(t.Context(), aMail("unknown")); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("settled a mail that is not there: %v", err)
	}
}

func mailsAreRetried(t *testing.T, w *world) {
	parked, waiting := aMail("parked"), aMail("waiting")
	parked.ParkedAt, waiting.NextAttemptAt = &noon, noon.Add(time.Hour)
	w.enqueue(t, parked, waiting)
	giveUp := noon.Add(48 * time.Hour)
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Outbox.Retry(ctx, parked.ID, noon, giveUp), r.Outbox.Retry(ctx, waiting.ID, noon, giveUp))
	})
	for _, want := range []string{"parked", "waiting"} {
		got := w.lease(t, noon, noon.Add(time.Minute))
		if got == nil || got.Subject != want || got.ParkedAt != nil || !got.GiveUpAt.Equal(giveUp) {
			t.Errorf("retried: leased %+v, want %s", got, want)
		}
	}
	// A retry does not end a lease: no other sender may send the mail meanwhile.
	if err := w.Repos().Outbox.Retry(t.Context(), parked.ID, noon, giveUp); err != nil {
		t.Errorf("retry what is under way: %v", err)
	}
	if got := w.lease(t, noon, noon.Add(time.Minute)); got != nil {
		t.Errorf("leased twice at once: %+v", got)
	}
	if err := w.Repos().Outbox.Retry(t.Context(), uuid.New(), noon, giveUp); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("retry of an unknown mail: %v, want ErrNotFound", err)
	}
}

func mailsAreCounted(t *testing.T, w *world) {
	count := func(want domain.OutboxState) {
		t.Helper()
		if got, err := w.Repos().Outbox.State(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("state %+v (%v), want %+v", got, err, want)
		}
	}
	count(domain.OutboxState{})
	parked, old, young := aMail("parked"), aMail("old"), aMail("young")
	parked.ParkedAt = &noon
	parked.CreatedAt, old.CreatedAt = noon.Add(-time.Hour), noon.Add(-time.Minute)
	w.enqueue(t, young, parked)
	count(domain.OutboxState{Waiting: 1, Parked: 1, OldestWaiting: &young.CreatedAt})
	w.enqueue(t, old)
	count(domain.OutboxState{Waiting: 2, Parked: 1, OldestWaiting: &old.CreatedAt})
	if got := w.subjects(t); !slices.Equal(got, []string{"parked", "old", "young"}) {
		t.Errorf("listed %v, want the oldest first", got)
	}
}

func mailsToAnAddressAreRemoved(t *testing.T, w *world) {
	parked, leased, other, longer := aMail("parked"), aMail("leased"), aMail("other"), aMail("longer")
	parked.ParkedAt = &noon
	for mail, to := range map[*domain.OutgoingMail]string{
		parked: "a@example.org", leased: "a@example.org", other: "A@example.org", longer: "aa@example.org",
	} {
		mail.To = to
	}
	w.enqueue(t, leased)
	leased = w.lease(t, noon, noon.Add(time.Minute))
	w.enqueue(t, parked, other, longer)
	for _, c := range []struct {
		address string
		want    int
	}{{"a@example.org", 1}, {"a@example.org", 1}, {"a@example.org", 0}, {"nobody", 0}, {"", 0}, {"a\x00", 0}} {
		if removed, err := w.Repos().Outbox.RemoveTo(t.Context(), c.address, 1); err != nil || removed != c.want {
			t.Errorf("removed %d mails to %q, want %d: %v", removed, c.address, c.want, err)
		}
	}
	if left := w.subjects(t); len(left) != 2 || slices.Contains(left, "parked") || slices.Contains(left, "leased") {
		t.Errorf("left are %v, want those to others", left)
	}
	if err := w.Repos().Outbox.Settle(t.Context(), leased); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("settle one that was removed meanwhile: %v, want ErrNotFound", err)
	}
}
