package session

import (
	"errors"
	"fmt"
)

// Fault is a state of the database that keeps requests from being served until somebody
// acts. It is the cause of an Unavailable error.
type Fault struct {
	// Reason says what is wrong, in words for anybody: it names no file and no host.
	Reason string
	// Cause has the details, for the log. It may be nil.
	Cause error
	// Remedy says what the operator can do.
	Remedy string
	// Final: the state does not end by itself, so that waiting makes no sense.
	Final bool
}

// Error returns the reason, the cause and the remedy.
func (f *Fault) Error() string {
	if f.Cause == nil {
		return f.Reason + "; " + f.Remedy
	}
	return fmt.Sprintf("%s: %v; %s", f.Reason, f.Cause, f.Remedy)
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Is makes a final fault an ErrRefused.
func (f *Fault) Is(target error) bool { return f.Final && target == ErrRefused }

// FaultOf returns the fault that the error comes from, nil if there is none.
func FaultOf(err error) *Fault {
	fault, _ := errors.AsType[*Fault](err)
	return fault
}
