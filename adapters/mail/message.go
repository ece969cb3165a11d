package mail

import (
	"bytes"
	"fmt"
	"net/mail"

	gomail "github.com/wneessen/go-mail"

	"github.com/eosc-perf/backend/core/domain"
)

// message returns a mail in the form in which it travels (RFC 5322, MIME): the same bytes
// for the same mail, whoever sends it.
func (s *SMTP) message(m *domain.OutgoingMail, to *mail.Address) ([]byte, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary("mail-"+m.ID.String()))
	msg.FromMailAddress(&s.from)
	msg.ToMailAddress(to)
	if m.CopySupport && len(s.support) > 0 {
		copies := make([]*mail.Address, len(s.support))
		for i := range s.support {
			copies[i] = &s.support[i].address
		}
		msg.CcMailAddress(copies...)
	}
	_, host := splitAddress(s.from.Address)
	msg.SetMessageIDWithValue(m.ID.String() + "@" + asciiDomain(host))
	msg.SetDateWithValue(m.CreatedAt)
	msg.Subject(m.Subject)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answers by machines
	for name, value := range m.Headers {
		msg.SetGenHeader(gomail.Header(name), value)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	var written bytes.Buffer
	if _, err := msg.WriteTo(&written); err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	return written.Bytes(), nil
}
