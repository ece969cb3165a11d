package jsonschema

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/eosc-perf/backend/ports"
)

// clock ends work on a schema or a document at a deadline, or when the request that
// asked for the work has ended. Whoever works calls step, and end after the work. Long work
// lets shorter work go first, and waits for its turn if the context has processors.
type clock struct {
	ctx      context.Context
	maxTime  time.Duration
	deadline time.Time
	// late is the error after the deadline.
	late  error
	steps int
	// resumed is when the work began, or last let others work.
	begun, resumed time.Time
	// leave gives the place of long work back; nil while the work has none.
	leave func()
}

const (
	// briefWork needs no place: most documents take less.
	briefWork = 5 * time.Millisecond
	// slice is how long work goes on before it lets others work.
	slice = 500 * time.Microsecond
)

// start starts the time of the work.
func (c *clock) start() {
	c.begun = time.Now()
	c.resumed, c.deadline = c.begun, c.begun.Add(c.maxTime)
}

// end ends the work.
func (c *clock) end() {
	if c.leave != nil {
		c.leave()
	}
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
	now := time.Now()
	if now.After(c.deadline) {
		panic(interruption{c.late})
	}
	if now.Sub(c.resumed) < slice {
		return
	}
	if c.leave == nil && now.Sub(c.begun) >= briefWork {
		c.occupy()
	}
	runtime.Gosched()
	c.resumed = time.Now()
}

// occupy waits for a place among long work. The time does not count.
func (c *clock) occupy() {
	processors := ports.ProcessorsOf(c.ctx)
	if processors == nil {
		return
	}
	asked := time.Now()
	leave, err := processors.Occupy(c.ctx)
	if err != nil {
		panic(interruption{err})
	}
	c.leave = leave
	c.deadline = c.deadline.Add(time.Since(asked))
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
