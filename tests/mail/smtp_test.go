package mail_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/mail"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/tests/smtptest"
)

var (
	from     = netmail.Address{Name: "EOSC Perf", Address: "perf@example.org"}
	support  = []netmail.Address{{Address: "support@example.org"}, {Name: "Büro", Address: "office@example.org"}}
	written  = time.Date(2026, 11, 24, 12, 0, 0, 500_000, time.UTC)
	aMailsID = uuid.MustParse("0197a1b2-0000-7000-8000-123456789abc")
)

func aMail() *domain.OutgoingMail {
	return &domain.OutgoingMail{ID: aMailsID, CreatedAt: written, Mail: domain.Mail{
		To: "alice@example.org", Subject: "Resource approved: " + aMailsID.String(), CopySupport: true,
		Headers: map[string]string{"Resource-ID": aMailsID.String()},
		Text:    "Dear user,\n\nGrüße an \"測試\".\n.\n..\n" + strings.Repeat("long ", 400) + "\n",
		HTML:    "<!DOCTYPE html>\n<p>Gr&uuml;ße an &lt;測試&gt;</p>\n.\n",
	}}
}

// sender is for the server, with changes.
func sender(s *smtptest.Server, changes ...func(*mail.Config)) *mail.SMTP {
	config := mail.Config{Server: s.Host, Port: s.Port, TLS: mail.NoTLS, RootCAs: s.Roots, From: from, Support: support}
	for _, change := range changes {
		change(&config)
	}
	return mail.NewSMTP(config)
}

func TestAMailArrives(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	reached, err := sender(server).Send(t.Context(), aMail())
	everybody := []string{"alice@example.org", "support@example.org", "office@example.org"}
	if err != nil || !slices.Equal(reached, everybody) {
		t.Fatalf("reached %v, %v", reached, err)
	}
	received := server.Received()
	if len(received) != 1 || received[0].From != "perf@example.org" || !slices.Equal(received[0].To, everybody) || received[0].TLS {
		t.Fatalf("received %+v", received)
	}
	header, body, _ := strings.Cut(received[0].Data, "\r\n\r\n")
	want := strings.Join([]string{
		"Auto-Submitted: auto-generated",
		"Date: Tue, 24 Nov 2026 12:00:00 +0000",
		"MIME-Version: 1.0",
		"Message-ID: <0197a1b2-0000-7000-8000-123456789abc@example.org>",
		"Resource-ID: 0197a1b2-0000-7000-8000-123456789abc",
		"Subject: Resource approved: 0197a1b2-0000-7000-8000-123456789abc",
		`From: "EOSC Perf" <perf@example.org>`,
		"To: <alice@example.org>",
		"Cc: <support@example.org>, =?utf-8?q?B=C3=BCro?= <office@example.org>",
		"Content-Type: multipart/alternative;",
		" boundary=mail-0197a1b2-0000-7000-8000-123456789abc",
	}, "\r\n")
	if header != want {
		t.Errorf("header\n%s\nwant\n%s", header, want)
	}
	if bytes.ContainsFunc([]byte(received[0].Data), func(r rune) bool { return r > '~' }) {
		t.Error("not all of it is ASCII")
	}
	for line := range strings.SplitSeq(received[0].Data, "\r\n") {
		if len(line) > 78 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d bytes, or with a bare line break: %q", len(line), line)
		}
	}
	expectParts(t, body, "mail-"+aMailsID.String(), aMail().Text, aMail().HTML)
}

// expectParts reads the body as a mail program does.
func expectParts(t *testing.T, body, boundary, text, html string) {
	t.Helper()
	parts := multipart.NewReader(strings.NewReader(body), boundary)
	for _, want := range []struct{ kind, content string }{{"text/plain", text}, {"text/html", html}} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatalf("%s: %v", want.kind, err)
		}
		kind, parameters, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || kind != want.kind || !strings.EqualFold(
			parameters["charset"], "utf-8",
		) || part.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Errorf("part %v, %v; want %s", part.Header, err, want.kind)
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if got := strings.ReplaceAll(string(content), "\r\n", "\n"); err != nil || got != want.content {
			t.Errorf("%s is %q (%v), want %q", want.kind, got, err, want.content)
		}
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		t.Errorf("after both parts: %v, want nothing", err)
	}
}

