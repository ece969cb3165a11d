package service_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// post is a delivery with an outbox and a mail server, in synthetic time.
type post struct {
	*service.Delivery
	t     *testing.T
	store *gormdb.Store
	began time.Time

	lock sync.Mutex
	// answer is the mail server's.
	answer func(ctx context.Context, m *domain.OutgoingMail) ([]string, error)
	// attempts are the times of the attempts at each subject.
	attempts map[string][]time.Duration
	// running and mostRunning count attempts at the same time.
	running, mostRunning int
	// outage is the error of every access to the outbox, removeError that of removing a mail.
	outage, removeError error
}

func newPost(t *testing.T, answer func(ctx context.Context, m *domain.OutgoingMail) ([]string, error), subjects ...string) *post {
	t.Helper()
	p := &post{t: t, store: storetest.SQLite(t), answer: answer, attempts: map[string][]time.Duration{}, began: time.Now()}
	p.enqueue(subjects...)
	p.Delivery = service.NewDelivery(p, p, p, slog.New(slog.DiscardHandler))
	return p
}

// deliver starts a delivery of mails with these subjects, which ends with the test.
func deliver(t *testing.T, answer func(ctx context.Context, m *domain.OutgoingMail) ([]string, error), subjects ...string) *post {
	t.Helper()
	p := newPost(t, answer, subjects...)
	p.run(p.Delivery)
	return p
}

// run runs a delivery until the test ends.
func (p *post) run(delivery *service.Delivery) {
	taking, stop := context.WithCancel(p.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		delivery.Run(taking, p.t.Context())
	}()
	p.t.Cleanup(func() {
		stop()
		<-ended
	})
	synctest.Wait()
}

func (p *post) enqueue(subjects ...string) {
	p.t.Helper()
	p.enqueueUntil(time.Now().Add(48*time.Hour), subjects...)
}

