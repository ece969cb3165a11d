package mail

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/mail"
	"os"
	"slices"
	"strconv"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// TLS is how the conversation with the mail server is encrypted.
type TLS string

// The values of TLS.
const (
	// NoTLS does not encrypt. Most networks have such a relay nearby.
	NoTLS TLS = "none"
	// StartTLS begins without encryption, and requires the upgrade to TLS (RFC 3207).
	StartTLS TLS = "starttls"
	// ImplicitTLS begins with TLS (RFC 8314).
	ImplicitTLS TLS = "tls"
)

// Config says how mails are sent.
type Config struct {
	// Server is a name or an address.
	Server string
	Port   int
	TLS    TLS
	// RootCAs are the trusted certificate authorities; nil means the system's.
	RootCAs *x509.CertPool
	// User and Password are both empty if the server wants no login.
	User, Password string
	From           mail.Address
	// Support gets copies.
	Support []mail.Address
	// Helo is the name by which the client introduces itself (EHLO). Empty is the name of
	// the machine if that has a dot, else PublicHost, else the domain of From.
	Helo string
	// PublicHost is the host of the service's public address, empty if that is unknown.
	PublicHost string
}

// SMTP sends mails to a server, each in a conversation of its own (RFC 5321).
type SMTP struct {
	config Config
	// from and support have their domains in ASCII.
	from    mail.Address
	support []receiver
	helo    string
}

// NewSMTP makes a sender. The server need not be there yet.
func NewSMTP(config Config) *SMTP {
	s := &SMTP{config: config, from: withASCIIDomain(config.From), helo: heloName(config, machineName())}
	for _, address := range config.Support {
		s.support = append(s.support, receiver{name: address.Address, address: withASCIIDomain(address), setting: true})
	}
	return s
}

// machineName is the name of this machine, empty if the system has none.
func machineName() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// Helo is the name by which the client introduces itself.
func (s *SMTP) Helo() string { return s.helo }

// Send implements ports.MailSender. Whatever is refused before a receiver is
// named, the sender's address included, is no fault of the mail.
func (s *SMTP) Send(ctx context.Context, m *domain.OutgoingMail) (reached []string, err error) {
	to, err := parseAddress(m.To)
	if err != nil {
		return nil, &ports.MailRefusedError{Cause: fmt.Errorf("the receiver's address %.300q cannot be used: %w", m.To, err)}
	}
	receivers := s.receivers(m, *to)
	if len(receivers) == 0 {
		return nil, nil
	}
	message, err := s.message(m, to)
	if err != nil {
		return nil, err
	}
	c, err := s.begin(ctx)
	if err != nil {
		return nil, &ports.MailServerError{Cause: fmt.Errorf("mail server %s: %w", s.address(), inTime(ctx, err))}
	}
	defer c.end()
	reached, err = c.hand(message, s.from, receivers)
	return reached, inTime(ctx, err)
}

// Check connects to the server, logs in where that is wanted, and asks whether the server
// would take a mail to the support, or else to ourselves; it sends nothing.
func (s *SMTP) Check(ctx context.Context) error {
	c, err := s.begin(ctx)
	if err != nil {
		return fmt.Errorf("mail server %s: %w", s.address(), err)
	}
	defer c.end()
	to := receiver{name: s.from.Address, address: s.from, setting: true}
	if len(s.support) > 0 {
		to = s.support[0]
	}
	if err := c.probe(s.from, to); err != nil {
		return fmt.Errorf("mail server %s: %w", s.address(), err)
	}
	return nil
}

func (s *SMTP) address() string {
	return net.JoinHostPort(s.config.Server, strconv.Itoa(s.config.Port))
}

// inTime says that it was the context that ended a conversation.
func inTime(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	return &ports.MailServerError{
		Cause: fmt.Errorf("the conversation took too long or was ended: %w", err), MayHaveSent: isUnanswered(err),
	}
}

// receivers returns the addresses that do not have the mail yet, each once.
func (s *SMTP) receivers(m *domain.OutgoingMail, to mail.Address) (receivers []receiver) {
	all := []receiver{{name: m.To, address: to}}
	if m.CopySupport {
		all = append(all, s.support...)
	}
	for _, who := range all {
		known := slices.ContainsFunc(receivers, func(r receiver) bool { return r.name == who.name })
		if !known && !slices.Contains(m.Reached, who.name) {
			receivers = append(receivers, who)
		}
	}
	return receivers
}
