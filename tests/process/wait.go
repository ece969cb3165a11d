package process

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// Patience bounds every wait for something that should happen. It is long enough for a
// machine that has much else to do.
const Patience = 3 * time.Minute

// Eventually waits until the condition holds, and fails the test, naming it by what, if
// that takes longer than Patience.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(Patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after %v still not true: %s", Patience, what)
		}
	}
}

// FreeAddress returns an address on the loopback interface that nobody listens at.
func FreeAddress(t testing.TB) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// FreePort returns the port of a FreeAddress.
func FreePort(t testing.TB) string {
	t.Helper()
	_, port, err := net.SplitHostPort(FreeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// Status returns the status of the answer to GET url, 0 if there is no answer.
func Status(url string) int {
	response, err := http.Get(url) //nolint:gosec,noctx // a server of the test
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// Answers reports whether GET url is answered with 200.
func Answers(url string) bool { return Status(url) == http.StatusOK }

// Fetch returns status and body of the answer to GET url, and fails the test if there is
// none.
func Fetch(t testing.TB, url string) (status int, body string) {
	t.Helper()
	response, err := http.Get(url) //nolint:gosec,noctx // a server of the test
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
