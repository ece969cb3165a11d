package fair

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// retryAfter is when a client whose work was not admitted should try again.
const retryAfter = 5 * time.Second

// Limits bound the work of a Gate. What the weights count, places or bytes, is up to
// the user of the Gate.
type Limits struct {
	// Capacity is the largest weight of all work at once, PerClient that of the work of
	// one client. Work that is heavier counts as PerClient. Crowded is what counts instead
	// of PerClient while other clients are there: then a client gets more only for a
	// single piece of work.
	Capacity, PerClient, Crowded int
	// Queue is how much work of one client may wait, Queues how much work of all.
	Queue, Queues int
	// Patience is how long work waits at most.
	Patience time.Duration
}

// Gate admits work as long as there is room. Other work waits: each client has a queue
// of its own, and the clients take turns. A client that sends much waits for itself.
// A Gate is safe for concurrent use.
type Gate struct {
	limits Limits

	mutex sync.Mutex
	// used is the weight of the work that was admitted, waiting the number of waiters.
	used, waiting int
	clients       map[string]*client
	// turns are the clients with a queue, whose turn is next first.
	turns   []*client
	company *company
}

const (
	// meeting is how long clients are there for each other after they came.
	meeting = 5 * time.Second
	// A client that floods rests between two pieces of work, as long as the first one took, and
	// longestRest at most, while somebody else came within the last resting.
	resting     = time.Second
	longestRest = 250 * time.Millisecond
	// A client owes time for the bodies that it sent. It rests when it owes more than this: who sends
	// a large one now and then does not wait.
	credit = 500 * time.Millisecond
)

// client is somebody whose work was admitted, or waits.
type client struct {
	key   string
	used  int
	queue []*waiter
	// rest is when the client's next work may be admitted, due when it owes nothing any more.
	rest, due time.Time
}

// waiter is work in a queue. Its channel receives nil when the work is admitted, or why
// it never will be.
type waiter struct {
	weight  int
	decided chan error
}

// NewGate returns a Gate that nobody has passed.
func NewGate(limits Limits) *Gate { return newGate(limits, &company{}) }

// newGate is NewGate for one of several gates that the same clients pass.
func newGate(limits Limits, c *company) *Gate {
	return &Gate{limits: limits, clients: map[string]*client{}, company: c}
}

// Use is the use of a Gate at one moment.
type Use struct {
	// Weight is the weight of the work that was admitted.
	Weight int
	// Waiting is how much work waits, of how many clients.
	Waiting, Clients int
}

// Use returns the use of the gate now.
func (g *Gate) Use() Use {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return Use{Weight: g.used, Waiting: g.waiting, Clients: len(g.turns)}
}

// pass waits until work of the client is admitted, and returns what leave takes. The
// error is Limited if the client's queue is full, Unavailable if the work waited too
// long, or that of the context.
func (g *Gate) pass(ctx context.Context, key string, weight int) (*entry, error) {
	g.company.come(key)
	return g.passUnseen(ctx, key, weight)
}

// passUnseen is pass for a client that is no neighbour of others by this.
func (g *Gate) passUnseen(ctx context.Context, key string, weight int) (*entry, error) {
	weight = min(max(weight, 1), g.limits.PerClient)
	g.mutex.Lock()
	c, admitted := g.admitNow(key, weight)
	if admitted {
		g.mutex.Unlock()
		return newEntry(g, c, weight), nil
	}
	if !g.makeRoom(c) {
		g.forget(c)
		g.mutex.Unlock()
		return nil, errQueueFull
	}
	w := &waiter{weight: weight, decided: make(chan error, 1)}
	if len(c.queue) == 0 {
		g.turns = append(g.turns, c)
	}
	c.queue = append(c.queue, w)
	g.waiting++
	g.advance()
	g.mutex.Unlock()
	return g.wait(ctx, c, w)
}

// passNow is pass for work that does not wait: it returns nil where pass would wait.
func (g *Gate) passNow(key string, weight int) *entry {
	g.company.come(key)
	weight = min(max(weight, 1), g.limits.PerClient)
	g.mutex.Lock()
	defer g.mutex.Unlock()
	c, admitted := g.admitNow(key, weight)
	if !admitted {
		g.forget(c)
		return nil
	}
	return newEntry(g, c, weight)
}

// admitNow admits work if nothing has to wait for it. Nobody is overtaken: work of others
// waits here only for others of the same client.
func (g *Gate) admitNow(key string, weight int) (c *client, admitted bool) {
	c = g.clients[key]
	if c == nil {
		c = &client{key: key}
		g.clients[key] = c
	}
	if len(c.queue) > 0 || !g.fits(c, weight) || g.hasNext() {
		return c, false
	}
	g.admit(c, weight)
	return c, true
}

func (g *Gate) wait(ctx context.Context, c *client, w *waiter) (*entry, error) {
	patience := time.NewTimer(g.limits.Patience)
	defer patience.Stop()
	var err error
	select {
	case err = <-w.decided:
	case <-ctx.Done():
		err = g.giveUp(c, w, ctx.Err())
	case <-patience.C:
		err = g.giveUp(c, w, errBusy)
	}
	if err != nil {
		return nil, err
	}
	return newEntry(g, c, w.weight), nil
}

// giveUp takes the waiter out of its queue, and returns the error, unless it was
// decided meanwhile.
func (g *Gate) giveUp(c *client, w *waiter, err error) error {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	i := slices.Index(c.queue, w)
	if i < 0 {
		return <-w.decided
	}
	g.remove(c, i)
	g.advance()
	return err
}

// fits tells whether there is room for work of the client.
func (g *Gate) fits(c *client, weight int) bool {
	return g.used+weight <= g.limits.Capacity && g.mayHave(c, weight)
}

