package http

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/domain"
)

const requestIDHeader = "X-Request-ID"

// entry collects what the log line of a request says.
type entry struct {
	requestID string
	operation string
	caller    domain.Caller
}

type entryKey struct{}

func entryOf(ctx context.Context) *entry {
	if e, ok := ctx.Value(entryKey{}).(*entry); ok {
		return e
	}
	return &entry{}
}

// acceptableID is a request id of somebody else's that we take over.
var acceptableID = regexp.MustCompile(`^[A-Za-z0-9._~+/=:-]{1,128}$`)

// logging gives each request an id, a time limit, a line in the log, and, if its
// handler panics, an answer.
func logging(log *slog.Logger, limit time.Duration) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		e := &entry{requestID: c.GetHeader(requestIDHeader)}
		if !acceptableID.MatchString(e.requestID) {
			e.requestID = uuid.NewString()
		}
		c.Header(requestIDHeader, e.requestID)
		ctx, cancel := context.WithTimeout(context.WithValue(c.Request.Context(), entryKey{}, e), limit)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		defer func() {
			log.LogAttrs(ctx, slog.LevelInfo, "request", e.attributes(c, time.Since(start))...)
		}()
		defer recoverPanic(c, log)
		c.Next()
	}
}

func (e *entry) attributes(c *gin.Context, duration time.Duration) []slog.Attr {
	attributes := []slog.Attr{
		slog.String("method", c.Request.Method),
		slog.String("operation", e.operation),
		slog.Int("status", c.Writer.Status()),
		slog.Duration("duration", duration),
		slog.Int("bytes", max(0, c.Writer.Size())),
		slog.String("client", c.ClientIP()),
	}
	if id := e.caller.Identity().UserID; id.Subject != "" {
		attributes = append(attributes, slog.String("subject", subjectHash(id)))
	}
	return attributes
}

// subjectHash tells people apart without naming them.
func subjectHash(id domain.UserID) string {
	sum := sha256.Sum256([]byte(id.Issuer + "\x00" + id.Subject))
	return hex.EncodeToString(sum[:8])
}

func recoverPanic(c *gin.Context, log *slog.Logger) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(cause)
	}
	log.ErrorContext(c.Request.Context(), "panic", "cause", cause, "stack", string(debug.Stack()))
	if !c.Writer.Written() {
		problem.New(http.StatusInternalServerError, nil).Write(c.Writer)
	}
}

// RequestLog wraps a log handler so that every record made while a request is
// served carries the request's id.
func RequestLog(h slog.Handler) slog.Handler { return requestLog{h} }

type requestLog struct{ slog.Handler }

// Handle implements slog.Handler.
func (l requestLog) Handle(ctx context.Context, r slog.Record) error {
	if id := entryOf(ctx).requestID; id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	return l.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (l requestLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return requestLog{l.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (l requestLog) WithGroup(name string) slog.Handler { return requestLog{l.Handler.WithGroup(name)} }
