package ports

import "errors"

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

// ErrOverBudget means that the next row does not fit into the memory budget of the request.
var ErrOverBudget = errors.New("the memory budget of the request is used up")

// DuplicateError says that the database refused a second row of the same key.
type DuplicateError struct{ Cause error }

// Error names the database's own words: for logs.
func (e *DuplicateError) Error() string { return "duplicate: " + e.Cause.Error() }

// Unwrap returns the database's error.
func (e *DuplicateError) Unwrap() error { return e.Cause }

// ReferenceError says that the database refused a row because what it refers to
// is gone. It does not say what, since not every database tells: whoever needs
// to know looks again.
type ReferenceError struct{ Cause error }

// Error names the database's own words: for logs.
func (e *ReferenceError) Error() string { return "dangling reference: " + e.Cause.Error() }

// Unwrap returns the database's error.
func (e *ReferenceError) Unwrap() error { return e.Cause }

// MailRefusedError says that the mail server does not take the mail for
// somebody, now or ever: another try makes no sense.
type MailRefusedError struct{ Cause error }

// Error tells the reason.
func (e *MailRefusedError) Error() string { return e.Cause.Error() }

// Unwrap returns the reason.
func (e *MailRefusedError) Unwrap() error { return e.Cause }

// MailServerError says that no mail can be sent at the moment, whatever it is:
// the server is away, or does not let us in.
type MailServerError struct{ Cause error }

// Error tells the reason.
func (e *MailServerError) Error() string { return e.Cause.Error() }

// Unwrap returns the reason.
func (e *MailServerError) Unwrap() error { return e.Cause }
