package ports

import "errors"

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

// DuplicateError says that the database refused a second row of the same key.
type DuplicateError struct{ Cause error }

// Error names the database's own words: for logs.
func (e *DuplicateError) Error() string { return "duplicate: " + e.Cause.Error() }

// Unwrap returns the database's error.
func (e *DuplicateError) Unwrap() error { return e.Cause }

// Reference is what a row refers to.
type Reference int

// The references that can be lost to a race.
const (
	UnknownReference Reference = iota
	UploaderReference
	BenchmarkReference
	SiteReference
	FlavorReference
	TagReference
)

// ReferenceError says that the database refused a row because what it refers to
// is gone.
type ReferenceError struct {
	// Reference is UnknownReference where the database does not tell.
	Reference Reference
	Cause     error
}

// Error names the database's own words: for logs.
func (e *ReferenceError) Error() string { return "dangling reference: " + e.Cause.Error() }

// Unwrap returns the database's error.
func (e *ReferenceError) Unwrap() error { return e.Cause }
