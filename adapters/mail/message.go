package mail

import (
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/eosc-perf/backend/core/domain"
)

// longestAddress is in bytes (RFC 5321, 4.5.3.1.3, without its brackets).
const longestAddress = 254

// message is a mail in the form in which it travels (RFC 5322, MIME).
type message struct{ msg *gomail.Msg }

// message writes the same bytes for the same mail, whoever sends it. The error
// is about the receiver's address.
func (s *SMTP) message(m *domain.OutgoingMail) (*message, error) {
	to, err := parseAddress(m.To)
	if err != nil {
		return nil, fmt.Errorf("the receiver's address %.300q cannot be used: %w", m.To, err)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary("mail-"+m.ID.String()))
	msg.FromMailAddress(&s.config.From)
	msg.ToMailAddress(to)
	if m.CopySupport && len(s.config.Support) > 0 {
		copies := make([]*mail.Address, len(s.config.Support))
		for i := range s.config.Support {
			copies[i] = &s.config.Support[i]
		}
		msg.CcMailAddress(copies...)
	}
	_, host, _ := strings.Cut(s.config.From.Address, "@")
	msg.SetMessageIDWithValue(m.ID.String() + "@" + host)
	msg.SetDateWithValue(m.CreatedAt)
	msg.Subject(m.Subject)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answers by machines
	for name, value := range m.Headers {
		msg.SetGenHeader(gomail.Header(name), value)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return &message{msg}, nil
}

func (m *message) write(w io.Writer) error {
	_, err := m.msg.WriteTo(w)
	return err
}

// parseAddress takes a bare address, without a name or anything else around it.
func parseAddress(text string) (*mail.Address, error) {
	if len(text) > longestAddress {
		return nil, fmt.Errorf("it is longer than %d bytes", longestAddress)
	}
	address, err := mail.ParseAddress(text)
	if err != nil {
		return nil, err
	}
	if address.Address != text {
		return nil, errors.New("there is something around it")
	}
	return address, nil
}
