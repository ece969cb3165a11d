package mail_test

import (
	"context"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // CRAM-MD5 is an old way to log in
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/mail"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/tests/smtptest"
)

// answers are what a raw server answers to commands, by the verb.
type answers map[string]string

// serve runs a server with the answers, and plain ones to everything else.
func (a answers) serve(t *testing.T) *smtptest.Raw {
	t.Helper()
	all := answers{
		smtptest.Connected: "220 mail.test\r\n", "EHLO": "250-mail.test\r\n250 ENHANCEDSTATUSCODES\r\n", "HELO": "250 mail.test\r\n",
		"MAIL": "250 ok\r\n", "RCPT": "250 ok\r\n", "DATA": "354 go on\r\n", smtptest.MailEnded: "250 queued\r\n", "QUIT": "221 bye\r\n",
	}
	maps.Copy(all, a)
	return smtptest.StartRaw(t, func(line string) string {
		verb, _, _ := strings.Cut(line, " ")
		return all[verb]
	})
}

func rawSender(s *smtptest.Raw, changes ...func(*mail.Config)) *mail.SMTP {
	config := mail.Config{Server: "127.0.0.1", Port: s.Port, TLS: mail.NoTLS, From: from}
	for _, change := range changes {
		change(&config)
	}
	return mail.NewSMTP(config)
}

// TestFormsOfAnswers: RFC 5321, section 4.2, lets a server answer in many forms. What is
// taken for an error after the mail was accepted would be sent again and again.
func TestFormsOfAnswers(t *testing.T) {
	long := strings.Repeat("words ", 2000)
	for name, answers := range map[string]answers{
		"a code without a text": {
			smtptest.Connected: "220\r\n", "EHLO": "250\r\n", "MAIL": "250\r\n", "RCPT": "250\r\n", "DATA": "354\r\n", smtptest.MailEnded: "250\r\n",
		},
		"a code and a blank":             {smtptest.Connected: "220 \r\n", "MAIL": "250 \r\n", smtptest.MailEnded: "250 \r\n"},
		"several lines":                  {smtptest.Connected: "220-a\r\n220-no spam\r\n220 b\r\n", smtptest.MailEnded: "250-a\r\n250 b\r\n"},
		"several lines without texts":    {smtptest.MailEnded: "250-\r\n250-\r\n250\r\n"},
		"several codes in one answer":    {smtptest.MailEnded: "250-a\r\n251 b\r\n"},
		"a line without a code":          {smtptest.MailEnded: "250-a\r\nb\r\n250 c\r\n"},
		"bare line feeds":                {smtptest.Connected: "220 a\n", "EHLO": "250-m\n250 SIZE\n", smtptest.MailEnded: "250 queued\n"},
		"very long lines":                {smtptest.Connected: "220 " + long + "\r\n", smtptest.MailEnded: "250 " + long + "\r\n"},
		"many lines":                     {"EHLO": strings.Repeat("250-X-OPTION\r\n", 500) + "250 HELP\r\n"},
		"bytes that are no text":         {smtptest.MailEnded: "250 \xff\x00\x1b[2J\r\n"},
		"another code of success":        {"RCPT": "251 will forward\r\n", smtptest.MailEnded: "252 accepted\r\n"},
		"EHLO is unknown":                {"EHLO": "500 what?\r\n"},
		"EHLO is not implemented":        {"EHLO": "502 5.5.1 no\r\n"},
		"SIZE without a limit":           {"EHLO": "250-mail.test\r\n250 SIZE 0\r\n"},
		"PIPELINING and CHUNKING":        {"EHLO": "250-mail.test\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 BINARYMIME\r\n"},
		"the mail ends the conversation": {"QUIT": ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := answers.serve(t)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			reached, err := rawSender(s).Send(ctx, aMail())
			if err != nil || !slices.Equal(reached, []string{"alice@example.org"}) || len(s.Mails()) != 1 {
				t.Errorf("reached %v, %v, the server has %d mails", reached, err, len(s.Mails()))
			}
		})
	}
}

