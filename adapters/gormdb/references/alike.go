package references

import (
	"context"
	"database/sql"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/name"
)

const (
	// maxNames is how many names of a table a new one is compared with.
	maxNames = 10_000
	// maxCandidates is how many rows Candidates returns at most.
	maxCandidates = 100
	// pauseFactor is for how many times as long as the names were read they are not read again.
	pauseFactor = 10
)

// Naming says how the rows of a table are named.
type Naming struct {
	// Name is the SQL expression of a row's name. Scope is that of an id: names of the same one are
	// compared.
	Name, Scope string
	// Order is the SQL of the order of names. Of more than maxNames the last are not compared.
	Order string
	// LooksOf returns what a person sees of a name.
	LooksOf func(string) name.Looks
}

// Name is the name of a row.
type Name struct {
	ID, Scope uuid.UUID
	Text      string
}

// Names is an index of the names of a table by what a person sees of them. It is read from the
// database as a whole, so what is added must not make each search read it again: an addition by this
// server is noted in it. If others change the table, it is read again, but never all the time: for
// some milliseconds a search may miss what another server has just added. Many goroutines may use
// Names at once.
type Names struct {
	Naming

	table string
	now   func() time.Time
	seed  maphash.Seed
	// reading is taken by the one search that reads the names.
	reading chan struct{}

	mutex sync.Mutex
	// known are the ids by hashes of looks, nil before the first search; size is the number of names.
	known map[uint64][]uuid.UUID
	size  int
	// version is that of the database that known has, and again the time before which the names are
	// not read once more.
	version int64
	again   time.Time
	// noted are the names that were added while somebody reads.
	noted []Name
}

func newNames(table string, naming Naming, now func() time.Time) *Names {
	return &Names{Naming: naming, table: table, now: now, seed: maphash.MakeSeed(), reading: make(chan struct{}, 1)}
}

// Candidates returns the ids of rows that probably have names which look like this one, in the order of
// the names, at most maxCandidates. Such a row may be gone by now, or have another name.
func (n *Names) Candidates(ctx context.Context, s session.Session, of Name) ([]uuid.UUID, error) {
	version, err := Version(ctx, s)
	if err != nil {
		return nil, err
	}
	if version == nil { // a unit of work sees what nobody else may see
		all, err := n.read(ctx, s)
		if err != nil {
			return nil, err
		}
		return n.among(n.indexed(all), of), nil
	}
	if !n.isGood(*version) {
		if err := n.refresh(ctx, s, *version); err != nil {
			return nil, err
		}
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.among(n.known, of), nil
}

// Note adds a name whose addition was committed: one change of the version.
func (n *Names) Note(added Name) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if len(n.reading) > 0 {
		n.noted = append(n.noted, added)
	}
	if n.known != nil {
		n.version++
		n.add(added)
	}
}

// add adds a name to what is known.
func (n *Names) add(added Name) {
	if n.size >= maxNames {
		return
	}
	n.size++
	for _, look := range n.looksOf(added) {
		if ids := n.known[look]; !slices.Contains(ids[max(0, len(ids)-maxCandidates):], added.ID) {
			n.known[look] = append(ids, added.ID)
		}
	}
}

// Expire makes the next search read the names, if the database has another version: a row has another
// name since a commit.
func (n *Names) Expire() {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.again = time.Time{}
}

func (n *Names) isGood(version int64) bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.known != nil && (n.version == version || n.now().Before(n.again))
}

// refresh reads the names, unless another search has just done so.
func (n *Names) refresh(ctx context.Context, s session.Session, version int64) error {
	select {
	case n.reading <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-n.reading }()
	if n.isGood(version) {
		return nil
	}
	begun := n.now()
	all, err := n.read(ctx, s)
	if err != nil {
		return err
	}
	known, end := n.indexed(all), n.now()
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.known, n.size, n.version, n.again = known, len(all), version, end.Add(pauseFactor*end.Sub(begun))
	for _, added := range n.noted {
		n.add(added) // the version may count it, or not: then the names are read again
	}
	n.noted = nil
	return nil
}

func (n *Names) read(ctx context.Context, s session.Session) (all []Name, err error) {
	var id, scope tables.Key
	var text string
	names := s.Query(ctx).Table(n.table).Select("id, " + n.Scope + ", " + n.Name).Order(n.Order).Limit(maxNames)
	err = s.EachRow(ctx, names, "read the names of "+n.table+"s",
		func(row *sql.Rows) error { return row.Scan(&id, &scope, &text) },
		func() error {
			all = append(all, Name{uuid.UUID(id), uuid.UUID(scope), text})
			return nil
		})
	return all, err
}

func (n *Names) indexed(all []Name) map[uint64][]uuid.UUID {
	index := make(map[uint64][]uuid.UUID, len(all))
	for _, one := range all {
		for _, look := range n.looksOf(one) {
			index[look] = append(index[look], one.ID)
		}
	}
	return index
}

// among returns the candidates. A row may be under both looks.
func (n *Names) among(index map[uint64][]uuid.UUID, of Name) (ids []uuid.UUID) {
	for _, look := range n.looksOf(of) {
		for _, id := range index[look] {
			if len(ids) >= maxCandidates {
				return ids
			}
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// looksOf returns hashes of what a person sees of a name: two names look alike if they have one in common.
func (n *Names) looksOf(of Name) [2]uint64 {
	looks := n.LooksOf(of.Text)
	hash := func(kind, text string) uint64 {
		return maphash.Comparable(n.seed, struct {
			scope      uuid.UUID
			kind, text string
		}{of.Scope, kind, text})
	}
	return [2]uint64{hash("whole", looks.Skeleton), hash("folded", looks.Folded)}
}
