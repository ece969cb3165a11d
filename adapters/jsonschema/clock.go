package jsonschema

import (
	"context"
	"fmt"
	"time"
)

// clock ends work on a schema or a document at a deadline, or when the request that
// asked for the work has ended. Whoever works calls step.
type clock struct {
	ctx      context.Context
	maxTime  time.Duration
	deadline time.Time
	// late is the error after the deadline.
	late  error
	steps int
}

// limit sets what the fault after the deadline says took too long.
func (c *clock) limit(what string) {
	c.late = &fault{late: true, text: fmt.Sprintf("%s takes longer than %s", what, c.maxTime)}
}

// interruption is what step and look panic with; interrupted recovers it.
type interruption struct{ err error }

// step counts work in units of up to some microseconds, and looks at the time every
// few hundred of them.
func (c *clock) step(work int) {
	const stepsBetweenLooks = 256
	if c.steps += work; c.steps >= stepsBetweenLooks {
		c.look()
	}
}

func (c *clock) look() {
	c.steps = 0
	if err := c.ctx.Err(); err != nil {
		panic(interruption{err})
	}
	if time.Now().After(c.deadline) {
		panic(interruption{c.late})
	}
}

// interrupted stores the error of an interruption in err. It is deferred.
func interrupted(err *error) {
	switch failure := recover().(type) {
	case nil:
	case interruption:
		*err = failure.err
	default:
		panic(failure)
	}
}
