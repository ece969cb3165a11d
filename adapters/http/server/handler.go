// Package server is the HTTP server itself: listeners, stop, health, request log and
// metrics. What the server answers otherwise is mounted: the API, its document and
// pages register their routes themselves.
package server

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/router"
)

// Config is what applies to all requests, whatever is mounted.
type Config struct {
	Log *slog.Logger
	// Prefix is BACKEND_ROUTE, "/" for none.
	Prefix string
	// Origins are CORS_ALLOWED_ORIGINS: `*`, `none`, or a list.
	Origins []string
	// TrustedProxies are IP addresses and networks whose forwarded headers count.
	TrustedProxies []string
	// Secure: browsers reach the server by TLS only.
	Secure bool
	// RequestTimeout bounds the work on one request.
	RequestTimeout time.Duration
	// Rates count requests that no operation and no page counts; nil for no limits.
	Rates *fair.Rates
	// Shares let clients take turns; nil for none.
	Shares *fair.Shares
	// Meter counts the requests, nil for no metrics.
	Meter Meter
	// Ready are the checks of /readyz.
	Ready []ReadyCheck
}

// Mount registers the routes of one part of the server.
type Mount func(*router.Router) error

// NewHandler returns the handler of the health checks and of all that is mounted.
func NewHandler(c Config, mounts ...Mount) (http.Handler, error) {
	chain := []gin.HandlerFunc{middleware.Begin(c.RequestTimeout), middleware.Security(c.Secure)}
	if c.Meter != nil {
		chain = append(chain, meterRequests(c.Meter))
	}
	chain = append(chain, logRequests(c.Log), middleware.Recover(c.Log), middleware.Pace(c.Shares))
	r, err := router.New(router.Config{
		Prefix: c.Prefix, TrustedProxies: c.TrustedProxies, Middleware: chain, CORS: middleware.CORS(c.Origins),
		Limit: middleware.Limit(c.Rates),
	})
	if err != nil {
		return nil, err
	}
	mountHealth(r, c.Log, c.Ready)
	for _, mount := range mounts {
		if err := mount(r); err != nil {
			return nil, err
		}
	}
	return r.Handler(), nil
}
