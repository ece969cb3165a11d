package smtptest

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Moments in a conversation with a raw server that are no commands.
const (
	Connected = "connected"
	MailEnded = "."
)

// Raw is a mail server that answers with whatever bytes a test wants.
type Raw struct {
	Port int

	answer   func(line string) string
	pause    time.Duration
	mutex    sync.Mutex
	commands []string
	mails    []string
}

// StartRaw runs a server until the test ends. It writes what answer returns for each line
// of a client, for Connected and for MailEnded. The empty answer hangs up.
func StartRaw(t testing.TB, answer func(line string) string) *Raw {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, _ := listener.Addr().(*net.TCPAddr)
	s := &Raw{Port: address.Port, answer: answer}
	var conversations sync.WaitGroup
	conversations.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conversations.Go(func() { s.converse(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		conversations.Wait()
	})
	return s
}

// Slow lets the server wait after each byte that it writes.
func (s *Raw) Slow(pause time.Duration) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.pause = pause
}

// Commands are the lines of all clients so far.
func (s *Raw) Commands() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]string(nil), s.commands...)
}

// Mails are what came between DATA and the final dot, with lines that end in CRLF and
// the dots at their beginnings as they traveled.
func (s *Raw) Mails() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]string(nil), s.mails...)
}

func (s *Raw) converse(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	reader := bufio.NewReader(conn)
	for line := Connected; ; {
		answer := s.answer(line)
		if err := s.write(conn, answer); err != nil || answer == "" {
			return
		}
		var err error
		if strings.HasPrefix(answer, "354") {
			line, err = MailEnded, s.readMail(reader)
		} else {
			line, err = s.readCommand(reader)
		}
		if err != nil {
			return
		}
	}
}

func (s *Raw) write(conn net.Conn, answer string) error {
	s.mutex.Lock()
	pause := s.pause
	s.mutex.Unlock()
	if pause == 0 {
		_, err := conn.Write([]byte(answer))
		return err
	}
	for i := range len(answer) {
		time.Sleep(pause)
		if _, err := conn.Write([]byte{answer[i]}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Raw) readCommand(reader *bufio.Reader) (string, error) {
	line, err := reader.ReadString('\n')
	line = strings.TrimSuffix(line, "\r\n")
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.commands = append(s.commands, line)
	return line, err
}

func (s *Raw) readMail(reader *bufio.Reader) error {
	var mail strings.Builder
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return err
		}
		if line == ".\r\n" {
			break
		}
		mail.WriteString(line)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.mails = append(s.mails, mail.String())
	return nil
}
