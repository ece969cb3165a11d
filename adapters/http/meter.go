package http

import (
	"time"

	"github.com/gin-gonic/gin"
)

// Meter counts requests.
type Meter interface {
	RequestStarted()
	// RequestFinished is told the operation's id, empty where the request belongs to
	// none: an unknown path, the API page, a health check.
	RequestFinished(operation string, status int, took time.Duration)
}

// metering tells the meter of each request, also of one that is cut off.
func metering(m Meter) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		m.RequestStarted()
		defer func() {
			m.RequestFinished(entryOf(c.Request.Context()).operation, c.Writer.Status(), time.Since(start))
		}()
		c.Next()
	}
}
