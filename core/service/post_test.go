package service_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
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

// DoOnce implements ports.Storage.
func (p *post) DoOnce(ctx context.Context, once ports.Once) error { return p.store.DoOnce(ctx, once) }

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
