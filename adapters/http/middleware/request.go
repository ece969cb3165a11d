// Package middleware has what runs around the handlers of all packages below
// adapters/http: the id and the record of a request, its time limit, the answer to a
// panic, and CORS.
//
// The package knows no operation and no route.
package middleware

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// RequestIDHeader is the header of requests and answers with the request id.
const RequestIDHeader = "X-Request-ID"

// Record is what is known of a request under way. Handlers complete the record; the log
// and the metrics read it when the request has been answered.
type Record struct {
	// RequestID is the client's own id if it is acceptable, else a new one.
	RequestID string
	// Operation is the id of the API's operation, "" where the request belongs to none.
	Operation string
	// Caller is who asks, the zero Caller as long as that is unknown.
	Caller domain.Caller
	// Client is who the request is charged to, by the rules of package fair: the address,
	// or the person once that is known.
	Client string
	// Address is the client's address by the rules of package fair, whoever asks.
	Address string
	// Admitted: the request has passed a gate of package fair, or must not wait for one.
	Admitted bool
}

type recordKey struct{}

// RecordOf returns the record of the request that the context belongs to, a new one if
// the context belongs to no request.
func RecordOf(ctx context.Context) *Record {
	if r, ok := ctx.Value(recordKey{}).(*Record); ok {
		return r
	}
	return &Record{}
}

type unlimitedKey struct{}

// WithoutLimit returns the context of the request without its time limit: it ends when the
// client is gone. A request that belongs to no server keeps its context.
func WithoutLimit(ctx context.Context) context.Context {
	if unlimited, ok := ctx.Value(unlimitedKey{}).(context.Context); ok {
		return unlimited
	}
	return ctx
}

// acceptableID matches the request ids that clients may choose.
var acceptableID = regexp.MustCompile(`^[A-Za-z0-9._~+/=:-]{1,128}$`)

// Begin gives each request an id, a record, an origin for the audit trail, and the time limit
// as its deadline.
func Begin(limit time.Duration) gin.HandlerFunc {
	return func(c *gin.Context) {
		address := c.ClientIP()
		record := &Record{RequestID: c.GetHeader(RequestIDHeader), Address: fair.Address(address)}
		record.Client = record.Address
		if !acceptableID.MatchString(record.RequestID) {
			record.RequestID = uuid.NewString()
		}
		c.Header(RequestIDHeader, record.RequestID)
		unlimited := ports.WithOrigin(context.WithValue(c.Request.Context(), recordKey{}, record), ports.Origin{
			RequestID: record.RequestID, Client: clientOf(c.Request.UserAgent()), Address: address,
		})
		ctx, cancel := context.WithTimeout(unlimited, limit)
		defer cancel()
		c.Request = c.Request.WithContext(context.WithValue(ctx, unlimitedKey{}, unlimited))
		c.Next()
	}
}

// clientLength is the most characters that are kept of what a client calls itself.
const clientLength = 200

// clientOf is what a client calls itself, in a form that databases store.
func clientOf(userAgent string) string {
	client := []rune(strings.ToValidUTF8(strings.ReplaceAll(userAgent, "\x00", ""), ""))
	return string(client[:min(len(client), clientLength)])
}
