// Package harness starts the whole server inside of a test's process, on an embedded
// database or on PostgreSQL, and asks it over HTTP as the development accounts.
package harness

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/eosc-perf/backend/cmd/server/system"
	"github.com/eosc-perf/backend/tests/process"
)

// Server is a running server, and a client for it.
type Server struct {
	// T is the test that requests are made for, and that fails if one cannot be made.
	T testing.TB
	// Settings are those of a server that Start has started.
	Settings Settings
	// System is nil if the server runs in another process.
	System *system.System
	// Base is the server's URL, without a slash at the end.
	Base string
	// Logs are JSON lines.
	Logs *process.Output
	// Transport brings requests to the server; nil is Go's own.
	Transport http.RoundTripper

	stop   func() error
	mutex  sync.Mutex
	tokens map[string]string
}

// patient are limits of time that a slow machine does not reach.
var patient = Settings{
	"REQUEST_TIMEOUT": "2m", "WRITE_TIMEOUT": "150s", "READ_TIMEOUT": "150s", "QUERY_TIMEOUT": "1m", "SHUTDOWN_TIMEOUT": "9s",
	"SHUTDOWN_DELAY": "1ms",
}

// unlimited are the limits of fair use, which the many requests of tests are not about.
var unlimited = Settings{
	"RATE_READS": "off", "RATE_HEAVY_READS": "off", "RATE_WRITES": "off", "RATE_REFUSED_LOGINS": "off", "RATE_REGISTRATIONS": "off",
	"QUOTA_OPEN_SUBMISSIONS": "0", "QUOTA_OPEN_CLAIMS": "0", "QUOTA_TAGS": "0", "QUOTA_UPLOADS": "0",
}

// Start runs the server in development mode with these settings, until the test ends. A
// failed test shows the end of the server's log.
func Start(t testing.TB, settings Settings) *Server {
	t.Helper()
	defaults := Settings{"APP_ENV": "development", "LISTEN_ADDRESS": "127.0.0.1:0", "LOG_FORMAT": "json", "LOG_LEVEL": "info"}
	settings = defaults.With(patient).With(unlimited).With(settings)
	cfg := settings.Load(t)
	logs := &process.Output{}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	running, err := system.Open(ctx, cfg, "test", system.NewLogger(cfg.Log, logs))
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- running.Serve(ctx) }()
	s := At(t, "http://"+running.Address().String(), logs)
	s.System, s.Settings = running, settings
	s.stop = sync.OnceValue(func() error {
		cancel()
		err := <-done
		running.Close()
		return err
	})
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

// At is a client for a server that runs elsewhere and writes these logs. A failed test
// shows their end.
func At(t testing.TB, base string, logs *process.Output) *Server {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the server's errors and last log lines:\n%s%s", strings.Join(logs.Errors(), ""), logs.Tail(2000))
		}
	})
	return &Server{T: t, Base: base, Logs: logs, tokens: map[string]string{}}
}

// Stop ends a server that Start has started, after the requests and mails under way. It
// may be called again.
func (s *Server) Stop() error { return s.stop() }

// OnEachDatabase runs the test against a server of its own on each database.
func OnEachDatabase(t *testing.T, test func(t *testing.T, s *Server)) {
	t.Helper()
	for name, database := range Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, Start(t, database(t)))
		})
	}
}
