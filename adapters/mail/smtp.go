package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"os"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// TLS says how the conversation with the mail server is kept from others.
type TLS string

// The ways of TLS.
const (
	// NoTLS is for relays nearby, which most networks have.
	NoTLS TLS = "none"
	// StartTLS begins in the open, and insists on going on with TLS (RFC 3207).
	StartTLS TLS = "starttls"
	// ImplicitTLS begins with TLS (RFC 8314).
	ImplicitTLS TLS = "tls"
)

const (
	// connectTime bounds the way to the server, TLS included.
	connectTime = 10 * time.Second
	// greetTime bounds everything up to the first mail.
	greetTime = 30 * time.Second
	// quitTime bounds the farewell, for which nobody waits.
	quitTime = 5 * time.Second
)

// Config says how mails are sent.
type Config struct {
	// Server is a name or an address.
	Server string
	Port   int
	TLS    TLS
	// RootCAs are those who may vouch for the server; nil is the system's.
	RootCAs *x509.CertPool
	// User and Password are both empty where the server wants none.
	User, Password string
	From           mail.Address
	// Support gets copies.
	Support []mail.Address
}

// SMTP sends mails to a server, each in a conversation of its own (RFC 5321).
type SMTP struct {
	config Config
	// name is how we introduce ourselves.
	name string
}

