package ports

import "errors"

// ErrNotFound means that there is no row with the id.
var ErrNotFound = errors.New("not found")

// DuplicateError means that the database refused a second row with the same key.
type DuplicateError struct{ Cause error }

// Error returns the database's own words, for logs.
func (e *DuplicateError) Error() string { return "duplicate: " + e.Cause.Error() }

// Unwrap returns the database's error.
func (e *DuplicateError) Unwrap() error { return e.Cause }

// ReferenceError means that the database refused a row because a row that it refers to
// does not exist any more. The error does not name that row, because not every database
// does: a caller who needs the name reads again.
type ReferenceError struct{ Cause error }

// Error returns the database's own words, for logs.
func (e *ReferenceError) Error() string { return "dangling reference: " + e.Cause.Error() }

// Unwrap returns the database's error.
func (e *ReferenceError) Unwrap() error { return e.Cause }
