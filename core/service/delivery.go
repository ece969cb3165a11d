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
	// leaseTime is longer than an attempt and what follows it, with room for clocks
	// that differ: a mail whose sender died is tried again after it.
	leaseTime = 5 * time.Minute
	// attemptTime bounds one conversation with the mail server. RFC 5321, 4.5.3.2.6
	// asks for patience: who hangs up too early gets the mail delivered twice.
	attemptTime = 2 * time.Minute
	// deliveries is how many mails are under way at once.
	deliveries = 4
	// pollInterval is how soon mails are found that nobody woke us for: those of
	// other processes, and those that are tried again.
	pollInterval = 5 * time.Second
	// noteInterval is the pause between attempts to store what became of a mail.
	noteInterval = time.Second
	// courtesy is longer than it takes from the return of the database until those
	// who wait for it have stored what became of their mails.
	courtesy = 5 * noteInterval
	// longestError is in bytes.
	longestError = 500
)

// The pauses before a mail is tried again, and before the server is, after it
// failed as a whole.
var (
	mailBackoff   = backoff{first: 15 * time.Second, longest: 15 * time.Minute}
	serverBackoff = backoff{first: time.Second, longest: time.Minute}
)

// Delivery sends what is in the outbox. Several of them, in one process or in
// many, share the work.
type Delivery struct {
	storage ports.Storage
	sender  ports.MailSender
	clock   ports.Clock
	log     *slog.Logger
	wake    chan struct{}
	server  trouble
	// unnoted counts the mails of which it is not stored yet what became of them.
	unnoted atomic.Int32
	// away says that the outbox could not be read.
	away bool
}

// NewDelivery makes a delivery that Run starts.
func NewDelivery(storage ports.Storage, sender ports.MailSender, clock ports.Clock, log *slog.Logger) *Delivery {
	return &Delivery{storage: storage, sender: sender, clock: clock, log: log, wake: make(chan struct{}, 1)}
}

// Wake tells that there are new mails in the outbox. It never blocks.
func (d *Delivery) Wake() {
	select {
	case d.wake <- struct{}{}:
	default: // it is awake
	}
}

// Run takes on mails until the first context ends, and returns when those under
// way are done; the end of the second one cuts them off.
//
// While the server as a whole is in trouble mails are tried one at a time, with
// growing pauses: a dead server costs one timeout now and then, not one a mail.
func (d *Delivery) Run(taking, sending context.Context) {
	var underWay sync.WaitGroup
	defer underWay.Wait()
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
		if d.server.any() {
			deliver()
			continue
		}
		underWay.Go(deliver)
	}
}

// idle waits until there may be something to do.
func (d *Delivery) idle(ctx context.Context) {
	poll := time.NewTimer(pollInterval)
	defer poll.Stop()
	select {
	case <-ctx.Done():
	case <-d.wake:
	case <-poll.C:
	}
}

// take returns a mail that is due, nil if there is none.
//
// After an outage of the database, in which leases may have run out, those who know
// what became of their mails come first: else what was sent would be sent again.
func (d *Delivery) take(ctx context.Context) *domain.OutgoingMail {
	if d.unnoted.Load() > 0 {
		return nil
	}
	if d.away {
		if _, err := d.storage.Repos().Outbox.State(ctx); err != nil {
			return nil
		}
		sleep(ctx, courtesy)
		d.away = false
	}
	now := d.clock.Now()
	mail, err := d.storage.Repos().Outbox.Lease(ctx, now, now.Add(leaseTime))
	if err == nil {
		return mail
	}
	if !errors.Is(err, ports.ErrNotFound) && ctx.Err() == nil {
		d.away = true
		d.log.WarnContext(ctx, "the outbox cannot be read", "error", err)
	}
	return nil
}

// deliver makes one attempt, and stores what became of it.
func (d *Delivery) deliver(ctx context.Context, mail *domain.OutgoingMail) {
	reached, err := d.send(ctx, mail)
	now := d.clock.Now()
	mail.Reached = append(mail.Reached, reached...)
	if err == nil {
		d.server.over()
		d.note(ctx, mail, func(ctx context.Context, outbox ports.Outbox) error { return outbox.Remove(ctx, mail.ID) })
		d.log.InfoContext(ctx, "a mail left the outbox", "mail", mail.ID, "subject", mail.Subject, "attempt", mail.Attempts)
		return
	}
	mail.LastError = oneLine(err.Error())
	mail.ParkedAt, mail.NextAttemptAt = after(mail, err, now)
	if ctx.Err() != nil { // it is us who hung up
		mail.ParkedAt, mail.NextAttemptAt = nil, now
	} else if _, away := errors.AsType[*ports.MailServerError](err); away {
		d.server.begins(now)
	} else {
		d.server.over()
	}
	d.note(ctx, mail, func(ctx context.Context, outbox ports.Outbox) error { return outbox.Settle(ctx, mail) })
	if mail.ParkedAt != nil {
		d.log.ErrorContext(ctx, "mail parked: it is not tried again before `admin outbox retry`", "mail", mail.ID, "attempts", mail.Attempts, "error", mail.LastError)
		return
	}
	d.log.WarnContext(ctx, "mail not sent yet", "mail", mail.ID, "attempts", mail.Attempts, "next", mail.NextAttemptAt, "error", mail.LastError)
}

// send is the sender's, within its time; a panic is an error of the mail.
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

// after tells whether a mail is parked after a failed attempt, or else when it
// is tried again: the last time when its time is over.
func after(mail *domain.OutgoingMail, err error, now time.Time) (parkedAt *time.Time, next time.Time) {
	if _, refused := errors.AsType[*ports.MailRefusedError](err); refused || !now.Before(mail.GiveUpAt) {
		return &now, now
	}
	next = now.Add(mailBackoff.pause(mail.Attempts))
	if next.After(mail.GiveUpAt) {
		next = mail.GiveUpAt
	}
	return nil, next
}

// note stores what became of an attempt, for as long as it takes: what was sent
// and is not noted would be sent again. When the context has ended it tries once.
func (d *Delivery) note(ctx context.Context, mail *domain.OutgoingMail, store func(context.Context, ports.Outbox) error) {
	failed := false
	defer func() {
		if failed {
			d.unnoted.Add(-1)
		}
	}()
	for {
		last := ctx.Err() != nil
		noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteInterval)
		err := store(noting, d.storage.Repos().Outbox)
		cancel()
		if err == nil || errors.Is(err, ports.ErrNotFound) {
			return
		}
		if !failed {
			failed = true
			d.unnoted.Add(1)
		}
		d.log.ErrorContext(ctx, "what became of a mail cannot be stored", "mail", mail.ID, "error", err)
		if last {
			return
		}
		sleep(ctx, noteInterval)
	}
}

// oneLine is a text fit for a table cell and a terminal, whoever wrote it.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, "?"))
	if len(text) > longestError {
		text = strings.ToValidUTF8(text[:longestError], "") + "..."
	}
	return text
}

// sleep returns early when the context ends.
func sleep(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
