package http

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// ReadyCheck is something without which requests cannot be served.
type ReadyCheck struct {
	Name string
	// Check returns nil if all is well. Otherwise strangers are told the reason;
	// the error goes to the log.
	Check func(context.Context) (reason string, err error)
}

// checkTimeout is shorter than the patience of those who probe.
const checkTimeout = 2 * time.Second

const healthPath = "/healthz"

// serveHealth serves /healthz, alive, and /readyz, able to serve.
func serveHealth(r *router, log *slog.Logger, checks []ReadyCheck) {
	r.handle(http.MethodGet, healthPath, func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"status": "alive"})
	})
	r.handle(http.MethodGet, "/readyz", func(c *gin.Context) {
		c.Header("Cache-Control", "no-store")
		reasons, ready := inspect(c.Request.Context(), log, checks)
		if !ready {
			c.JSON(http.StatusServiceUnavailable, gin.H{"status": "not ready", "checks": reasons})
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "ready", "checks": reasons})
	})
}

// inspect makes all checks side by side, and gives each its result.
func inspect(ctx context.Context, log *slog.Logger, checks []ReadyCheck) (reasons map[string]string, ready bool) {
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
