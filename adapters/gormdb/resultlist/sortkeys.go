package resultlist

import (
	"crypto/sha256"
	"math"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
)

const (
	// defaultSortKeyBytes: see Lists.SortKeyBytes.
	defaultSortKeyBytes = 32 << 20
	// sortKeyOverhead is what an entry takes besides its key, in bytes.
	sortKeyOverhead = 350
	// maxSortKeyAge is for how long a key is kept. The version of a document tells whether it is another
	// one, but not after every way to restore a database.
	maxSortKeyAge = time.Hour
)

// sortKeys keeps the keys by which lists sort large documents. Those not used for long go first. Many
// goroutines may use it at once.
type sortKeys struct {
	mutex sync.Mutex
	keys  *simplelru.LRU[sortedAt, *sortKey]
	bytes int
}

// sortedAt is a path in the document of a result, in its canonical form, "" for the whole document.
type sortedAt struct {
	resultID tables.Key
	path     string
}

// sortKey is what is kept of a value.
type sortKey struct {
	version string
	since   time.Time
	// isOutlined: the database knows the key without the document. No key is kept.
	isOutlined bool
	// key is nil for no value.
	key *string
	// isCut: the key is the beginning of one that has the hash.
	isCut bool
	hash  [sha256.Size]byte
}

func newSortKeys() *sortKeys {
	k := &sortKeys{}
	// The only error is about a size that is not positive. Bytes bound the entries.
	k.keys, _ = simplelru.NewLRU(math.MaxInt32, func(_ sortedAt, gone *sortKey) { k.bytes -= gone.size() })
	return k
}

func (k *sortKey) size() int {
	if k.key == nil {
		return sortKeyOverhead
	}
	return sortKeyOverhead + len(*k.key)
}

// newSortKey is what is kept of a key that was read.
func newSortKey(read session.ReadSortKey, now time.Time) *sortKey {
	k := &sortKey{version: read.Version, since: now}
	if k.isOutlined = read.IsOutlined; k.isOutlined {
		return k
	}
	k.key = read.Key
	if k.isCut = read.Whole != nil; k.isCut {
		k.hash = sha256.Sum256(read.Whole)
	}
	return k
}

// of returns the key of a value in a document of that version, nil if it is not known.
func (k *sortKeys) of(at sortedAt, version string, now time.Time) *sortKey {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if known, ok := k.keys.Get(at); ok && known.version == version && now.Sub(known.since) < maxSortKeyAge {
		return known
	}
	return nil
}

// add keeps a key, and forgets others as long as all have more than so many bytes.
func (k *sortKeys) add(at sortedAt, key *sortKey, most int) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.keys.Remove(at)
	k.keys.Add(at, key)
	for k.bytes += key.size(); k.bytes > most; {
		k.keys.RemoveOldest()
	}
}

// placeOf is a path as sortedAt has it.
func placeOf(path filter.Path) string {
	if len(path) == 0 {
		return ""
	}
	return path.String()
}
