package server

import (
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/eosc-perf/backend/adapters/http/fair"
)

// A client that sends all of a body before it reads the answer never sees the answer to a body that the
// server does not read: the connection ends first, with an error. So the server reads what is left, and
// drops it, within these bounds.
const (
	// arrivedTime and arrivedBytes bound what is read before the answer: what has arrived already. If this
	// is all, the connection stays open.
	arrivedTime  = 10 * time.Millisecond
	arrivedBytes = 256 << 10
	// unreadBytes, unreadTime and unreadPause bound what is read after the answer: the largest body of any
	// operation, and how long it and a pause in it may take.
	unreadBytes = 16 << 20
	unreadTime  = 5 * time.Second
	unreadPause = time.Second
	// unreadOfOne and unreadOfAll bound how many bodies are read so at once, of one client and in all.
	unreadOfOne = 16
	unreadOfAll = 128
)

// unreadBodies passes requests to a handler, and reads what the handler left of their bodies.
type unreadBodies struct {
	handler http.Handler

	mutex sync.Mutex
	// clients counts the bodies of each client that are read, all those of all.
	clients map[string]int
	all     int
}

func newUnreadBodies(handler http.Handler) *unreadBodies {
	return &unreadBodies{handler: handler, clients: map[string]int{}}
}

// ServeHTTP implements http.Handler.
func (u *unreadBodies) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength == 0 || r.Body == nil || r.Body == http.NoBody {
		u.handler.ServeHTTP(w, r)
		return
	}
	connection := http.NewResponseController(w)
	// Otherwise the answer would wait for the rest of the body, until READ_TIMEOUT.
	if connection.EnableFullDuplex() != nil {
		u.handler.ServeHTTP(w, r)
		return
	}
	body := &watchedBody{ReadCloser: r.Body, connection: connection, waits: r.Header.Get("Expect") != "", left: r.ContentLength}
	request := *r
	request.Body = body
	answer := &watchedAnswer{ResponseWriter: w, body: body}
	u.handler.ServeHTTP(answer, &request)
	answer.begin()
	if body.isOver || body.waits || body.left > unreadBytes || connection.Flush() != nil {
		body.stop()
		return
	}
	if leave, ok := u.enter(r.RemoteAddr); ok {
		body.drop(unreadBytes, unreadTime, unreadPause)
		leave()
	}
	body.stop()
}

// enter counts a body of the client, unless too many are read.
func (u *unreadBodies) enter(address string) (leave func(), ok bool) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, false
	}
	client := fair.Address(host)
	u.mutex.Lock()
	defer u.mutex.Unlock()
	if u.clients[client] >= unreadOfOne || u.all >= unreadOfAll {
		return nil, false
	}
	u.clients[client]++
	u.all++
	return func() {
		u.mutex.Lock()
		defer u.mutex.Unlock()
		u.all--
		if u.clients[client]--; u.clients[client] == 0 {
			delete(u.clients, client)
		}
	}, true
}

// watchedBody is a body of which it is known whether its end was read.
type watchedBody struct {
	io.ReadCloser
	connection *http.ResponseController
	// isOver: the end was read, or cannot be read any more.
	isOver bool
	// waits: the client sends the body only if it is asked to, which a read does.
	waits bool
	// left is the number of bytes that were not read, below 0 if it is unknown.
	left int64
}

// Read implements io.Reader.
func (b *watchedBody) Read(p []byte) (n int, err error) {
	b.waits = false
	n, err = b.ReadCloser.Read(p)
	if b.left > 0 {
		b.left -= int64(n)
	}
	b.isOver = b.isOver || err == io.EOF
	return n, err
}

// drop reads at most so many bytes, for at most so long, with pauses that are no longer than that.
func (b *watchedBody) drop(bytes int, most, pause time.Duration) {
	end := time.Now().Add(most)
	part := make([]byte, 32<<10)
	for bytes > 0 && !b.isOver {
		until := time.Now().Add(pause)
		if until.After(end) {
			until = end
		}
		if b.connection.SetReadDeadline(until) != nil {
			return
		}
		n, err := b.Read(part)
		if bytes -= n; err != nil {
			return
		}
	}
}

// stop makes further reads of a body that is not over fail at once.
func (b *watchedBody) stop() {
	if !b.isOver {
		_ = b.connection.SetReadDeadline(time.Unix(1, 0)) // the connection ends anyway
	}
}

// watchedAnswer is an answer that says that the connection ends after it, if the body of the request has
// not been read by then.
type watchedAnswer struct {
	http.ResponseWriter
	body  *watchedBody
	begun bool
}

// Unwrap is for http.ResponseController.
func (a *watchedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// begin is called before the header is sent.
func (a *watchedAnswer) begin() {
	if a.begun {
		return
	}
	a.begun = true
	if !a.body.isOver && !a.body.waits {
		a.body.drop(arrivedBytes, arrivedTime, arrivedTime)
	}
	if a.body.isOver {
		_ = a.body.connection.SetReadDeadline(time.Time{}) // else the request would end when the short one is over
		return
	}
	a.Header().Set("Connection", "close")
}

// WriteHeader implements http.ResponseWriter.
func (a *watchedAnswer) WriteHeader(status int) {
	if status >= http.StatusOK {
		a.begin()
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *watchedAnswer) Write(p []byte) (int, error) {
	a.begin()
	return a.ResponseWriter.Write(p)
}

// Flush implements http.Flusher.
func (a *watchedAnswer) Flush() {
	a.begin()
	if flusher, ok := a.ResponseWriter.(http.Flusher); ok {
		flusher.Flush()
	}
}
