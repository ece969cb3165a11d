package oidc_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// endlessProviders are providers that never come to an end, each by what it does on a connection.
var endlessProviders = map[string]struct {
	scheme string
	serve  func(net.Conn)
}{
	"says nothing":              {"http", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }},
	"begins no TLS":             {"https", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }},
	"speaks no TLS":             {"https", func(c net.Conn) { repeat(c, "HTTP/1.1 200 OK\r\n", 0) }},
	"sends headers without end": {"http", func(c net.Conn) { repeat(c, "HTTP/1.1 200 OK\r\n", 0, "X: "+strings.Repeat("x", 1000)+"\r\n") }},
	"sends a header bit by bit": {"http", func(c net.Conn) { repeat(c, "HTTP/1.1 200 OK\r\n", 50*time.Millisecond, "X") }},
	"sends a body without end":  {"http", func(c net.Conn) { repeat(c, "HTTP/1.1 200 OK\r\n\r\n", 0, strings.Repeat(" ", 10_000)) }},
	"sends a body bit by bit":   {"http", func(c net.Conn) { repeat(c, "HTTP/1.1 200 OK\r\n\r\n", 50*time.Millisecond, "{") }},
	"goes on asking to go on":   {"http", func(c net.Conn) { repeat(c, "", 0, "HTTP/1.1 103 Early Hints\r\n\r\n") }},
	"sends on without end": {"http", func(c net.Conn) {
		repeat(c, "HTTP/1.1 302 Found\r\nLocation: /on\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 0)
	}},
	"ends each connection at once": {"http", func(net.Conn) {}},
}

// repeat sends the beginning, and then the part again and again.
func repeat(c net.Conn, begin string, pause time.Duration, part ...string) {
	_, _ = bufio.NewReader(c).ReadString('\n') // the request has come
	_, err := io.WriteString(c, begin)
	for err == nil && len(part) > 0 {
		_, err = io.WriteString(c, part[0])
		time.Sleep(pause)
	}
}

// TestAProviderThatNeverEndsCostsItsTimeOnly: its tokens are refused when the time for a provider is over, and
// those of others are verified meanwhile.
func TestAProviderThatNeverEndsCostsItsTimeOnly(t *testing.T) {
	t.Parallel()
	for name, provider := range endlessProviders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := provider.scheme + "://" + listen(t, provider.serve)
			good := newFake(t)
			v := trusting(t, url, good.url)
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_, err := v.Verify(t.Context(), ports.BearerToken{Text: good.token(t, object{"iss": url})})
				if domain.KindOf(err) != domain.Unavailable {
					t.Errorf("a token of the endless provider: %v, want Unavailable", err)
				}
			}()
			verify(t, v, good.token(t, nil), 0)
			select {
			case <-ended:
			case <-time.After(30 * time.Second):
				t.Error("the time for the provider does not end")
			}
		})
	}
}

// listen serves each connection, and returns the address. Connections end with the test.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it ends with the test
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = connection.Close() }()
				serve(connection)
			}()
		}
	}()
	return listener.Addr().String()
}
