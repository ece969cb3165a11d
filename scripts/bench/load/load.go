// Package load sends requests to a server on this machine and records the answers.
//
// Each connection sends its next request when it has received the answer to the last one:
// a closed loop. The package writes and reads HTTP itself, because the client of net/http
// uses more processor time than the server needs for some answers.
//
// It imports the standard library only.
package load

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Request is a request and its expected answer.
type Request struct {
	Method string
	// Target is the path with its query.
	Target string
	// Token is a bearer token, "" for none.
	Token string
	Body  []byte
	// ContentType is the content type of the body, application/json if empty.
	ContentType string
	// Header are further fields of the request.
	Header map[string]string
	// Status is the expected status.
	Status int
	// MayBeRefused: the server may have too much to do, and say so by 503. That is no failure, and
	// counts as no answer.
	MayBeRefused bool
	// Check checks the body of a sample of the answers. The body is valid until Check
	// returns.
	Check func(body []byte) error
}

// Options bound a run.
type Options struct {
	// Address is a loopback IP address with a port.
	Address string
	// From is the loopback IP address that the requests come from; empty for any. Those of another
	// address are another client.
	From string
	// Apart: each connection comes from an address of its own, and is another client.
	Apart       bool
	Connections int
	Duration    time.Duration
	// Rate is the number of requests a second, in equal distances; 0 for as many as possible. The
	// time of an answer is then counted from when the request was due: if no connection was free,
	// waiting for one is part of it.
	Rate float64
	// Most is the number of requests after which the run ends early.
	Most int
	// SampleEvery is the number of answers of which one is checked.
	SampleEvery int
	// Seed makes the requests of two runs the same.
	Seed uint64
}

// dialer is that of a connection.
func (o Options) dialer(connection int) net.Dialer {
	dialer := net.Dialer{Timeout: requestTimeout}
	switch {
	case o.Apart:
		dialer.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+connection))} //nolint:gosec // few connections
	case o.From != "":
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(o.From)}
	}
	return dialer
}

// requestTimeout is the longest wait for an answer. The limit of the server is shorter.
const requestTimeout = time.Minute

// mostFailures is the number of failures after which a run ends early.
const mostFailures = 20

// Books are the figures of a run.
type Books struct {
	Requests, Checked int
	// Bytes is the size of the bodies of all answers together.
	Bytes   int64
	Elapsed time.Duration
	// Latencies are the times of the correct answers, sorted.
	Latencies []time.Duration
	// Failures describe wrong answers.
	Failures []string
}

// Rate returns the number of correct answers a second.
func (b Books) Rate() float64 { return float64(len(b.Latencies)) / b.Elapsed.Seconds() }

// Quantile returns the latency that the share of the answers, 0 to 1, does not exceed. It
// is 0 if there was no answer.
func (b Books) Quantile(share float64) time.Duration {
	if len(b.Latencies) == 0 {
		return 0
	}
	place := int(share*float64(len(b.Latencies))+0.999999) - 1
	return b.Latencies[min(max(place, 0), len(b.Latencies)-1)]
}

// Run sends the requests that next returns. It ends after the duration, after the largest
// number of requests, or after too many failures. Several goroutines call next at once.
func Run(ctx context.Context, o Options, next func(*rand.Rand) Request) (Books, error) {
	if err := onlyLoopback(o.Address); err != nil {
		return Books{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Duration)
	defer cancel()
	left := &atomic.Int64{}
	left.Store(int64(o.Most))
	due := &schedule{rate: o.Rate}
	workers := make([]*worker, o.Connections)
	started := time.Now()
	due.start = started
	var all sync.WaitGroup
	for i := range workers {
		random := rand.New(rand.NewPCG(o.Seed, uint64(i))) //nolint:gosec // reproducible on purpose
		workers[i] = &worker{address: o.Address, dialer: o.dialer(i), every: o.SampleEvery, random: random, next: next, left: left, due: due}
		all.Go(func() { workers[i].run(ctx) })
	}
	all.Wait()
	books := Books{Elapsed: time.Since(started)}
	for _, w := range workers {
		books.add(w.books)
	}
	slices.Sort(books.Latencies)
	return books, nil
}

func (b *Books) add(other Books) {
	b.Requests += other.Requests
	b.Checked += other.Checked
	b.Bytes += other.Bytes
	b.Latencies = append(b.Latencies, other.Latencies...)
	b.Failures = append(b.Failures, other.Failures...)
}

// onlyLoopback refuses addresses of other machines.
func onlyLoopback(address string) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("load on %q: %w", address, err)
	}
	if !a.Addr().IsLoopback() {
		return fmt.Errorf("load on %s: not a loopback address", address)
	}
	return nil
}

