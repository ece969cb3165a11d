package operation_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

const (
	// largePage is how many results of largeDocument bytes each are asked for at once.
	largePage     = 100
	largeDocument = 1_000_000
	// mostMemory is what a server may have at most, in MiB, with GOMEMLIMIT as the
	// Compose file sets it: the limit of its containers.
	mostMemory = 512
	// mostUploadMemory is below what GOMEMLIMIT alone achieves, by collecting garbage all
	// the time.
	mostUploadMemory = 256
	// writeTimeout is after how long the server cuts slow readers off.
	writeTimeout = 15 * time.Second
	memoryLimit  = "400MiB"
)

// TestMemoryOfLargeAnswers: strangers who ask for the largest pages, some of whom read
// them slowly, get them or are told to come back, and keep nobody else from anything.
func TestMemoryOfLargeAnswers(t *testing.T) {
	for name, settings := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, p := startBounded(t, settings(t), harness.Settings{"REQUEST_TIMEOUT": "14s", "WRITE_TIMEOUT": writeTimeout.String()})
			g := s.NewFixture("memory")
			text := make([]byte, largeDocument*3/4)
			for range largePage {
				_, _ = rand.Read(text) // it never fails
				s.Post("alice", g.UploadPath(""), `{"score":1,"text":"`+base64.StdEncoding.EncodeToString(text)+`"}`).Want(t, 201)
			}
			t.Logf("after %d uploads, one by one: %d MiB", largePage, p.PeakMemory(t))

			light := beginLight(t, s)
			var answers sync.WaitGroup
			for range 3 { // nine together want twice the memory that there may be
				answers.Go(func() { slowList(t, s) })
				answers.Go(func() { largeList(t, s, "identity") })
				answers.Go(func() { largeList(t, s, "zstd") })
			}
			answers.Wait()
			light()
			process.Eventually(
				t, "a large answer when the slow readers were cut off",
				func() bool { return largeList(t, s, "gzip") == http.StatusOK },
			)
			peak := p.PeakMemory(t)
			t.Logf("at most %d MiB", peak)
			if peak > mostMemory {
				t.Errorf("the server had %d MiB, want at most %d", peak, mostMemory)
			}
		})
	}
}

// TestMemoryOfLargeUploads: of the documents that need most when they are decoded.
func TestMemoryOfLargeUploads(t *testing.T) {
	for name, settings := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, p := startBounded(t, settings(t), nil)
			g := s.NewFixture("uploads")
			list := strings.Repeat("{},", largeDocument/3)
			s.Token("alice")
			var uploads sync.WaitGroup
			for i := range 10 { // decoded they have 32 MiB each
				uploads.Go(func() {
					a := s.Post("alice", g.UploadPath(""), fmt.Sprintf(`{"score":%d,"list":[%s{}]}`, i, list))
					if a.Status != http.StatusCreated && (a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "") {
						t.Errorf("%s\nwant 201, or 503 with Retry-After", a)
					}
				})
			}
			uploads.Wait()
			peak := p.PeakMemory(t)
			t.Logf("at most %d MiB", peak)
			if peak > mostUploadMemory {
				t.Errorf("the server had %d MiB, want at most %d", peak, mostUploadMemory)
			}
		})
	}
}

// startBounded starts the server as it is delivered, with a limit of its memory.
func startBounded(t *testing.T, database, more harness.Settings) (*harness.Server, *process.Process) {
	t.Helper()
	address := process.FreeAddress(t)
	settings := database.With(harness.Settings{"APP_ENV": "development", "LOG_LEVEL": "warn", "GOMEMLIMIT": memoryLimit}).With(more)
	p := process.StartServer(t, settings.Environ(), "--listen", address)
	p.AwaitReady(t, "http://"+address)
	return harness.At(t, "http://"+address, p.Output), p
}

// largeList asks for the largest page, and returns its status: 200 with all of it, or
// with the time for another try 503, or 429 while this client has half of the spool.
func largeList(t *testing.T, s *harness.Server, coding string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/results?per_page=%d", s.Base, largePage), nil)
	if err != nil {
		t.Error(err)
		return 0
	}
	request.Header.Set("Accept-Encoding", coding)
	begun := time.Now()
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.Copy(io.Discard, response.Body)
	status := response.StatusCode
	isPutOff := status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests
	switch {
	case err != nil && time.Since(begun) >= writeTimeout:
		t.Logf("%s: cut off after %d bytes, since the machine is slow", coding, read)
	case err != nil:
		t.Errorf("%s: %v after %d bytes", coding, err, read)
	case status == http.StatusOK && coding == "identity" && read < largePage*largeDocument:
		t.Errorf("%s: %d bytes", coding, read)
	case isPutOff && response.Header.Get("Retry-After") == "":
		t.Errorf("%s: %d without Retry-After", coding, status)
	case status != http.StatusOK && !isPutOff:
		t.Errorf("%s: %d", coding, status)
	}
	return response.StatusCode
}

// slowList asks for the largest page, and reads a byte a second, until it is cut off.
func slowList(t *testing.T, s *harness.Server) {
	t.Helper()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.Base, "http://"))
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = connection.Close() }()
	if _, err := fmt.Fprintf(connection, "GET /results?per_page=%d HTTP/1.1\r\nHost: test\r\n\r\n", largePage); err != nil {
		t.Error(err)
		return
	}
	begun := time.Now()
	for time.Since(begun) < writeTimeout+5*time.Second {
		if _, err := connection.Read(make([]byte, 1)); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}

// beginLight sends light requests all the while; end tells whether all were answered.
func beginLight(t *testing.T, s *harness.Server) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		count := 0
		for ctx.Err() == nil {
			for _, path := range []string{
				"/sites", "/benchmarks", "/results?per_page=1&execution_after=2100-01-01",
				"/flavors/" + "00000000-0000-0000-0000-000000000000",
			} {
				if got := process.Status(s.Base + path); got != http.StatusOK && got != http.StatusNotFound {
					t.Errorf("%s: %d", path, got)
				}
				count++
				time.Sleep(20 * time.Millisecond)
			}
		}
		done <- count
	}()
	return func() {
		cancel()
		t.Logf("%d light requests", <-done)
	}
}
