package session

import (
	"context"
	"errors"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/ports"
)

// oneRow is a row of a query, and then tells why the query has ended.
type oneRow struct {
	gorm.Rows
	ctx context.Context //nolint:containedctx // that of the query
}

func (oneRow) Scan(...any) error { return nil }

func (r oneRow) Err() error { return r.ctx.Err() }

var errFull = errors.New("no room")

// noRoom is a share without room.
type noRoom struct{ ports.Share }

func (noRoom) Take(context.Context, int) error { return errFull }

// GORM adds what the rows say at the end to the error before, and wraps only the last one: the client would get
// a fault for the answer that it asked for too much.
func TestRowsWithoutRoomTellNothingElse(t *testing.T) {
	query, end := context.WithCancel(t.Context())
	rows := &sharedRows{Rows: oneRow{ctx: query}, ctx: t.Context(), end: end, share: noRoom{}}
	if err := rows.Scan(); !errors.Is(err, errFull) {
		t.Fatalf("scan: %v", err)
	}
	if query.Err() == nil {
		t.Error("the query goes on")
	}
	if err := rows.Err(); err != nil {
		t.Errorf("afterwards the rows say: %v", err)
	}
}
