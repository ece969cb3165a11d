package gormdb

import "time"

// Forget makes all that is kept a minute older.
func Forget(s *Store) { s.shelf.now = func() time.Time { return time.Now().Add(keptFor) } }

// AsOfMany has lists of all sizes read like those of many results.
func AsOfMany(s *Store) { s.many = 0 }
