package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"time"

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
	client *client
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

func (s *SMTP) greet(c *conversation) error {
	if err := c.conn.SetDeadline(time.Now().Add(greetTime)); err != nil {
		return err
	}
	c.client = newClient(c.conn, s.config.Server)
	if err := c.client.greeting(); err != nil {
		return fmt.Errorf("greeting: %w", err)
	}
	if err := c.client.hello(s.helo); err != nil {
		return fmt.Errorf("EHLO %s (MAIL_HELO): %w", s.helo, err)
	}
	if s.config.TLS == StartTLS {
		if !c.client.offers("STARTTLS") {
			return errors.New("it offers no STARTTLS, which MAIL_TLS asks for")
		}
		if err := c.client.startTLS(s.tls(), s.helo); err != nil {
			return fmt.Errorf("STARTTLS: %w", err)
		}
	}
	if s.config.User == "" {
		return nil
	}
	if err := c.client.login(&login{user: s.config.User, password: s.config.Password}); err != nil {
		return fmt.Errorf("log in with MAIL_USER: %w", err)
	}
	return nil
}

// hand makes the mail transaction. Accepted receivers get the mail also if the server
// refuses others.
func (c *conversation) hand(message []byte, from mail.Address, to []receiver) (reached []string, err error) {
	if err := c.fits(message); err != nil {
		return nil, err
	}
	if err := c.sender(from, to); err != nil {
		return nil, err
	}
	var accepted []string
	var refused refusals
	for _, who := range to {
		err := c.client.do("RCPT TO:%s", path(who.address))
		switch aboutReceiver(err) {
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
	if err := c.client.data(message); err != nil {
		return nil, describe(err)
	}
	return accepted, refused.verdict(len(accepted))
}

// fits is an error if the server takes no mails as large as the message (RFC 1870).
func (c *conversation) fits(message []byte) error {
	for _, size := range c.client.extensions["SIZE"] {
		limit, err := strconv.Atoi(size)
		if err == nil && limit > 0 && len(message) > limit {
			cause := fmt.Errorf("the mail has %d bytes, and the mail server takes %d at most (SIZE)", len(message), limit)
			return &ports.MailRefusedError{Cause: cause}
		}
	}
	return nil
}

// sender begins a mail. It asks for RFC 6531 where an address needs it, and only there: not
// every server on the way may know it. The error is about the receiver only if that address
// needs it: other addresses are settings.
func (c *conversation) sender(from mail.Address, to []receiver) error {
	command := "MAIL FROM:" + path(from)
	for _, who := range append([]receiver{{name: from.Address, address: from, setting: true}}, to...) {
		if isASCII(who.address.Address) {
			continue
		}
		if !c.client.offers("SMTPUTF8") {
			missing := errors.New("the mail server takes only ASCII in addresses (it has no SMTPUTF8)")
			if !who.setting {
				return &ports.MailRefusedError{Cause: missing}
			}
			return &ports.MailServerError{Cause: fmt.Errorf("%s: %w", who.name, missing)}
		}
		command = "MAIL FROM:" + path(from) + " BODY=8BITMIME SMTPUTF8"
	}
	if err := c.client.do("%s", command); err != nil {
		return &ports.MailServerError{Cause: fmt.Errorf("sender %s: %w", from.Address, err)}
	}
	return nil
}

// probe asks whether the server would take a mail for the receiver, and sends none. The
// error is only about us: whether there is such a receiver does not matter.
func (c *conversation) probe(from mail.Address, to receiver) error {
	if err := c.sender(from, []receiver{to}); err != nil {
		return err
	}
	err := c.client.do("RCPT TO:%s", path(to.address))
	switch {
	case aboutReceiver(err) == us || isOursForNow(err):
		return refusesUs(err)
	case aboutReceiver(err) == theServer:
		return err
	}
	return nil
}

// end ends the conversation in the background.
func (c *conversation) end() {
	c.unwatch()
	_ = c.conn.SetDeadline(time.Now().Add(quitTime))
	go func() {
		_ = c.client.do("QUIT") // the server may have hung up
		_ = c.conn.Close()
	}()
}
