package server

import (
	"time"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/middleware"
)

// Meter counts requests.
type Meter interface {
	RequestStarted()
	// RequestFinished has the operation's id, empty where the request belongs to none:
	// an unknown path, the API page, a health check.
	RequestFinished(operation string, status int, took time.Duration)
}

// meterRequests reports each request to the meter, also a request whose connection was
// closed.
func meterRequests(m Meter) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		m.RequestStarted()
		defer func() {
			m.RequestFinished(middleware.RecordOf(c.Request.Context()).Operation, c.Writer.Status(), time.Since(start))
		}()
		c.Next()
	}
}
