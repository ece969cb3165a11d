package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// leaseTime is longer than an attempt and the storing of its outcome, with a margin for
	// clocks that differ. The mail of a sender that died is tried again after this time.
	leaseTime = 5 * time.Minute
	// attemptTime bounds one conversation with the mail server. If it were too short, the
	// server would deliver mails that count as not sent: see RFC 5321, 4.5.3.2.6.
	attemptTime = 2 * time.Minute
	// deliveries is the largest number of concurrent attempts.
	deliveries = 4
	// pollInterval is the longest time until the delivery finds mails that Wake did not
	// announce: the mails of other processes, and mails that are due for another attempt.
	pollInterval = 5 * time.Second
	// storeInterval is the pause between two tries to store the outcome of an attempt.
	storeInterval = time.Second
	// settleTime is how long the delivery waits after an outage of the database: longer
	// than other deliveries need to store the outcome of their attempts.
	settleTime = 5 * storeInterval
	// maxErrorSize is in bytes.
	maxErrorSize = 500
)

// The pauses before the next attempt at a mail, and before the next attempt at a server
// that accepts no mail at all.
var (
	mailBackoff = backoff{first: 15 * time.Second, longest: 15 * time.Minute}
	// answerBackoff is for a mail that may have been sent: a server that never answers would
	// send it again at each attempt.
	answerBackoff = backoff{first: 15 * time.Minute, longest: 12 * time.Hour}
	serverBackoff = backoff{first: time.Second, longest: time.Minute}
)

// Delivery sends the mails in the outbox. Several deliveries, in one process or in many,
// share the work.
type Delivery struct {
	storage ports.Storage
	sender  ports.MailSender
	clock   ports.Clock
	log     *slog.Logger
	wake    chan struct{}
	server  serverHealth
	// unstored counts the attempts whose outcome could not be stored yet.
	unstored atomic.Int32
	// outage is true if the last try to read the outbox failed.
	outage bool
}

// NewDelivery returns a delivery. Run starts it.
func NewDelivery(storage ports.Storage, sender ports.MailSender, clock ports.Clock, log *slog.Logger) *Delivery {
	return &Delivery{storage: storage, sender: sender, clock: clock, log: log, wake: make(chan struct{}, 1)}
}

// Wake announces new mails in the outbox. It never blocks.
func (d *Delivery) Wake() {
	select {
	case d.wake <- struct{}{}:
	default: // an announcement is pending
	}
}

// Run starts attempts until the context taking ends, and returns when the running attempts
// have ended. The end of the context sending cancels them.
//
// While the server accepts no mail at all, mails are tried one at a time with growing
// pauses, so that a dead server costs few timeouts.
func (d *Delivery) Run(taking, sending context.Context) {
	var attempts sync.WaitGroup
	defer attempts.Wait()
	slots := make(chan struct{}, deliveries)
	for {
		sleep(taking, d.server.pause(d.clock.Now()))
		select {
		case <-taking.Done():
			return
		case slots <- struct{}{}:
		}
		mail := d.take(taking)
		if mail == nil {
			<-slots
			d.idle(taking)
			continue
		}
		deliver := func() {
			defer func() { <-slots }()
			d.deliver(sending, mail)
		}
		if d.server.isFailing() {
			deliver()
			continue
		}
		attempts.Go(deliver)
	}
}

// idle waits for an announcement or the next poll.
func (d *Delivery) idle(ctx context.Context) {
	poll := time.NewTimer(pollInterval)
	defer poll.Stop()
	select {
	case <-ctx.Done():
	case <-d.wake:
	case <-poll.C:
	}
}

// take leases a mail that is due, nil if no mail is due.
//
// Leases may end during an outage of the database. After an outage take waits until every
// delivery has stored the outcomes of its attempts: otherwise mails would be sent twice.
func (d *Delivery) take(ctx context.Context) *domain.OutgoingMail {
	if d.unstored.Load() > 0 {
		return nil
	}
	if d.outage {
		if _, err := d.storage.Repos().Outbox.State(ctx); err != nil {
			return nil
		}
		sleep(ctx, settleTime)
		d.outage = false
	}
	now := d.clock.Now()
	mail, err := d.storage.Repos().Outbox.Lease(ctx, now, now.Add(leaseTime))
	if err == nil {
		return mail
	}
	if !errors.Is(err, ports.ErrNotFound) && ctx.Err() == nil {
		d.outage = true
		d.log.WarnContext(ctx, "the outbox cannot be read", "error", err)
	}
	return nil
}

