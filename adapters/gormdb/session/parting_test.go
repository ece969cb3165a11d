package session_test

import (
	"context"
	"errors"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// A new connection takes PostgreSQL many times as long as what most requests ask for.
func TestRequestsThatEndEarlyCostNoConnection(t *testing.T) {
	store, _, n := overNetwork(t)
	storetest.MustAdd(t, store, storetest.Results("few", 3))
	q := ports.ResultQuery{ListOptions: storetest.PageRequest(1, 3)}
	filtered := q
	filtered.Filters = []filter.Condition{{Path: filter.Names("score"), Operator: filter.Greater, Kind: filter.Number, Value: "0"}}
	list := func(q ports.ResultQuery) func(context.Context, ports.Repos) error {
		return func(ctx context.Context, r ports.Repos) error {
			_, err := r.Results.List(ctx, q)
			return err
		}
	}
	outside := func(q ports.ResultQuery) func(context.Context) error {
		return func(ctx context.Context) error { return list(q)(ctx, store.Repos()) }
	}
	for _, c := range []struct {
		name string
		read func(ctx context.Context) error
	}{
		{"list", outside(q)},
		{"list of a snapshot", outside(filtered)},
		{"list of a unit of work", func(ctx context.Context) error { return store.Do(ctx, list(q)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.read(t.Context()); err != nil { // from here on there is a connection
				t.Fatal(err)
			}
			before := n.connected.Load()
			for at := range 4 {
				ctx, leave := context.WithCancel(t.Context())
				sent := func([]byte) {
					if at--; at < 0 {
						leave()
					}
				}
				n.sent.Store(&sent)
				err := c.read(ctx)
				n.sent.Store(nil)
				leave()
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("error %v", err)
				}
				if err := c.read(t.Context()); err != nil {
					t.Errorf("after it: %v", err)
				}
			}
			if more := n.connected.Load() - before; more != 0 {
				t.Errorf("%d new connections", more)
			}
		})
	}
}
