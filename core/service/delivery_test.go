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

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// post is an outbox and a mail server in time that is not real.
type post struct {
	*service.Delivery
	lock  sync.Mutex
	world *world
	// answer is the server's.
	answer func(ctx context.Context, m *domain.OutgoingMail) ([]string, error)
	// attempts are the times of the attempts at each subject.
	attempts map[string][]time.Duration
	began    time.Time
	// underWay and most count attempts at the same time.
	underWay, most int
	// broken is what the storage fails with, late what removing fails with.
	broken, late error
}

// deliver runs a delivery of mails with these subjects for the time.
func deliver(t *testing.T, answer func(ctx context.Context, m *domain.OutgoingMail) ([]string, error), subjects ...string) *post {
	t.Helper()
	p := &post{world: newWorld(), answer: answer, attempts: map[string][]time.Duration{}, began: time.Now()}
	p.enqueue(subjects...)
	p.Delivery = service.NewDelivery(p, p, p, slog.New(slog.DiscardHandler))
	taking, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	go p.Run(taking, t.Context())
	synctest.Wait()
	return p
}

func (p *post) enqueue(subjects ...string) {
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, subject := range subjects {
		p.world.mails = append(p.world.mails, &domain.OutgoingMail{
			ID: uuid.Must(uuid.NewV7()), Mail: domain.Mail{Subject: subject}, NextAttemptAt: time.Now(), GiveUpAt: time.Now().Add(48 * time.Hour),
		})
	}
}

// tried are the times of the attempts at the mails with the subject, at all
// mails without one.
func (p *post) tried(subject string) (times []time.Duration) {
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
	p.lock.Lock()
	defer p.lock.Unlock()
	return slices.Clone(p.world.mails)
}

func (p *post) Now() time.Time { return time.Now() }

func (p *post) Send(ctx context.Context, m *domain.OutgoingMail) ([]string, error) {
	p.lock.Lock()
	p.attempts[m.Subject] = append(p.attempts[m.Subject], time.Since(p.began))
	p.underWay++
	p.most = max(p.most, p.underWay)
	p.lock.Unlock()
	defer func() {
		p.lock.Lock()
		defer p.lock.Unlock()
		p.underWay--
	}()
	return p.answer(ctx, m)
}

func (p *post) Do(ctx context.Context, fn func(context.Context, ports.Repos) error) error {
	return fn(ctx, p.Repos())
}
func (p *post) Repos() ports.Repos { return ports.Repos{Outbox: lockedOutbox{outbox{p.world}, p}} }

// lockedOutbox is for several at a time, and fails when the post says so.
type lockedOutbox struct {
	outbox
	p *post
}

func (o lockedOutbox) Lease(ctx context.Context, now, until time.Time) (*domain.OutgoingMail, error) {
	o.p.lock.Lock()
	defer o.p.lock.Unlock()
	if o.p.broken != nil {
		return nil, o.p.broken
	}
	return o.outbox.Lease(ctx, now, until)
}
func (o lockedOutbox) State(context.Context) (domain.OutboxState, error) {
	o.p.lock.Lock()
	defer o.p.lock.Unlock()
	return domain.OutboxState{}, o.p.broken
}
func (o lockedOutbox) Settle(ctx context.Context, m *domain.OutgoingMail) error {
	o.p.lock.Lock()
	defer o.p.lock.Unlock()
	return errors.Join(o.p.broken, o.outbox.Settle(ctx, m))
}
func (o lockedOutbox) Remove(ctx context.Context, id uuid.UUID) error {
	o.p.lock.Lock()
	defer o.p.lock.Unlock()
	if err := errors.Join(o.p.broken, o.p.late); err != nil {
		return err
	}
	return o.outbox.Remove(ctx, id)
}

func accept(context.Context, *domain.OutgoingMail) ([]string, error) { return nil, nil }

func away() error { return &ports.MailServerError{Cause: errors.New("connection refused")} }

func TestMailsAreSentAtOnceWhenWokenAndSoonWhenNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := deliver(t, accept)
		time.Sleep(time.Second)
		p.enqueue("woken")
		p.Wake()
		synctest.Wait()
		if got := p.tried("woken"); len(got) != 1 || got[0] != time.Second || len(p.left()) != 0 {
			t.Errorf("woken: attempts at %v, left %v; want one, at once", got, p.left())
		}
		p.enqueue("of another process")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got := p.tried("of another process"); len(got) != 1 || len(p.left()) != 0 {
			t.Errorf("not woken: attempts at %v, want one within five seconds", got)
		}
	})
}

