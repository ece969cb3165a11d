package metrics

import (
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/eosc-perf/backend/core/domain"
)

// namespace begins the name of each metric that is not Go's or the process's.
const namespace = "eosc_perf"

// other is the label of whatever has no name of ours: requests that belong to no
// operation, tokens of issuers that nobody trusts.
const other = "other"

// durations are the buckets of requests, in seconds: most take milliseconds, and
// none longer than REQUEST_TIMEOUT, 30 by default.
var durations = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// Metrics are all that is counted. They are safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	log      *slog.Logger

	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	verdicts *prometheus.CounterVec
	failures *prometheus.CounterVec
}

// New makes metrics of a program of the version. What cannot be counted is logged.
func New(version string, log *slog.Logger) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(), log: log,
		requests: counters(
			"http_requests_total", "Requests by operation and HTTP status; other is what belongs to no operation.",
			"operation", "status",
		),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "http_request_duration_seconds",
			Help: "Time from a request's headers to the end of its answer.", Buckets: durations,
		}, []string{"operation"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: namespace, Name: "http_requests_in_flight", Help: "Requests that are being served.",
		}),
		verdicts: counters("token_verdicts_total",
			"Access tokens by trusted issuer, verdict (accepted, refused, limited, unavailable) and cause; other is what no trusted issuer is "+
				"known for.",
			"issuer", "verdict", "cause"),
		failures: counters("count_failures_total", "Counts of the database that failed, by metric.", "metric"),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "Always 1; the labels tell the version of the program and of Go.",
		ConstLabels: prometheus.Labels{"version": version, "go_version": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.duration, m.inFlight, m.verdicts, m.failures, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

// Handler answers scrapes.
func (m *Metrics) Handler() http.Handler {
	const atOnce = 4
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(m.log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: atOnce,
	})
}

// RequestStarted counts a request that begins to be served.
func (m *Metrics) RequestStarted() { m.inFlight.Inc() }

// RequestFinished counts a request that was served; the operation is empty where
// it belongs to none.
func (m *Metrics) RequestFinished(operation string, status int, took time.Duration) {
	if operation == "" {
		operation = other
	}
	m.inFlight.Dec()
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(operation).Observe(took.Seconds())
}

// TokenJudged counts an access token: the trusted issuer, empty for none, one of a few
// causes why the token was not accepted, and the error that the caller gets.
func (m *Metrics) TokenJudged(issuer, cause string, err error) {
	if issuer == "" {
		issuer = other
	}
	m.verdicts.WithLabelValues(issuer, verdict(err), cause).Inc()
}

func verdict(err error) string {
	switch {
	case err == nil:
		return "accepted"
	case domain.KindOf(err) == domain.Unauthenticated:
		return "refused"
	case domain.KindOf(err) == domain.Limited:
		return "limited"
	}
	return "unavailable"
}
