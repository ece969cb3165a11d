package domain

import (
	"errors"
	"fmt"
	"time"
)

// Kind classes an error by what its receiver can do about it.
type Kind int

// The kinds of errors. Whatever is not an *Error is our own fault: it is
// logged in full and shown to nobody.
const (
	// Invalid input, or a rule of the business forbids it.
	Invalid Kind = iota + 1
	// Unauthenticated: no token, or one that nobody accepts.
	Unauthenticated
	// Forbidden: a valid token without the right.
	Forbidden
	// NotFound: what the request names does not exist.
	NotFound
	// Conflict with something that exists already.
	Conflict
	// Unavailable: something that we depend on is away; later it may work.
	Unavailable
)

// Error is an error whose message is fit for a stranger's eyes.
type Error struct {
	Kind    Kind
	Message string
	// Pointer is the JSON Pointer (RFC 6901) of the offending place in the
	// input, nil where the error has none. The empty pointer is the whole document.
	Pointer *string
	// RetryAfter tells when another try makes sense; only with Unavailable.
	RetryAfter time.Duration
	// BadToken tells a token that was refused from one that was not sent;
	// only with Unauthenticated.
	BadToken bool
	// cause is for the log.
	cause error
}

// Error returns the message and, for the log, the cause.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.Message
	}
	return e.Message + ": " + e.cause.Error()
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

// ErrNoToken is the answer to a request that should bear a token and does not.
var ErrNoToken = &Error{Kind: Unauthenticated, Message: "This operation needs a bearer token in the Authorization header"}

// BadToken makes the answer to a token that is refused; cause goes to the log only.
func BadToken(message string, cause error) *Error {
	return &Error{Kind: Unauthenticated, Message: message, BadToken: true, cause: cause}
}

// UnavailableFor makes an error that asks to try again after the given time.
func UnavailableFor(after time.Duration, message string, cause error) *Error {
	return &Error{Kind: Unavailable, Message: message, RetryAfter: after, cause: cause}
}
