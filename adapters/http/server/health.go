package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/router"
)

// ReadyCheck is a condition without which requests cannot be served.
type ReadyCheck struct {
	Name string
	// Check returns nil if the condition holds. Otherwise reason is the text for
	// clients; the error is for the log.
	Check func(context.Context) (reason string, err error)
}

// checkTimeout is shorter than the time limits of the usual probes.
const checkTimeout = 2 * time.Second

const (
	healthPath = "/healthz"
	readyPath  = "/readyz"
)

// mountHealth serves /healthz, whether the process is alive, and /readyz, whether all
// checks hold.
func mountHealth(r *router.Router, log *slog.Logger, checks []ReadyCheck) {
	r.Handle(http.MethodGet, healthPath, func(c *gin.Context) {
		middleware.RecordOf(c.Request.Context()).Admitted = true
		c.JSON(http.StatusOK, gin.H{"status": "alive"})
	})
	r.Handle(http.MethodGet, readyPath, func(c *gin.Context) {
		middleware.RecordOf(c.Request.Context()).Admitted = true
		c.Header("Cache-Control", "no-store")
		reasons, ready := runChecks(c.Request.Context(), log, checks)
		if !ready {
			c.JSON(http.StatusServiceUnavailable, gin.H{"status": "not ready", "checks": reasons})
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "ready", "checks": reasons})
	})
}

// runChecks runs all checks concurrently. reasons has the result of each check by its
// name, "ok" where the check holds.
func runChecks(ctx context.Context, log *slog.Logger, checks []ReadyCheck) (reasons map[string]string, ready bool) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	var (
		wait  sync.WaitGroup
		mutex sync.Mutex
	)
	reasons, ready = map[string]string{}, true
	for _, check := range checks {
		wait.Go(func() {
			reason, err := check.Check(ctx)
			mutex.Lock()
			defer mutex.Unlock()
			reasons[check.Name] = "ok"
			if err != nil {
				log.WarnContext(ctx, "not ready", "check", check.Name, "error", err)
				reasons[check.Name], ready = reason, false
			}
		})
	}
	wait.Wait()
	return reasons, ready
}