// deliver makes one attempt and stores its outcome.
func (d *Delivery) deliver(ctx context.Context, mail *domain.OutgoingMail) {
	reached, err := d.send(ctx, mail)
	now := d.clock.Now()
	mail.Reached = append(mail.Reached, reached...)
	if err == nil {
		d.server.recordSuccess()
		d.store(ctx, mail, func(ctx context.Context, outbox ports.Outbox) error { return outbox.Remove(ctx, mail.ID) })
		d.log.InfoContext(ctx, "a mail left the outbox", "mail", mail.ID, "subject", mail.Subject, "attempt", mail.Attempts)
		return
	}
	mail.LastError = oneLine(err.Error())
	mail.ParkedAt, mail.NextAttemptAt = planNext(mail, err, now)
	if ctx.Err() != nil && !mayHaveSent(err) { // Run canceled the attempt
		mail.ParkedAt, mail.NextAttemptAt = nil, now
	} else if _, down := errors.AsType[*ports.MailServerError](err); down {
		d.server.recordFailure(now)
	} else {
		d.server.recordSuccess()
	}
	d.store(ctx, mail, func(ctx context.Context, outbox ports.Outbox) error { return outbox.Settle(ctx, mail) })
	if mail.ParkedAt != nil {
		d.log.ErrorContext(ctx, "mail parked: it is not tried again before `admin outbox retry`",
			"mail", mail.ID, "attempts", mail.Attempts, "error", mail.LastError)
		return
	}
	d.log.WarnContext(ctx, "mail not sent yet",
		"mail", mail.ID, "attempts", mail.Attempts, "next", mail.NextAttemptAt, "error", mail.LastError)
}

// send calls the sender within attemptTime. A panic of the sender becomes an error.
func (d *Delivery) send(ctx context.Context, mail *domain.OutgoingMail) (reached []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while sending: %v", p)
		}
	}()
	return d.sender.Send(ctx, mail)
}

// planNext returns when a mail is tried again after a failed attempt, the last time at
// GiveUpAt, or that the mail is parked.
func planNext(mail *domain.OutgoingMail, err error, now time.Time) (parkedAt *time.Time, next time.Time) {
	if _, refused := errors.AsType[*ports.MailRefusedError](err); refused || !now.Before(mail.GiveUpAt) {
		return &now, now
	}
	pauses := mailBackoff
	if mayHaveSent(err) {
		pauses = answerBackoff
	}
	next = now.Add(pauses.pause(mail.Attempts))
	if next.After(mail.GiveUpAt) {
		next = mail.GiveUpAt
	}
	return nil, next
}

func mayHaveSent(err error) bool {
	server, ok := errors.AsType[*ports.MailServerError](err)
	return ok && server.MayHaveSent
}

// store stores the outcome of an attempt by write, and tries until write succeeds: without
// the outcome the mail would be sent again. After the end of the context it tries once.
func (d *Delivery) store(ctx context.Context, mail *domain.OutgoingMail, write func(context.Context, ports.Outbox) error) {
	failed := false
	defer func() {
		if failed {
			d.unstored.Add(-1)
		}
	}()
	for {
		last := ctx.Err() != nil
		writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeInterval)
		err := write(writing, d.storage.Repos().Outbox)
		cancel()
		if err == nil || errors.Is(err, ports.ErrNotFound) {
			return
		}
		if !failed {
			failed = true
			d.unstored.Add(1)
		}
		d.log.ErrorContext(ctx, "what became of a mail cannot be stored", "mail", mail.ID, "error", err)
		if last {
			return
		}
		sleep(ctx, storeInterval)
	}
}

// oneLine makes a text safe for a table cell and a terminal: one line of printable
// characters, at most maxErrorSize bytes.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, "?"))
	if len(text) > maxErrorSize {
		text = strings.ToValidUTF8(text[:maxErrorSize], "") + "..."
	}
	return text
}

// sleep waits for the pause or the end of the context.
func sleep(ctx context.Context, pause time.Duration) {
	if pause <= 0 {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