// enqueueUntil adds mails that are given up at the time.
func (p *post) enqueueUntil(giveUpAt time.Time, subjects ...string) {
	p.t.Helper()
	err := p.store.Do(p.t.Context(), func(ctx context.Context, r ports.Repos) error {
		for _, subject := range subjects {
			err := r.Outbox.Enqueue(ctx, &domain.OutgoingMail{
				ID: uuid.Must(uuid.NewV7()), Mail: domain.Mail{Subject: subject},
				CreatedAt: time.Now(), NextAttemptAt: time.Now(), GiveUpAt: giveUpAt,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// setOutage makes the outbox fail, or work again.
func (p *post) setOutage(outage, removeError error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.outage, p.removeError = outage, removeError
}

// attemptsAt are the times of the attempts at the mails with the subject, at all mails for
// the empty subject.
func (p *post) attemptsAt(subject string) (times []time.Duration) {
	p.lock.Lock()
	defer p.lock.Unlock()
	for of, some := range p.attempts {
		if subject == "" || of == subject {
			times = append(times, some...)
		}
	}
	return times
}

// left are the mails that are not sent.
func (p *post) left() []*domain.OutgoingMail {
	p.t.Helper()
	mails, err := p.store.Repos().Outbox.List(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return mails
}

// Now implements ports.Clock.
func (p *post) Now() time.Time { return time.Now().UTC() }

// Send implements ports.MailSender.
func (p *post) Send(ctx context.Context, m *domain.OutgoingMail) ([]string, error) {
	p.lock.Lock()
	p.attempts[m.Subject] = append(p.attempts[m.Subject], time.Since(p.began))
	p.running++
	p.mostRunning = max(p.mostRunning, p.running)
	p.lock.Unlock()
	defer func() {
		p.lock.Lock()
		defer p.lock.Unlock()
		p.running--
	}()
	return p.answer(ctx, m)
}

// Do implements ports.Storage.
func (p *post) Do(ctx context.Context, fn func(context.Context, ports.Repos) error) error {
	return p.store.Do(ctx, fn)
}

// Repos implements ports.Storage.
func (p *post) Repos() ports.Repos {
	return ports.Repos{Outbox: failingOutbox{p.store.Repos().Outbox, p}}
}

// failingOutbox fails when the post says so.
type failingOutbox struct {
	ports.Outbox
	post *post
}

func (o failingOutbox) failure() error {
	o.post.lock.Lock()
	defer o.post.lock.Unlock()
	return o.post.outage
}

// Lease implements ports.Outbox.
func (o failingOutbox) Lease(ctx context.Context, now, until time.Time) (*domain.OutgoingMail, error) {
	if err := o.failure(); err != nil {
		return nil, err
	}
	return o.Outbox.Lease(ctx, now, until)
}

// State implements ports.Outbox.
func (o failingOutbox) State(ctx context.Context) (domain.OutboxState, error) {
	if err := o.failure(); err != nil {
		return domain.OutboxState{}, err
	}
	return o.Outbox.State(ctx)
}

// Settle implements ports.Outbox. The database may have stored the outcome although it
// reports an error.
func (o failingOutbox) Settle(ctx context.Context, m *domain.OutgoingMail) error {
	return errors.Join(o.failure(), o.Outbox.Settle(ctx, m))
}

// Remove implements ports.Outbox.
func (o failingOutbox) Remove(ctx context.Context, id uuid.UUID) error {
	o.post.lock.Lock()
	err := errors.Join(o.post.outage, o.post.removeError)
	o.post.lock.Unlock()
	if err != nil {
		return err
	}
	return o.Outbox.Remove(ctx, id)
}

func accept(context.Context, *domain.OutgoingMail) ([]string, error) { return nil, nil }

var errAway = errors.New("the database is away")

func away() error { return &ports.MailServerError{Cause: errors.New("connection refused")} }

func TestMailsAreSentAtOnceWhenWokenAndSoonWhenNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := deliver(t, accept)
		time.Sleep(time.Second)
		p.enqueue("woken")
		p.Wake()
		synctest.Wait()
		if got := p.attemptsAt("woken"); len(got) != 1 || got[0] != time.Second || len(p.left()) != 0 {
			t.Errorf("woken: attempts at %v, left %v; want one, at once", got, p.left())
		}
		p.enqueue("of another process")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got := p.attemptsAt("of another process"); len(got) != 1 || len(p.left()) != 0 {
			t.Errorf("not woken: attempts at %v, want one within five seconds", got)
		}
	})
}

func TestMailsOfADeferringServerAreTriedUntilTheyAreGivenUpThenParked(t *testing.T) {
	const patience = 6 * time.Hour // not the two days of real mails: each poll costs a statement
	synctest.Test(t, func(t *testing.T) {
		p := deliver(t, func(context.Context, *domain.OutgoingMail) ([]string, error) {
			return nil, errors.New("450 greylisted\x1b[31m\r\n\x00 \xff")
		})
		p.enqueueUntil(time.Now().Add(patience), "mail")
		p.Wake()
		time.Sleep(patience + 2*time.Hour)
		times := p.attemptsAt("mail")
		for i := range times[1:] {
			gap := times[i+1] - times[i]
			longest := min(15*time.Minute, 15*time.Second<<min(i, 20))
			// Between half and all of the pause, and at most a poll later. The last attempt is
			// made when the mail is given up.
			if gap > longest+5*time.Second || gap < longest/2 && i+2 < len(times) {
				t.Errorf("pause %d is %v, want from half of %v", i+1, gap, longest)
			}
		}
		if last := times[len(times)-1]; last < patience || last > patience+5*time.Second || len(times) < int(patience/(15*time.Minute)) {
			t.Errorf("%d attempts, the last after %v; want it after %v", len(times), last, patience)
		}
		left := p.left()
		if len(left) != 1 || left[0].ParkedAt == nil || left[0].Attempts != len(times) || left[0].LastError != "450 greylisted [31m    ?" {
			t.Errorf("left %+v, want it parked, with the error in one line", left[0])
		}
	})
}

func TestRefusedMailsAreParkedAtOnceAndDelayNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := deliver(t, func(_ context.Context, m *domain.OutgoingMail) ([]string, error) {
			switch m.Subject {
			case "refused":
				return []string{"support@example.org"}, &ports.MailRefusedError{Cause: errors.New("550 no such user")}
			case "panic":
				panic("odd")
			}
			return nil, nil
		}, "refused", "panic", "good")
		time.Sleep(time.Second)
		if got := p.attemptsAt("good"); len(got) != 1 || got[0] != 0 {
			t.Errorf("the good one was tried at %v, want at once", got)
		}
		left := p.left()
		if len(left) != 2 || left[0].ParkedAt == nil || left[0].LastError != "550 no such user" ||
			!slices.Equal(left[0].Reached, []string{"support@example.org"}) {
			t.Errorf("left %+v, want the refused one parked, and whom it has reached", left[0])
		}
		if left[1].ParkedAt != nil || !strings.Contains(left[1].LastError, "odd") {
			t.Errorf("left %+v, want it tried again", left[1])
		}
	})
}

func TestADeadServerCostsOneTimeoutNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var subjects []string
		for i := range 500 {
			subjects = append(subjects, fmt.Sprint(i))
		}
		var back atomic.Bool
		p := deliver(t, func(context.Context, *domain.OutgoingMail) ([]string, error) {
			if back.Load() {
				return nil, nil
			}
			time.Sleep(10 * time.Second)
			return nil, away()
		}, subjects...)
		time.Sleep(3 * time.Hour)
		attempts := len(p.attemptsAt(""))
		// Ten seconds and half a minute to a minute each, of one at a time.
		if attempts < 100 || attempts > 4+3*90+10 {
			t.Errorf("%d attempts in three hours, want about one a minute", attempts)
		}
		back.Store(true)
		time.Sleep(15*time.Minute + 10*time.Second)
		p.lock.Lock()
		if p.mostRunning > 4 {
			t.Errorf("%d attempts at once, want at most four", p.mostRunning)
		}
		p.lock.Unlock()
		if left := p.left(); len(left) > 0 {
			t.Errorf("%d mails are left a quarter of an hour after the server came back", len(left))
		}
	})
}