// worker is one connection.
// schedule says when requests are due.
type schedule struct {
	rate  float64
	start time.Time
	sent  atomic.Int64
}

// wait waits until the next request is due, and returns when that is; ok is false if the run ends
// before.
func (s *schedule) wait(ctx context.Context) (due time.Time, ok bool) {
	if s.rate == 0 {
		return time.Now(), true
	}
	n := s.sent.Add(1) - 1
	due = s.start.Add(time.Duration(float64(n) / s.rate * float64(time.Second)))
	select {
	case <-ctx.Done():
		return due, false
	case <-time.After(time.Until(due)):
		return due, true
	}
}

type worker struct {
	address string
	dialer  net.Dialer
	every   int
	random  *rand.Rand
	next    func(*rand.Rand) Request
	left    *atomic.Int64
	due     *schedule

	connection net.Conn
	reader     *bufio.Reader
	out, body  bytes.Buffer
	books      Books
}

func (w *worker) run(ctx context.Context) {
	defer w.hangUp()
	for ctx.Err() == nil && w.left.Add(-1) >= 0 && len(w.books.Failures) < mostFailures {
		request := w.next(w.random)
		started, ok := w.due.wait(ctx)
		if !ok {
			return
		}
		err := w.send(ctx, request)
		if errors.Is(err, errRefused) {
			continue
		}
		took := time.Since(started)
		w.books.Requests++
		if err == nil && request.Check != nil && w.books.Requests%w.every == 1%w.every {
			w.books.Checked++
			err = request.Check(w.body.Bytes())
		}
		if err != nil {
			w.books.Failures = append(w.books.Failures, fmt.Sprintf("%s %s: %v", request.Method, request.Target, err))
			w.hangUp()
			continue
		}
		w.books.Latencies = append(w.books.Latencies, took)
		w.books.Bytes += int64(w.body.Len())
	}
}

func (w *worker) hangUp() {
	if w.connection != nil {
		_ = w.connection.Close() // all answers have been read
		w.connection = nil
	}
}

// send sends a request, and stores the body of the answer in the worker.
func (w *worker) send(ctx context.Context, request Request) error {
	if w.connection == nil {
		// The end of the run does not interrupt an open request.
		connection, err := w.dialer.DialContext(context.WithoutCancel(ctx), "tcp", w.address)
		if err != nil {
			return err
		}
		w.connection, w.reader = connection, bufio.NewReaderSize(connection, 1<<16)
	}
	if err := w.connection.SetDeadline(time.Now().Add(requestTimeout)); err != nil {
		return err
	}
	w.write(request)
	if _, err := w.connection.Write(w.out.Bytes()); err != nil {
		return err
	}
	return w.read(request)
}

func (w *worker) write(request Request) {
	w.out.Reset()
	w.out.WriteString(request.Method + " " + request.Target + " HTTP/1.1\r\nHost: " + w.address + "\r\n")
	if request.Token != "" {
		w.out.WriteString("Authorization: Bearer " + request.Token + "\r\n")
	}
	if request.Body != nil {
		w.out.WriteString(
			"Content-Type: " + cmp.Or(request.ContentType, "application/json") + "\r\nContent-Length: " + strconv.Itoa(len(request.Body)) + "\r\n",
		)
	}
	for name, text := range request.Header {
		w.out.WriteString(name + ": " + text + "\r\n")
	}
	w.out.WriteString("\r\n")
	w.out.Write(request.Body)
}

func (w *worker) read(request Request) error {
	response, err := http.ReadResponse(w.reader, &http.Request{Method: request.Method})
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	w.body.Reset()
	_, err = w.body.ReadFrom(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("read the body of the answer: %w", err)
	}
	if response.Close {
		w.hangUp()
	}
	if request.MayBeRefused && response.StatusCode == http.StatusServiceUnavailable {
		return errRefused
	}
	if response.StatusCode != request.Status {
		return fmt.Errorf("status %d, want %d: %s", response.StatusCode, request.Status, start(w.body.Bytes()))
	}
	return nil
}

var errRefused = errors.New("the server has too much to do")

// start returns the beginning of a long text.
func start(text []byte) []byte {
	const most = 300
	return text[:min(len(text), most)]
}

// Once sends a single request and returns the body of the answer.
func Once(ctx context.Context, address string, request Request) ([]byte, error) {
	if err := onlyLoopback(address); err != nil {
		return nil, err
	}
	w := &worker{address: address, dialer: net.Dialer{Timeout: requestTimeout}}
	defer w.hangUp()
	if err := w.send(ctx, request); err != nil {
		return nil, fmt.Errorf("%s %s: %w", request.Method, request.Target, err)
	}
	return io.ReadAll(&w.body)
}
