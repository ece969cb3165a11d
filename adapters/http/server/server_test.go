package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/router"
	"github.com/eosc-perf/backend/adapters/http/spool"
)

// start starts a server on a free port, and returns it with its URL.
func start(t *testing.T, options Options) (s *Server, url string) {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s = Start(listener, options, slog.New(slog.DiscardHandler))
	t.Cleanup(s.Close)
	return s, "http://" + s.Address().String()
}

func get(t *testing.T, url string) (status int, header http.Header, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(text)
}

func TestServerAnswersWhileItStarts(t *testing.T) {
	s, url := start(t, Options{Prefix: "/api/v1/", StartingPage: func(path string) http.Handler {
		if !strings.HasPrefix(path, "/pages/") {
			return nil
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "page "+r.URL.Path) })
	}})
	for _, path := range []string{"/healthz", "/api/v1/healthz", "//healthz"} {
		if status, _, body := get(t, url+path); status != http.StatusOK || body != `{"status":"alive"}` {
			t.Errorf("%s: %d %s, want 200 and alive", path, status, body)
		}
	}
	for _, path := range []string{"/pages/a", "/api/v1/pages/a"} {
		if _, _, body := get(t, url+path); body != "page /pages/a" {
			t.Errorf("%s: %s, want the page", path, body)
		}
	}
	for _, path := range []string{"/readyz", "/sites", "/api/v1/sites"} {
		status, header, body := get(t, url+path)
		if status != http.StatusServiceUnavailable || header.Get("Retry-After") != "5" || !strings.Contains(body, "The server is starting") {
			t.Errorf("%s: %d %v %s, want 503 with Retry-After", path, status, header, body)
		}
	}
	s.SetHandler(http.NotFoundHandler())
	if status, _, _ := get(t, url+"/sites"); status != http.StatusNotFound {
		t.Errorf("/sites: %d, want the handler's 404", status)
	}
}

func TestStopIsNotReadyFirstAndFinishesRequests(t *testing.T) {
	s, url := start(t, Options{ShutdownTimeout: time.Minute})
	entered, release := make(chan struct{}), make(chan struct{})
	s.SetHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-release
	}))
	answered := make(chan int)
	go func() {
		status, _, _ := get(t, url)
		answered <- status
	}()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	finished := false
	stopped := make(chan error)
	go func() { stopped <- s.Run(ctx, func(context.Context) { finished = true }) }()
	check := s.ReadyCheck()
	if _, err := check.Check(t.Context()); err != nil {
		t.Errorf("a server that serves is not ready: %v", err)
	}
	cancel()
	for {
		if reason, err := check.Check(t.Context()); errors.Is(err, errStopping) && reason != "" {
			break
		}
	}
	close(release)
	if status := <-answered; status != http.StatusOK {
		t.Errorf("the request under way is answered with %d, want 200", status)
	}
	if err := <-stopped; err != nil || !finished {
		t.Errorf("stop: %v, finish was called: %t", err, finished)
	}
}

func TestOperatorListenersServeTheirPathOnly(t *testing.T) {
	s, _ := start(t, Options{})
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.StartOperator(t.Context(), listener, "METRICS_ADDRESS", "/metrics", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "counts")
	}))
	url := "http://" + listener.Addr().String()
	if status, _, body := get(t, url+"/metrics"); status != http.StatusOK || body != "counts" {
		t.Errorf("/metrics: %d %s", status, body)
	}
	if status, _, _ := get(t, url+"/"); status != http.StatusNotFound {
		t.Errorf("/: %d, want 404", status)
	}
}

// meter records what it counts.
type meter struct {
	started    int
	operations []string
	statuses   []int
}

func (m *meter) RequestStarted() { m.started++ }

func (m *meter) RequestFinished(operation string, status int, _ time.Duration) {
	m.operations, m.statuses = append(m.operations, operation), append(m.statuses, status)
}

func TestHandlerLogsAndCountsRequests(t *testing.T) {
	var lines bytes.Buffer
	var counts meter
	log := slog.New(LogHandler(slog.NewTextHandler(&lines, nil)))
	handler, err := NewHandler(Config{
		Log: log, Prefix: "/api", Meter: &counts, RequestTimeout: time.Minute,
		Ready: []ReadyCheck{
			{Name: "database", Check: func(context.Context) (string, error) { return "", nil }},
			{Name: "schema", Check: func(context.Context) (string, error) { return "too old", errors.New("revision 7") }},
		},
	}, func(r *router.Router) error {
		r.Handle(http.MethodGet, "/panic", func(*gin.Context) { panic("at the disco") })
		return nil
	}, Docs(docPages{}, nil, testAnswers(t)))
	if err != nil {
		t.Fatal(err)
	}
	s, url := start(t, Options{})
	s.SetHandler(handler)
	for _, tt := range []struct {
		path   string
		status int
		body   string
	}{
		{"/api/healthz", 200, `{"status":"alive"}`},
		{"/readyz", 503, `{"checks":{"database":"ok","schema":"too old"},"status":"not ready"}`},
		{"/panic", 500, `{"code":500,"status":"Internal Server Error"}` + "\n"},
		{"/api/docs/a/b.html", 200, "/a/b.html"},
		{"/unknown", 404, `{"code":404,"status":"Not Found"}` + "\n"},
	} {
		status, header, body := get(t, url+tt.path)
		if status != tt.status || body != tt.body || header.Get("X-Request-Id") == "" {
			t.Errorf("%s: %d %v %q, want %d %q", tt.path, status, header, body, tt.status, tt.body)
		}
	}
	s.Close()
	for _, want := range []string{
		"level=ERROR msg=panic cause=\"at the disco\"", "level=WARN msg=\"not ready\" check=schema error=\"revision 7\" request_id=",
		"level=INFO msg=request method=GET operation=\"\" status=503", "client=127.0.0.1 request_id=",
	} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, lines.String())
		}
	}
	if counts.started != 5 || len(counts.statuses) != 5 || counts.statuses[2] != 500 {
		t.Errorf("the meter counted %+v", counts)
	}
}

func testAnswers(t *testing.T) representation.Answers {
	t.Helper()
	kept, err := spool.New(t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return representation.Answers{Spool: kept, Timeout: time.Minute, Log: slog.New(slog.DiscardHandler)}
}

// docPages answer with their path.
type docPages struct{}

func (docPages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, r.URL.Path)
}

func (docPages) Refuse(w http.ResponseWriter, _ *http.Request, status int, heading, _ string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, heading)
}