// NewSMTP makes a sender. The server need not be there yet.
func NewSMTP(config Config) *SMTP {
	return &SMTP{config: config, name: ownName()}
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$`)

func ownName() string {
	name, err := os.Hostname()
	if err != nil || !hostName.MatchString(name) {
		return "localhost"
	}
	return name
}

// Send implements ports.MailSender. Whatever is refused before a receiver is
// named, the sender's address included, is no fault of the mail.
func (s *SMTP) Send(ctx context.Context, m *domain.OutgoingMail) (reached []string, err error) {
	message, err := s.message(m)
	if err != nil {
		return nil, &ports.MailRefusedError{Cause: err}
	}
	receivers := s.receivers(m)
	if len(receivers) == 0 {
		return nil, nil
	}
	c, err := s.begin(ctx)
	if err != nil {
		return nil, &ports.MailServerError{Cause: fmt.Errorf("mail server %s: %w", s.address(), inTime(ctx, err))}
	}
	defer c.end()
	reached, err = c.hand(message, s.config.From.Address, receivers)
	return reached, inTime(ctx, err)
}

func (s *SMTP) address() string {
	return net.JoinHostPort(s.config.Server, strconv.Itoa(s.config.Port))
}

// inTime says that it was the context that ended a conversation.
func inTime(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	return &ports.MailServerError{Cause: fmt.Errorf("the conversation took too long or was ended: %w", err)}
}

// receivers are those whom the mail has not reached yet, each once.
func (s *SMTP) receivers(m *domain.OutgoingMail) (addresses []string) {
	all := []string{m.To}
	if m.CopySupport {
		for _, support := range s.config.Support {
			all = append(all, support.Address)
		}
	}
	for _, address := range all {
		if !slices.Contains(m.Reached, address) && !slices.Contains(addresses, address) {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// conversation is one with the mail server.
type conversation struct {
	conn   net.Conn
	client *smtp.Client
	// unwatch stops the context from ending it.
	unwatch func() bool
}

// begin connects, introduces us, and logs in where that is wanted.
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
	if err := c.client.Hello(s.name); err != nil {
		return err
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

// hand is the mail transaction. Those whom the server accepts get the mail also
// if it refuses others.
func (c *conversation) hand(message *message, from string, to []string) (reached []string, err error) {
	if err := c.permitUnicode(append([]string{from}, to...)); err != nil {
		return nil, err
	}
	if err := c.client.Mail("<" + from + ">"); err != nil {
		return nil, &ports.MailServerError{Cause: fmt.Errorf("sender %s: %w", from, err)}
	}
	var accepted []string
	var refusals refusals
	for _, address := range to {
		err := classified(c.client.Rcpt("<" + address + ">"))
		if _, broken := errors.AsType[*ports.MailServerError](err); broken {
			return nil, err
		}
		if err != nil {
			refusals.add(fmt.Errorf("%s: %w", address, err))
			continue
		}
		accepted = append(accepted, address)
	}
	if len(accepted) == 0 {
		return nil, refusals.verdict()
	}
	if err := c.data(message); err != nil {
		return nil, classified(err)
	}
	return accepted, refusals.verdict()
}

// data returns nil once the server has taken the mail upon itself.
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

// permitUnicode asks for RFC 6531 where an address needs it, and only there:
// not every server on the way may know it.
func (c *conversation) permitUnicode(addresses []string) error {
	needed := slices.ContainsFunc(addresses, func(address string) bool {
		return slices.ContainsFunc([]byte(address), func(b byte) bool { return b >= 0x80 })
	})
	c.client.SkipSMTPUTF8(!needed)
	if offered, _ := c.client.Extension("SMTPUTF8"); needed && !offered {
		return &ports.MailRefusedError{Cause: errors.New("the mail server takes only ASCII in addresses")}
	}
	return nil
}

// end says farewell. What was sent can be noted meanwhile.
func (c *conversation) end() {
	c.unwatch()
	_ = c.conn.SetDeadline(time.Now().Add(quitTime))
	go func() {
		_ = c.client.Quit() // the server may have hung up
		_ = c.conn.Close()
	}()
}

// refusals collect what was said about addresses.
type refusals struct {
	faults  []error
	forGood bool
}

func (r *refusals) add(err error) {
	_, forGood := errors.AsType[*ports.MailRefusedError](err)
	r.forGood = forGood && (r.forGood || len(r.faults) == 0)
	r.faults = append(r.faults, err)
}

// verdict is for good only if every refusal is.
func (r *refusals) verdict() error {
	if len(r.faults) == 0 || r.forGood {
		return errors.Join(r.faults...)
	}
	texts := make([]error, len(r.faults))
	for i, fault := range r.faults {
		texts[i] = errors.New(fault.Error())
	}
	return errors.Join(texts...)
}

// classified tells what an answer of the server means. Its own troubles, and
// those with our login, are not about the mail (RFC 5321, 4.2.1; RFC 4954, 6);
// neither is a connection that broke.
func classified(err error) error {
	if err == nil {
		return nil
	}
	answer, ok := errors.AsType[*textproto.Error](err)
	switch {
	case !ok || slices.Contains([]int{421, 454, 530, 534, 535, 538}, answer.Code) || answer.Code < 400:
		return &ports.MailServerError{Cause: err}
	case answer.Code >= 500:
		return &ports.MailRefusedError{Cause: err}
	}
	return err
}

// login chooses the best mechanism that the server offers. Whether the password
// may go over an open connection was decided by the settings.
type login struct {
	user, password string
	chosen         smtp.Auth
}

// Start implements smtp.Auth.
func (l *login) Start(server *smtp.ServerInfo) (proto string, toServer []byte, err error) {
	for _, mechanism := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(l.user, l.password)},
		{"SCRAM-SHA-1", smtp.ScramSHA1Auth(l.user, l.password)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(l.user, l.password)},
		{"PLAIN", smtp.PlainAuth("", l.user, l.password, server.Name, true)},
		{"LOGIN", smtp.LoginAuth(l.user, l.password, server.Name, true)},
	} {
		if slices.Contains(server.Auth, mechanism.name) {
			l.chosen = mechanism.auth
			return l.chosen.Start(server)
		}
	}
	return "", nil, fmt.Errorf("it offers no way that we know: %q", server.Auth)
}

// Next implements smtp.Auth.
func (l *login) Next(fromServer []byte, more bool) ([]byte, error) {
	return l.chosen.Next(fromServer, more)
}
