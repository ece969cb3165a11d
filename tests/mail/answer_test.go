package mail_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/mail"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/tests/smtptest"
)

// TestWhomAnAnswerIsAbout: only a verdict about the receiver or the mail is for good.
// Those about us are as they are: the next attempt may be after the operator has
// mended a setting.
func TestWhomAnAnswerIsAbout(t *testing.T) {
	for _, tt := range []struct {
		code int
		text string
		rcpt int
		data int
	}{
		{550, "5.1.1 no such user", thisMailForGood, thisMailForGood},
		{550, "5.1.2 no such domain", thisMailForGood, thisMailForGood},
		{553, "5.1.3 bad address", thisMailForGood, thisMailForGood},
		{551, "5.1.6 moved", thisMailForGood, thisMailForGood},
		{556, "5.1.10 the domain takes no mail", thisMailForGood, thisMailForGood},
		{550, "5.2.1 mailbox disabled", thisMailForGood, thisMailForGood},
		{552, "5.2.2 mailbox full", thisMailForGood, thisMailForGood},
		{552, "5.3.4 message too large", thisMailForGood, thisMailForGood},
		{550, "5.4.1 recipient rejected", thisMailForGood, thisMailForGood},
		{554, "5.6.0 content refused", thisMailForGood, thisMailForGood},
		{550, "no such user", thisMailForGood, thisMailForGood},
		{550, "no such user helower", thisMailForGood, thisMailForGood},
		{550, "5.7.13 user account disabled", thisMailForGood, thisMailForGood},
		{550, "5.7.17 mailbox owner has changed", thisMailForGood, thisMailForGood},
		{550, "5.7.18 domain owner has changed", thisMailForGood, thisMailForGood},
		{550, "Requested action not taken: mailbox unavailable", thisMailForGood, thisMailForGood},
		{550, "over quota", thisMailForGood, thisMailForGood},
		{550, "5.2.2 mailbox limit exceeded", thisMailForGood, thisMailForGood},
		{550, "5.4.6 routing loop detected", thisMailForGood, thisMailForGood},
		{552, "message exceeds the fixed maximum size", thisMailForNow, thisMailForGood},
		{550, "5.1.0 <alice@example.org>: Recipient address rejected: User unknown", thisMailForGood, thisMailForGood},
		{553, "sorry, no mailbox here by that name (#5.1.1)", thisMailForGood, thisMailForGood},

		{504, "5.5.2 <4f3c2a>: Helo command rejected: need fully-qualified hostname", anyMail, anyMail},
		{554, "5.7.1 <4f3c2a>: Helo command rejected: Access denied", anyMail, anyMail},
		{554, "5.7.1 <alice@example.org>: Relay access denied", anyMail, anyMail},
		{554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using a list", anyMail, anyMail},
		{550, "5.7.25 no reverse DNS", anyMail, anyMail},
		{550, "5.7.23 SPF validation failed", anyMail, anyMail},
		{550, "5.1.7 bad sender address", anyMail, anyMail},
		{550, "5.1.8 sender's domain does not exist", anyMail, anyMail},
		{550, "5.4.5 daily quota exceeded", anyMail, anyMail},
		{550, "5.3.2 system not accepting mails", anyMail, anyMail},
		{503, "5.5.1 error: need MAIL command", anyMail, anyMail},
		{504, "need fully-qualified hostname", anyMail, anyMail},
		{550, "Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", anyMail, anyMail},
		{550, "relay not permitted", anyMail, anyMail},
		{554, "your host is on our blacklist", anyMail, anyMail},
		{535, "5.7.8 bad credentials", anyMail, anyMail},
		{530, "5.7.0 Must issue a STARTTLS command first", anyMail, anyMail},
		{454, "4.7.1 Relay access denied", anyMail, anyMail},
		{550, "Verification failed for <perf@example.org>\n5.7.1 Sender verify failed", anyMail, anyMail},
		{550, "Sender verify failed", anyMail, anyMail},
		{553, "sorry, your envelope sender is in my badmailfrom list", anyMail, anyMail},
		{553, "Sender address rejected: not owned by user perf", anyMail, anyMail},
		{550, "too many messages from 192.0.2.1", anyMail, anyMail},
		{554, "blocked using zen.spamhaus.org", anyMail, anyMail},
		{550, "Messages from your network are refused", anyMail, anyMail},
		{554, "this message fails DMARC", anyMail, anyMail},
		{550, "SMTP AUTH is required", anyMail, anyMail},
		{550, "Encryption needed", anyMail, anyMail},
		{550, "5.1.0 <perf@example.org>: Sender address rejected: User unknown in local recipient table", anyMail, anyMail}, // Postfix
		{550, "5.0.0 Relaying denied", anyMail, anyMail},                                                                    // Sendmail
		{553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", anyMail, anyMail},                        // qmail
		{550, "Administrative prohibition", anyMail, anyMail},                                                               // Exim
		{550, "Greylisted, please try again in 5 minutes", anyMail, anyMail},
		{550, "Daily sending quota exceeded", anyMail, anyMail},
		{554, "Too many concurrent SMTP connections", anyMail, anyMail},
		{554, "5.2.252 SendAsDenied; a@example.org not allowed to send as perf@example.org; STOREDRV.Submission", anyMail, anyMail}, // Exchange
		{554, "5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied", anyMail, anyMail},
		{550, "5.1.90 Your message can't be sent because you've reached your daily limit for message recipients", anyMail, anyMail},
		{554, "Message rejected: Email address is not verified.", anyMail, anyMail},                    // Amazon SES
		{550, "5.4.6 Unusual sending activity detected. Please try after some time", anyMail, anyMail}, // Zoho
		{550, "Maximum credits exceeded", anyMail, anyMail},                                            // SendGrid
		{550, "5.2.0 Hourly limit: you may send no more for now", anyMail, anyMail},
		{554, "Email rejected due to security policies", anyMail, anyMail}, // Mimecast

		{450, "4.7.1 <4f3c2a>: Helo command rejected: Host not found", thisMailForNow, thisMailForNow},
		{450, "4.2.0 greylisted", thisMailForNow, thisMailForNow},
		{452, "4.5.3 too many receivers", thisMailForNow, thisMailForNow},
		{451, "4.7.0 too many mails, slow down", thisMailForNow, thisMailForNow},
		{421, "4.7.0 too many connections", anyMail, anyMail},
	} {
		answer := func() error { return smtptest.Refuse(tt.code, tt.text) }
		for stage, c := range map[string]struct {
			faults smtptest.Faults
			want   int
		}{
			"RCPT":      {smtptest.Faults{Rcpt: func(string) error { return answer() }}, tt.rcpt},
			"DATA":      {smtptest.Faults{Data: answer}, tt.data},
			"MAIL FROM": {smtptest.Faults{Mail: func(string) error { return answer() }}, anyMail},
			"greeting":  {smtptest.Faults{Greet: answer}, anyMail},
		} {
			s := smtptest.Start(t, smtptest.Options{})
			s.Break(c.faults)
			reached, err := sender(s).Send(t.Context(), aMail())
			if kindOf(err) != c.want || len(reached) > 0 {
				t.Errorf("%s, %d %s: reached %v, %v (kind %d), want kind %d", stage, tt.code, tt.text, reached, err, kindOf(err), c.want)
			}
			s.Close()
		}
	}
}

// TestObjectionToUsForOneReceiverOnly: the others get the mail, and other mails are not
// held up.
func TestObjectionToUsForOneReceiverOnly(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	s.Break(smtptest.Faults{Rcpt: func(to string) error {
		if to == "alice@example.org" {
			return smtptest.Refuse(554, "5.7.1 Relay access denied")
		}
		return nil
	}})
	reached, err := sender(s).Send(t.Context(), aMail())
	if kindOf(err) != thisMailForNow || !slices.Equal(reached, []string{"support@example.org", "office@example.org"}) {
		t.Errorf("reached %v, %v (kind %d), want the copies reached, and another attempt", reached, err, kindOf(err))
	}
	if err == nil || !strings.Contains(err.Error(), "objects to this server, not to the receiver") {
		t.Errorf("%v does not say whom it is about", err)
	}
}

// TestCheckAsksWhetherAMailWouldBeTaken: relays say at RCPT what they have against a
// client.
func TestCheckAsksWhetherAMailWouldBeTaken(t *testing.T) {
	refusing := func(code int, text string) smtptest.Faults {
		return smtptest.Faults{Rcpt: func(string) error { return smtptest.Refuse(code, text) }}
	}
	for name, tt := range map[string]struct {
		faults smtptest.Faults
		says   string
	}{
		"takes mails":              {smtptest.Faults{}, ""},
		"does not know the person": {refusing(550, "5.1.1 no such user"), ""},
		"is busy":                  {refusing(451, "4.3.0 later"), ""},
		"greylists":                {refusing(450, "4.2.0 greylisted"), ""},
		"dislikes our name": {
			refusing(504, "5.5.2 Helo command rejected: need fully-qualified hostname"), "need fully-qualified hostname",
		},
		"does not find our name": {refusing(450, "4.7.1 Helo command rejected: Host not found"), "Host not found"},
		"does not relay for us":  {refusing(554, "5.7.1 Relay access denied"), "Relay access denied"},
		"wants a login":          {refusing(530, "5.7.0 Authentication required"), "Authentication required"},
		"dislikes our sender": {
			smtptest.Faults{Mail: func(string) error { return smtptest.Refuse(550, "5.1.8 no such domain") }}, "sender perf@example.org",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := smtptest.Start(t, smtptest.Options{})
			s.Break(tt.faults)
			err := sender(s).Check(t.Context())
			if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v, want %q", err, tt.says)
			}
			if len(s.Received()) > 0 {
				t.Error("a mail was sent")
			}
		})
	}
}

