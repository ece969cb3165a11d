package server

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/domain"
)

const (
	// clientsPart: one client gets at most this part of all connections.
	clientsPart = 4
	// farewell bounds how long a refused connection stays, farewells how many do.
	farewell  = time.Second
	farewells = 64
)

// Connections bound the connections of a server, and share them among the clients. Where
// there is no room, a connection that waits for a request ends: the oldest one of the
// client that has the most.
type Connections struct {
	// Limit is the largest number of all connections.
	Limit int
	// Proxies are the addresses that may have as many connections as there are: others'
	// requests come through them.
	Proxies []netip.Prefix
}

// sharedListener accepts as many connections as there is room for, and refuses the rest.
type sharedListener struct {
	net.Listener
	Connections

	mutex sync.Mutex
	open  map[*sharedConnection]bool
	// clients counts the open connections of each client.
	clients map[string]int
	// refused holds a token for each connection that is being refused.
	refused chan struct{}
}

func (c Connections) listen(listener net.Listener) *sharedListener {
	return &sharedListener{
		Listener: listener, Connections: c, open: map[*sharedConnection]bool{}, clients: map[string]int{},
		refused: make(chan struct{}, farewells),
	}
}

// sharedConnection is a connection that counts.
type sharedConnection struct {
	net.Conn
	listener *sharedListener
	client   string
	// since is since when the connection waits for a request, zero while it does not.
	since time.Time
}

// Accept implements net.Listener.
func (l *sharedListener) Accept() (net.Conn, error) {
	for {
		connection, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		shared := &sharedConnection{Conn: connection, listener: l, client: l.clientOf(connection), since: time.Now()}
		victim, refusal := l.admit(shared)
		if victim != nil {
			_ = victim.Close() // it is at an end, whatever the error
		}
		if refusal == nil {
			return shared, nil
		}
		l.refuse(connection, refusal)
	}
}

// clientOf returns the key of a connection's client, "" for a proxy.
func (l *sharedListener) clientOf(connection net.Conn) string {
	address, err := netip.ParseAddrPort(connection.RemoteAddr().String())
	if err != nil {
		return ""
	}
	ip := address.Addr().Unmap()
	if slices.ContainsFunc(l.Proxies, func(network netip.Prefix) bool { return network.Contains(ip) }) {
		return ""
	}
	return fair.Address(ip.String())
}

// admit counts the connection, unless there is no room for it: then it returns why. A
// victim is a connection that has to end for it.
func (l *sharedListener) admit(c *sharedConnection) (victim *sharedConnection, refusal *domain.Error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	switch {
	case c.client != "" && l.clients[c.client] >= max(1, l.Limit/clientsPart):
		if victim = l.waiting(func(other *sharedConnection) bool { return other.client == c.client }); victim == nil {
			return nil, domain.LimitedFor(problem.RetryAfter, "You have too many connections", nil)
		}
	case len(l.open) >= l.Limit:
		if victim = l.waiting(func(other *sharedConnection) bool { return other.client != "" }); victim == nil {
			return nil, domain.UnavailableFor(problem.RetryAfter, "The server has too many connections", nil)
		}
	}
	if victim != nil {
		l.forget(victim)
	}
	l.open[c] = true
	l.clients[c.client]++
	return victim, nil
}

// waiting returns one of those connections that waits for a request, the oldest one of
// the client that has the most; nil if none does.
func (l *sharedListener) waiting(those func(*sharedConnection) bool) (found *sharedConnection) {
	for c := range l.open {
		if c.since.IsZero() || !those(c) {
			continue
		}
		if found == nil || l.clients[c.client] > l.clients[found.client] ||
			l.clients[c.client] == l.clients[found.client] && c.since.Before(found.since) {
			found = c
		}
	}
	return found
}

// forget ends the count of a connection.
func (l *sharedListener) forget(c *sharedConnection) {
	if !l.open[c] {
		return
	}
	delete(l.open, c)
	if l.clients[c.client]--; l.clients[c.client] == 0 {
		delete(l.clients, c.client)
	}
}

// Close implements net.Conn.
func (c *sharedConnection) Close() error {
	c.listener.mutex.Lock()
	c.listener.forget(c)
	c.listener.mutex.Unlock()
	return c.Conn.Close()
}

// SetLinger sets what closing does with bytes that are not sent yet, as net.TCPConn does.
func (c *sharedConnection) SetLinger(seconds int) error {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		return tcp.SetLinger(seconds)
	}
	return nil
}

// CloseWrite ends the answer, as net.TCPConn does: net/http ends connections so whose request
// was not read whole, since a reset could reach the client before the answer.
func (c *sharedConnection) CloseWrite() error {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		return tcp.CloseWrite()
	}
	return nil
}

// observe is told of each change of a connection's state, as http.Server.ConnState is.
func (l *sharedListener) observe(connection net.Conn, state http.ConnState) {
	c, ok := connection.(*sharedConnection)
	if !ok {
		return
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	switch state {
	case http.StateActive:
		c.since = time.Time{}
	case http.StateIdle:
		c.since = time.Now()
	case http.StateNew, http.StateHijacked, http.StateClosed:
	}
}

// refuse answers the first request of a connection, and closes the connection.
func (l *sharedListener) refuse(connection net.Conn, refusal *domain.Error) {
	select {
	case l.refused <- struct{}{}:
	default: // too many are being refused for an answer
		_ = connection.Close()
		return
	}
	go func() {
		defer func() { <-l.refused }()
		defer func() { _ = connection.Close() }()
		_ = connection.SetDeadline(time.Now().Add(farewell))
		last := answer(problem.FromDomain(refusal))
		defer func() { _ = last.Body.Close() }() // it is in memory
		if last.Write(connection) != nil {
			return // the client is gone
		}
		// A connection that closes with unread bytes loses the answer.
		if half, ok := connection.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(connection, 1<<16))
		}
	}()
}

// answer returns an error as the last answer of a connection.
func answer(e *problem.Error) *http.Response {
	body, err := json.Marshal(e)
	if err != nil {
		panic(err) // it is of texts and numbers
	}
	header := e.GetHeaders().Clone()
	header.Set("Content-Type", "application/json")
	return &http.Response{
		ProtoMajor: 1, ProtoMinor: 1, StatusCode: e.Code, Header: header, Close: true,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}
