package harness

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// SlowPost sends a POST request as alice but for its body, and returns when the server
// waits for the body. The function that it returns sends the body and returns the status
// of the answer.
func (s *Server) SlowPost(path, body string) (finish func() int) {
	s.T.Helper()
	connection, err := new(net.Dialer).DialContext(s.T.Context(), "tcp", strings.TrimPrefix(s.Base, "http://"))
	if err != nil {
		s.T.Fatal(err)
	}
	s.T.Cleanup(func() { _ = connection.Close() })
	// With Expect the server says 100 Continue when a handler begins to read the body.
	_, err = fmt.Fprintf(connection,
		"POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		path, s.Token("alice"), len(body))
	if err != nil {
		s.T.Fatal(err)
	}
	reader := bufio.NewReader(connection)
	status := func() int {
		s.T.Helper()
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			s.T.Fatalf("POST %s, slowly: %v", path, err)
		}
		defer func() { _ = response.Body.Close() }()
		return response.StatusCode
	}
	if got := status(); got != http.StatusContinue {
		s.T.Fatalf("POST %s without its body: got %d, want 100", path, got)
	}
	return func() int {
		s.T.Helper()
		if _, err := io.WriteString(connection, body); err != nil {
			s.T.Fatal(err)
		}
		return status()
	}
}
