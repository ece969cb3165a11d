package gormdb

import (
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb/references"
)

// AgeCache makes all entries of the reference cache too old.
func AgeCache(s *Store) {
	s.lists.References.Now = func() time.Time { return time.Now().Add(references.MaxAge) }
}

// ReadInBulk makes the lists of all sizes be read like those of many results.
func ReadInBulk(s *Store) { s.lists.MaxLookups = 0 }
