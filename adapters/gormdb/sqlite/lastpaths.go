package sqlite

import (
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// lastPaths are the indexed paths and metrics that uploads found last, by benchmark. Many goroutines
// may use them at once.
type lastPaths struct {
	known *lru.Cache[tables.Key, pathsOf]
}

// pathsOf are those of a benchmark; nil where they are not known.
type pathsOf struct {
	leaves  *leaves
	metrics *metricPaths
}

// maxLastPaths is the number of benchmarks that are remembered.
const maxLastPaths = 200

func newLastPaths() *lastPaths {
	known, err := lru.New[tables.Key, pathsOf](maxLastPaths)
	if err != nil {
		panic(err) // only a size below 1 is an error
	}
	return &lastPaths{known}
}

func (l *lastPaths) of(benchmark tables.Key) (*leaves, *metricPaths) {
	found, _ := l.known.Get(benchmark)
	return found.leaves, found.metrics
}

func (l *lastPaths) note(benchmark tables.Key, known *leaves, metrics *metricPaths) {
	l.known.Add(benchmark, pathsOf{known, metrics})
}
