package service_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

func accept(context.Context, *domain.OutgoingMail) ([]string, error) { return nil, nil }

var errAway = errors.New("the database is away")

func away() error { return &ports.MailServerError{Cause: errors.New("connection refused")} }

func TestMailsAreSentAtOnceWhenWokenAndSoonWhenNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := deliver(t, accept)
		time.Sleep(time.Second)
		p.enqueue("woken")
		p.Wake()
		time.Sleep(time.Second) // the database may want a unit of work to be tried again
		synctest.Wait()
		if got := p.attemptsAt("woken"); len(got) != 1 || got[0] != time.Second || len(p.left()) != 0 {
			t.Errorf("woken: attempts at %v, left %v; want one, at once", got, p.left())
		}
		p.enqueue("of another process")
		time.Sleep(5*time.Second + time.Millisecond)
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

// A server that accepts mails and never answers would send them again at each attempt.
func TestMailsWithoutAnAnswerAreRarelySentAgain(t *testing.T) {
	const patience = 12 * time.Hour // each poll costs a statement
	synctest.Test(t, func(t *testing.T) {
		p := deliver(t, func(context.Context, *domain.OutgoingMail) ([]string, error) {
			return nil, &ports.MailServerError{Cause: errors.New("EOF"), MayHaveSent: true}
		})
		p.enqueueUntil(time.Now().Add(patience), "mail")
		p.Wake()
		time.Sleep(patience + time.Hour)
		times := p.attemptsAt("mail")
		const least, most = 4, 8
		if len(times) < least || len(times) > most || times[1]-times[0] < 7*time.Minute {
			t.Errorf("attempts at %v, want %d to %d, with growing pauses", times, least, most)
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