func TestTheSameMailIsTheSameBytes(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	for range 2 {
		if _, err := sender(server).Send(t.Context(), aMail()); err != nil {
			t.Fatal(err)
		}
	}
	if r := server.Received(); r[0].Data != r[1].Data {
		t.Errorf("the same mail is\n%s\nand\n%s", r[0].Data, r[1].Data)
	}
}

func TestNoCopyWhereNoneIsWanted(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	private := aMail()
	private.CopySupport = false
	withoutSupport := func(c *mail.Config) { c.Support = nil }
	for _, send := range []func() ([]string, error){
		func() ([]string, error) { return sender(server).Send(t.Context(), private) },
		func() ([]string, error) { return sender(server, withoutSupport).Send(t.Context(), aMail()) },
	} {
		if reached, err := send(); err != nil || !slices.Equal(reached, []string{"alice@example.org"}) {
			t.Errorf("reached %v, %v", reached, err)
		}
	}
	for _, r := range server.Received() {
		if strings.Contains(r.Data, "\r\nCc:") || len(r.To) != 1 {
			t.Errorf("to %v:\n%s", r.To, r.Data)
		}
	}
}

// The kinds of errors, as the core tells them apart.
const (
	none = iota
	thisMailForNow
	thisMailForGood
	anyMail
)

func kindOf(err error) int {
	_, refused := errors.AsType[*ports.MailRefusedError](err)
	_, server := errors.AsType[*ports.MailServerError](err)
	switch {
	case err == nil:
		return none
	case refused:
		return thisMailForGood
	case server:
		return anyMail
	}
	return thisMailForNow
}

func TestWhatTheServersRefusalsMean(t *testing.T) {
	to := func(address string, err error) func(string) error {
		return func(to string) error {
			if to == address {
				return err
			}
			return nil
		}
	}
	for name, tt := range map[string]struct {
		faults  smtptest.Faults
		kind    int
		reached int
		says    string
	}{
		"receiver unknown": {
			smtptest.Faults{Rcpt: to("alice@example.org", smtptest.Refuse(550, "no such user"))}, thisMailForGood, 2,
			`alice@example.org: 550 "no such user"`,
		},
		"receiver greylisted": {
			smtptest.Faults{Rcpt: to("alice@example.org", smtptest.Refuse(450, "come back"))}, thisMailForNow, 2,
			`450 "come back"`,
		},
		"copy unknown": {
			smtptest.Faults{Rcpt: to("support@example.org", smtptest.Refuse(550, "no such user"))}, thisMailForGood, 2,
			"support@example.org",
		},
		"copy greylisted": {
			smtptest.Faults{Rcpt: to("support@example.org", smtptest.Refuse(450, "come back"))}, thisMailForNow, 2,
			"support@example.org",
		},
		"everybody unknown": {
			smtptest.Faults{Rcpt: func(string) error { return smtptest.Refuse(550, "no") }}, thisMailForGood, 0,
			"office@example.org: 550",
		},
		"unknown and greylisted": {smtptest.Faults{Rcpt: func(to string) error {
			return smtptest.Refuse(map[bool]int{true: 550, false: 450}[to == "alice@example.org"], "no")
		}}, thisMailForNow, 0, "alice@example.org: 550"},
		"mail refused": {
			smtptest.Faults{Data: func() error { return smtptest.Refuse(554, "spam") }}, thisMailForGood, 0, `554 "spam"`,
		},
		"no room for it": {
			smtptest.Faults{Data: func() error { return smtptest.Refuse(452, "disk full") }}, thisMailForNow, 0,
			`452 "disk full"`,
		},
		"sender refused": {
			smtptest.Faults{Mail: func(string) error { return smtptest.Refuse(550, "not you") }}, anyMail, 0,
			`sender perf@example.org: 550 "not you"`,
		},
		"login wanted": {
			smtptest.Faults{Rcpt: func(string) error { return smtptest.Refuse(530, "log in") }}, anyMail, 0, `530 "log in"`,
		},
		"shutting down": {
			smtptest.Faults{Rcpt: func(string) error { return smtptest.Refuse(421, "closing") }}, anyMail, 0,
			`421 "closing"`,
		},
		"not serving":                    {smtptest.Faults{Greet: func() error { return smtptest.Refuse(554, "go away") }}, anyMail, 0, "554"},
		"dropped at once":                {smtptest.Faults{Greet: func() error { return smtptest.ErrDrop }}, anyMail, 0, server},
		"dropped before the mail":        {smtptest.Faults{Rcpt: func(string) error { return smtptest.ErrDrop }}, anyMail, 0, ""},
		"dropped after the mail":         {smtptest.Faults{Data: func() error { return smtptest.ErrDrop }}, anyMail, 0, ""},
		"dropped after keeping the mail": {smtptest.Faults{Data: func() error { return smtptest.ErrDrop }, Keep: true}, anyMail, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.Start(t, smtptest.Options{})
			server.Break(tt.faults)
			m := aMail()
			reached, err := sender(server).Send(t.Context(), m)
			if kindOf(err) != tt.kind || len(reached) != tt.reached || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("reached %v, kind %d: %v; want %d reached, kind %d, %q", reached, kindOf(err), err, tt.reached, tt.kind, tt.says)
			}
			kept := len(server.Received())
			if want := map[bool]int{true: 1}[tt.reached > 0 || tt.faults.Keep]; kept != want {
				t.Errorf("the server has %d mails, want %d", kept, want)
			}
			// Back again: the rest get it, nobody twice.
			server.Break(smtptest.Faults{})
			m.Reached = reached
			if more, err := sender(server).Send(t.Context(), m); err != nil || len(more) != 3-len(reached) || slices.ContainsFunc(
				more, func(a string) bool { return slices.Contains(reached, a) },
			) {
				t.Errorf("afterwards reached %v besides %v, %v", more, reached, err)
			}
			m.Reached = []string{"alice@example.org", "support@example.org", "office@example.org"}
			if more, err := sender(server).Send(t.Context(), m); err != nil || len(more) > 0 || len(server.Received()) != kept+1 {
				t.Errorf("everybody has it: reached %v, %v", more, err)
			}
		})
	}
}

