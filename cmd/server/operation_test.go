package main

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// side is the address of a listener for operation, as the log tells it.
func (s *testServer) side(path string) string {
	s.t.Helper()
	found := regexp.MustCompile(`"url":"(http://127\.0\.0\.1:[0-9]+)` + regexp.QuoteMeta(path) + `"`).FindStringSubmatch(s.logs.tail(1 << 20))
	if found == nil {
		s.t.Fatalf("the log does not tell where %s is served", path)
	}
	return found[1]
}

func fetch(t *testing.T, url string) (status int, body string) {
	t.Helper()
	response, err := http.Get(url) //nolint:gosec,noctx // our own server
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestMetrics(t *testing.T) {
	for name, settings := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := settings(t)
			all["METRICS_ADDRESS"] = "127.0.0.1:0"
			s := start(t, all)
			g := s.fullGround("metrics")
			const marker = "made-up-by-a-stranger"
			s.get("/results?benchmark_id="+g.benchmark).want(t, 200)
			s.get("/"+marker).want(t, 404)
			s.do(call{method: "MADEUPBYASTRANGER", path: "/sites"}).want(t, 405)
			s.do(call{method: http.MethodGet, path: "/users/self", as: "raw:Bearer " + marker}).want(t, 401)
			s.do(call{method: http.MethodGet, path: "/users/self", as: "raw:Bearer " + withIssuer(s.token("alice"), "https://"+marker+".example.org")}).want(t, 401)
			s.get("/metrics").want(t, 404) // not where strangers are served

			// A request is counted when its answer is on its way already.
			var text string
			eventually(t, "no request in flight", func() bool {
				_, text = fetch(t, s.side("/metrics")+"/metrics")
				return strings.Contains(text, "\neosc_perf_http_requests_in_flight 0\n")
			})
			for _, line := range []string{
				`eosc_perf_http_requests_total{operation="ListResults",status="200"} 1`,
				`eosc_perf_http_requests_total{operation="CreateResult",status="201"} 1`,
				`eosc_perf_http_requests_total{operation="GetSelf",status="401"} 2`,
				`eosc_perf_http_requests_total{operation="other",status="405"} 1`,
				`eosc_perf_http_request_duration_seconds_count{operation="ListResults"} 1`,
				`eosc_perf_token_verdicts_total{cause="rejected",issuer="other",verdict="refused"} 1`,
				`eosc_perf_token_verdicts_total{cause="unknown_issuer",issuer="other",verdict="refused"} 1`,
				`eosc_perf_results{state="claimed"} 1`, `eosc_perf_results{state="visible"} 0`, `eosc_perf_results{state="deleted"} 0`,
				`eosc_perf_count_failures_total{metric="results"} 0`, `eosc_perf_outbox_mails{state="parked"} 0`,
			} {
				if !strings.Contains(text, "\n"+line+"\n") {
					t.Errorf("there is no line %q", line)
				}
			}
			for _, part := range []string{
				`eosc_perf_token_verdicts_total{cause="",issuer="` + s.base + `/dev/oidc",verdict="accepted"}`, `eosc_perf_build_info{go_version="go1`,
				`eosc_perf_database_connections{state="in_use"} `, `eosc_perf_outbox_mails{state="waiting"} `, "eosc_perf_outbox_oldest_seconds ", "go_goroutines",
			} {
				if !strings.Contains(text, part) {
					t.Errorf("there is no %q", part)
				}
			}
			if strings.Contains(strings.ToLower(text), marker) || strings.Contains(text, "MADEUPBYASTRANGER") {
				t.Error("a stranger has made a label")
			}
			if t.Failed() {
				t.Log(text)
			}
			if status, _ := fetch(t, s.side("/metrics")+"/results"); status != http.StatusNotFound {
				t.Errorf("the API is served where the metrics are: %d", status)
			}
		})
	}
}

