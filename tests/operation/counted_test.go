package operation_test

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// counted is a way to a server that counts the connections.
type counted struct {
	address string
	opened  atomic.Int64
}

// countConnections listens until the test is over, and hands on all bytes to the server.
func countConnections(t *testing.T, s *harness.Server) *counted {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	c := &counted{address: listener.Addr().String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			c.opened.Add(1)
			go handOn(client, strings.TrimPrefix(s.Base, "http://"))
		}
	}()
	return c
}

// handOn hands on all bytes in both directions, until one side ends.
func handOn(client net.Conn, address string) {
	defer func() { _ = client.Close() }()
	server, err := new(net.Dialer).Dial("tcp", address) //nolint:noctx // the connection decides when it ends
	if err != nil {
		return // the client sees its connection end
	}
	defer func() { _ = server.Close() }()
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		go func() {
			_, _ = io.Copy(way[1], way[0]) // an error is an end
			ended <- struct{}{}
		}()
	}
	<-ended
}