func TestMailsOfADeferringServerAreTriedForTwoDaysThenParked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := deliver(t, func(context.Context, *domain.OutgoingMail) ([]string, error) {
			return nil, errors.New("450 greylisted\x1b[31m\r\n\x00 \xff")
		}, "mail")
		time.Sleep(72 * time.Hour)
		times := p.tried("mail")
		for i := range times[1:] {
			gap := times[i+1] - times[i]
			longest := min(15*time.Minute, 15*time.Second<<min(i, 20))
			// Between half and all of the pause, and at most a poll later; the last one
			// is when the time is over.
			if gap > longest+5*time.Second || gap < longest/2 && i+2 < len(times) {
				t.Errorf("pause %d is %v, want from half of %v", i+1, gap, longest)
			}
		}
		if last := times[len(times)-1]; last < 48*time.Hour || last > 48*time.Hour+5*time.Second || len(times) < 192 {
			t.Errorf("%d attempts, the last after %v; want it after two days", len(times), last)
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
		if got := p.tried("good"); len(got) != 1 || got[0] != 0 {
			t.Errorf("the good one was tried at %v, want at once", got)
		}
		left := p.left()
		if len(left) != 2 || left[0].ParkedAt == nil || left[0].LastError != "550 no such user" || !slices.Equal(left[0].Reached, []string{"support@example.org"}) {
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
		attempts := len(p.tried(""))
		// Ten seconds and half a minute to a minute each, of one at a time.
		if attempts < 100 || attempts > 4+3*90+10 {
			t.Errorf("%d attempts in three hours, want about one a minute", attempts)
		}
		back.Store(true)
		time.Sleep(15*time.Minute + 10*time.Second)
		if p.lock.Lock(); p.most > 4 {
			t.Errorf("%d attempts at once, want at most four", p.most)
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
		if n := len(p.tried("poison")); n > 30 {
			t.Errorf("%d attempts at it, want pauses between them", n)
		}
	})
}

func TestWhatWasSentIsNotedOnceTheDatabaseIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p *post
		p = deliver(t, func(context.Context, *domain.OutgoingMail) ([]string, error) {
			p.lock.Lock()
			defer p.lock.Unlock()
			p.broken = errors.New("the database is away")
			return nil, nil
		})
		p.enqueue("mail")
		p.Wake()
		time.Sleep(time.Minute)
		p.lock.Lock()
		p.broken = nil
		p.lock.Unlock()
		time.Sleep(time.Hour)
		if got := p.tried("mail"); len(got) != 1 || len(p.left()) != 0 {
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
			p.lock.Lock()
			defer p.lock.Unlock()
			p.broken = errors.New("the database is away")
			return nil, nil
		})
		another := service.NewDelivery(p, p, p, slog.New(slog.DiscardHandler))
		taking, stop := context.WithCancel(t.Context())
		t.Cleanup(stop)
		go another.Run(taking, t.Context())
		p.enqueue("mail")
		p.Wake()
		time.Sleep(6*time.Minute - 500*time.Millisecond) // between two attempts, which are at whole seconds
		p.lock.Lock()
		p.broken, p.late = nil, errors.New("not yet")
		p.lock.Unlock()
		time.Sleep(4 * time.Second) // others may be first at the database
		p.lock.Lock()
		p.late = nil
		p.lock.Unlock()
		time.Sleep(time.Hour)
		if got := p.tried("mail"); len(got) != 1 || len(p.left()) != 0 {
			t.Errorf("sent %d times, %d left; want once and none", len(got), len(p.left()))
		}
	})
}

func TestMailsOfASenderThatDiedAreSentByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := deliver(t, accept)
		p.enqueue("mail")
		// Somebody has taken it, and is never heard of again.
		lease := time.Now().Add(5 * time.Minute)
		p.lock.Lock()
		p.world.mails[0].LeasedUntil = &lease
		p.lock.Unlock()
		time.Sleep(5*time.Minute - time.Second)
		if len(p.tried("")) > 0 {
			t.Error("sent while another may be sending it")
		}
		time.Sleep(6 * time.Second)
		if len(p.tried("mail")) != 1 {
			t.Error("not sent after the lease")
		}
	})
}

func TestAStopLetsMailsUnderWayFinish(t *testing.T) {
	for name, tt := range map[string]struct {
		// cut is when the stop loses its patience.
		cut      time.Duration
		wantLeft int
	}{
		"in time":                          {5 * time.Second, 0},
		"too slow, then it is due at once": {time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &post{world: newWorld(), attempts: map[string][]time.Duration{}, began: time.Now()}
				p.answer = func(ctx context.Context, _ *domain.OutgoingMail) ([]string, error) {
					select {
					case <-ctx.Done():
						return nil, &ports.MailRefusedError{Cause: ctx.Err()}
					case <-time.After(3 * time.Second):
						return nil, nil
					}
				}
				p.enqueue("mail")
				taking, stop := context.WithCancel(t.Context())
				sending, cut := context.WithTimeout(t.Context(), tt.cut)
				defer cut()
				time.AfterFunc(time.Millisecond, stop)
				service.NewDelivery(p, p, p, slog.New(slog.DiscardHandler)).Run(taking, sending)
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
