package devprovider

import (
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// expiring stores values for a limited time. It has a maximal size, and drops the oldest
// value when it is full. It is safe for concurrent use.
type expiring[T any] struct {
	lifetime time.Duration
	now      func() time.Time

	mu     sync.Mutex
	values *simplelru.LRU[string, timed[T]]
}

// timed is a value with the end of its time.
type timed[T any] struct {
	value   T
	expires time.Time
}

func newExpiring[T any](size int, lifetime time.Duration) (*expiring[T], error) {
	values, err := simplelru.NewLRU[string, timed[T]](size, nil)
	if err != nil {
		return nil, fmt.Errorf("make store: %w", err)
	}
	return &expiring[T]{lifetime: lifetime, now: time.Now, values: values}, nil
}

// put stores the value and returns when it expires.
func (s *expiring[T]) put(key string, value T) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for {
		_, oldest, ok := s.values.GetOldest()
		if !ok || now.Before(oldest.expires) {
			break
		}
		s.values.RemoveOldest()
	}
	expires := now.Add(s.lifetime)
	s.values.Add(key, timed[T]{value, expires})
	return expires
}

// get returns the value and when it expires.
func (s *expiring[T]) get(key string) (value T, expires time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(key)
}

// take returns the value and removes it, so that only one caller gets it.
func (s *expiring[T]) take(key string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, _, ok := s.find(key)
	s.values.Remove(key)
	return value, ok
}

// change replaces the value unless allow returns false, and returns whether it did. The
// new value expires when the old one would have.
func (s *expiring[T]) change(key string, allow func(*T) bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, expires, ok := s.find(key)
	if !ok || !allow(&value) {
		return false
	}
	s.values.Add(key, timed[T]{value, expires})
	return true
}

// find does not change the order of the values: the oldest is dropped first, however
// often it is read.
func (s *expiring[T]) find(key string) (value T, expires time.Time, ok bool) {
	found, ok := s.values.Peek(key)
	if !ok || !s.now().Before(found.expires) {
		return value, time.Time{}, false
	}
	return found.value, found.expires, true
}