const server = "mail server 127.0.0.1:"

func TestAServerThatIsNotThere(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	s.Close()
	if _, err := sender(s).Send(t.Context(), aMail()); kindOf(err) != anyMail || !strings.Contains(err.Error(), s.Address()) {
		t.Errorf("got %v, want an error of the server that names it", err)
	}
}

// A server that says nothing costs as much time as the context has, and no more.
func TestAServerThatDelays(t *testing.T) {
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	address, _ := silent.Addr().(*net.TCPAddr)
	release := make(chan struct{})
	defer close(release)
	late := smtptest.Start(t, smtptest.Options{})
	late.Break(smtptest.Faults{Data: func() error { <-release; return nil }})
	for name, s := range map[string]*mail.SMTP{
		"never greets":        mail.NewSMTP(mail.Config{Server: "127.0.0.1", Port: address.Port, From: from}),
		"never says good-bye": sender(late),
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		_, err := s.Send(ctx, aMail())
		cancel()
		if kindOf(err) != anyMail || !strings.Contains(err.Error(), "took too long") {
			t.Errorf("%s: %v, want that it took too long", name, err)
		}
	}
}

func TestTLS(t *testing.T) {
	for name, tt := range map[string]struct {
		options smtptest.Options
		tls     mail.TLS
		trusted bool
		says    string
	}{
		"starttls":                     {smtptest.Options{StartTLS: true}, mail.StartTLS, true, ""},
		"tls":                          {smtptest.Options{ImplicitTLS: true}, mail.ImplicitTLS, true, ""},
		"none, although it is offered": {smtptest.Options{StartTLS: true}, mail.NoTLS, true, ""},
		"starttls that is not offered": {smtptest.Options{}, mail.StartTLS, true, "no STARTTLS"},
		"starttls, unknown issuer":     {smtptest.Options{StartTLS: true}, mail.StartTLS, false, "certificate"},
		"tls, unknown issuer":          {smtptest.Options{ImplicitTLS: true}, mail.ImplicitTLS, false, "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.Start(t, tt.options)
			_, err := sender(server, func(c *mail.Config) {
				c.TLS = tt.tls
				if !tt.trusted {
					c.RootCAs = nil
				}
			}).Send(t.Context(), aMail())
			if tt.says != "" {
				if kindOf(err) != anyMail || !strings.Contains(err.Error(), tt.says) || len(server.Received()) > 0 {
					t.Errorf("got %v, want %q", err, tt.says)
				}
				return
			}
			received := server.Received()
			if err != nil || len(received) != 1 || received[0].TLS != (tt.tls != mail.NoTLS) {
				t.Errorf("%v, received %+v", err, received)
			}
		})
	}
}

