package fair

import (
	"context"
	"hash/maphash"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// allowance is the number of bytes of rows that a request may have in memory like
	// that: several times what a full page of usual results has.
	allowance = 4 << 20
	// patience is how long a request waits for its turn.
	patience = 10 * time.Second
	// patienceStranded is how long a request waits that has found out that it is large. It
	// is shorter than QUERY_TIMEOUT.
	patienceStranded = 5 * time.Second
	// readRate is how many bytes of large answers a client gets in a second beside others. They go
	// into temporary files, and more of them would hold up the writes of others on the same disk.
	readRate = 32 << 20
	// writeRate is how many bytes of decoded bodies a client sends in a second beside others: 6 MiB
	// as sent. The embedded database writes one result at a time.
	writeRate = 192 << 20
	// writes is how many small writes fit beside each other: each counts as this part of
	// the memory of writes at least.
	writes = 16
)

// Config is what the server has.
type Config struct {
	// Connections is the number of database connections, HeavyConnections how many of
	// them heavy requests have at most.
	Connections, HeavyConnections int
	// ExportConnections is how many of them exports have at most.
	ExportConnections int
	// WriteMemory is the memory in bytes of the bodies of all writes, decoded.
	WriteMemory int
}

// Shares are the gates that requests pass. Shares are safe for concurrent use.
type Shares struct {
	light, heavy, write, export *Gate
	// compute admits the heavy requests that keep a processor busy: one processor is left to the
	// others. The Go runtime looks for what the network brought only when a processor has nothing to
	// do, or every 10 ms.
	compute *Gate
	// check admits long checks by schemas, likewise.
	check *Gate
	// brief is for requests that need little work and no place: a client that sends very many of
	// them rests between two.
	brief *Gate
	// large admits one request at a time that has more rows in memory than the allowance.
	large *Gate
	// known are the targets of light requests that were large.
	known targets
	// stranded counts the requests that wait for the gate large with rows in memory, and a
	// connection of the database. There are at most mostStranded.
	stranded     atomic.Int32
	mostStranded int32
}

// New returns the shares of a server on which nobody works.
func New(c Config) *Shares {
	processors := runtime.GOMAXPROCS(0)
	heavy, exports := max(1, c.HeavyConnections), max(1, c.ExportConnections)
	light := max(2, c.Connections-heavy-c.Connections/4)
	half := max(1, processors/2)
	computing := max(1, min(heavy, processors-1))
	all := &company{}
	// Beside others a client that floods keeps half of the processors busy.
	gate := func(capacity, perClient, crowded, queue, queues int) *Gate {
		perClient = max(1, perClient)
		return newGate(Limits{
			Capacity: capacity, PerClient: perClient, Crowded: min(perClient, max(1, crowded)), Queue: queue, Queues: queues, Patience: patience,
		}, all)
	}
	return &Shares{
		// More than two for each processor make no client faster.
		light:        gate(light, min(light/2, 2*processors), half, 512, 2048),
		heavy:        gate(heavy, heavy/2, half, 128, 512),
		compute:      gate(computing, computing/2, half, 128, 512),
		check:        gate(max(1, processors-1), max(1, processors-1)/2, half, 128, 512),
		write:        gate(c.WriteMemory, c.WriteMemory/2, c.WriteMemory/writes*2*half, 256, 1024),
		export:       gate(exports, exports/2, half, 4, 64),
		brief:        gate(math.MaxInt, 1, 1, 512, 2048),
		large:        gate(1, 1, 1, 64, 512),
		known:        newTargets(),
		mostStranded: int32(max(1, c.Connections/4)), //nolint:gosec // the setting is small
	}
}

// Use returns the use of each gate now, by the name of the gate.
func (s *Shares) Use() map[string]Use {
	return map[string]Use{
		"light": s.light.Use(), "heavy": s.heavy.Use(), "compute": s.compute.Use(), "check": s.check.Use(), "write": s.write.Use(),
		"large": s.large.Use(), "export": s.export.Use(), "brief": s.brief.Use(),
	}
}

