package jsonschema_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/jsonschema"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// queue are processors that let work wait so long, or refuse it.
type queue struct {
	wait             time.Duration
	err              error
	entered, working int
}

func (q *queue) Occupy(context.Context) (func(), error) {
	q.entered++
	time.Sleep(q.wait)
	if q.err != nil {
		return nil, q.err
	}
	q.working++
	return func() { q.working-- }, nil
}

// Long work waits for its turn once, and gives its place back, however it ends; usual work does not
// wait. The time limit does not count the time in the queue.
func TestLongWorkWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	const limit = 2 * time.Second // the usual work takes far less, also on a busy machine
	busy := domain.UnavailableFor(time.Second, "busy", nil)
	long := `{"properties":{"a":{"items":{"allOf":[` + strings.TrimSuffix(strings.Repeat(`{"minimum":0},`, 200), ",") + `]}}}}`
	many := `{"a":[` + numbers(0, 2000) + `]}`
	for name, c := range map[string]struct {
		schema, document string
		queue            queue
		entered          int
		err              string
	}{
		"usual":                        {`{"properties":{"a":{"type":"integer"}}}`, `{"a":1}`, queue{err: busy}, 0, ""},
		"long":                         {long, many, queue{}, 1, ""},
		"long, and waits":              {long, many, queue{wait: limit}, 1, ""},
		"too long":                     {doubling("$defs"), `{"x":"abcd"}`, queue{}, 1, "takes longer than"},
		"too long, and waits":          {doubling("$defs"), `{"x":"abcd"}`, queue{wait: limit}, 1, "takes longer than"},
		"long, and nobody has a place": {long, many, queue{err: busy}, 1, "busy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := ports.WithProcessors(t.Context(), &c.queue)
			value, err := document.Parse(ctx, []byte(c.document), document.StoredLimits)
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			err = jsonschema.NewWithTimeLimit(limit).Validate(ctx, []byte(c.schema), value)
			if c.queue.entered != c.entered || c.queue.working != 0 {
				t.Errorf("entered %d times, want %d; %d places are not given back", c.queue.entered, c.entered, c.queue.working)
			}
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("%v after %s, want %q", err, time.Since(begun), c.err)
			}
			if c.queue.err != nil && c.entered > 0 && !errors.Is(err, c.queue.err) {
				t.Errorf("%v, want the error of the queue", err)
			}
		})
	}
}