// mayHave tells whether the client gets so much more.
func (g *Gate) mayHave(c *client, weight int) bool {
	if time.Now().Before(c.rest) {
		return false
	}
	if c.used == 0 {
		return true
	}
	if g.company.within(meeting) {
		return c.used+weight <= g.limits.Crowded
	}
	return c.used+weight <= g.limits.PerClient
}

// hasNext tells whether the gate is kept for work that waits and needs more room.
func (g *Gate) hasNext() bool {
	return slices.ContainsFunc(g.turns, func(c *client) bool { return g.mayHave(c, c.queue[0].weight) })
}

func (g *Gate) admit(c *client, weight int) {
	g.used += weight
	c.used += weight
}

// advance admits as much as there is room for. Clients take turns, but for those that
// have all that one client gets; work that needs more room than there is keeps its turn.
func (g *Gate) advance() {
	for i := 0; i < len(g.turns); {
		c := g.turns[i]
		w := c.queue[0]
		if !g.mayHave(c, w.weight) {
			i++
			continue
		}
		if g.used+w.weight > g.limits.Capacity {
			return
		}
		g.admit(c, w.weight)
		g.remove(c, 0)
		if len(c.queue) > 0 { // its next turn is after the others'
			g.turns = append(slices.Delete(g.turns, i, i+1), c)
		}
		w.decided <- nil
		i = 0
	}
}

// makeRoom tells whether work of the client may wait. If too many wait, the last one in
// the longest queue has to go.
func (g *Gate) makeRoom(c *client) bool {
	if len(c.queue) >= g.limits.Queue {
		return false
	}
	if g.waiting < g.limits.Queues {
		return true
	}
	longest := slices.MaxFunc(g.turns, func(a, b *client) int { return len(a.queue) - len(b.queue) })
	if len(longest.queue) <= len(c.queue)+1 {
		return false
	}
	last := len(longest.queue) - 1
	longest.queue[last].decided <- errQueueFull
	g.remove(longest, last)
	return true
}

// remove takes a waiter out of the client's queue.
func (g *Gate) remove(c *client, i int) {
	c.queue = slices.Delete(c.queue, i, i+1)
	g.waiting--
	if len(c.queue) == 0 {
		g.turns = slices.DeleteFunc(g.turns, func(other *client) bool { return other == c })
	}
	g.forget(c)
}

// forget drops a client that has neither work nor a queue, and neither rests nor owes.
func (g *Gate) forget(c *client) {
	now := time.Now()
	if c.used == 0 && len(c.queue) == 0 && !now.Before(c.rest) && !now.Before(c.due) && g.clients[c.key] == c {
		delete(g.clients, c.key)
	}
}

var (
	errQueueFull = domain.LimitedFor(retryAfter,
		"Too many requests of yours wait for an answer. Send fewer at once, and try again later", nil)
	errBusy = domain.UnavailableFor(retryAfter,
		"The server was busy with other requests of this kind for too long. Ask for less, or try again later", nil)
)

// entry is work that has passed a gate.
type entry struct {
	gate   *Gate
	client *client
	weight int
	since  time.Time
	// lent: other clients have the room, see lend.
	lent bool
}

func newEntry(g *Gate, c *client, weight int) *entry {
	return &entry{gate: g, client: c, weight: weight, since: time.Now()}
}

// leave ends the work, once. Beside others its client rests for the time, and one that floods at
// least as long as the work took.
func (e *entry) leave(rest time.Duration) {
	e.gate.mutex.Lock()
	defer e.gate.mutex.Unlock()
	e.leaveLocked(rest)
}

// leaveOwing is leave for work whose client owes so much more time beside others.
func (e *entry) leaveOwing(owed time.Duration) {
	e.gate.mutex.Lock()
	defer e.gate.mutex.Unlock()
	e.leaveLocked(e.gate.owe(e.client, owed) - credit)
}

// lend gives the room of the work to other clients, while for its own client it is under way still.
func (e *entry) lend() {
	e.gate.mutex.Lock()
	defer e.gate.mutex.Unlock()
	if e.lent {
		return
	}
	e.lent = true
	e.gate.used -= e.weight
	e.gate.advance()
}

func (e *entry) leaveLocked(rest time.Duration) {
	g := e.gate
	if !g.company.within(meeting) {
		rest = 0
	}
	if len(e.client.queue) > 0 && g.company.within(resting) {
		rest = max(rest, min(time.Since(e.since), longestRest))
	}
	if rest > 0 {
		g.letRest(e.client, rest)
	}
	e.giveBack()
}

func (e *entry) giveBack() {
	if !e.lent {
		e.gate.used -= e.weight
	}
	e.client.used -= e.weight
	e.gate.forget(e.client)
	e.gate.advance()
}

// owe adds to what the client owes, unless it is alone, and returns all of it.
func (g *Gate) owe(c *client, d time.Duration) time.Duration {
	if d == 0 || !g.company.within(meeting) {
		return 0
	}
	d += max(0, time.Until(c.due))
	c.due = time.Now().Add(d)
	g.lookAfter(c, d)
	return d
}

// letRest lets a client that floods leave the processors to the others for a while.
func (g *Gate) letRest(c *client, d time.Duration) {
	if end := time.Now().Add(d); end.After(c.rest) {
		c.rest = end
	}
	g.lookAfter(c, d)
}

// lookAfter lets the gate look at the client again after the time.
func (g *Gate) lookAfter(c *client, d time.Duration) {
	time.AfterFunc(d, func() {
		g.mutex.Lock()
		defer g.mutex.Unlock()
		g.forget(c)
		g.advance()
	})
}
