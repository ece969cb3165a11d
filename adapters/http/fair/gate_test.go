package fair

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// crowd is work that tries to pass a gate, in a bubble of synctest.
type crowd struct {
	t    *testing.T
	gate *Gate

	mutex sync.Mutex
	// passed are the names of the work in the order of its admission.
	passed []string
	places map[string]*entry
	errs   map[string]error
}

func newCrowd(t *testing.T, limits Limits) *crowd {
	t.Helper()
	if limits.Patience == 0 {
		limits.Patience = time.Hour
	}
	if limits.Crowded == 0 {
		limits.Crowded = limits.PerClient
	}
	return &crowd{t: t, gate: NewGate(limits), places: map[string]*entry{}, errs: map[string]error{}}
}

// come lets work of the client, the part of the name before a digit, come to the gate.
func (c *crowd) come(names ...string) {
	for _, name := range names {
		c.comeWith(c.t.Context(), name, 1)
	}
}

func (c *crowd) comeWith(ctx context.Context, name string, weight int) {
	go func() {
		place, err := c.gate.pass(ctx, strings.TrimRight(name, "0123456789"), weight)
		c.mutex.Lock()
		defer c.mutex.Unlock()
		if err != nil {
			c.errs[name] = err
			return
		}
		c.passed = append(c.passed, name)
		c.places[name] = place
	}()
	synctest.Wait()
}

func (c *crowd) leave(names ...string) {
	for _, name := range names {
		c.place(name).leave(0)
		synctest.Wait()
	}
}

func (c *crowd) place(name string) *entry {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.places[name]
}

func (c *crowd) want(what string, names ...string) {
	c.t.Helper()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !slices.Equal(c.passed, names) {
		c.t.Errorf("%s: %v passed, want %v", what, c.passed, names)
	}
}

func TestClientsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, Limits{Capacity: 2, PerClient: 2, Queue: 9, Queues: 99})
		c.come("a1", "a2", "a3", "a4", "a5", "b1", "b2", "c1")
		c.want("as many as there is room for", "a1", "a2")
		c.leave("a1", "a2", "a3", "b1", "c1", "a4")
		c.want("one of each client in turn, and of one client in its order", "a1", "a2", "a3", "b1", "c1", "a4", "b2", "a5")
	})
}

func TestOneClientLeavesRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, Limits{Capacity: 4, PerClient: 2, Queue: 9, Queues: 99})
		c.come("a1", "a2", "a3", "a4")
		c.want("one client alone", "a1", "a2")
		c.come("b1", "b2", "b3")
		c.want("another one waits for nobody", "a1", "a2", "b1", "b2")
		c.leave("b1")
		c.want("and its own wait for its own", "a1", "a2", "b1", "b2", "b3")
	})
}

// A client has more places while it is alone.
func TestOthersMakeAShareSmaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, Limits{Capacity: 8, PerClient: 4, Crowded: 1, Queue: 9, Queues: 99})
		c.come("a1", "a2", "a3", "a4", "a5")
		c.want("alone", "a1", "a2", "a3", "a4")
		c.come("b1", "b2")
		c.want("together", "a1", "a2", "a3", "a4", "b1")
		c.leave("a1", "a2", "a3")
		c.want("while b is there", "a1", "a2", "a3", "a4", "b1")
		time.Sleep(meeting)
		c.come("a6")
		slices.Sort(c.passed[5:])
		c.want("when a has been alone for some time", "a1", "a2", "a3", "a4", "b1", "a5", "a6", "b2")
	})
}

// Work that needs much is not overtaken for ever by work that needs little.
func TestHeavyWorkKeepsItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, Limits{Capacity: 8, PerClient: 6, Queue: 9, Queues: 99})
		c.comeWith(t.Context(), "a1", 3)
		c.comeWith(t.Context(), "b1", 3)
		c.comeWith(t.Context(), "c1", 99) // counts as 6
		c.come("d1")
		c.want("d1 would fit, but c1 is next", "a1", "b1")
		c.leave("a1")
		c.want("still", "a1", "b1")
		c.leave("b1")
		slices.Sort(c.passed) // who of them runs first is chance
		c.want("c1, and d1 beside it", "a1", "b1", "c1", "d1")
		if use := c.gate.Use(); use.Weight != 7 || use.Waiting != 0 {
			t.Errorf("use %+v", use)
		}
	})
}

func TestWhoFloodsIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, Limits{Capacity: 1, PerClient: 1, Queue: 3, Queues: 5})
		c.come("a1", "a2", "a3", "a4", "a5")
		if domain.KindOf(c.errs["a5"]) != domain.Limited || len(c.errs) != 1 {
			t.Errorf("errors %v, want that the one beyond the queue is Limited", c.errs)
		}
		c.come("b1", "c1", "d1") // the sixth that waits
		if domain.KindOf(c.errs["a4"]) != domain.Limited || c.errs["d1"] != nil {
			t.Errorf("errors %v, want that the last of the longest queue makes room", c.errs)
		}
		c.come("e1")
		if domain.KindOf(c.errs["a3"]) != domain.Limited || len(c.errs) != 3 {
			t.Errorf("errors %v, want that a3 makes room", c.errs)
		}
		c.come("f1")
		if domain.KindOf(c.errs["f1"]) != domain.Limited {
			t.Errorf("errors %v, want that nobody makes room where all queues have one", c.errs)
		}
	})
}

func TestWaitingHasAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, Limits{Capacity: 1, PerClient: 1, Queue: 9, Queues: 9, Patience: time.Second})
		ctx, goAway := context.WithCancel(t.Context())
		c.come("a1", "b1")
		c.comeWith(ctx, "c1", 1)
		goAway()
		synctest.Wait()
		time.Sleep(time.Second)
		synctest.Wait()
		failure, _ := c.errs["b1"].(*domain.Error) //nolint:errorlint // it is not wrapped
		if failure == nil || failure.Kind != domain.Unavailable || failure.RetryAfter == 0 {
			t.Errorf("b1 waited for too long: %v, want that it is Unavailable", c.errs["b1"])
		}
		if c.errs["c1"] != context.Canceled { //nolint:errorlint // it is not wrapped
			t.Errorf("c1 has gone: %v", c.errs["c1"])
		}
		c.leave("a1")
		c.come("d1")
		c.want("nobody waits for those who have gone", "a1", "d1")
		c.leave("d1")
		if use := c.gate.Use(); use != (Use{}) || len(c.gate.clients) > 0 {
			t.Errorf("use %+v, clients %v; want that nothing is left", use, c.gate.clients)
		}
	})
}

// BenchmarkGate is what a light read pays.
func BenchmarkGate(b *testing.B) {
	g := NewGate(Limits{Capacity: 16, PerClient: 8, Queue: 9, Queues: 9, Patience: time.Second})
	ctx := b.Context()
	for b.Loop() {
		place, err := g.pass(ctx, "192.0.2.7", 1)
		if err != nil {
			b.Fatal(err)
		}
		place.leave(0)
	}
}

func TestClientsThatFloodRestBesideOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, Limits{Capacity: 4, PerClient: 2, Crowded: 1, Queue: 9, Queues: 99})
		c.come("a1", "a2", "a3", "a4")
		time.Sleep(20 * time.Millisecond)
		c.leave("a1", "a2")
		c.want("alone it does not rest", "a1", "a2", "a3", "a4")
		c.come("b1", "a5", "a6")
		after := func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
		}
		after(20 * time.Millisecond)
		c.leave("a3", "a4", "b1")
		c.come("b2")
		c.want("beside another client it rests", "a1", "a2", "a3", "a4", "b1", "b2")
		after(25 * time.Millisecond)
		c.want("as long as its work took", "a1", "a2", "a3", "a4", "b1", "b2", "a5")
		after(300 * time.Millisecond)
		c.leave("a5")
		after(200 * time.Millisecond)
		c.want("after long work it rests", "a1", "a2", "a3", "a4", "b1", "b2", "a5")
		after(60 * time.Millisecond)
		c.want("a quarter of a second at most", "a1", "a2", "a3", "a4", "b1", "b2", "a5", "a6")
	})
}

func TestClientsThatAreRefusedRestBesideOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, Limits{Capacity: 4, PerClient: 2, Crowded: 1, Queue: 9, Queues: 99})
		c.come("a1")
		c.place("a1").leave(5 * time.Millisecond)
		c.come("a2")
		c.want("alone it does not rest", "a1", "a2")
		c.come("b1")
		c.place("a2").leave(5 * time.Millisecond)
		c.come("a3", "b2")
		c.leave("b1")
		c.want("it rests, and keeps no place meanwhile", "a1", "a2", "b1", "b2")
		time.Sleep(6 * time.Millisecond)
		synctest.Wait()
		c.want("not for long", "a1", "a2", "b1", "b2", "a3")
		c.leave("b2", "a3")
		c.gate.mutex.Lock()
		defer c.gate.mutex.Unlock()
		if len(c.gate.clients) != 0 || c.gate.used != 0 {
			t.Errorf("%d clients are left, %d places are taken", len(c.gate.clients), c.gate.used)
		}
	})
}
