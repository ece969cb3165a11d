package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// TestHeadersOfEveryAnswer: HEAD, OPTIONS, CORS, request ids, health.
func TestHeadersOfEveryAnswer(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	for _, a := range []harness.Answer{
		s.Get("/sites"), s.Get("/nope"), s.Post("", "/sites", "{}"),
		s.Do(harness.Call{Method: "PATCH", Path: "/sites"}),
	} {
		if a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: %v", a, a.Header)
		}
	}
	if a := s.Do(harness.Call{
		Method: "GET", Path: "/sites", Header: http.Header{"X-Request-Id": {"mine-1"}},
	}); a.Header.Get("X-Request-Id") != "mine-1" {
		t.Error(a.Header)
	}
	if a := s.Do(harness.Call{
		Method: "GET", Path: "/sites", Header: http.Header{"X-Request-Id": {"bad id\"<"}},
	}); strings.Contains(a.Header.Get("X-Request-Id"), "bad") {
		t.Error(a.Header)
	}
	for _, path := range []string{"/sites", "/", "/api-spec.json", "/healthz", "/readyz"} {
		head, get := s.Do(harness.Call{Method: "HEAD", Path: path}).Want(t, 200), s.Get(path).Want(t, 200)
		if head.Body != "" || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
			t.Errorf("%s\n%v, GET %v", head, head.Header, get.Header)
		}
	}
	options := s.Do(harness.Call{Method: "OPTIONS", Path: "/sites", Header: http.Header{"Origin": {"https://x.example"}}}).Want(t, 204)
	const sent = "Authorization, Content-Type, Accept, Origin, X-Requested-With, Idempotency-Key"
	if options.Body != "" || options.Header.Get("Access-Control-Allow-Methods") != "GET, HEAD, POST, PUT, PATCH, DELETE" ||
		options.Header.Get("Access-Control-Allow-Headers") != sent || options.Header.Get("Access-Control-Max-Age") == "" {
		t.Error(options.Header)
	}
	if a := s.Get("/healthz"); !harness.SameJSON(t, a.Body, `{"status":"alive"}`) {
		t.Error(a)
	}
	if a := s.Get("/readyz"); !harness.SameJSON(t, a.Body, `{"status":"ready","checks":{"database":"ok","schema":"ok","server":"ok"}}`) {
		t.Error(a)
	}
	log := s.Logs.String()
	for _, part := range []string{
		`"operation":"ListSites"`, `"request_id":"mine-1"`, `"method":"GET"`, `"status":200`, `"duration":`, `"bytes":`,
	} {
		if !strings.Contains(log, part) {
			t.Errorf("no %s in the log", part)
		}
	}
}
