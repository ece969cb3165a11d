package mail

import (
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/ports"
)

// subject is what an answer of the mail server is about.
type subject int

const (
	// nothing: the server accepts.
	nothing subject = iota
	// theServer: it accepts no mail at all, because the connection broke, or it wants
	// another login.
	theServer
	// us: the server objects to our name, our address, our rate or our rights.
	us
	// theMail: the server will never accept it for this receiver.
	theMail
	// theMoment: the server may accept the same later.
	theMoment
)

// enhanced is the enhanced status code at the begin of a line of an answer (RFC 2034), or
// behind a # as qmail writes it.
var enhanced = regexp.MustCompile(`(?m)(?:^|#)[245]\.(\d{1,3}\.\d{1,3})\b`)

// ours are the details of enhanced status codes (RFC 3463, RFC 5248) that are about the
// sender: its address (1.7, 1.8), its rate (4.5), the protocol (5), security and policy
// (7), such as "Helo command rejected" and "Relay access denied". 3 is the mail system as
// a whole, but for a mail that is too large for it (3.4).
var ours = regexp.MustCompile(`^(1\.[78]|3\.[^4]\d*|3\.4\d+|4\.5|5\.\d+|7\.\d+)$`)

// vague are details that say only to which kind the answer belongs: Postfix has 1.0 for
// senders and receivers. The words decide.
var vague = regexp.MustCompile(`^[0124]\.0$`)

// theirs are details of security and policy that are about the receiver: an account that is
// disabled, and an address that has another owner now (RFC 7293).
var theirs = regexp.MustCompile(`^7\.1[378]$`)

// ofAccount are words of providers about our account there. Some stand behind a code for
// another subject, as Zoho's "5.4.6 Unusual sending activity detected".
var ofAccount = regexp.MustCompile(`(?i)\b(sendasdenied|send as\b|(unusual|suspicious) sending|(sending|outgoing|hourly|daily|monthly) ` +
	`((e-?)?mails? |messages? )?(limit|quota)|credits exceeded|out of credits|identit(y|ies) (\w+ )?(failed|not verified)|` +
	`address is not verified|domain is not verified)`)

// oursInWords are words for the same, and for waiting, in answers whose enhanced status code is
// missing or vague. If they match an answer about a receiver by mistake, the mail is tried for
// two days in vain.
var oursInWords = regexp.MustCompile(
	`(?i)\b(helo|ehlo|relay|relaying|relayed|authenticat\w*|auth|black-? ?list\w*|block-? ?list\w*|deny-? ?list\w*|rbl|dnsbl|spamhaus|` +
		`spamcop|reputation|reverse dns|rdns|ptr|spf|dkim|dmarc|(rate|sending)[- ]?(limit|quota)\w*|quota exceeded for sending|` +
		`too (many|much) (\w+ ){0,2}(mails?|e-?mails?|messages?|connections?)|senders?|mail from|starttls|tls|encryption|client host|` +
		`(your|client|sending) (ip|host|domain|server|network|address|account)|ip|host blocked|unauthenticated|not authori[sz]ed|` +
		`not (allowed|permitted) to send|rcpthosts|access denied|administrative\w* prohibit\w*|polic(y|ies)|no smtp service|` +
		`gr[ae]y-?list\w*|(try|retry) (again )?(later|in)|please (try|retry) again|temporarily deferred)\b`)

// isOurs is whether an answer objects to us.
func isOurs(answer *textproto.Error) bool {
	if ofAccount.MatchString(answer.Msg) {
		return true
	}
	if code := enhanced.FindStringSubmatch(answer.Msg); code != nil && !vague.MatchString(code[1]) {
		return ours.MatchString(code[1]) && !theirs.MatchString(code[1])
	}
	return oursInWords.MatchString(answer.Msg)
}

// about returns the subject of an error of a command after the login.
func about(err error) subject {
	if err == nil {
		return nothing
	}
	answer, ok := errors.AsType[*textproto.Error](err)
	if !ok || answer.Code < 400 {
		return theServer
	}
	switch answer.Code {
	case 421, 454, 530, 534, 535, 538: // RFC 5321, 4.2.1; RFC 4954, 6
		return theServer
	case 500, 502, 503, 504, 555: // not understood, or not now: nothing is said of the receiver
		return us
	}
	if answer.Code < 500 {
		return theMoment
	}
	if isOurs(answer) {
		return us
	}
	return theMail
}

// aboutReceiver returns the subject of an error of RCPT. A bare 552 there is an old form of
// "too many receivers": the next attempt is for the others (RFC 5321, section 4.5.3.1.10).
func aboutReceiver(err error) subject {
	answer, ok := errors.AsType[*textproto.Error](err)
	if ok && answer.Code == 552 && !enhanced.MatchString(answer.Msg) {
		return theMoment
	}
	return about(err)
}

// isOursForNow is whether an answer objects to us by its policy (RFC 3463, X.7) and may
// be another one later.
func isOursForNow(err error) bool {
	answer, ok := errors.AsType[*textproto.Error](err)
	return ok && about(err) == theMoment && strings.HasPrefix(answer.Msg, "4.7.")
}

// describe returns the error of the core for an answer about a whole mail.
func describe(err error) error {
	switch about(err) {
	case nothing:
		return nil
	case theServer:
		return &ports.MailServerError{Cause: err, MayHaveSent: isUnanswered(err)}
	case us:
		return &ports.MailServerError{Cause: refusesUs(err)}
	case theMail:
		return &ports.MailRefusedError{Cause: err}
	default:
		return err
	}
}

func refusesUs(err error) error {
	return fmt.Errorf("the mail server objects to this server, not to the receiver: %w", err)
}

// refusals are the answers about single receivers.
type refusals struct {
	faults   []error
	subjects []subject
}

func (r *refusals) add(who receiver, err error) {
	what := aboutReceiver(err)
	if what == us {
		err = refusesUs(err)
	}
	r.faults = append(r.faults, fmt.Errorf("%s: %w", who.name, err))
	r.subjects = append(r.subjects, what)
}

// verdict is for good only if every refusal is. If the server objects to us, and accepts
// no receiver, no other mail would fare better.
func (r *refusals) verdict(accepted int) error {
	if len(r.faults) == 0 {
		return nil
	}
	all := errors.Join(r.faults...)
	switch {
	case r.only(theMail):
		return &ports.MailRefusedError{Cause: all}
	case r.only(us) && accepted == 0:
		return &ports.MailServerError{Cause: all}
	}
	return all
}

func (r *refusals) only(what subject) bool {
	return !slices.ContainsFunc(r.subjects, func(s subject) bool { return s != what })
}