func TestProfiles(t *testing.T) {
	s := start(t, map[string]string{"DATA_DIR": t.TempDir(), "PPROF_ADDRESS": "127.0.0.1:0"})
	base := s.side("/debug/pprof/")
	for path, want := range map[string]int{
		"/debug/pprof/": 200, "/debug/pprof/heap": 200, "/debug/pprof/goroutine?debug=1": 200, "/debug/pprof/profile?seconds=1": 200,
		"/debug/pprof/cmdline": 200, "/debug/pprof/nothing": 404, "/metrics": 404,
	} {
		if status, _ := fetch(t, base+path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	s.get("/debug/pprof/").want(t, 404)
	s.get("/debug/pprof/heap").want(t, 404)
}

// TestStopIsNotReadyFirst: while a server that stops still serves, it says that it
// is not ready; requests under way finish after that.
func TestStopIsNotReadyFirst(t *testing.T) {
	address := freeAddress(t)
	base := "http://" + address
	p := startProcess(t, []string{"APP_ENV=development"}, "--listen", address, "--shutdown-delay", "4s", "--shutdown-timeout", "5s")
	eventually(t, "ready", func() bool { return answers(base + "/readyz") })
	slow := slowUpload(t, address, `{"name":"a site","address":"a"}`)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "not ready", func() bool { return status(base+"/readyz") == http.StatusServiceUnavailable })
	if _, body := fetch(t, base+"/readyz"); !strings.Contains(body, `"server":"the server is stopping"`) {
		t.Errorf("/readyz does not say why: %s", body)
	}
	if !answers(base+"/sites") || !answers(base+"/healthz") {
		t.Error("a server that is not ready any more does not serve what still comes")
	}
	eventually(t, "new requests are refused", func() bool { return status(base+"/sites") == 0 })
	if status := slow(); status != http.StatusCreated {
		t.Errorf("the request under way got %d, want 201", status)
	}
	if code := p.wait(t, 10*time.Second); code != 0 {
		t.Errorf("exit code %d:\n%s", code, p.output.tail(4000))
	}
}

// TestStopCutsOffWhatNeverEnds: and still exits with 0.
func TestStopCutsOffWhatNeverEnds(t *testing.T) {
	address := freeAddress(t)
	p := startProcess(t, []string{"APP_ENV=development", "SHUTDOWN_TIMEOUT=500ms"}, "--listen", address)
	eventually(t, "ready", func() bool { return answers("http://" + address + "/readyz") })
	slowUpload(t, address, `{"name":"a site","address":"a"}`) // never sends the rest
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(t, 10*time.Second); code != 0 {
		t.Errorf("exit code %d:\n%s", code, p.output.tail(4000))
	}
}

func TestHealthcheck(t *testing.T) {
	address := freeAddress(t)
	healthcheck := func(environ ...string) (int, string) {
		t.Helper()
		p := startProcess(t, append([]string{"APP_ENV=development"}, environ...), "healthcheck")
		return p.wait(t, 20*time.Second), p.output.tail(1 << 20)
	}
	if code, out := healthcheck("LISTEN_ADDRESS=" + address); code != 1 || !strings.Contains(out, "does not answer") {
		t.Errorf("without a server: exit code %d, %s", code, out)
	}
	_, port, _ := strings.Cut(address, ":")
	p := startProcess(t, []string{"APP_ENV=development", "SHUTDOWN_DELAY=5s", "SHUTDOWN_TIMEOUT=1s"}, "--listen", ":"+port)
	eventually(t, "ready", func() bool { return answers("http://" + address + "/readyz") })
	for _, listen := range []string{address, ":" + port, "0.0.0.0:" + port, "localhost:" + port, "[::]:" + port} {
		if code, out := healthcheck("LISTEN_ADDRESS=" + listen); code != 0 || out != "" {
			t.Errorf("LISTEN_ADDRESS=%s: exit code %d, %s", listen, code, out)
		}
	}
	if code, out := healthcheck("LISTEN_ADDRESS=:0"); code != 1 || !strings.Contains(out, "port 0") {
		t.Errorf("port 0: exit code %d, %s", code, out)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "stopping", func() bool { return strings.Contains(p.output.tail(1<<20), "not ready any more") })
	if code, out := healthcheck("LISTEN_ADDRESS=" + address); code != 1 || !strings.Contains(out, "not ready: 503") || !strings.Contains(out, "stopping") {
		t.Errorf("of a server that stops: exit code %d, %s", code, out)
	}
}

// TestSideAddressTaken: the setting is named, since it is not the API's address.
func TestSideAddressTaken(t *testing.T) {
	s := start(t, map[string]string{"DATA_DIR": t.TempDir(), "METRICS_ADDRESS": "127.0.0.1:0"})
	taken := strings.TrimPrefix(s.side("/metrics"), "http://")
	for _, setting := range []string{"METRICS_ADDRESS", "PPROF_ADDRESS"} {
		p := startProcess(t, []string{"APP_ENV=development", "LISTEN_ADDRESS=127.0.0.1:0", setting + "=" + taken})
		if code := p.wait(t, 20*time.Second); code != 1 || !strings.Contains(p.output.tail(1<<20), fmt.Sprintf("%s: listen on %s", setting, taken)) {
			t.Errorf("exit code %d:\n%s", code, p.output.tail(4000))
		}
	}
}
