package system

import (
	"context"

	"github.com/eosc-perf/backend/adapters/mail"
	"github.com/eosc-perf/backend/cmd/wiring/sender"
	"github.com/eosc-perf/backend/ports"
)

// mailSender is the mail server that the settings name, or else the log.
func (s *System) mailSender() ports.MailSender {
	if s.cfg.Mail.Server == "" {
		return mail.Log{Logger: s.log}
	}
	return sender.New(s.cfg)
}

// startMail delivers mails until stopMail, which lets those under way finish
// until its context ends. It may be called again.
func (s *System) startMail(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	taking, stop := context.WithCancel(ctx)
	sending, cut := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.delivery.Run(taking, sending)
	}()
	s.stopMail = func(finish context.Context) {
		stop()
		select {
		case <-done:
		case <-finish.Done():
		}
		cut()
		<-done
	}
}
