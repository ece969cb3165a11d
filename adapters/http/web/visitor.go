package web

import "github.com/eosc-perf/backend/core/domain"

// Visitor is who asks for a page. The zero value is a stranger.
type Visitor struct {
	Caller domain.Caller
	// Name is what the page calls the person; empty for a stranger.
	Name string
	// Registered is true for a person who may send something.
	Registered bool
	// Session identifies the session of the browser; empty for none.
	Session string
	// Notice says why a session has ended or cannot be used now; empty most of the time.
	Notice string
}

// IsKnown is true for a visitor who has logged in.
func (v Visitor) IsKnown() bool { return v.Name != "" }

// IsAdministrator is true for a visitor who may review.
func (v Visitor) IsAdministrator() bool { return v.Caller.May(domain.ListSubmits) == nil }
