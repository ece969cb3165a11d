package http

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"
)

// ReadyCheck is something without which requests cannot be served.
type ReadyCheck struct {
	Name string
	// Check returns nil if all is well; the error's cause goes to the log.
	Check func(context.Context) error
	// Reason is what strangers are told if not.
	Reason string
}

// serveHealth serves /healthz, alive, and /readyz, able to serve.
func serveHealth(r *router, log *slog.Logger, checks []ReadyCheck) {
	r.handle(http.MethodGet, "/healthz", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"status": "alive"})
	})
	r.handle(http.MethodGet, "/readyz", func(c *gin.Context) {
		code, state, reasons := http.StatusOK, "ready", gin.H{}
		for _, check := range checks {
			reasons[check.Name] = "ok"
			if err := check.Check(c.Request.Context()); err != nil {
				log.WarnContext(c.Request.Context(), "not ready", "check", check.Name, "error", err)
				code, state, reasons[check.Name] = http.StatusServiceUnavailable, "not ready", check.Reason
			}
		}
		c.Header("Cache-Control", "no-store")
		c.JSON(code, gin.H{"status": state, "checks": reasons})
	})
}