func TestCheckAsksForTheSupportOrElseTheSender(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*mail.Config)
		want   string
	}{
		{"support", func(*mail.Config) {}, "support@example.org"},
		{"no support", func(c *mail.Config) { c.Support = nil }, "perf@example.org"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := smtptest.Start(t, smtptest.Options{})
			var asked []string
			s.Break(smtptest.Faults{Rcpt: func(to string) error { asked = append(asked, to); return nil }})
			if err := sender(s, tt.change).Check(t.Context()); err != nil || !slices.Equal(asked, []string{tt.want}) {
				t.Errorf("asked for %v, %v, want %s", asked, err, tt.want)
			}
		})
	}
}

// TestSettingsThatNeedUnicodeAreNotTheMailsFault: the server lacks SMTPUTF8.
func TestSettingsThatNeedUnicodeAreNotTheMailsFault(t *testing.T) {
	for name, change := range map[string]func(*mail.Config){
		"MAIL_FROM":    func(c *mail.Config) { c.From.Address = "büro@example.org" },
		"MAIL_SUPPORT": func(c *mail.Config) { c.Support[0].Address = "büro@example.org" },
	} {
		t.Run(name, func(t *testing.T) {
			s := smtptest.Start(t, smtptest.Options{})
			_, err := sender(s, func(c *mail.Config) {
				c.Support = slices.Clone(c.Support)
				change(c)
			}).Send(t.Context(), aMail())
			if _, server := errors.AsType[*ports.MailServerError](err); !server || !strings.Contains(err.Error(), "büro@example.org") {
				t.Errorf("%v, want an error of the server that names the address", err)
			}
		})
	}
}
