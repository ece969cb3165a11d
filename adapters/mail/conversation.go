package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/eosc-perf/backend/ports"
)

const (
	// connectTime bounds the way to the server, TLS included.
	connectTime = 10 * time.Second
	// greetTime bounds everything up to the first mail.
	greetTime = 30 * time.Second
	// quitTime bounds the farewell, for which nobody waits.
	quitTime = 5 * time.Second
)

// conversation is one with the mail server.
type conversation struct {
	conn   net.Conn
	client *smtp.Client
	// unwatch stops the context from ending the conversation.
	unwatch func() bool
}

// begin connects, introduces this server, and logs in if a user is set.
func (s *SMTP) begin(ctx context.Context) (*conversation, error) {
	conn, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	c := &conversation{conn: conn, unwatch: context.AfterFunc(ctx, func() { _ = conn.Close() })}
	if err := s.greet(c); err != nil {
		c.unwatch()
		return nil, errors.Join(err, conn.Close())
	}
	// The context's own end is what bounds the rest.
	return c, conn.SetDeadline(time.Time{})
}

func (s *SMTP) connect(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	if s.config.TLS == ImplicitTLS {
		return (&tls.Dialer{Config: s.tls()}).DialContext(ctx, "tcp", s.address())
	}
	return new(net.Dialer).DialContext(ctx, "tcp", s.address())
}

func (s *SMTP) tls() *tls.Config {
	return &tls.Config{ServerName: s.config.Server, RootCAs: s.config.RootCAs, MinVersion: tls.VersionTLS12}
}

func (s *SMTP) greet(c *conversation) (err error) {
	if err := c.conn.SetDeadline(time.Now().Add(greetTime)); err != nil {
		return err
	}
	if c.client, err = smtp.NewClient(c.conn, s.config.Server); err != nil {
		return err
	}
	if err := c.client.Hello(s.helo); err != nil {
		return fmt.Errorf("EHLO %s (MAIL_HELO): %w", s.helo, err)
	}
	if s.config.TLS == StartTLS {
		if offered, _ := c.client.Extension("STARTTLS"); !offered {
			return errors.New("it offers no STARTTLS, which MAIL_TLS asks for")
		}
		if err := c.client.StartTLS(s.tls()); err != nil {
			return fmt.Errorf("STARTTLS: %w", err)
		}
	}
	if s.config.User == "" {
		return nil
	}
	if err := c.client.Auth(&login{user: s.config.User, password: s.config.Password}); err != nil {
		return fmt.Errorf("log in with MAIL_USER: %w", err)
	}
	return nil
}

// hand makes the mail transaction. Accepted receivers get the mail also if the server
// refuses others.
func (c *conversation) hand(message *message, from mail.Address, to []receiver) (reached []string, err error) {
	if err := c.permitUnicode(from, to); err != nil {
		return nil, err
	}
	if err := c.client.Mail(path(from)); err != nil {
		return nil, &ports.MailServerError{Cause: fmt.Errorf("sender %s: %w", from.Address, err)}
	}
	var accepted []string
	var refused refusals
	for _, who := range to {
		err := c.client.Rcpt(path(who.address))
		switch about(err) {
		case theServer:
			return nil, &ports.MailServerError{Cause: err}
		case nothing:
			accepted = append(accepted, who.name)
		default:
			refused.add(who, err)
		}
	}
	if len(accepted) == 0 {
		return nil, refused.verdict(0)
	}
	if err := c.data(message); err != nil {
		return nil, describe(err)
	}
	return accepted, refused.verdict(len(accepted))
}

// data sends the mail. It returns nil once the server has accepted responsibility for it.
func (c *conversation) data(message *message) error {
	data, err := c.client.Data()
	if err != nil {
		return err
	}
	// Without the final dot the server must drop what was written so far.
	if err := message.write(data); err != nil {
		return errors.Join(err, c.conn.Close())
	}
	return data.Close()
}

// permitUnicode asks for RFC 6531 where an address needs it, and only there: not every
// server on the way may know it. The error is about the receiver only if that address
// needs it: other addresses are settings.
func (c *conversation) permitUnicode(from mail.Address, to []receiver) error {
	offered, _ := c.client.Extension("SMTPUTF8")
	missing := errors.New("the mail server takes only ASCII in addresses (it has no SMTPUTF8)")
	var needed bool
	for _, who := range append([]receiver{{name: from.Address, address: from, setting: true}}, to...) {
		if isASCII(who.address.Address) {
			continue
		}
		needed = true
		switch {
		case offered:
		case !who.setting:
			return &ports.MailRefusedError{Cause: missing}
		default:
			return &ports.MailServerError{Cause: fmt.Errorf("%s: %w", who.name, missing)}
		}
	}
	c.client.SkipSMTPUTF8(!needed)
	return nil
}

// probe asks whether the server would take a mail for the receiver, and sends none. The
// error is only about us: whether there is such a receiver does not matter.
func (c *conversation) probe(from mail.Address, to receiver) error {
	if err := c.permitUnicode(from, []receiver{to}); err != nil {
		return err
	}
	if err := c.client.Mail(path(from)); err != nil {
		return fmt.Errorf("sender %s: %w", from.Address, err)
	}
	err := c.client.Rcpt(path(to.address))
	switch {
	case about(err) == us || isOursForNow(err):
		return refusesUs(err)
	case about(err) == theServer:
		return err
	}
	return nil
}

// end ends the conversation in the background.
func (c *conversation) end() {
	c.unwatch()
	_ = c.conn.SetDeadline(time.Now().Add(quitTime))
	go func() {
		_ = c.client.Quit() // the server may have hung up
		_ = c.conn.Close()
	}()
}