// TestAnswersThatAreNone: the server, not the mail, is at fault, and soon.
func TestAnswersThatAreNone(t *testing.T) {
	endless := strings.Repeat("x", 4<<20)
	for name, answers := range map[string]answers{
		"another protocol":        {smtptest.Connected: "SSH-2.0-OpenSSH_9.2\r\n"},
		"a page":                  {smtptest.Connected: "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"},
		"a code of four digits":   {"MAIL": "2500 ok\r\n"},
		"a code out of range":     {"MAIL": "999 ok\r\n"},
		"an empty line":           {"MAIL": "\r\n"},
		"half an answer":          {"MAIL": "25"},
		"a line without end":      {smtptest.Connected: endless},
		"lines without end":       {"EHLO": strings.Repeat("250-more\r\n", 400_000)},
		"refusal without end":     {"RCPT": strings.Repeat("550-no\r\n", 400_000)},
		"success instead of 354":  {"DATA": "250 ok\r\n"},
		"354 instead of success":  {"RCPT": "354 go on\r\n"},
		"a code between the two":  {smtptest.MailEnded: "199 well\r\n"},
		"closing after MAIL":      {"MAIL": "421 4.3.2 closing\r\n"},
		"closing after RCPT":      {"RCPT": "421 4.3.2 closing\r\n"},
		"closing after DATA":      {"DATA": "421 4.3.2 closing\r\n"},
		"closing after the mail":  {smtptest.MailEnded: "421 4.3.2 closing\r\n"},
		"hanging up at once":      {smtptest.Connected: ""},
		"hanging up after EHLO":   {"EHLO": ""},
		"no mail for anybody":     {smtptest.Connected: "554 5.3.2 no\r\n"},
		"not now for anybody":     {smtptest.Connected: "421 4.7.0 too many connections\r\n"},
		"EHLO and HELO are wrong": {"EHLO": "550 5.7.1 no\r\n", "HELO": "550 5.7.1 no\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := answers.serve(t)
			patience := time.Minute
			half := name == "half an answer"
			if half { // the rest may come
				patience = time.Second
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			reached, err := rawSender(s).Send(ctx, aMail())
			if kindOf(err) != anyMail || len(reached) > 0 || half != (ctx.Err() != nil) || err != nil && len(err.Error()) > 4000 {
				t.Errorf("reached %v, kind %d, context %v: %.500v", reached, kindOf(err), ctx.Err(), err)
			}
		})
	}
}

// TestLostAnswers: only after the whole mail they leave open whether the mail was sent.
func TestLostAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		answers answers
		want    bool
	}{
		"to DATA":                  {answers{"DATA": ""}, false},
		"to the mail":              {answers{smtptest.MailEnded: ""}, true},
		"half of that to the mail": {answers{smtptest.MailEnded: "250-qu"}, true},
		"none to the mail":         {answers{smtptest.MailEnded: "25"}, true},
		"not now":                  {answers{smtptest.MailEnded: "421 4.3.2 closing\r\n"}, false},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := rawSender(tt.answers.serve(t)).Send(ctx, aMail())
		cancel()
		server, ok := errors.AsType[*ports.MailServerError](err)
		if !ok || server.MayHaveSent != tt.want {
			t.Errorf("%s: %#v, want that the mail may have been sent: %v", name, err, tt.want)
		}
	}
}

// TestSlowAnswers come byte by byte, the first one late.
func TestSlowAnswers(t *testing.T) {
	s := smtptest.StartRaw(t, func(line string) string {
		if line == smtptest.Connected {
			time.Sleep(500 * time.Millisecond)
		}
		return answers{smtptest.Connected: "220 mail.test\r\n", "DATA": "354 go on\r\n"}.or(line, "250 ok\r\n")
	})
	s.Slow(2 * time.Millisecond)
	if reached, err := rawSender(s).Send(t.Context(), aMail()); err != nil || len(reached) != 1 || len(s.Mails()) != 1 {
		t.Errorf("reached %v, %v", reached, err)
	}
}

func (a answers) or(line, otherwise string) string {
	if answer, has := a[line]; has {
		return answer
	}
	return otherwise
}

