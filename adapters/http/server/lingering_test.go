package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// sendAll sends a whole request before it reads the answer, as many clients do.
func sendAll(connection net.Conn, head string, body int) (*http.Response, string, error) {
	if _, err := io.WriteString(connection, head+"\r\nHost: test\r\n\r\n"); err != nil {
		return nil, "", fmt.Errorf("send the head: %w", err)
	}
	if _, err := io.CopyN(connection, endless{}, int64(body)); err != nil {
		return nil, "", fmt.Errorf("send the body: %w", err)
	}
	return readAnswer(connection)
}

// endless is a body without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func readAnswer(connection net.Conn) (*http.Response, string, error) {
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return nil, "", fmt.Errorf("read the answer: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return response, string(text), err
}

// refusing answers without the body.
var refusing = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	const text = `{"code":413}`
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	w.WriteHeader(http.StatusRequestEntityTooLarge)
	_, _ = io.WriteString(w, text)
})

// TestClientsSeeTheAnswerToABodyThatIsNotRead: also those that send all of the body first. A connection
// whose body came whole serves further requests.
func TestClientsSeeTheAnswerToABodyThatIsNotRead(t *testing.T) {
	s, _ := start(t, Options{ReadTimeout: time.Minute, Connections: Connections{Limit: 100}})
	s.SetHandler(refusing)
	for name, c := range map[string]struct {
		head  string
		body  int
		close bool
	}{
		"5 MB":          {"POST / HTTP/1.1\r\nContent-Length: 5000000", 5_000_000, true},
		"of a GET":      {"GET / HTTP/1.1\r\nContent-Length: 5000000", 5_000_000, true},
		"100 KB":        {"POST / HTTP/1.1\r\nContent-Length: 100000", 100_000, false},
		"empty":         {"POST / HTTP/1.1\r\nContent-Length: 0", 0, false},
		"none":          {"GET / HTTP/1.1", 0, false},
		"of HTTP/1.0":   {"POST / HTTP/1.0\r\nContent-Length: 5000000", 5_000_000, true},
		"asks first":    {"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5000000", 0, true},
		"half of a GET": {"GET / HTTP/1.1\r\nContent-Length: 10", 5, true},
		"half of it":    {"POST / HTTP/1.1\r\nContent-Length: 5000000", 300_000, true},
		"broken chunk":  {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked", 5, true},
	} {
		connection := visitor(t, s, "127.0.0.1")
		begun := time.Now()
		response, text, err := sendAll(connection, c.head, c.body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if response.StatusCode != http.StatusRequestEntityTooLarge || text != `{"code":413}` || response.Close != c.close {
			t.Errorf("%s: %d %q, closes %t; want the answer, closes %t", name, response.StatusCode, text, response.Close, c.close)
		}
		if took := time.Since(begun); took > 20*time.Second { // READ_TIMEOUT is a minute
			t.Errorf("%s: the answer took %s", name, took)
		}
		if !c.close {
			if _, _, err := sendAll(connection, "GET / HTTP/1.1", 0); err != nil {
				t.Errorf("%s: the next request: %v", name, err)
			}
		}
	}
}

// TestUnreadBodiesAreBounded: who sends a refused body slowly, or without end, is cut off, and of one
// client only some are read at once.
func TestUnreadBodiesAreBounded(t *testing.T) {
	s, _ := start(t, Options{ReadTimeout: time.Minute, Connections: Connections{Limit: 1000}})
	s.SetHandler(refusing)
	ended := make(chan string)
	watch := func(name string, pause time.Duration, part int) {
		connection := visitor(t, s, "127.0.0.1")
		_, _ = io.WriteString(connection, "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5000000000\r\n\r\n")
		begun, sent := time.Now(), int64(0)
		for {
			n, err := io.CopyN(connection, endless{}, int64(part))
			if sent += n; err != nil {
				break
			}
			time.Sleep(pause)
		}
		switch took := time.Since(begun); {
		case took > 10*time.Second:
			ended <- fmt.Sprintf("%s: cut off after %s", name, took)
		case sent > 64<<20:
			ended <- fmt.Sprintf("%s: cut off after %d MiB", name, sent>>20)
		default:
			ended <- ""
		}
	}
	const slow, fast = 40, 4
	for i := range slow {
		go watch(fmt.Sprint("slow ", i), 100*time.Millisecond, 1)
	}
	for i := range fast {
		go watch(fmt.Sprint("fast ", i), 0, 1<<20)
	}
	time.Sleep(time.Second)
	s.unread.mutex.Lock()
	if of := s.unread.clients["127.0.0.1"]; of > unreadOfOne {
		t.Errorf("%d bodies of one client are read, more than %d", of, unreadOfOne)
	}
	s.unread.mutex.Unlock()
	for range slow + fast {
		if fault := <-ended; fault != "" {
			t.Error(fault)
		}
	}
	s.unread.mutex.Lock()
	defer s.unread.mutex.Unlock()
	if len(s.unread.clients) > 0 {
		t.Errorf("%v are still counted", s.unread.clients)
	}
}

// TestAnAnswerGoesOnAfterABodyThatIsNotRead: what was done to read the rest does not end the request.
func TestAnAnswerGoesOnAfterABodyThatIsNotRead(t *testing.T) {
	s, _ := start(t, Options{ReadTimeout: time.Minute, Connections: Connections{Limit: 100}})
	s.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := range 3 {
			_, _ = fmt.Fprintln(w, i, r.Context().Err())
			_ = http.NewResponseController(w).Flush()
			time.Sleep(10 * arrivedTime)
		}
	}))
	for name, request := range map[string]string{
		"whole":  "GET / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n{...}",
		"chunks": "GET / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
	} {
		connection := visitor(t, s, "127.0.0.1")
		if _, err := io.WriteString(connection, request); err != nil {
			t.Fatal(err)
		}
		if _, text, err := readAnswer(connection); err != nil || text != "0 <nil>\n1 <nil>\n2 <nil>\n" {
			t.Errorf("%s: the answer is %q, %v", name, text, err)
		}
	}
}

// TestBodiesThatAreReadStayAsTheyAre.
func TestBodiesThatAreReadStayAsTheyAre(t *testing.T) {
	s, url := start(t, Options{ReadTimeout: time.Minute})
	s.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		_, _ = fmt.Fprintln(w, n, err)
	}))
	for range 3 { // on one connection
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(strings.Repeat("x", 1<<20)))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || string(text) != "1048576 <nil>\n" || response.Close {
			t.Errorf("%q, %v, closes %t", text, err, response.Close)
		}
	}
}
