package session_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/ports"
)

var errNoRoom = errors.New("no room")

// fullShare has no room for documents.
type fullShare struct{ ports.Share }

func (fullShare) Heavy(context.Context) error { return nil }

func (fullShare) Take(_ context.Context, bytes int) error {
	if bytes > 1000 {
		return errNoRoom
	}
	return nil
}

// Rows that are closed before the last one would be sent to the end.
func TestPostgresSendsNoMoreRowsThanAreWanted(t *testing.T) {
	const count, size = 60, 500_000
	const most = count * size / 3
	store, _, n := overNetwork(t)
	results := storetest.Results("large", count)
	for _, result := range results {
		result.JSON = []byte(`{"score": 1, "log": "` + strings.Repeat("x", size) + `"}`)
	}
	storetest.MustAdd(t, store, results)
	q := ports.ResultQuery{ListOptions: storetest.PageRequest(1, count)}
	list := func(ctx context.Context, r ports.Repos) error {
		_, err := r.Results.List(ports.WithShare(ctx, fullShare{}), q)
		return err
	}
	for _, c := range []struct {
		name string
		read func(ctx context.Context) error
	}{
		{"list without room", func(ctx context.Context) error { return list(ctx, store.Repos()) }},
		{"list without room in a unit of work", func(ctx context.Context) error { return store.Do(ctx, list) }},
		{"documents", func(ctx context.Context) error {
			return store.Repos().Results.EachDocument(ctx, ports.ResultQuery{}, 0, func([]byte) error { return errNoRoom })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := n.received.Load()
			if err := c.read(t.Context()); !errors.Is(err, errNoRoom) {
				t.Errorf("error %v", err)
			}
			if sent := n.received.Load() - before; sent < size || sent > most {
				t.Errorf("%d bytes were sent of %d", sent, count*size)
			}
			if found, err := store.Repos().Results.Get(t.Context(), results[0].ID); err != nil || found.ID != results[0].ID {
				t.Errorf("after it: %v", err)
			}
		})
	}
}
