// Package problem has the one form of all error answers over HTTP, for the API, its
// middleware and web pages alike, and translates errors of the core into that form.
//
// The package imports core/domain and the standard library only.
package problem

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// RetryAfter is the time after which clients should try again, where the cause of an
// outage names no other.
const RetryAfter = 5 * time.Second

// Error is the one form of all error answers.
type Error struct {
	Code   int            `json:"code" example:"422" doc:"The HTTP status"`
	Status string         `json:"status" example:"Unprocessable Entity" doc:"The name of the HTTP status"`
	Errors map[string]any `json:"errors,omitempty" doc:"What is wrong: a text under error, or by field under query or json"`

	header http.Header
}

// New returns an error answer with the HTTP status code. details is the content of its
// member errors, nil for none.
func New(code int, details map[string]any) *Error {
	return &Error{Code: code, Status: http.StatusText(code), Errors: details}
}

// Error implements error. It returns the name of the status.
func (e *Error) Error() string { return e.Status }

// GetStatus implements huma.StatusError.
func (e *Error) GetStatus() int { return e.Code }

// GetHeaders implements huma.HeadersError.
func (e *Error) GetHeaders() http.Header { return e.header }

// WithHeader sets the only header that the answer has besides its content type.
func (e *Error) WithHeader(key, value string) *Error {
	e.header = http.Header{key: {value}}
	return e
}

// Write sends the error as the answer.
func (e *Error) Write(w http.ResponseWriter) {
	header := w.Header()
	for key, values := range e.header {
		header[key] = values
	}
	header.Set("Content-Type", "application/json")
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(e) // of texts and numbers
	// With its length the answer is whole before the server has read the rest of the request.
	header.Set("Content-Length", strconv.Itoa(text.Len()))
	w.WriteHeader(e.Code)
	_, _ = w.Write(text.Bytes()) // fails only if the client has closed the connection
}

// From returns the answer to an error: an *Error as it is, a *domain.Error by its kind,
// 503 for a request that exceeded its time. Any other error is logged and becomes a 500
// without a text, because its message is not meant for clients.
func From(ctx context.Context, log *slog.Logger, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	e, ok := errors.AsType[*domain.Error](err)
	switch {
	case ok:
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		e = domain.UnavailableFor(RetryAfter, "The request took too long", err)
	default:
		log.ErrorContext(ctx, "internal error", "error", err)
		return New(http.StatusInternalServerError, nil)
	}
	if e.Kind == domain.Unavailable {
		log.WarnContext(ctx, "unavailable", "error", err)
	}
	return FromDomain(e)
}

// FromDomain returns the answer to an error of the core.
func FromDomain(e *domain.Error) *Error {
	details := map[string]any{}
	if e.Message != "" {
		details["error"] = e.Message
	}
	if e.Pointer != nil {
		details["path"] = *e.Pointer
	}
	if len(e.Fields) > 0 {
		details["json"] = e.Fields
	}
	switch e.Kind {
	case domain.Unauthenticated:
		challenge := "Bearer"
		if e.BadToken {
			challenge = `Bearer error="invalid_token"`
		}
		return New(http.StatusUnauthorized, details).WithHeader("WWW-Authenticate", challenge)
	case domain.Forbidden:
		return New(http.StatusForbidden, details)
	case domain.NotFound:
		return New(http.StatusNotFound, details)
	case domain.Conflict:
		return New(http.StatusConflict, details)
	case domain.Unavailable:
		return retriable(http.StatusServiceUnavailable, details, e.RetryAfter)
	case domain.Limited:
		return retriable(http.StatusTooManyRequests, details, e.RetryAfter)
	default:
		return New(http.StatusUnprocessableEntity, details)
	}
}

// retriable returns an answer that asks for another try after the time, in whole seconds.
func retriable(code int, details map[string]any, after time.Duration) *Error {
	seconds := max(1, int(math.Ceil(after.Seconds())))
	return New(code, details).WithHeader("Retry-After", strconv.Itoa(seconds))
}
