package mail

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
)

const (
	// maxReply bounds one answer of a server, in bytes: RFC 5321 lets a line have 512.
	maxReply = 64 << 10
	// maxReplyText is how much of its text is kept.
	maxReplyText = 4 << 10
)

// reply is an answer of a mail server: a code of three digits, and lines of text.
type reply struct {
	code  int
	lines []string
}

// accepts is whether the server did what a command asked for. Its last two digits do not
// matter (RFC 5321, section 4.3.2).
func (r reply) accepts() bool { return r.code/100 == 2 }

// refusal returns the reply as an error.
func (r reply) refusal() error {
	return &textproto.Error{Code: r.code, Msg: r.text()}
}

// text is the text of all lines.
func (r reply) text() string { return strings.Join(r.lines, "\n") }

// forget removes a secret, which a server may repeat as it is or in base64.
func (r reply) forget(secret []byte) {
	for i, line := range r.lines {
		for _, form := range []string{base64.StdEncoding.EncodeToString(secret), string(secret)} {
			if form != "" {
				line = strings.ReplaceAll(line, form, "[...]")
			}
		}
		r.lines[i] = line
	}
}

// readReply reads one answer. It is lenient where a misunderstanding would send a mail
// twice: a code may be alone on its line, lines end in CRLF or LF, and of several lines
// the last one has the code that counts.
func readReply(reader *bufio.Reader) (reply, error) {
	var r reply
	var kept int
	for left := maxReply; ; {
		line, size, err := readLine(reader, left)
		if err != nil {
			return reply{}, err
		}
		left -= size
		code, more, text, ok := parseReplyLine(line)
		if !ok {
			if r.lines == nil {
				return reply{}, fmt.Errorf("%.100q is no answer of a mail server", line)
			}
			more, text = true, line // some servers break their lines
		}
		if text = text[:min(len(text), maxReplyText-kept)]; text != "" || r.lines == nil {
			r.lines = append(r.lines, text)
			kept += len(text)
		}
		if !more {
			r.code = code
			return r, nil
		}
	}
}

// readLine returns a line without its end, and how many bytes it took, at most limit.
func readLine(reader *bufio.Reader, limit int) (line string, size int, err error) {
	var text []byte
	for {
		part, err := reader.ReadSlice('\n')
		if text = append(text, part...); len(text) > limit {
			return "", 0, fmt.Errorf("an answer has more than %d bytes", maxReply)
		}
		if err == nil {
			return strings.TrimRight(string(text), "\r\n"), len(text), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", 0, fmt.Errorf("read the answer: %w", err)
		}
	}
}

// parseReplyLine splits a line into its code, whether more lines follow, and its text. Not
// ok is a line without a code.
func parseReplyLine(line string) (code int, more bool, text string, ok bool) {
	if len(line) < 3 || line[0] < '1' || line[0] > '5' || !isDigit(line[1]) || !isDigit(line[2]) {
		return 0, false, "", false
	}
	code = int(line[0]-'0')*100 + int(line[1]-'0')*10 + int(line[2]-'0')
	if len(line) == 3 {
		return code, false, "", true
	}
	if line[3] != ' ' && line[3] != '-' {
		return 0, false, "", false
	}
	return code, line[3] == '-', line[4:], true
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
