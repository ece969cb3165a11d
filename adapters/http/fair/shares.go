package fair

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Class is what a request is expected to cost.
type Class int

// The classes of requests. Storage turns a light request into a heavy one when it finds
// that the request may read many rows.
const (
	Light Class = iota
	Heavy
	Write
	// Export is a read that keeps its place, and a database connection, until its client has
	// read the whole answer.
	Export
)

const (
	// allowance is the number of bytes of rows that a request may have in memory like
	// that: several times what a full page of usual results has.
	allowance = 4 << 20
	// patience is how long a request waits for its turn.
	patience = 10 * time.Second
	// patienceLarge is shorter than QUERY_TIMEOUT, because a query waits with the request.
	patienceLarge = 5 * time.Second
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
	// large admits one request at a time that has more rows in memory than the allowance.
	large *Gate
}

// New returns the shares of a server on which nobody works.
func New(c Config) *Shares {
	processors := runtime.GOMAXPROCS(0)
	heavy := max(1, min(c.HeavyConnections, c.Connections/2))
	light := max(2, c.Connections-heavy-c.Connections/4)
	half := max(1, processors/2)
	exports := max(1, min(c.ExportConnections, c.Connections/4-1))
	return &Shares{
		export: NewGate(Limits{
			Capacity: exports, PerClient: max(1, exports/2), Crowded: max(1, min(exports/2, half)), Queue: 4, Queues: 64, Patience: patience,
		}),
		// More than two for each processor make no client faster. Beside others a client that
		// floods keeps half of the processors busy.
		light: NewGate(Limits{
			Capacity: light, PerClient: max(1, min(light/2, 2*processors)), Crowded: min(light/2, half), Queue: 256, Queues: 2048, Patience: patience,
		}),
		heavy: NewGate(Limits{
			Capacity: heavy, PerClient: max(1, heavy/2), Crowded: max(1, min(heavy/2, half)), Queue: 64, Queues: 512, Patience: patience,
		}),
		write: NewGate(Limits{
			Capacity: c.WriteMemory, PerClient: max(1, c.WriteMemory/2), Crowded: max(1, c.WriteMemory/writes*min(writes/2, 2*half)),
			Queue: 64, Queues: 512, Patience: patience,
		}),
		large: NewGate(Limits{Capacity: 1, PerClient: 1, Crowded: 1, Queue: 4, Queues: max(1, c.Connections/4), Patience: patienceLarge}),
	}
}

// Use returns the use of each gate now, by the name of the gate.
func (s *Shares) Use() map[string]Use {
	return map[string]Use{"light": s.light.Use(), "heavy": s.heavy.Use(), "write": s.write.Use(), "large": s.large.Use(), "export": s.export.Use()}
}

// Admit waits until a request of the client may be worked on. Bytes is the memory that
// its decoded body needs. The caller calls Release as soon as the answer is encoded.
// The error is Limited for a client that sends too much at once, else Unavailable.
func (s *Shares) Admit(ctx context.Context, client string, class Class, bytes int) (*Share, error) {
	gate, weight := s.light, 1
	switch class {
	case Light:
	case Heavy:
		gate = s.heavy
	case Export:
		gate = s.export
	case Write:
		gate, weight = s.write, max(bytes, s.write.limits.Capacity/writes)
	}
	place, err := gate.pass(ctx, client, weight)
	if err != nil {
		return nil, err
	}
	return &Share{shares: s, client: client, place: place}, nil
}

// Share is what one request holds.
type Share struct {
	shares *Shares
	client string

	mutex sync.Mutex
	// place is that of the request among those of its class, nil once it is given up.
	place *entry
	// large is the place of a request with many bytes, else nil.
	large *entry
	taken int
}

var _ ports.Share = (*Share)(nil)

// Heavy implements ports.Share. The request gives up its place among the light ones
// before it waits.
func (s *Share) Heavy(ctx context.Context) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.place == nil || s.place.gate != s.shares.light {
		return nil
	}
	s.place.leave()
	var err error
	s.place, err = s.shares.heavy.pass(ctx, s.client, 1)
	return err
}

// Take implements ports.Share. A request that has the allowance in memory waits until it
// is the only one that goes on. It lets others have its place meanwhile, but its client
// gets no other for it: it keeps a connection of the database.
func (s *Share) Take(ctx context.Context, bytes int) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.taken += bytes
	if s.taken <= allowance || s.large != nil || s.place == nil {
		return nil
	}
	s.place.stepAside()
	var err error
	s.large, err = s.shares.large.pass(ctx, s.client, 1)
	if domain.KindOf(err) != 0 {
		return errLarge
	}
	return err
}

var errLarge = domain.UnavailableFor(retryAfter,
	"Too many large requests are under way. Ask for less at once, by per_page, or try again later", nil)

// Release gives back all that the request holds. It may be called more than once.
func (s *Share) Release() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, e := range []**entry{&s.place, &s.large} {
		if *e != nil {
			(*e).leave()
			*e = nil
		}
	}
}
