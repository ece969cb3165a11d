package mail

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// client speaks SMTP (RFC 5321) with one server. It sends one command at a time, and
// refusals are *textproto.Error.
type client struct {
	conn   net.Conn
	reader *bufio.Reader
	// server is the name by which the server is known here.
	server string
	// extensions are the parameters of what the server offers, by keywords in capitals.
	extensions map[string][]string
}

func newClient(conn net.Conn, server string) *client {
	return &client{conn: conn, reader: bufio.NewReader(conn), server: server}
}

// command sends a line, and reads the answer, whatever it is.
func (c *client) command(format string, arguments ...any) (reply, error) {
	line := fmt.Sprintf(format, arguments...)
	if strings.ContainsAny(line, "\r\n\x00") {
		return reply{}, fmt.Errorf("%.100q is more than one line", line)
	}
	if _, err := c.conn.Write([]byte(line + "\r\n")); err != nil {
		return reply{}, fmt.Errorf("send a command: %w", err)
	}
	return readReply(c.reader)
}

// do sends a command that the server must accept.
func (c *client) do(format string, arguments ...any) error {
	return accepted(c.command(format, arguments...))
}

// accepted returns the error of a command, or a refusal of the server.
func accepted(answer reply, err error) error {
	if err == nil && !answer.accepts() {
		return answer.refusal()
	}
	return err
}

// greeting reads what the server says first.
func (c *client) greeting() error { return accepted(readReply(c.reader)) }

// hello introduces us, and notes what the server offers. Servers that do not know EHLO
// are asked by HELO.
func (c *client) hello(name string) error {
	c.extensions = map[string][]string{}
	answer, err := c.command("EHLO %s", name)
	if err != nil {
		return err
	}
	if answer.code/100 == 5 {
		if err := c.do("HELO %s", name); err != nil {
			return errors.Join(answer.refusal(), err)
		}
		return nil
	}
	for _, line := range answer.lines[1:] {
		words := strings.Fields(strings.ToUpper(line))
		if len(words) == 0 {
			continue
		}
		// Servers older than RFC 4954 write "AUTH=LOGIN".
		keyword, first, joined := strings.Cut(words[0], "=")
		parameters := words[1:]
		if joined {
			parameters = append([]string{first}, parameters...)
		}
		c.extensions[keyword] = append(c.extensions[keyword], parameters...)
	}
	return accepted(answer, nil)
}

func (c *client) offers(keyword string) bool {
	_, offered := c.extensions[keyword]
	return offered
}

// startTLS encrypts the connection. What the server said before counts no more, what it
// said ahead included.
func (c *client) startTLS(config *tls.Config, name string) error {
	if err := c.do("STARTTLS"); err != nil {
		return err
	}
	conn := tls.Client(c.conn, config)
	c.conn, c.reader = conn, bufio.NewReader(conn)
	return c.hello(name)
}

// login proves who we are by the mechanism of a.
func (c *client) login(a smtp.Auth) error {
	_, encrypted := c.conn.(*tls.Conn)
	mechanism, first, err := a.Start(&smtp.ServerInfo{Name: c.server, TLS: encrypted, Auth: c.extensions["AUTH"]})
	if err != nil {
		return err
	}
	line, response := "AUTH "+mechanism, first
	if len(first) > 0 {
		line += " " + base64.StdEncoding.EncodeToString(first)
	}
	for {
		answer, err := c.command("%s", line)
		if err != nil {
			return err
		}
		if answer.code != statusChallenge {
			if !answer.accepts() {
				answer.forget(response)
				return answer.refusal()
			}
			_, err := a.Next([]byte(answer.text()), false)
			return err
		}
		challenge, err := base64.StdEncoding.DecodeString(answer.text())
		if err != nil {
			return fmt.Errorf("the server's challenge is not in base64: %w", err)
		}
		if response, err = a.Next(challenge, true); err != nil {
			return err
		}
		line = base64.StdEncoding.EncodeToString(response)
	}
}

// statusChallenge asks for the next step of a login (RFC 4954, section 4).
const statusChallenge = 334

// data sends a mail to the accepted receivers. It returns nil once the server has accepted
// responsibility for it.
func (c *client) data(mail []byte) error {
	answer, err := c.command("DATA")
	if err != nil {
		return err
	}
	if answer.code/100 != 3 {
		return answer.refusal()
	}
	writer := textproto.NewWriter(bufio.NewWriter(c.conn)).DotWriter()
	if _, err := writer.Write(mail); err != nil {
		return err
	}
	if err := writer.Close(); err != nil {
		return err
	}
	answer, err = readReply(c.reader)
	if err != nil {
		return &unansweredError{err}
	}
	return accepted(answer, nil)
}

// unansweredError means that the server got a whole mail, and its answer was lost.
type unansweredError struct{ cause error }

// Error implements error.
func (e *unansweredError) Error() string {
	return "the mail server got the mail, and did not say whether it accepts it: " + e.cause.Error()
}

// Unwrap returns what happened to the answer.
func (e *unansweredError) Unwrap() error { return e.cause }

// isUnanswered is whether the server may have accepted the mail.
func isUnanswered(err error) bool {
	_, unanswered := errors.AsType[*unansweredError](err)
	return unanswered
}
