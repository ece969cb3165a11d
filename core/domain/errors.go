package domain

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Kind classifies an error by what the receiver can do about it.
type Kind int

// The kinds of errors. An error that is not an *Error is a fault of the server: it is
// logged in full and not shown to clients.
const (
	// Invalid: the input is wrong, or a rule of the business forbids the request.
	Invalid Kind = iota + 1
	// Unauthenticated: no token, or a token that no provider accepts.
	Unauthenticated
	// Forbidden: a valid token without the right.
	Forbidden
	// NotFound: something that the request names does not exist.
	NotFound
	// Conflict: something with this key exists already.
	Conflict
	// Unavailable: a system that we depend on does not answer. A later try may succeed.
	Unavailable
	// Limited: the client sent too many requests of a kind. A later one may succeed.
	Limited
)

// Error is an error whose message may be shown to clients.
type Error struct {
	Kind    Kind
	Message string
	// Pointer is the JSON Pointer (RFC 6901) to the wrong part of the input, nil if the
	// error has none. The empty pointer is the whole document.
	Pointer *string
	// Fields are what is wrong with fields of the input: a list of texts by the name of the
	// field. Nil if the error is about the whole.
	Fields map[string][]string
	// RetryAfter is how long to wait before another try; only with Unavailable and Limited.
	RetryAfter time.Duration
	// BadToken is true if a token was refused, false if none was sent; only with
	// Unauthenticated.
	BadToken bool
	// cause is for the log only.
	cause error
}

// Error returns the message, what is wrong with fields and, for the log, the cause.
func (e *Error) Error() string {
	var parts []string
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		parts = append(parts, field+": "+strings.Join(e.Fields[field], " "))
	}
	if e.cause != nil {
		parts = append(parts, e.cause.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause, nil if there is none.
func (e *Error) Unwrap() error { return e.cause }

// KindOf returns the kind of the first *Error in err's chain, 0 if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return 0
}

// The errors of keyed requests, which the OpenAPI document shows, too.
var (
	ErrKeyTaken = Invalidf("Idempotency-Key was used for another request within 24 hours: " +
		"with another path, query or body, or by another person")
	ErrRepeated = Conflictf("The request with this Idempotency-Key is being answered: try again")
)

// Invalidf makes an Invalid error.
func Invalidf(format string, args ...any) *Error { return newError(Invalid, format, args) }

// Forbiddenf makes a Forbidden error.
func Forbiddenf(format string, args ...any) *Error { return newError(Forbidden, format, args) }

// NotFoundf makes a NotFound error.
func NotFoundf(format string, args ...any) *Error { return newError(NotFound, format, args) }

// Conflictf makes a Conflict error.
func Conflictf(format string, args ...any) *Error { return newError(Conflict, format, args) }

func newError(kind Kind, format string, args []any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// InvalidAt makes an Invalid error about one place of a JSON document.
func InvalidAt(pointer, message string) *Error {
	return &Error{Kind: Invalid, Message: message, Pointer: &pointer}
}

// InvalidFields makes an Invalid error about fields of the input. The message is about the
// input as a whole; it may be empty.
func InvalidFields(message string, fields map[string][]string) *Error {
	return &Error{Kind: Invalid, Message: message, Fields: fields}
}

// ErrNoToken is the answer to a request that needs a token and has none.
var ErrNoToken = &Error{Kind: Unauthenticated, Message: "This operation needs a bearer token in the Authorization header"}

// BadToken makes the answer to a token that is refused. The cause goes to the log only.
func BadToken(message string, cause error) *Error {
	return &Error{Kind: Unauthenticated, Message: message, BadToken: true, cause: cause}
}

// LimitedFor makes a Limited error that asks for another try after the given time. The cause
// goes to the log only.
func LimitedFor(after time.Duration, message string, cause error) *Error {
	return &Error{Kind: Limited, Message: message, RetryAfter: after, cause: cause}
}

// UnavailableFor makes an Unavailable error that asks for another try after the given time.
func UnavailableFor(after time.Duration, message string, cause error) *Error {
	return &Error{Kind: Unavailable, Message: message, RetryAfter: after, cause: cause}
}
