package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/core/domain"
)

// logRequests writes a line for each request once it has been answered.
func logRequests(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		ctx := c.Request.Context()
		defer func() {
			log.LogAttrs(ctx, slog.LevelInfo, "request", attributes(c, middleware.RecordOf(ctx), time.Since(start))...)
		}()
		c.Next()
	}
}

func attributes(c *gin.Context, record *middleware.Record, duration time.Duration) []slog.Attr {
	attributes := []slog.Attr{
		slog.String("method", c.Request.Method),
		slog.String("operation", record.Operation),
		slog.Int("status", c.Writer.Status()),
		slog.Duration("duration", duration),
		slog.Int("bytes", max(0, c.Writer.Size())),
		slog.String("client", c.ClientIP()),
	}
	if id := record.Caller.Identity().UserID; id.Subject != "" {
		attributes = append(attributes, slog.String("subject", pseudonym(id)))
	}
	return attributes
}

// pseudonym returns 16 hexadecimal digits that tell persons apart without naming them.
func pseudonym(id domain.UserID) string {
	sum := sha256.Sum256([]byte(id.Issuer + "\x00" + id.Subject))
	return hex.EncodeToString(sum[:8])
}

// LogHandler wraps a log handler so that each record that is made while a request is
// served has the request's id.
func LogHandler(h slog.Handler) slog.Handler { return logHandler{h} }

type logHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (l logHandler) Handle(ctx context.Context, r slog.Record) error {
	if id := middleware.RecordOf(ctx).RequestID; id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	return l.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (l logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{l.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (l logHandler) WithGroup(name string) slog.Handler { return logHandler{l.Handler.WithGroup(name)} }
