package gormdb

import "time"

// Forget makes all that is kept a minute older.
func Forget(s *Store) { s.references.now = func() time.Time { return time.Now().Add(keptFor) } }
