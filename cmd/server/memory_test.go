package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
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
	memoryLimit      = "GOMEMLIMIT=400MiB"
)

// TestMemoryOfLargeAnswers: strangers who ask for the largest pages, some of whom read
// them slowly, get them or are told to come back, and keep nobody else from anything.
func TestMemoryOfLargeAnswers(t *testing.T) {
	program := buildServer(t)
	for name, settings := range databases {
		t.Run(name, func(t *testing.T) {
			s, p := startBounded(t, program, settings(t), "REQUEST_TIMEOUT=14s", "WRITE_TIMEOUT=15s")
			g := s.newGround("memory")
			text := make([]byte, largeDocument*3/4)
			for range largePage {
				_, _ = rand.Read(text) // it never fails
				s.post("alice", g.query(""), `{"score":1,"text":"`+base64.StdEncoding.EncodeToString(text)+`"}`).want(t, 201)
			}
			t.Logf("after %d uploads, one by one: %d MiB", largePage, p.peak(t))

			light := beginLight(t, s)
			var answers sync.WaitGroup
			codings := []string{"identity", "gzip", "zstd"}
			for i := range 16 {
				answers.Go(func() {
					if i%4 == 0 {
						slowList(t, s)
						return
					}
					largeList(t, s, codings[i%len(codings)])
				})
			}
			answers.Wait()
			light()
			eventually(t, "room again when the slow readers were cut off", func() bool { return largeList(t, s, "gzip") == http.StatusOK })
			peak := p.peak(t)
			t.Logf("at most %d MiB", peak)
			if peak > mostMemory {
				t.Errorf("the server had %d MiB, want at most %d", peak, mostMemory)
			}
		})
	}
}

// TestMemoryOfLargeUploads: of the documents that need most when they are decoded.
func TestMemoryOfLargeUploads(t *testing.T) {
	program := buildServer(t)
	for name, settings := range databases {
		t.Run(name, func(t *testing.T) {
			s, p := startBounded(t, program, settings(t))
			g := s.newGround("uploads")
			document := `{"score":1,"list":[` + strings.Repeat("{},", largeDocument/3) + `{}]}`
			s.token("alice")
			var uploads sync.WaitGroup
			for range 16 {
				uploads.Go(func() {
					a := s.post("alice", g.query(""), document)
					if a.status != http.StatusCreated && (a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "") {
						t.Errorf("%s\nwant 201, or 503 with Retry-After", a)
					}
				})
			}
			uploads.Wait()
			peak := p.peak(t)
			t.Logf("at most %d MiB", peak)
			if peak > mostUploadMemory {
				t.Errorf("the server had %d MiB, want at most %d", peak, mostUploadMemory)
			}
		})
	}
}

// buildServer makes the program as it is delivered: the race detector needs several
// times as much memory.
func buildServer(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "server")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".") //nolint:gosec // our own program
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

func startBounded(t *testing.T, program string, settings map[string]string, more ...string) (*testServer, *process) {
	t.Helper()
	address := freeAddress(t)
	environ := append([]string{"APP_ENV=development", "LOG_LEVEL=warn", memoryLimit}, more...)
	for key, value := range settings {
		environ = append(environ, key+"="+value)
	}
	p := startProgram(t, program, environ, "--listen", address)
	eventually(t, "ready", func() bool { return answers("http://" + address + "/readyz") })
	return &testServer{t: t, base: "http://" + address, tokens: map[string]string{}}, p
}

// peak is the most memory that the process ever had, in MiB.
func (p *process) peak(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		t.Fatalf("%v\n%s", err, p.output.tail(4000))
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kib >> 10
		}
	}
	t.Fatalf("no VmHWM in %s", text)
	return 0
}

// largeList asks for the largest page, and returns its status: 200 with all of it, or
// 503 with the time for another try.
func largeList(t *testing.T, s *testServer, coding string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/results?per_page=%d", s.base, largePage), nil)
	if err != nil {
		t.Error(err)
		return 0
	}
	request.Header.Set("Accept-Encoding", coding)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.Copy(io.Discard, response.Body)
	switch status := response.StatusCode; {
	case err != nil:
		t.Errorf("%s: %v after %d bytes", coding, err, read)
	case status == http.StatusOK && coding == "identity" && read < largePage*largeDocument:
		t.Errorf("%s: %d bytes", coding, read)
	case status == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "":
		t.Errorf("%s: 503 without Retry-After", coding)
	case status != http.StatusOK && status != http.StatusServiceUnavailable:
		t.Errorf("%s: %d", coding, status)
	}
	return response.StatusCode
}

// slowList asks for the largest page, and reads a byte a second, until it is cut off.
func slowList(t *testing.T, s *testServer) {
	t.Helper()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.base, "http://"))
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
	for time.Since(begun) < 20*time.Second {
		if _, err := connection.Read(make([]byte, 1)); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}

// beginLight sends light requests all the while; end tells whether all were answered.
func beginLight(t *testing.T, s *testServer) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		count := 0
		for ctx.Err() == nil {
			for _, path := range []string{"/sites", "/benchmarks", "/results?per_page=1&execution_after=2100-01-01", "/flavors/" + "00000000-0000-0000-0000-000000000000"} {
				if got := status(s.base + path); got != http.StatusOK && got != http.StatusNotFound {
					t.Errorf("%s: %d", path, got)
				}
				count++
			}
		}
		done <- count
	}()
	return func() {
		cancel()
		t.Logf("%d light requests", <-done)
	}
}