// Read waits until a read of the client may be worked on. The target is what it asks
// for: what was large the last time waits for its turn at the gate large before it takes
// anything. The caller calls Release as soon as the answer is encoded. The error is
// Limited for a client that sends too much at once, else Unavailable.
func (s *Shares) Read(ctx context.Context, client, target string) (*Share, error) {
	share := &Share{shares: s, client: client, target: target}
	var err error
	for !s.known.has(target) {
		if share.place, err = s.light.pass(ctx, client, 1); err != nil {
			return nil, err
		}
		if !s.known.has(target) {
			return share, nil
		}
		share.leave(&share.place, 0) // it turned out to be large while this request waited
	}
	if share.large, err = s.large.pass(ctx, client, 1); err != nil {
		return nil, err
	}
	return share, nil
}

// Write waits until a write of the client may be worked on. Bytes is the memory that its
// decoded body needs. Caller and errors are those of Read.
func (s *Shares) Write(ctx context.Context, client string, bytes int) (*Share, error) {
	place, err := s.write.pass(ctx, client, max(bytes, s.write.limits.Capacity/writes))
	if err != nil {
		return nil, err
	}
	return &Share{shares: s, client: client, place: place, body: bytes}, nil
}

// Export waits until an export of the client may begin. It keeps its place, and a
// connection of the database, until its client has read the whole answer. Caller and
// errors are those of Read.
func (s *Shares) Export(ctx context.Context, client string) (*Share, error) {
	place, err := s.export.pass(ctx, client, 1)
	if err != nil {
		return nil, err
	}
	return &Share{shares: s, client: client, place: place}, nil
}

// briefRest is how long a client rests beside others after a brief request. It has 200 of these a
// second at most, and does not keep the processors busy.
const briefRest = 5 * time.Millisecond

// Turn waits for the turn of the client for a brief request: one that is refused before it is
// admitted, or whose answer needs neither the database nor much work. A client whose context has
// ended waits all the same, and is nobody's neighbour: the server may not know any more whose
// connection was cut off. Errors are those of Read, but for that of the context.
func (s *Shares) Turn(ctx context.Context, client string) error {
	pass := s.brief.pass
	if ctx.Err() != nil {
		pass = s.brief.passUnseen
	}
	place, err := pass(context.WithoutCancel(ctx), client, 1)
	if err != nil {
		return err
	}
	place.leave(briefRest)
	return nil
}

// Check waits until a long check by a schema of the client may go on. The caller calls leave when it has
// ended. Whoever checks waits for nothing else meanwhile. Errors are those of Read.
func (s *Shares) Check(ctx context.Context, client string) (leave func(), err error) {
	place, err := s.check.pass(ctx, client, 1)
	if err != nil {
		return nil, err
	}
	return func() { place.leave(0) }, nil
}

// Share is what one request holds.
type Share struct {
	shares         *Shares
	client, target string

	mutex sync.Mutex
	// place is that of the request among those of its kind, and large that of one with many
	// bytes in memory. A heavy request with many bytes has both, and all others one of them. heavy is a
	// second place, of a request with a body that reads many rows: the body stays in memory.
	place, large, heavy *entry
	// compute is one more place, of a request that keeps a processor busy.
	compute *entry
	// body is how many bytes the decoded body of a write needs, taken how many the rows of a read have,
	// and answer how many its answer has.
	body, taken, answer int
}

var _ ports.Share = (*Share)(nil)

// Heavy implements ports.Share. The request gives up its place among the light ones
// before it waits. One with a body keeps its place: nobody at the gate heavy waits for that.
func (s *Share) Heavy(ctx context.Context) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var err error
	switch {
	case s.place == nil:
	case s.place.gate == s.shares.light:
		s.leave(&s.place, 0)
		s.place, err = s.shares.heavy.pass(ctx, s.client, 1)
	case s.place.gate == s.shares.write && s.heavy == nil:
		s.heavy, err = s.shares.heavy.pass(ctx, s.client, 1)
	}
	return err
}