// TestKeywordsOfExtensionsInAnyCase: RFC 5321, section 2.4.
func TestKeywordsOfExtensionsInAnyCase(t *testing.T) {
	login := func(c *mail.Config) { c.User, c.Password = "perf", "secret" }
	for name, ehlo := range map[string]string{
		"lower case":         "250-mail.test\r\n250 auth plain\r\n",
		"the old form":       "250-mail.test\r\n250 AUTH=PLAIN LOGIN\r\n",
		"both forms":         "250-mail.test\r\n250-AUTH=LOGIN\r\n250 AUTH PLAIN\r\n",
		"several blanks":     "250-mail.test\r\n250 AUTH  PLAIN \r\n",
		"a mechanism unlike": "250-mail.test\r\n250 AUTH XOAUTH2 Plain\r\n",
	} {
		s := answers{"EHLO": ehlo, "AUTH": "235 2.7.0 welcome\r\n"}.serve(t)
		if _, err := rawSender(s, login).Send(t.Context(), aMail()); err != nil || len(s.Mails()) != 1 {
			t.Errorf("%s: %v, after %q", name, err, s.Commands())
		}
	}
	s := answers{"EHLO": "250-mail.test\r\n250-8bitmime\r\n250 smtputf8\r\n"}.serve(t)
	m := aMail()
	m.To = "jörg@example.org"
	if _, err := rawSender(s).Send(t.Context(), m); err != nil || !slices.ContainsFunc(s.Commands(), func(c string) bool {
		return strings.HasPrefix(c, "MAIL") && strings.HasSuffix(c, " SMTPUTF8")
	}) {
		t.Errorf("smtputf8: %v, after %q", err, s.Commands())
	}
	secure := answers{"EHLO": "250-mail.test\r\n250 starttls\r\n", "STARTTLS": "454 4.7.0 not now\r\n"}.serve(t)
	_, err := rawSender(secure, func(c *mail.Config) { c.TLS = mail.StartTLS }).Send(t.Context(), aMail())
	if kindOf(err) != anyMail || !strings.Contains(err.Error(), "not now") || slices.ContainsFunc(secure.Commands(), func(c string) bool {
		return strings.HasPrefix(c, "MAIL")
	}) {
		t.Errorf("starttls: %v, after %q", err, secure.Commands())
	}
}

// TestWaysToLogIn: by each of them the server gets what it needs, and what it repeats of that
// is not told.
func TestWaysToLogIn(t *testing.T) {
	encoded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	const user, password, challenge = "perf", "p wü", "<1896.697170952@mail.test>"
	mac := hmac.New(md5.New, []byte(password))
	mac.Write([]byte(challenge))
	plain, cram := encoded("\x00"+user+"\x00"+password), encoded(user+" "+hex.EncodeToString(mac.Sum(nil)))
	for mechanism, steps := range map[string]struct {
		answers answers
		last    string
	}{
		"PLAIN":    {answers{}, "AUTH"},
		"LOGIN":    {answers{"AUTH": "334 VXNlcm5hbWU6\r\n", encoded(user): "334 UGFzc3dvcmQ6\r\n"}, encoded(password)},
		"CRAM-MD5": {answers{"AUTH": "334 " + encoded(challenge) + "\r\n"}, cram},
	} {
		refusals := map[string]string{
			"235 2.7.0 welcome\r\n": "", "535 5.7.8 not " + plain + encoded(password) + cram + password + "\r\n": "535",
		}
		for refusal, want := range refusals {
			all := answers{"EHLO": "250-mail.test\r\n250 AUTH " + mechanism + "\r\n", steps.last: refusal}
			for line, answer := range steps.answers {
				if line != steps.last {
					all[line] = answer
				}
			}
			s := all.serve(t)
			_, err := rawSender(s, func(c *mail.Config) { c.User, c.Password = user, password }).Send(t.Context(), aMail())
			if (err == nil) != (want == "") || err != nil && (kindOf(err) != anyMail || !strings.Contains(err.Error(), want)) {
				t.Errorf("%s, %q: %v, after %q", mechanism, refusal, err, s.Commands())
			}
			sent := map[string]string{"PLAIN": plain, "LOGIN": encoded(password), "CRAM-MD5": cram}[mechanism]
			if err != nil && (strings.Contains(err.Error(), sent) || mechanism == "LOGIN" && strings.Contains(err.Error(), password)) {
				t.Errorf("%s: %v tells what was sent", mechanism, err)
			}
			if got := s.Commands()[1]; mechanism == "PLAIN" && got != "AUTH PLAIN "+plain {
				t.Errorf("PLAIN: sent %q", got)
			}
		}
	}
}

// TestUpgradeToTLSThatFails: nothing is sent without TLS then, the password least of all.
func TestUpgradeToTLSThatFails(t *testing.T) {
	for name, answer := range map[string]string{
		"refused":                  "554 5.7.3 no\r\n",
		"bytes that are no TLS":    "220 go\r\nthis is no handshake at all\r\n",
		"answers before the TLS":   "220 go\r\n250-mail.test\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n",
		"hanging up":               "",
		"a record of an alert":     "220 go\r\n\x15\x03\x03\x00\x02\x02\x28",
		"an answer that is no 220": "334 go\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := answers{"EHLO": "250-mail.test\r\n250 STARTTLS\r\n", "STARTTLS": answer}.serve(t)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			_, err := rawSender(s, func(c *mail.Config) { c.TLS, c.User, c.Password = mail.StartTLS, "perf", "hunter2" }).Send(ctx, aMail())
			if kindOf(err) != anyMail || len(s.Mails()) > 0 {
				t.Errorf("%v, want an error of the server", err)
			}
			for _, command := range s.Commands() {
				if strings.HasPrefix(command, "AUTH") || strings.HasPrefix(command, "MAIL") {
					t.Errorf("%q went without TLS", command)
				}
			}
		})
	}
}

