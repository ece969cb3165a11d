package http

import (
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

// Error is the one form of all error answers.
type Error struct {
	Code   int            `json:"code" example:"422" doc:"The HTTP status"`
	Status string         `json:"status" example:"Unprocessable Entity" doc:"The name of the HTTP status"`
	Errors map[string]any `json:"errors,omitempty" doc:"What is wrong: a text under error, or by field under query or json"`

	header http.Header
}

func newError(code int, errors map[string]any) *Error {
	return &Error{Code: code, Status: http.StatusText(code), Errors: errors}
}

// Error makes it an error for the OpenAPI library.
func (e *Error) Error() string { return e.Status }

// GetStatus tells the OpenAPI library the status.
func (e *Error) GetStatus() int { return e.Code }

// GetHeaders tells the OpenAPI library the headers that belong to the status.
func (e *Error) GetHeaders() http.Header { return e.header }

func (e *Error) with(key, value string) *Error {
	e.header = http.Header{key: {value}}
	return e
}

// write answers with the error.
func (e *Error) write(w http.ResponseWriter) {
	header := w.Header()
	for key, values := range e.header {
		header[key] = values
	}
	header.Set("Content-Type", "application/json")
	w.WriteHeader(e.Code)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	// An error here means that the client is gone: nobody is left to tell.
	_ = encoder.Encode(e)
}

// retryAfter is what we ask of clients when we do not know better.
const retryAfter = 5 * time.Second

// toError turns an error of the core into an answer. What is not meant for
// strangers becomes a 500 without a text, its cause goes to the log.
func toError(ctx context.Context, log *slog.Logger, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	e, ok := errors.AsType[*domain.Error](err)
	switch {
	case ok:
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		e = domain.UnavailableFor(retryAfter, "The request took too long", err)
	default:
		log.ErrorContext(ctx, "internal error", "error", err)
		return newError(http.StatusInternalServerError, nil)
	}
	if e.Kind == domain.Unavailable {
		log.WarnContext(ctx, "unavailable", "error", err)
	}
	return fromDomain(e)
}

func fromDomain(e *domain.Error) *Error {
	var texts map[string]any
	if e.Message != "" {
		texts = map[string]any{"error": e.Message}
	}
	if e.Pointer != nil {
		texts["path"] = *e.Pointer
	}
	switch e.Kind {
	case domain.Unauthenticated:
		challenge := "Bearer"
		if e.BadToken {
			challenge = `Bearer error="invalid_token"`
		}
		return newError(http.StatusUnauthorized, texts).with("WWW-Authenticate", challenge)
	case domain.Forbidden:
		return newError(http.StatusForbidden, texts)
	case domain.NotFound:
		return newError(http.StatusNotFound, texts)
	case domain.Conflict:
		return newError(http.StatusConflict, texts)
	case domain.Unavailable:
		seconds := max(1, int(math.Ceil(e.RetryAfter.Seconds())))
		return newError(http.StatusServiceUnavailable, texts).with("Retry-After", strconv.Itoa(seconds))
	default:
		return newError(http.StatusUnprocessableEntity, texts)
	}
}