func TestAMailThatTheServerDropsDoesNotHoldUpOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := deliver(t, func(_ context.Context, m *domain.OutgoingMail) ([]string, error) {
			if m.Subject == "poison" {
				return nil, away()
			}
			return nil, nil
		}, "poison")
		for i := range 100 {
			time.Sleep(time.Minute)
			p.enqueue(fmt.Sprint(i))
			p.Wake()
		}
		time.Sleep(2 * time.Second)
		if left := p.left(); len(left) != 1 || left[0].Subject != "poison" {
			t.Errorf("%d mails are left, want the one that the server drops", len(left))
		}
		if n := len(p.attemptsAt("poison")); n > 30 {
			t.Errorf("%d attempts at it, want pauses between them", n)
		}
	})
}

func TestWhatWasSentIsNotedOnceTheDatabaseIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p *post
		p = deliver(t, func(context.Context, *domain.OutgoingMail) ([]string, error) {
			p.setOutage(errAway, nil)
			return nil, nil
		})
		p.enqueue("mail")
		p.Wake()
		time.Sleep(time.Minute)
		p.setOutage(nil, nil)
		time.Sleep(time.Hour)
		if got := p.attemptsAt("mail"); len(got) != 1 || len(p.left()) != 0 {
			t.Errorf("sent %d times, %d left; want once and none", len(got), len(p.left()))
		}
	})
}

// An outage that is longer than a lease must not let another sender, nor the same
// one, send again what was sent.
func TestWhatWasSentIsNotSentAgainAfterALongOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p *post
		p = deliver(t, func(context.Context, *domain.OutgoingMail) ([]string, error) {
			p.setOutage(errAway, nil)
			return nil, nil
		})
		p.run(service.NewDelivery(p, p, p, slog.New(slog.DiscardHandler)))
		p.enqueue("mail")
		p.Wake()
		time.Sleep(6*time.Minute - 500*time.Millisecond) // between two attempts, which are at whole seconds
		p.setOutage(nil, errors.New("not yet"))
		time.Sleep(4 * time.Second) // the other delivery may reach the database first
		p.setOutage(nil, nil)
		time.Sleep(time.Hour)
		if got := p.attemptsAt("mail"); len(got) != 1 || len(p.left()) != 0 {
			t.Errorf("sent %d times, %d left; want once and none", len(got), len(p.left()))
		}
	})
}

func TestMailsOfASenderThatDiedAreSentByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := deliver(t, accept)
		p.enqueue("mail")
		// A sender leases the mail and dies.
		if _, err := p.store.Repos().Outbox.Lease(t.Context(), time.Now(), time.Now().Add(5*time.Minute)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5*time.Minute - time.Second)
		if len(p.attemptsAt("")) > 0 {
			t.Error("sent while another may be sending it")
		}
		time.Sleep(6 * time.Second)
		if len(p.attemptsAt("mail")) != 1 {
			t.Error("not sent after the lease")
		}
	})
}

func TestAStopLetsMailsUnderWayFinish(t *testing.T) {
	for name, tt := range map[string]struct {
		// patience is how long the stop waits for running attempts.
		patience time.Duration
		wantLeft int
	}{
		"in time":                          {5 * time.Second, 0},
		"too slow, then it is due at once": {time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPost(t, func(ctx context.Context, _ *domain.OutgoingMail) ([]string, error) {
					select {
					case <-ctx.Done():
						return nil, &ports.MailRefusedError{Cause: ctx.Err()}
					case <-time.After(3 * time.Second):
						return nil, nil
					}
				}, "mail")
				taking, stop := context.WithCancel(t.Context())
				sending, cut := context.WithTimeout(t.Context(), tt.patience)
				defer cut()
				time.AfterFunc(time.Millisecond, stop)
				p.Run(taking, sending)
				left := p.left()
				if len(left) != tt.wantLeft {
					t.Fatalf("%d mails are left, want %d", len(left), tt.wantLeft)
				}
				for _, mail := range left {
					if mail.ParkedAt != nil || mail.LeasedUntil != nil || mail.NextAttemptAt.After(time.Now()) {
						t.Errorf("left %+v, want it due", mail)
					}
				}
			})
		})
	}
}

func TestAttemptsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := deliver(t, func(ctx context.Context, _ *domain.OutgoingMail) ([]string, error) {
			<-ctx.Done()
			return nil, &ports.MailServerError{Cause: ctx.Err()}
		}, "mail")
		time.Sleep(2*time.Minute + time.Second)
		if left := p.left(); left[0].LeasedUntil != nil || left[0].LastError == "" {
			t.Errorf("an attempt at %+v goes on for more than two minutes", left[0])
		}
	})
}
