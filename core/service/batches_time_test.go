package service_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// Lines that take too long to check end no batch: those that were checked are stored, the others say
// what to do, and sent again they are stored, too.
func TestBatchesThatTakeTooLongSayWhichLinesAreLeft(t *testing.T) {
	const lines, quick = 150, 20
	slow := func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	busy := func(context.Context) error { return domain.UnavailableFor(time.Second, "The server was busy", nil) }
	for name, c := range map[string]struct {
		validate func(ctx context.Context) error
		atomic   bool
		text     string
	}{
		"slow":                   {slow, false, "the checks of this batch may take"},
		"slow, all or nothing":   {slow, true, "the checks of this batch may take"},
		"no turn":                {busy, false, "The server was busy"},
		"no turn, or all at all": {busy, true, "The server was busy"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			user := w.person("user")
			place := w.place(user, "image", "site", "flavor")
			w.now = noon
			var checked atomic.Int32
			w.validate = func(ctx context.Context) error {
				if checked.Add(1) <= quick {
					return nil
				}
				return c.validate(ctx)
			}
			send := func(ctx context.Context, from, to int) []service.BatchOutcome {
				number := from
				outcomes, err := w.Results.Upload(ctx, user, c.atomic, func() (service.BatchLine, error) {
					if number == to {
						return service.BatchLine{}, io.EOF
					}
					number++
					return service.BatchLine{Number: number, NewResult: upload(number, place)}, nil
				})
				if err != nil || len(outcomes) != to-from {
					t.Fatalf("%d outcomes, %v", len(outcomes), err)
				}
				return outcomes
			}
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			left, first := 0, 0
			for i, o := range send(ctx, 0, lines) {
				if stored := o.ID != uuid.Nil; stored != (o.Err == nil && !c.atomic) {
					t.Errorf("line %d: %+v", o.Number, o)
				}
				if o.Err == nil {
					continue
				}
				if left++; left == 1 {
					first = i
				}
				if domain.KindOf(o.Err) != domain.Unavailable || !strings.Contains(o.Err.Error(), c.text) ||
					!strings.Contains(o.Err.Error(), fmt.Sprintf("%d of its %d lines", quick, lines)) {
					t.Fatalf("line %d: %v, want that it was not checked", o.Number, o.Err)
				}
			}
			if ctx.Err() != nil || left != lines-quick {
				t.Errorf("%d lines were not checked, want %d; the request: %v", left, lines-quick, ctx.Err())
			}
			w.validate = nil
			for _, o := range send(t.Context(), first, lines) {
				if o.Err != nil || o.ID == uuid.Nil {
					t.Errorf("line %d, sent again: %+v", o.Number, o)
				}
			}
			want := lines
			if c.atomic {
				want -= first
			}
			page, err := w.Results.List(t.Context(), domain.Caller{}, ports.ResultQuery{ListOptions: wholeList})
			if err != nil || page.Total != want {
				t.Errorf("%d results are stored (%v), want %d", page.Total, err, want)
			}
		})
	}
}
