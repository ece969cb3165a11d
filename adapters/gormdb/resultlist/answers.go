package resultlist

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

const (
	// maxAnswers is how many answers of documents are kept, of some 30 bytes each.
	maxAnswers = 500_000
	// maxAnswerAge is for how long they are kept. Documents do not change, but another program may
	// change a row behind our back, or replace the database.
	maxAnswerAge = time.Hour
)

// answers are what documents were found to say to conditions. Many goroutines may use them at once.
type answers struct {
	mutex sync.Mutex
	// to are the answers to a condition, by the key of its statement; those not used for long go first.
	to    *simplelru.LRU[totalKey, *answersTo]
	count int
	most  int
}

// answersTo are those to one condition.
type answersTo struct {
	since time.Time
	// turn is taken by who reads documents.
	turn  chan struct{}
	mutex *sync.Mutex
	holds map[tables.Key]bool
	// forgotten: who still uses them, uses them alone.
	forgotten bool
}

func newAnswers(most int) *answers {
	a := &answers{most: most}
	// The only error is about a size that is not positive.
	a.to, _ = simplelru.NewLRU(maxTotals, func(_ totalKey, gone *answersTo) {
		a.count -= len(gone.holds)
		gone.forgotten = true
	})
	return a
}

// of returns the answers to the condition with the key.
func (a *answers) of(key totalKey, now time.Time) *answersTo {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if known, ok := a.to.Get(key); ok && now.Sub(known.since) < maxAnswerAge {
		return known
	}
	a.to.Remove(key)
	known := &answersTo{since: now, turn: make(chan struct{}, 1), mutex: &a.mutex, holds: map[tables.Key]bool{}}
	a.to.Add(key, known)
	return known
}

// add notes which of the results satisfy the condition. It forgets answers to other conditions if
// there are too many.
func (a *answers) add(known *answersTo, of, holding []tables.Key) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	before := len(known.holds)
	for _, id := range of {
		known.holds[id] = false
	}
	for _, id := range holding {
		known.holds[id] = true
	}
	if !known.forgotten {
		a.count += len(known.holds) - before
	}
	for a.count > a.most && a.to.Len() > 1 {
		a.to.RemoveOldest()
	}
}

// among returns which of the results satisfy the condition, and of which that is not known.
func (k *answersTo) among(ids []tables.Key) (holding, open []tables.Key) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	for _, id := range ids {
		switch holds, ok := k.holds[id]; {
		case !ok:
			open = append(open, id)
		case holds:
			holding = append(holding, id)
		}
	}
	return holding, open
}

// lock waits until nobody else reads documents for the condition.
func (k *answersTo) lock(ctx context.Context) error {
	select {
	case k.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (k *answersTo) unlock() { <-k.turn }
