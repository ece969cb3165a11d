package metrics

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

func newMetrics() *Metrics { return New("1.2.3", slog.New(slog.DiscardHandler)) }

// scrape returns the lines of the metrics whose names are ours.
func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func expectLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			t.Errorf("there is no line %q in\n%s", line, text)
		}
	}
}

func TestWhatIsCounted(t *testing.T) {
	m := newMetrics()
	for range 3 {
		m.RequestStarted()
	}
	m.RequestFinished("ListSites", 200, 3*time.Millisecond)
	m.RequestFinished("", 404, time.Minute)
	m.TokenJudged("https://op.example.org", "", nil)
	m.TokenJudged("https://op.example.org", "expired", domain.BadToken("no", nil))
	m.TokenJudged("", "unknown_issuer", domain.BadToken("no", nil))
	m.TokenJudged("", "over_budget", domain.LimitedFor(time.Second, "later", nil))
	m.TokenJudged("", "unavailable", domain.UnavailableFor(time.Second, "away", nil))
	m.WatchPool(func() Pool { return Pool{Max: 20, InUse: 2, Idle: 3, Waits: 7, Waited: 1500 * time.Millisecond} })
	m.WatchShares(func() Shares {
		return Shares{Used: map[string]int{"heavy": 2}, Waiting: map[string]int{"heavy": 6}, Kept: map[string]int{"disk": 7}}
	})
	text := scrape(t, m)
	expectLines(t, text,
		`eosc_perf_gate_used{gate="heavy"} 2`,
		`eosc_perf_gate_waiting{gate="heavy"} 6`,
		`eosc_perf_kept_bytes{place="disk"} 7`,
		`eosc_perf_http_requests_total{operation="ListSites",status="200"} 1`,
		`eosc_perf_http_requests_total{operation="other",status="404"} 1`,
		`eosc_perf_http_requests_in_flight 1`,
		`eosc_perf_http_request_duration_seconds_bucket{operation="ListSites",le="0.0025"} 0`,
		`eosc_perf_http_request_duration_seconds_bucket{operation="ListSites",le="0.005"} 1`,
		`eosc_perf_http_request_duration_seconds_bucket{operation="other",le="30"} 0`,
		`eosc_perf_http_request_duration_seconds_sum{operation="other"} 60`,
		`eosc_perf_token_verdicts_total{cause="",issuer="https://op.example.org",verdict="accepted"} 1`,
		`eosc_perf_token_verdicts_total{cause="expired",issuer="https://op.example.org",verdict="refused"} 1`,
		`eosc_perf_token_verdicts_total{cause="unknown_issuer",issuer="other",verdict="refused"} 1`,
		`eosc_perf_token_verdicts_total{cause="over_budget",issuer="other",verdict="limited"} 1`,
		`eosc_perf_token_verdicts_total{cause="unavailable",issuer="other",verdict="unavailable"} 1`,
		`eosc_perf_database_connections{state="in_use"} 2`,
		`eosc_perf_database_connections{state="idle"} 3`,
		`eosc_perf_database_connections_max 20`,
		`eosc_perf_database_connection_waits_total 7`,
		`eosc_perf_database_connection_wait_seconds_total 1.5`,
	)
	for _, part := range []string{
		`eosc_perf_build_info{go_version="go1`, `version="1.2.3"} 1`, "\ngo_goroutines ",
		"\nprocess_resident_memory_bytes ",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("there is no %q in\n%s", part, text)
		}
	}
}

// counted is a count of which a test says how it goes.
type counted struct {
	*countCollector
	metrics *Metrics
	now     time.Time
	reads   int
	value   float64
	err     error
	// hold, if it is there, keeps the count from its end.
	hold chan struct{}
}

func newCounted(t *testing.T, label, key string) *counted {
	t.Helper()
	c := &counted{metrics: newMetrics(), now: time.Now()}
	read := func(ctx context.Context) (map[string]float64, error) {
		c.reads++
		if _, limited := ctx.Deadline(); !limited {
			t.Error("the count has no time limit")
		}
		if c.hold != nil {
			<-c.hold
		}
		return map[string]float64{key: c.value}, c.err
	}
	c.countCollector = newCountCollector(Count{Name: "things", Help: "Things.", Label: label, Read: read},
		c.metrics.failures.WithLabelValues("things"), c.metrics.log)
	c.countCollector.now = func() time.Time { return c.now }
	c.metrics.registry.MustRegister(c.countCollector)
	return c
}

func TestCountsAreKeptForAWhile(t *testing.T) {
	c := newCounted(t, "state", "open")
	for _, step := range []struct {
		name    string
		forward time.Duration
		value   float64
		err     error
		want    string
		reads   int
	}{
		{"the first", 0, 1, nil, `eosc_perf_things{state="open"} 1`, 1},
		{"soon again", freshFor - time.Second, 2, nil, `eosc_perf_things{state="open"} 1`, 1},
		{"later", 2 * time.Second, 2, nil, `eosc_perf_things{state="open"} 2`, 2},
		{"a failure", freshFor, 3, errors.New("away"), `eosc_perf_things{state="open"} 2`, 3},
		{"still failing after long", staleAfter, 4, errors.New("away"), "", 4},
		{"back", 0, 5, nil, `eosc_perf_things{state="open"} 5`, 5},
	} {
		c.now, c.value, c.err = c.now.Add(step.forward), step.value, step.err
		text := scrape(t, c.metrics)
		if step.want != "" {
			expectLines(t, text, step.want)
		} else if strings.Contains(text, "\neosc_perf_things{") {
			t.Errorf("%s: a count is told that is too old:\n%s", step.name, text)
		}
		if c.reads != step.reads {
			t.Errorf("%s: counted %d times, want %d", step.name, c.reads, step.reads)
		}
	}
	expectLines(t, scrape(t, c.metrics), `eosc_perf_count_failures_total{metric="things"} 2`)
}

func TestSingleValueHasNoLabel(t *testing.T) {
	c := newCounted(t, "", "")
	c.value = 4
	expectLines(t, scrape(t, c.metrics), `eosc_perf_things 4`)
}

// TestSlowCountsHoldUpNobody: scrapes go on, and start no second count.
func TestSlowCountsHoldUpNobody(t *testing.T) {
	c := newCounted(t, "", "")
	c.hold = make(chan struct{})
	for range 2 {
		if text := scrape(t, c.metrics); strings.Contains(text, "\neosc_perf_things ") {
			t.Errorf("there is a count already:\n%s", text)
		}
	}
	c.mutex.Lock()
	done := c.underWay
	c.mutex.Unlock()
	c.value = 9
	close(c.hold)
	<-done
	expectLines(t, scrape(t, c.metrics), `eosc_perf_things 9`)
	if c.reads != 1 {
		t.Errorf("counted %d times, want once", c.reads)
	}
}
