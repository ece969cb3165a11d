package jsonschema

import "time"

// NewWithTimeLimit makes a validator with a time limit of its own, for tests whose answer
// must not depend on the speed of the machine.
func NewWithTimeLimit(limit time.Duration) *Validator {
	v := New()
	v.maxTime = limit
	return v
}