// TestMailLargerThanTheServerTakes: it says so, without sending it.
func TestMailLargerThanTheServerTakes(t *testing.T) {
	s := answers{"EHLO": "250-mail.test\r\n250 size 2000\r\n"}.serve(t)
	_, err := rawSender(s).Send(t.Context(), aMail())
	if kindOf(err) != thisMailForGood || !strings.Contains(err.Error(), "2000") || len(s.Mails()) > 0 {
		t.Errorf("%v, the server has %d mails; want a refusal that names both sizes", err, len(s.Mails()))
	}
	roomy := answers{"EHLO": "250-mail.test\r\n250 SIZE 10240000\r\n"}.serve(t)
	if _, err := rawSender(roomy).Send(t.Context(), aMail()); err != nil || len(roomy.Mails()) != 1 {
		t.Errorf("%v", err)
	}
}

// TestEveryLineOfAMailMayTravel: at most 998 bytes, no bare CR or LF, a dot at the begin
// of a line doubled; whatever people wrote.
func TestEveryLineOfAMailMayTravel(t *testing.T) {
	for name, text := range map[string]string{
		"dots":                     ".\n..\n.a\n\n.\n",
		"line ends of every kind":  "a\rb\r\nc\n\rd\r\n.\r\n.\rQUIT\r\n\u2028e\u0085f",
		"a line of 100,000 bytes":  strings.Repeat("x", 100_000),
		"a line of wide letters":   strings.Repeat("測", 30_000),
		"a line of dots":           strings.Repeat(".", 5000),
		"blanks at ends of lines":  "a \nb\t\n \n",
		"what no mail may contain": "a\x00b\x1bc\xff\xfed",
	} {
		t.Run(name, func(t *testing.T) {
			s := answers{}.serve(t)
			m := aMail()
			m.Text, m.HTML = text, "<p>"+text+"</p>"
			if _, err := rawSender(s).Send(t.Context(), m); err != nil || len(s.Mails()) != 1 {
				t.Fatalf("%v, the server has %d mails", err, len(s.Mails()))
			}
			for line := range strings.SplitSeq(s.Mails()[0], "\r\n") {
				if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") || strings.HasPrefix(line, ".") && !strings.HasPrefix(line, "..") {
					t.Errorf("the line %.80q of %d bytes", line, len(line))
				}
			}
		})
	}
}

// TestNamesOfSendersAndCopies: whatever an operator sets as a name.
func TestNamesOfSendersAndCopies(t *testing.T) {
	for _, name := range []string{
		"", "EOSC Perf", `The "Perf" \ Team`, "Büro für Größe", "測試", "a, b; <c@example.net>", strings.Repeat("long ", 200) + "name",
		strings.Repeat("ü", 500), "a\r\nBcc: eve@example.org", "=?utf-8?q?x?=",
	} {
		s := answers{}.serve(t)
		named := func(c *mail.Config) {
			c.From.Name = name
			c.Support = []netmail.Address{{Name: name, Address: "support@example.org"}}
		}
		if _, err := rawSender(s, named).Send(t.Context(), aMail()); err != nil {
			t.Errorf("%.40q: %v", name, err)
			continue
		}
		got, err := netmail.ReadMessage(strings.NewReader(s.Mails()[0]))
		if err != nil {
			t.Errorf("%.40q: %v", name, err)
			continue
		}
		for _, header := range []string{"From", "Cc"} {
			list, err := got.Header.AddressList(header)
			if err != nil || len(list) != 1 || list[0].Name != name && !strings.Contains(name, "\n") {
				t.Errorf("%s of %q: %v, %v", header, name, list, err)
			}
		}
		if got.Header.Get("Bcc") != "" {
			t.Errorf("%q wrote a header", name)
		}
		for line := range strings.SplitSeq(s.Mails()[0], "\r\n") {
			if len(line) > 998 {
				t.Errorf("%.40q: a line of %d bytes", name, len(line))
			}
		}
	}
}