func TestLogin(t *testing.T) {
	for _, way := range []mail.TLS{mail.NoTLS, mail.StartTLS, mail.ImplicitTLS} {
		server := smtptest.Start(
			t,
			smtptest.Options{StartTLS: way == mail.StartTLS, ImplicitTLS: way == mail.ImplicitTLS, User: "perf", Password: "p w\"ü"},
		)
		with := func(user, password string) func(*mail.Config) {
			return func(c *mail.Config) { c.TLS, c.User, c.Password = way, user, password }
		}
		if _, err := sender(server, with("perf", "p w\"ü")).Send(t.Context(), aMail()); err != nil || server.Received()[0].User != "perf" {
			t.Errorf("%s: %v, received %+v", way, err, server.Received())
		}
		for name, s := range map[string]*mail.SMTP{
			"wrong password": sender(server, with("perf", "hunter2")), "no login": sender(server, with("", "")),
		} {
			_, err := s.Send(t.Context(), aMail())
			if kindOf(err) != anyMail || strings.Contains(err.Error(), "hunter2") || len(server.Received()) != 1 {
				t.Errorf("%s, %s: %v, want a refusal that shows no password", way, name, err)
			}
		}
	}
	plain := smtptest.Start(t, smtptest.Options{})
	_, err := sender(plain, func(c *mail.Config) { c.User, c.Password = "perf", "p" }).Send(t.Context(), aMail())
	if kindOf(err) != anyMail || !strings.Contains(err.Error(), "no way") {
		t.Errorf("a server without login: %v", err)
	}
}

func TestAddressesThatCannotBeUsed(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	for _, to := range []string{
		"", "alice", "alice@", "a b@example.org", "alice@example.org\r\nBcc: bob@example.org", "alice@example.org>\r\nRCPT TO:<bob@example.org",
		"Alice <alice@example.org>", "alice@example.org, bob@example.org", "alice@example.org\x00", "\xff@example.org",
		strings.Repeat("a", 250) + "@example.org", "jörg@example.org",
	} {
		m := aMail()
		m.To, m.CopySupport = to, false
		if reached, err := sender(s).Send(t.Context(), m); kindOf(err) != thisMailForGood || len(reached) > 0 {
			t.Errorf("%q: reached %v, %v; want a refusal for good", to, reached, err)
		}
	}
	// Only of the last one the server is asked what it can do.
	if got := s.Received(); len(got) > 0 || s.Sessions() != 1 {
		t.Errorf("received %+v in %d conversations", got, s.Sessions())
	}
	modern := smtptest.Start(t, smtptest.Options{UTF8: true})
	m := aMail()
	m.To = "jörg@bücher.example"
	if _, err := sender(modern).Send(
		t.Context(), m,
	); err != nil || modern.Received()[0].To[0] != m.To || !modern.Received()[0].UTF8 || !strings.Contains(
		modern.Received()[0].Data, "\r\nTo: <"+m.To+">\r\n",
	) {
		t.Errorf("%v, received %+v", err, modern.Received())
	}
	if _, err := sender(modern).Send(t.Context(), aMail()); err != nil || modern.Received()[1].UTF8 {
		t.Errorf("%v: SMTPUTF8 is asked for where nothing needs it: %+v", err, modern.Received()[1])
	}
}
