package server

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/singleflight"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/router"
)

// ReadyCheck is a condition without which requests cannot be served.
type ReadyCheck struct {
	Name string
	// Check returns nil if the condition holds. Otherwise reason is the text for
	// clients; the error is for the log.
	Check func(context.Context) (reason string, err error)
	// Immediate: the check costs nothing, and is made for each request. The outcome of the others is
	// up to a second old.
	Immediate bool
}

// checkTimeout is shorter than the time limits of the usual probes.
const checkTimeout = 2 * time.Second

// checksKept is how long the outcome of the checks answers further requests.
const checksKept = time.Second

const (
	healthPath = "/healthz"
	readyPath  = "/readyz"
)

// mountHealth serves /healthz, whether the process is alive, and /readyz, whether all
// checks hold.
func mountHealth(r *router.Router, log *slog.Logger, checks []ReadyCheck) {
	shared, probes := &sharedChecks{log: log}, newProbes()
	var immediate []ReadyCheck
	for _, check := range checks {
		if check.Immediate {
			immediate = append(immediate, check)
		} else {
			shared.checks = append(shared.checks, check)
		}
	}
	r.Handle(http.MethodGet, healthPath, probes.pace, func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"status": "alive"})
	})
	r.Handle(http.MethodGet, readyPath, probes.pace, func(c *gin.Context) {
		c.Header("Cache-Control", "no-store")
		ctx := c.Request.Context()
		o := shared.outcome(ctx).and(runChecks(ctx, log, immediate))
		if !o.ready {
			c.JSON(http.StatusServiceUnavailable, gin.H{"status": "not ready", "checks": o.reasons})
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "ready", "checks": o.reasons})
	})
}

// outcome is what checks found: whether all hold, and the result of each by its name, "ok" where the
// check holds. It is not changed.
type outcome struct {
	reasons map[string]string
	ready   bool
}

// and returns the outcome of the checks of both.
func (o outcome) and(other outcome) outcome {
	reasons := maps.Clone(o.reasons)
	maps.Copy(reasons, other.reasons)
	return outcome{reasons, o.ready && other.ready}
}

// runChecks runs all checks concurrently.
func runChecks(ctx context.Context, log *slog.Logger, checks []ReadyCheck) outcome {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	var (
		wait  sync.WaitGroup
		mutex sync.Mutex
	)
	o := outcome{map[string]string{}, true}
	for _, check := range checks {
		wait.Go(func() {
			reason, err := check.Check(ctx)
			mutex.Lock()
			defer mutex.Unlock()
			o.reasons[check.Name] = "ok"
			if err != nil {
				log.WarnContext(ctx, "not ready", "check", check.Name, "error", err)
				o.reasons[check.Name], o.ready = reason, false
			}
		})
	}
	wait.Wait()
	return o
}

// sharedChecks run once for all requests that come at the same time and within checksKept: anybody
// may ask, and each run costs queries.
type sharedChecks struct {
	log    *slog.Logger
	checks []ReadyCheck

	flights singleflight.Group
	last    atomic.Pointer[datedOutcome]
}

// datedOutcome is an outcome and when the checks ended.
type datedOutcome struct {
	outcome

	ended time.Time
}

// outcome returns the outcome of the checks, checksKept old at most. A run goes on when the client that
// began it is gone.
func (s *sharedChecks) outcome(ctx context.Context) outcome {
	_, _, _ = s.flights.Do("", func() (any, error) {
		if last := s.last.Load(); last == nil || time.Since(last.ended) >= checksKept {
			found := runChecks(context.WithoutCancel(ctx), s.log, s.checks)
			s.last.Store(&datedOutcome{found, time.Now()})
		}
		return nil, nil
	})
	return s.last.Load().outcome
}

const (
	// probesRate is how many health checks a client makes in a second without waiting.
	probesRate = 100
	// probesPause is how long each further one waits: less than probes wait for an answer, who may
	// share the address of a client that sends too many.
	probesPause = 250 * time.Millisecond
)

// probes are those who ask for the health of the server. They are nobody's neighbours by the rules of
// package fair, and never refused.
type probes struct{ rates *fair.Rates }

func newProbes() probes {
	const class = fair.HealthChecks
	return probes{fair.NewRates(map[fair.Class]fair.Rate{class: {Requests: probesRate, Per: time.Second}})}
}

// pace lets a client wait that sends very many health checks, also if it has closed its connection.
func (p probes) pace(c *gin.Context) {
	record := middleware.RecordOf(c.Request.Context())
	record.Admitted = true
	if _, err := p.rates.Take(fair.HealthChecks, record.Client); err != nil {
		time.Sleep(probesPause)
	}
}
