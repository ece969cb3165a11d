package server

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

// visitor connects to the server from one of the addresses of the loopback network.
func visitor(t *testing.T, s *Server, from string) net.Conn {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: time.Minute}
	connection, err := dialer.DialContext(t.Context(), "tcp", s.Address().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	_ = connection.SetDeadline(time.Now().Add(time.Minute))
	return connection
}

// exchange sends a request and returns the answer, nil if the connection has ended.
func exchange(t *testing.T, connection net.Conn) *http.Response {
	t.Helper()
	_, _ = io.WriteString(connection, "GET / HTTP/1.1\r\nHost: test\r\n\r\n") // an error shows when it is read
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return nil
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response
}

func wantStatus(t *testing.T, what string, connection net.Conn, status int) {
	t.Helper()
	response := exchange(t, connection)
	got := 0
	if response != nil {
		got = response.StatusCode
	}
	if got != status {
		t.Errorf("%s: %d, want %d", what, got, status)
	}
}

// startShared starts a server for so many connections, whose answers wait for release.
func startShared(t *testing.T, connections Connections) (s *Server, entered, release chan struct{}) {
	t.Helper()
	s, _ = start(t, Options{Connections: connections})
	entered, release = make(chan struct{}, 99), make(chan struct{})
	s.SetHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/wait" {
			return
		}
		entered <- struct{}{}
		<-release
	}))
	return s, entered, release
}

// Whoever opens connections without end closes his own.
func TestConnectionsThatWaitMakeRoom(t *testing.T) {
	s, _, _ := startShared(t, Connections{Limit: 8})
	mute := visitor(t, s, "127.0.0.2")
	idle := visitor(t, s, "127.0.0.2")
	wantStatus(t, "a second connection", idle, http.StatusOK)
	third := visitor(t, s, "127.0.0.2")
	wantStatus(t, "a third one", third, http.StatusOK)
	if _, err := mute.Read(make([]byte, 1)); err == nil {
		t.Error("the oldest connection, which never sent anything, is still open")
	}
	wantStatus(t, "another client", visitor(t, s, "127.0.0.3"), http.StatusOK)
	wantStatus(t, "the idle one", idle, http.StatusOK)
}

func TestConnectionsAtWorkAreNotClosed(t *testing.T) {
	s, entered, release := startShared(t, Connections{Limit: 8})
	for range 2 {
		if _, err := io.WriteString(visitor(t, s, "127.0.0.2"), "GET /wait HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		<-entered
	}
	response := exchange(t, visitor(t, s, "127.0.0.2"))
	if response == nil || response.StatusCode != http.StatusTooManyRequests || response.Header.Get("Retry-After") == "" ||
		response.Header.Get("Content-Type") != "application/json" {
		t.Errorf("a third connection beside two at work: %+v, want 429 with Retry-After", response)
	}
	wantStatus(t, "another client", visitor(t, s, "127.0.0.3"), http.StatusOK)
	close(release)
}

// When all connections are taken, the client with the most of them makes room.
func TestTheLargestClientMakesRoom(t *testing.T) {
	s, _, _ := startShared(t, Connections{Limit: 4})
	proxied, _, _ := startShared(t, Connections{Limit: 4, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	var first net.Conn
	for _, from := range []string{"127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6"} {
		connection := visitor(t, s, from)
		wantStatus(t, from, connection, http.StatusOK)
		if first == nil {
			first = connection
		}
	}
	for range 4 {
		wantStatus(t, "a proxy", visitor(t, proxied, "127.0.0.2"), http.StatusOK)
	}
	wantStatus(t, "beyond a proxy that has all", visitor(t, proxied, "127.0.0.3"), http.StatusServiceUnavailable)
}
