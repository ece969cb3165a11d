package session

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// noErrors translates no error.
type noErrors struct{ Errors }

func (noErrors) Translate(error) error { return nil }

func TestErrorsOfNoDatabaseInParticular(t *testing.T) {
	running := t.Context()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	interrupted := errors.New("interrupted")
	for _, c := range []struct {
		name string
		ctx  context.Context
		err  error
		// is is the wanted error, unless an error of a kind is wanted.
		is   error
		kind domain.Kind
	}{
		{name: "nothing", ctx: running},
		{name: "nothing, but late", ctx: late},
		{name: "no row", ctx: running, err: gorm.ErrRecordNotFound, is: ports.ErrNotFound},
		{name: "cancelled", ctx: cancelled, err: interrupted, is: context.Canceled},
		{name: "cancelled, with the cause", ctx: cancelled, err: interrupted, is: interrupted},
		{name: "late", ctx: late, err: interrupted, kind: domain.Unavailable},
		{name: "slow on the way", ctx: running, err: context.DeadlineExceeded, kind: domain.Unavailable},
		{name: "bad connection", ctx: running, err: driver.ErrBadConn, kind: domain.Unavailable},
		{name: "connection given back", ctx: running, err: sql.ErrConnDone, kind: domain.Unavailable},
		{name: "cut off", ctx: running, err: io.ErrUnexpectedEOF, kind: domain.Unavailable},
		{name: "end of file", ctx: running, err: io.EOF, kind: domain.Unavailable},
		{name: "network", ctx: running, err: &net.OpError{Op: "read", Err: interrupted}, kind: domain.Unavailable},
		{name: "anything else", ctx: running, err: interrupted, is: interrupted},
	} {
		cause := c.err
		if cause != nil {
			cause = fmt.Errorf("while asking: %w", cause)
		}
		got := (&Database{Dialect: Dialect{Errors: noErrors{}}}).translate(c.ctx, cause)
		if kind := domain.KindOf(got); kind != c.kind || !errors.Is(got, c.is) && c.kind == 0 {
			t.Errorf("%s: got %v of kind %d, want %v, kind %d", c.name, got, kind, c.is, c.kind)
		}
	}
}