// Compute implements ports.Share. The request gives up its place while it waits, since who keeps a
// processor busy may wait for that.
func (s *Share) Compute(ctx context.Context) (err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.compute != nil || s.large != nil || s.place == nil || s.place.gate != s.shares.light && s.place.gate != s.shares.heavy {
		return nil
	}
	s.leave(&s.place, 0)
	if s.compute, err = s.shares.compute.pass(ctx, s.client, 1); err != nil {
		return err
	}
	s.place, err = s.shares.heavy.pass(ctx, s.client, 1)
	return err
}

// Take implements ports.Share. A request that has the allowance in memory waits until it
// is the only one that goes on. It makes way for others before it waits. Exports keep no
// rows, and requests with bodies few.
func (s *Share) Take(ctx context.Context, bytes int) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.taken += bytes
	if s.taken <= allowance || s.large != nil || s.place == nil || s.place.gate == s.shares.export || s.place.gate == s.shares.write {
		return nil
	}
	if s.place.gate == s.shares.light {
		s.shares.known.add(s.target)
	}
	// Before the place is free: otherwise who waits for the place may come first.
	s.large = s.shares.large.passNow(s.client, 1)
	s.makeWay()
	if s.large != nil {
		return nil
	}
	defer s.shares.stranded.Add(-1)
	if s.shares.stranded.Add(1) > s.shares.mostStranded {
		return errLarge
	}
	// The query waits with the request, and has an end of its own.
	waiting, cancel := context.WithTimeout(ctx, patienceStranded)
	defer cancel()
	var err error
	if s.large, err = s.shares.large.pass(waiting, s.client, 1); err != nil && ctx.Err() == nil {
		return errLarge
	}
	return err
}

// makeWay gives the place of a large request to others. A heavy one still counts for its client:
// otherwise the next ones of a client that floods would all find what they read, for nothing.
func (s *Share) makeWay() {
	if s.place.gate == s.shares.heavy {
		s.place.lend()
		return
	}
	s.leave(&s.place, 0)
}

var errLarge = domain.UnavailableFor(retryAfter,
	"Too many large requests are under way. Ask for less at once, by per_page, or try again later", nil)

// Answer notes the size in bytes of the answer to a read. It may be large although its rows are not:
// each of a hundred results has the schema of their benchmark.
func (s *Share) Answer(bytes int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.answer = bytes
	if bytes > allowance && s.place != nil && s.place.gate == s.shares.light {
		s.shares.known.add(s.target)
	}
}

// Release gives back all that the request holds. It may be called more than once.
func (s *Share) Release() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	read := max(s.taken, s.answer)
	if s.large != nil && read <= allowance { // it is not large any more
		s.shares.known.remove(s.target)
	}
	if s.place != nil {
		owed := timeFor(s.body, writeRate)
		if s.large == nil {
			owed += timeFor(s.answer, readRate)
		}
		s.place.leaveOwing(owed)
		s.place = nil
	}
	s.leave(&s.large, timeFor(read, readRate))
	s.leave(&s.heavy, 0)
	s.leave(&s.compute, 0)
}

func (s *Share) leave(e **entry, rest time.Duration) {
	if *e != nil {
		(*e).leave(rest)
		*e = nil
	}
}

// timeFor is how long so many bytes take at the rate in bytes a second. Less than a
// millisecond is nothing.
func timeFor(bytes, rate int) time.Duration {
	return (time.Duration(bytes) * time.Second / time.Duration(rate)).Truncate(time.Millisecond)
}

// mostTargets bounds the targets that are known.
const mostTargets = 4096

// targets is a set of targets, which forgets all of them when there are too many.
type targets struct {
	seed  maphash.Seed
	mutex *sync.RWMutex
	set   map[uint64]bool
}

func newTargets() targets {
	return targets{seed: maphash.MakeSeed(), mutex: &sync.RWMutex{}, set: map[uint64]bool{}}
}

func (t targets) has(target string) bool {
	t.mutex.RLock()
	defer t.mutex.RUnlock()
	return len(t.set) > 0 && t.set[maphash.String(t.seed, target)]
}

func (t targets) add(target string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if len(t.set) >= mostTargets {
		clear(t.set)
	}
	t.set[maphash.String(t.seed, target)] = true
}

func (t targets) remove(target string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.set, maphash.String(t.seed, target))
}
