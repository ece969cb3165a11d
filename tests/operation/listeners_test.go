package operation_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// listener is the URL, without a path, of the listener for operation that serves the
// path, as the log has it.
func listener(s *harness.Server, path string) string {
	s.T.Helper()
	found := regexp.MustCompile(`"url":"(http://127\.0\.0\.1:[0-9]+)` + regexp.QuoteMeta(path) + `"`).FindStringSubmatch(s.Logs.String())
	if found == nil {
		s.T.Fatalf("the log does not tell where %s is served", path)
	}
	return found[1]
}

func TestMetricsCountWhatHappensAndNothingThatStrangersName(t *testing.T) {
	for name, settings := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := settings(t)
			all["METRICS_ADDRESS"] = "127.0.0.1:0"
			s := harness.Start(t, all)
			g := s.FullFixture("metrics")
			const marker = "made-up-by-a-stranger"
			s.Get("/results?benchmark_id="+g.Benchmark).Want(t, 200)
			s.Get("/"+marker).Want(t, 404)
			s.Do(harness.Call{Method: "MADEUPBYASTRANGER", Path: "/sites"}).Want(t, 405)
			s.Do(harness.Call{Method: http.MethodGet, Path: "/users/self", As: "raw:Bearer " + marker}).Want(t, 401)
			s.Do(harness.Call{
				Method: http.MethodGet, Path: "/users/self",
				As: "raw:Bearer " + harness.WithIssuer(s.Token("alice"), "https://"+marker+".example.org"),
			}).Want(t, 401)
			s.Get("/metrics").Want(t, 404) // not where strangers are served

			// A request is counted when its answer is on its way already.
			var text string
			process.Eventually(t, "no request in flight", func() bool {
				_, text = process.Fetch(t, listener(s, "/metrics")+"/metrics")
				return strings.Contains(text, "\neosc_perf_http_requests_in_flight 0\n")
			})
			for _, line := range []string{
				`eosc_perf_http_requests_total{operation="ListResults",status="200"} 1`,
				`eosc_perf_http_requests_total{operation="CreateResult",status="201"} 2`,
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
				`eosc_perf_token_verdicts_total{cause="",issuer="` + s.Base + `/dev/oidc",verdict="accepted"}`, `eosc_perf_build_info{go_version="go1`,
				`eosc_perf_database_connections{state="in_use"} `, `eosc_perf_outbox_mails{state="waiting"} `,
				"eosc_perf_outbox_oldest_seconds ", "go_goroutines",
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
			if status, _ := process.Fetch(t, listener(s, "/metrics")+"/results"); status != http.StatusNotFound {
				t.Errorf("the API is served where the metrics are: %d", status)
			}
		})
	}
}

func TestProfilesAreServedApartFromTheAPI(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"PPROF_ADDRESS": "127.0.0.1:0"}))
	base := listener(s, "/debug/pprof/")
	for path, want := range map[string]int{
		"/debug/pprof/": 200, "/debug/pprof/heap": 200, "/debug/pprof/goroutine?debug=1": 200, "/debug/pprof/profile?seconds=1": 200,
		"/debug/pprof/cmdline": 200, "/debug/pprof/nothing": 404, "/metrics": 404,
	} {
		if status, _ := process.Fetch(t, base+path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	s.Get("/debug/pprof/").Want(t, 404)
	s.Get("/debug/pprof/heap").Want(t, 404)
}

// The setting is named, since the address is not that of the API.
func TestListenerWhoseAddressIsTakenIsNamed(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"METRICS_ADDRESS": "127.0.0.1:0"}))
	taken := strings.TrimPrefix(listener(s, "/metrics"), "http://")
	for _, setting := range []string{"METRICS_ADDRESS", "PPROF_ADDRESS"} {
		p := process.StartServer(t, []string{"APP_ENV=development", "LISTEN_ADDRESS=127.0.0.1:0", setting + "=" + taken})
		if code := p.ExitCode(t); code != 1 || !p.Output.Contains(fmt.Sprintf("%s: the address %s is taken", setting, taken)) {
			t.Errorf("exit code %d:\n%s", code, p.Output.Tail(4000))
		}
	}
}
